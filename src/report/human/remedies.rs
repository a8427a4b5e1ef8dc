//! What to do, once at the end: each way as a command to paste.

use super::rewrite::Pushed;
use super::{Edge, Human, STRONG, can_break_glass, stopping};
use crate::finding::{Finding, ObjectKind};
use crate::policy::Verdict;
use crate::report::view::{listed, path};
use crate::rule::{Confidence, Severity};
use crate::scan::{Judged, Outcome};
use std::collections::BTreeSet;
use std::io;

/// Files that a command names; of more, it takes all that are tracked.
pub(super) const NAMED: usize = 3;

/// A way out.
#[derive(Clone, Debug)]
pub struct Way {
    /// What the case is, with a colon.
    pub title: &'static str,
    /// What to do.
    pub text: String,
    /// The commands for it, safe to print.
    pub commands: Vec<String>,
}

pub(super) fn write(human: &Human, outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let stopping: Vec<&Judged> = stopping(outcome).collect();
    let warning = listed(outcome).filter(|judged| judged.judgement.verdict == Verdict::Warn);
    let edge = human.options.edge;
    let mut ways = Vec::new();
    if stopping.is_empty() {
        ways.extend(denials(&warning.collect::<Vec<_>>(), edge));
    } else {
        ways.extend(removals(human, &stopping));
        ways.extend(denials(&stopping, edge));
    }
    if edge == Edge::Commit && can_break_glass(outcome) {
        let text = "commit all the same, with the same arguments as before; a record is kept:";
        let command = "KEYWARD_BREAK_GLASS=\"why it cannot wait\" git commit";
        ways.push(Way { title: "It cannot wait:", text: text.to_owned(), commands: vec![command.to_owned()] });
    }
    ways.extend(human.pushed.iter().flat_map(|pushed| pushed.ways.iter().cloned()));
    for way in &ways {
        writeln!(out, "{} {}", human.paint(STRONG, way.title), way.text)?;
        way.commands.iter().try_for_each(|command| writeln!(out, "    {command}"))?;
    }
    if ways.is_empty() { Ok(()) } else { writeln!(out) }
}

/// How to take the secrets out, for where they are.
fn removals(human: &Human, stopping: &[&Judged]) -> Vec<Way> {
    match human.options.edge {
        Edge::Commit => staged(stopping),
        Edge::Push | Edge::Receive => match &human.pushed {
            Some(pushed) => pushed.removals(stopping),
            None => Pushed::default().removals(stopping),
        },
        Edge::Scan => {
            let text = "revoke it first (whoever has the files has the secret), then take it out, and read the new \
                        one from the environment or a secret store.";
            vec![Way { title: "A real secret:", text: text.to_owned(), commands: Vec::new() }]
        }
    }
}

fn staged(stopping: &[&Judged]) -> Vec<Way> {
    let mut ways = Vec::new();
    let of = |wanted: ObjectKind| stopping.iter().copied().filter(move |judged| judged.finding.origin.kind == wanted);
    if of(ObjectKind::Blob).next().is_some() {
        let text = "take it out of the file (read it from the environment or a secret store), revoke it if anybody \
                    else may have seen it, and stage the file again:";
        let files = names(of(ObjectKind::Blob));
        let command = files.map_or_else(|| "git add --update".to_owned(), |files| format!("git add -- {files}"));
        ways.push(Way { title: "A real secret:", text: text.to_owned(), commands: vec![command] });
    }
    if of(ObjectKind::Path).next().is_some() {
        let files = names(of(ObjectKind::Path)).unwrap_or_else(|| "FILE...".to_owned());
        let text = "leave the file out of the commit:".to_owned();
        let command = format!("git rm --cached -- {files}");
        ways.push(Way { title: "A file that should not be here:", text, commands: vec![command] });
    }
    let messages = stopping.iter().filter(|judged| path(judged).is_none());
    if messages.into_iter().any(|judged| judged.finding.origin.kind != ObjectKind::Blob) {
        let text = "write it again without the secret.".to_owned();
        ways.push(Way { title: "A secret in the message:", text, commands: Vec::new() });
    }
    ways
}

/// The files of some findings for a command line; `None` when there are too many.
pub(super) fn names<'a>(findings: impl Iterator<Item = &'a Judged>) -> Option<String> {
    let paths: BTreeSet<&str> = findings.filter_map(|judged| path(judged)).collect();
    let quoted: Vec<String> = paths.iter().map(|path| quote(path)).collect();
    (1..=NAMED).contains(&quoted.len()).then(|| quoted.join(" "))
}

/// How to say that they are no secrets, with the first one as the example.
fn denials(findings: &[&Judged], edge: Edge) -> Vec<Way> {
    let Some(first) = findings.first() else { return Vec::new() };
    let finding = &first.finding;
    let distinct: BTreeSet<_> = findings.iter().map(|judged| judged.finding.fingerprint).collect();
    let each = if distinct.len() > 1 { ", once for each fingerprint" } else { "" };
    let approved = if findings.iter().any(|judged| needs_approval(&judged.finding)) {
        " --owner NAME --approver NAME"
    } else {
        ""
    };
    let stage = if edge == Edge::Commit { " && git add keyward.baseline" } else { "" };
    let reason = "--reason \"why it is no secret\"";
    let fingerprint = finding.fingerprint;
    let entry = format!("keyward baseline add {fingerprint} --status false-positive {reason}{approved}{stage}");
    let trusted =
        if edge == Edge::Receive { ", in a push of its own to the branch that the server trusts" } else { "" };
    let mut ways = vec![Way {
        title: "Not a secret:",
        text: format!("record it as a false positive{each}{trusted}:"),
        commands: vec![entry],
    }];
    // On a server a comment excuses nothing that is surer, unless its policy says so.
    let heard = edge != Edge::Receive || finding.confidence <= Confidence::Medium;
    if heard && finding.origin.kind == ObjectKind::Blob && path(first).is_some() {
        let text = "say so in a comment on its line:".to_owned();
        let pragma = format!("keyward:allow[{}] why it is no secret", finding.rule.id);
        ways.push(Way { title: "Or:", text, commands: vec![pragma] });
    }
    ways
}

/// A baseline entry for these takes two people.
fn needs_approval(finding: &Finding) -> bool {
    finding.confidence == Confidence::Certain || finding.severity == Severity::Critical
}

/// A word for a POSIX shell.
pub(super) fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./+@%:,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
