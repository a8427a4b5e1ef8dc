//! `keyward baseline create`: what is there today becomes known.

use super::Desk;
use crate::cli::args::PolicyArgs;
use crate::cli::error::CommandError;
use crate::cli::problems;
use crate::cli::run::judge;
use crate::finding::Finding;
use crate::policy::{Occasion, Verdict};
use crate::record::write_atomic;
use crate::scan::Outcome;
use crate::source::{History, Snapshot};
use crate::trust::{BASELINE, Side};

/// The line that lets two branches change the baseline without a conflict.
const ATTRIBUTE: &str = "keyward.baseline merge=union";

pub(super) fn run(desk: &Desk<'_>, policy: &PolicyArgs, history: bool, include_new: bool) -> Result<u8, CommandError> {
    let before = desk.load()?;
    let outcomes = look(desk, policy, history, include_new)?;
    let worth = |verdict: &Verdict| matches!(verdict, Verdict::Block | Verdict::Warn);
    let findings: Vec<&Finding> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.judged)
        .filter(|judged| worth(&judged.judgement.verdict))
        .map(|judged| &judged.finding)
        .collect();
    let after = before.create(findings, desk.today);
    desk.save(&after)?;
    attribute(desk)?;
    let added = after.entries().len() - before.entries().len();
    desk.say(&format!(
        "entries added: {added}, in all: {}, in {}\n",
        after.entries().len(),
        problems::shown(&desk.file)
    ))?;
    let missing: Vec<&str> = outcomes.iter().flat_map(|o| &o.unread).map(|gap| gap.reason).collect();
    if missing.is_empty() {
        return Ok(0);
    }
    desk.terminal.warn(&format!("incomplete: not everything could be read ({})", missing.join(", ")));
    Ok(2)
}

/// HEAD's tree, or the whole history; with `include_new` the working tree too. Outside git the current folder.
fn look(desk: &Desk<'_>, policy: &PolicyArgs, history: bool, include_new: bool) -> Result<Vec<Outcome>, CommandError> {
    let place = &desk.place;
    let files = || -> Result<Outcome, CommandError> {
        let gear = place.gear(&place.files(), policy, &desk.clock)?;
        judge(&gear, &desk.clock, &mut place.tree(), Occasion::New, None)
    };
    let Some(repository) = &place.repository else { return Ok(vec![files()?]) };
    let gear = place.gear(&Side::Tree("HEAD".to_owned()), policy, &desk.clock)?;
    let mut outcomes = vec![if history {
        judge(&gear, &desk.clock, &mut History::new(repository), Occasion::History, None)?
    } else {
        judge(&gear, &desk.clock, &mut Snapshot::head(repository), Occasion::New, None)?
    }];
    if include_new {
        outcomes.push(files()?);
    }
    Ok(outcomes)
}

/// Adds the line to `.gitattributes` beside the baseline, unless it is there or the file has another name.
fn attribute(desk: &Desk<'_>) -> Result<(), CommandError> {
    let ours = desk.file.file_name().is_some_and(|name| name == BASELINE);
    let (true, Some(folder), Some(_)) = (ours, desk.file.parent(), &desk.place.repository) else { return Ok(()) };
    let path = folder.join(".gitattributes");
    let mut text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(problems::io(&path, "read", &error)),
    };
    if text.split(|&byte| byte == b'\n').any(|line| line.trim_ascii() == ATTRIBUTE.as_bytes()) {
        return Ok(());
    }
    if text.last().is_some_and(|&byte| byte != b'\n') {
        text.push(b'\n');
    }
    text.extend_from_slice(ATTRIBUTE.as_bytes());
    text.push(b'\n');
    write_atomic(&path, &text).map_err(|error| problems::io(&path, "written", &error))
}
