//! JUnit's XML as Jenkins and GitLab read it: a finding that blocks is a failure, an excused one is skipped, what
//! could not be judged is an error. It follows the schema that Jenkins' xUnit plug-in publishes (junit-10.xsd).

use super::view::{Counts, commit, holder, link, listed, place, plain};
use super::words::{excuse, gap, grade, remedy, verdict_line, why};
use super::{Report, Timing};
use crate::policy::{Decision, Verdict};
use crate::scan::{Gap, Judged, Outcome};
use std::fmt;
use std::io;

/// Writes JUnit XML.
#[derive(Clone, Copy, Debug, Default)]
pub struct Junit;

impl Report for Junit {
    fn write(&self, outcome: &Outcome, _: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        let counts = Counts::of(outcome);
        let lost = outcome.unread.len() as u64;
        let (errors, let_through) = if outcome.exit == 0 { (0, lost) } else { (lost, 0) };
        let beyond = u64::from(outcome.unlisted > 0);
        // They are not told apart: where findings block, some of those that are not listed may.
        let (beyond_failed, beyond_skipped) =
            if outcome.decision == Decision::Block { (beyond, 0) } else { (0, beyond) };
        let failures = counts.block + beyond_failed;
        let tests = counts.block + counts.warn + counts.suppressed + lost + beyond;
        let numbers = format!(r#"tests="{}" failures="{failures}" errors="{errors}""#, tests.max(1));
        let skipped = counts.suppressed + let_through + beyond_skipped;
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(out, r#"<testsuites name="keyward" {numbers}>"#)?;
        writeln!(out, r#"  <testsuite name="keyward" {numbers} skipped="{skipped}">"#)?;
        properties(outcome, out)?;
        for judged in listed(outcome) {
            finding(judged, out)?;
        }
        if beyond > 0 {
            unlisted(outcome, out)?;
        }
        for reason in &outcome.unread {
            unread(reason, outcome.exit == 0, out)?;
        }
        if tests == 0 {
            writeln!(out, r#"    <testcase classname="keyward" name="no secret was found"/>"#)?;
        }
        for warning in &outcome.warnings {
            writeln!(out, "    <system-err>{}</system-err>", Xml(warning.as_str()))?;
        }
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

fn properties(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let engine = &outcome.engine;
    writeln!(out, "    <properties>")?;
    for (name, value) in [
        ("verdict", verdict_line(outcome, None).as_str()),
        ("mode", outcome.mode),
        ("version", engine.version),
        ("rules-digest", &engine.rules_digest),
        ("policy-digest", &engine.policy_digest),
        ("salt", &engine.salt),
    ] {
        writeln!(out, r#"      <property name="{name}" value="{}"/>"#, Xml(value))?;
    }
    writeln!(out, "    </properties>")
}

fn finding(judged: &Judged, out: &mut dyn io::Write) -> io::Result<()> {
    let rule = &judged.finding.rule;
    let name = format!("{} at {}", rule.id, place(judged));
    writeln!(out, r#"    <testcase classname="{}" name="{}">"#, Xml(&holder(judged)), Xml(&name))?;
    let message = format!("{}: {}", plain(&rule.description), judged.finding.preview);
    let text = details(judged);
    match &judged.judgement.verdict {
        Verdict::Block => {
            writeln!(
                out,
                r#"      <failure type="{}" message="{}">{}</failure>"#,
                Xml(&rule.id),
                Xml(&message),
                Xml(&text)
            )?;
        }
        Verdict::Suppressed(_) => {
            let excuse = excuse(judged).unwrap_or_default();
            writeln!(out, r#"      <skipped type="excused" message="{}"/>"#, Xml(&excuse))?;
        }
        Verdict::Warn | Verdict::Below => {
            writeln!(out, "      <system-out>{}</system-out>", Xml(&format!("warning: {message}\n{text}")))?;
        }
    }
    writeln!(out, "    </testcase>")
}

fn details(judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut lines = vec![why(judged), grade(judged), format!("fingerprint {}", finding.fingerprint)];
    lines.extend(commit(finding).map(|id| format!("commit {id}")));
    lines.extend(judged.note.as_ref().map(|note| note.to_string()));
    lines.extend(link(finding.rule.rotate.as_ref()).map(|page| format!("rotate it at {page}")));
    lines.join("\n")
}

fn unlisted(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let message = format!("{} findings beyond the limit of the list", outcome.unlisted);
    writeln!(out, r#"    <testcase classname="keyward" name="all findings are listed">"#)?;
    let element = if outcome.decision == Decision::Block { "failure" } else { "skipped" };
    writeln!(out, r#"      <{element} type="unlisted" message="{message}"/>"#)?;
    writeln!(out, "    </testcase>")
}

fn unread(reason: &Gap, let_through: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let message = format!("could not be judged: {}", gap(reason));
    let remedy = remedy(reason.reason).unwrap_or_default();
    let element = if let_through { "skipped" } else { "error" };
    writeln!(out, r#"    <testcase classname="keyward" name="judged everything: {}">"#, reason.reason)?;
    writeln!(out, r#"      <{element} type="incomplete" message="{}">{}</{element}>"#, Xml(&message), Xml(remedy))?;
    writeln!(out, "    </testcase>")
}

/// A text inside an XML 1.0 attribute or element; the characters that XML forbids are escaped as `\u{…}`.
struct Xml<'a>(&'a str);

impl fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&apos;"),
            '\n' => f.write_str("&#10;"),
            '\u{fffe}' | '\u{ffff}' => write!(f, "\\u{{{:x}}}", u32::from(c)),
            c if c.is_control() => write!(f, "\\x{:02x}", u32::from(c)),
            c => f.write_char(c),
        })
    }
}
