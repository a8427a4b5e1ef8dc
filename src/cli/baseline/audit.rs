//! `keyward baseline audit`: a decision for every entry that nobody has looked at.

use super::{Desk, parse_day, refused};
use crate::cli::error::{CommandError, ErrorKind};
use crate::policy::Baseline;
use crate::policy::baseline::{Entry, Status};
use crate::text::{Mask, Shown};
use std::io::{BufRead, IsTerminal};

pub(super) fn run(desk: &Desk<'_>) -> Result<u8, CommandError> {
    let mut baseline = desk.load()?;
    let open: Vec<Entry> = baseline.audit().into_iter().cloned().collect();
    let mask = crate::cli::problems::builtin_mask();
    approvals(desk, &baseline, mask.as_ref())?;
    if open.is_empty() {
        return desk.say("no unaudited entries\n");
    }
    let asking = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    for (number, entry) in open.iter().enumerate() {
        desk.say(&describe(entry, number + 1, open.len(), mask.as_ref()))?;
        if !asking {
            continue;
        }
        match ask(desk, &baseline, entry)? {
            Answer::Decided(changed) => {
                desk.save(&changed)?;
                baseline = changed;
            }
            Answer::Skipped => {}
            Answer::Finished => break,
        }
    }
    Ok(0)
}

/// Tells which signed approvals do not count; those that say where they are written down are not looked at.
fn approvals(desk: &Desk<'_>, baseline: &Baseline, mask: &dyn Mask) -> Result<(), CommandError> {
    if !baseline.entries().iter().any(Entry::has_signature) {
        return Ok(());
    }
    let gear = desk.place.gear(&desk.place.files(), &desk.policy(), &desk.clock)?;
    for (entry, fault) in baseline.wrong_approvals(gear.policy.signers(), desk.today) {
        let who = entry.approver.as_deref().map(|name| format!(" by {}", Shown::new(name.as_bytes(), mask)));
        desk.say(&format!(
            "the approval of {}{} does not count: {fault}\n",
            entry.fingerprint,
            who.unwrap_or_default()
        ))?;
    }
    Ok(())
}

enum Answer {
    Decided(Baseline),
    Skipped,
    Finished,
}

fn describe(entry: &Entry, number: usize, all: usize, mask: &dyn Mask) -> String {
    let paths: Vec<String> = entry.paths.iter().map(|path| Shown::new(path.as_bytes(), mask).to_string()).collect();
    let place = if paths.is_empty() { "outside any file".to_owned() } else { paths.join(", ") };
    let rule = Shown::new(entry.rule.as_bytes(), mask);
    let until = entry.last_day().map(|day| format!(", holds until {day}")).unwrap_or_default();
    format!("{number} of {all}: {rule} in {place}\n  {} opened {}{until}\n", entry.fingerprint, entry.opened)
}

fn ask(desk: &Desk<'_>, baseline: &Baseline, entry: &Entry) -> Result<Answer, CommandError> {
    loop {
        let status = match line(desk, "  [f]alse positive, [a]ccepted, [r]evoked, [s]kip, [q]uit? ")?.as_deref() {
            Some("f") => Status::FalsePositive,
            Some("a") => Status::Accepted,
            Some("r") => Status::Revoked,
            Some("s") => return Ok(Answer::Skipped),
            Some("q") | None => return Ok(Answer::Finished),
            Some(_) => continue,
        };
        let text = |answer: Option<String>| answer.filter(|text| !text.is_empty());
        let reason = text(line(desk, "  reason: ")?);
        let owner = text(line(desk, "  owner: ")?);
        let approver = text(line(desk, "  approver: ")?);
        let until = match text(line(desk, "  until (YYYY-MM-DD or 90d): ")?).map(|day| parse_day(&day, desk.today)) {
            Some(Err(error)) => {
                desk.terminal.error(&error);
                continue;
            }
            until => until.transpose()?,
        };
        let revoked_at = (status == Status::Revoked).then_some(desk.today);
        let decided = Entry { approval: None, status, reason, owner, approver, until, revoked_at, ..entry.clone() };
        match baseline.add(decided, false) {
            Ok(changed) => return Ok(Answer::Decided(changed)),
            Err(error) => desk.terminal.error(&refused(&error)),
        }
    }
}

/// A line from standard input; `None` at its end.
fn line(desk: &Desk<'_>, question: &str) -> Result<Option<String>, CommandError> {
    desk.say(question)?;
    let mut answer = String::new();
    let read = std::io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| CommandError::new(ErrorKind::Io, format!("standard input: {error}")))?;
    Ok((read > 0).then(|| answer.trim().to_owned()))
}
