//! What to do about what stops, once at the end: each way as a command to paste.

use super::{Edge, Human, HumanOptions, STRONG, can_break_glass, stopping};
use crate::finding::{Finding, ObjectKind};
use crate::report::view::path;
use crate::rule::{Confidence, Severity};
use crate::scan::{Judged, Outcome};
use std::collections::BTreeSet;
use std::io;

/// Files that are named in the command to stage them again; of more, all that are tracked.
const NAMED: usize = 3;

pub(super) fn write(outcome: &Outcome, options: HumanOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let stopping: Vec<&Judged> = stopping(outcome).collect();
    let Some(first) = stopping.first() else { return Ok(()) };
    let human = Human { options };
    let mut way = |title: &str, text: &str, commands: &[String]| -> io::Result<()> {
        writeln!(out, "{} {text}", human.paint(STRONG, title))?;
        commands.iter().try_for_each(|command| writeln!(out, "    {command}"))
    };
    let (text, commands) = removal(&stopping, options.edge);
    way("It is a secret:", text, &commands)?;
    let (text, commands) = denial(first, stopping.len(), options.edge);
    way("It is none:", &text, &commands)?;
    if options.edge == Edge::Commit && can_break_glass(outcome) {
        let command = "KEYWARD_BREAK_GLASS=\"why it cannot wait\" git commit".to_owned();
        way("It cannot wait:", "commit all the same, with the same arguments as before; a record is kept.", &[command])?;
    }
    writeln!(out)
}

/// How to take the secrets out, for where they are.
fn removal(stopping: &[&Judged], edge: Edge) -> (&'static str, Vec<String>) {
    let kinds: BTreeSet<ObjectKind> = stopping.iter().map(|judged| judged.finding.origin.kind).collect();
    let mut commands = Vec::new();
    if edge == Edge::Commit && kinds.contains(&ObjectKind::Blob) {
        commands.push(stage(stopping));
    }
    let text = match edge {
        Edge::Commit if !kinds.contains(&ObjectKind::Blob) && kinds.contains(&ObjectKind::Commit) => {
            "revoke it if anybody else may have seen it, and write the message without it."
        }
        Edge::Commit if !kinds.contains(&ObjectKind::Blob) => {
            "revoke it if anybody else may have seen it, and leave the file out of the commit (git rm --cached)."
        }
        Edge::Commit => {
            "revoke it if anybody else may have seen it, take it out of the file (read it from the environment \
             or a secret store), and stage the file again."
        }
        Edge::Push => {
            "revoke it if anybody else may have seen it, and rewrite the commit that holds it: a later commit that \
             takes it out leaves it in the history."
        }
        Edge::Scan => {
            "revoke it first (whoever has the history has the secret), then take it out and read the new one from \
             the environment or a secret store."
        }
    };
    if edge == Edge::Push {
        commands.push("git rebase -i '@{push}'".to_owned());
    }
    (text, commands)
}

fn stage(stopping: &[&Judged]) -> String {
    let content = stopping.iter().filter(|judged| judged.finding.origin.kind == ObjectKind::Blob);
    let paths: BTreeSet<&str> = content.filter_map(|judged| path(judged)).collect();
    if paths.is_empty() || paths.len() > NAMED {
        return "git add --update".to_owned();
    }
    let quoted: Vec<String> = paths.into_iter().map(quote).collect();
    format!("git add -- {}", quoted.join(" "))
}

/// How to say that the first one is no secret.
fn denial(first: &Judged, count: usize, edge: Edge) -> (String, Vec<String>) {
    let finding = &first.finding;
    let again = if count > 1 { ", once for each fingerprint" } else { "" };
    let approved = if needs_approval(finding) { " --owner NAME --approver NAME" } else { "" };
    let stage = if edge == Edge::Commit { " && git add keyward.baseline" } else { "" };
    let reason = "--reason \"why it is no secret\"";
    let entry = format!(
        "keyward baseline add {} --status false-positive {reason}{approved}{stage}",
        finding.fingerprint
    );
    if finding.origin.kind != ObjectKind::Blob || path(first).is_none() {
        return (format!("say so in the baseline{again}."), vec![entry]);
    }
    let pragma = format!("keyward:allow[{}] why it is no secret", finding.rule.id);
    (format!("say so in the baseline{again}; or in a comment in its line."), vec![entry, pragma])
}

/// A baseline entry for these takes two people.
fn needs_approval(finding: &Finding) -> bool {
    finding.confidence == Confidence::Certain || finding.severity == Severity::Critical
}

/// A word for a POSIX shell.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./+@%:,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
