//! A comment for a pull request: the verdict, a table, and the details folded away.

use super::links::Links;
use super::view::{Counts, link, listed, place, plain};
use super::words::{below, excuse, gap, grade, plural, remedy, verdict_line, why};
use super::{Report, Timing};
use crate::policy::Verdict;
use crate::scan::{Judged, Outcome};
use std::fmt::{self, Write as _};
use std::io;

/// Bytes for the table and the details together: GitHub takes comments of at most 65,536 characters.
const BUDGET: usize = 56_000;
/// Bytes for the excused findings.
const MOST_EXCUSED: usize = 5_000;
/// The first line, by which a job finds its own comment again.
const MARK: &str = "<!-- keyward -->";

/// Writes GitHub's and GitLab's dialect of Markdown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Markdown {
    /// Where its links lead.
    pub links: Links,
}

impl Report for Markdown {
    fn write(&self, outcome: &Outcome, _: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{MARK}\n### keyward: {}\n\n{}", outcome.decision.as_str(), verdict_line(outcome, None))?;
        unread(outcome, out)?;
        let open = listed(outcome).filter(|judged| !matches!(judged.judgement.verdict, Verdict::Suppressed(_)));
        let (rows, details, left) = table(open, &self.links);
        if !rows.is_empty() {
            writeln!(out, "\n| | where | what | value |\n|---|---|---|---|\n{}", rows.trim_end())?;
            if left > 0 {
                writeln!(out, "\nand {}; the job's log has all of them", plural(left, "more finding"))?;
            }
            writeln!(
                out,
                "\n<details><summary>Why, and what to do</summary>\n\n{HOW}\n\n{}\n\n</details>",
                details.trim_end()
            )?;
        }
        excused(outcome, out)?;
        if let Some(page) = self.links.page() {
            writeln!(out, "\n[About this guardrail, and whom to ask]({})", target(page))?;
        }
        let engine = &outcome.engine;
        let version = engine.version;
        let (rules, policy) = (short(&engine.rules_digest), short(&engine.policy_digest));
        writeln!(out, "\n<sub>keyward {version}, rules {rules}, policy {policy}</sub>")
    }
}

const HOW: &str = "A real secret: revoke it first (whoever has the history has the secret), then take it out.\n\
    No secret: `keyward baseline add FINGERPRINT --status false-positive --reason \"why it is no secret\"`, \
    and commit `keyward.baseline`.";

fn unread(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    if outcome.unread.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nCould not be judged:\n")?;
    for reason in &outcome.unread {
        let remedy = remedy(reason.reason).map(|remedy| format!(": {}", Code(remedy))).unwrap_or_default();
        writeln!(out, "- {}{remedy}", Code(&gap(reason)))?;
    }
    Ok(())
}

/// The rows, the details, and how many findings did not fit.
fn table<'a>(findings: impl Iterator<Item = &'a Judged>, links: &Links) -> (String, String, u64) {
    let (mut rows, mut details, mut left) = (String::new(), String::new(), 0);
    for judged in findings {
        let (row, detail) = (row(judged, links), detail(judged));
        if left > 0 || rows.len() + details.len() + row.len() + detail.len() > BUDGET {
            left += 1;
            continue;
        }
        rows.push_str(&row);
        details.push_str(&detail);
    }
    (rows, details, left)
}

fn row(judged: &Judged, links: &Links) -> String {
    let finding = &judged.finding;
    let word = match (&judged.judgement.verdict, &judged.judgement.would) {
        (Verdict::Block, _) => "**blocks**",
        (_, Verdict::Block) => "would block",
        _ => "warns",
    };
    let what = plain(&finding.rule.description);
    let preview = finding.preview.as_str();
    let place = match links.to(judged) {
        Some(address) => format!("[{}]({})", Code(&place(judged)), target(&address)),
        None => Code(&place(judged)).to_string(),
    };
    format!("| {word} | {place} | {} | {} |\n", Text(what.as_str()), Code(preview))
}

fn detail(judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut text = format!(
        "- {}: {}; {}; {}",
        Code(&place(judged)),
        Text(&why(judged)),
        grade(judged),
        Code(&finding.fingerprint.to_string())
    );
    if let Some(page) = link(finding.rule.rotate.as_ref()) {
        _ = write!(text, "; [rotate it]({})", target(page));
    }
    if let Some(note) = &judged.note {
        _ = write!(text, "; {}", Text(note.as_str()));
    }
    text.push('\n');
    text
}

/// What is excused, with its reason: a reviewer's business, so it is named where there is room.
fn excused(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let count = Counts::of(outcome).suppressed;
    if let Some(text) = below(outcome) {
        writeln!(out, "\n{text}, not shown")?;
    }
    for warning in &outcome.warnings {
        writeln!(out, "\nwarning: {}", Text(warning.as_str()))?;
    }
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>{} excused</summary>\n", plural(count, "finding"))?;
    let mut room = MOST_EXCUSED;
    for judged in listed(outcome) {
        let Some(excuse) = excuse(judged) else { continue };
        let line = format!("- {}: {}", Code(&place(judged)), Text(&excuse));
        if line.len() > room {
            writeln!(out, "- and more; the job's log has all of them")?;
            break;
        }
        room -= line.len();
        writeln!(out, "{line}")?;
    }
    writeln!(out, "\n</details>")
}

/// An address that [`link`] lets through, as the target of a link.
fn target(address: &str) -> String {
    address.replace('&', "&amp;")
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

/// A text of others: every ASCII character that could mean something to Markdown or HTML is a character reference,
/// and a zero-width space keeps a name behind `@` from being called.
struct Text<'a>(&'a str);

/// A text of others as code, in which names and numbers are not linked anyway.
struct Code<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| if c == '@' { f.write_str("&#64;&#8203;") } else { inert(c, f) })
    }
}

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<code>")?;
        self.0.chars().try_for_each(|c| inert(c, f))?;
        f.write_str("</code>")
    }
}

fn inert(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if c.is_ascii_punctuation() && !",;-/".contains(c) {
        return write!(f, "&#{};", u32::from(c));
    }
    f.write_char(c)
}
