//! `scan --history --incremental`: what an earlier run judged is not read again.

use super::error::{CommandError, ErrorKind, Place as At};
use super::problems;
use super::run::{Clock, Watch, judge_by};
use super::setup::Gear;
use super::terminal::Terminal;
use crate::git::Repository;
use crate::policy::Occasion;
use crate::record::{State, StateError, StateFile};
use crate::scan::{Outcome, Past};
use crate::source::{History, Scope};
use crate::text::Shown;
use std::path::{Path, PathBuf};

/// Where the state lies if nobody says where: below the git folder that all worktrees share.
pub fn usual(repository: &Repository) -> PathBuf {
    repository.layout().common_dir.join("keyward/history-state")
}

/// Scans what is new, joins what was known, and leaves the next run a new state. Whatever makes the old state useless
/// is told, and everything is scanned.
pub fn run(
    repository: &Repository,
    scope: Scope,
    path: &Path,
    gear: &Gear,
    clock: &Clock,
    watch: &Watch,
    terminal: &Terminal,
) -> Result<Outcome, CommandError> {
    let wrong = |error: StateError| {
        let file = Shown::new(path.as_os_str().as_encoded_bytes(), &gear.detector);
        CommandError::new(ErrorKind::Io, error.to_string()).at(At { file, line: None, column: None })
    };
    let anew = |why: &str| terminal.warn(&format!("{}: {why}; everything is scanned", problems::shown(path)));
    let file = StateFile::take(path).map_err(wrong)?;
    if file.is_none() {
        anew("another run uses it, and this one leaves it alone");
    }
    let state = file.as_ref().map_or(Ok(State::None), StateFile::load).map_err(wrong)?;
    let mut history = History::new(repository).within(scope);
    let mut next = None;
    let outcome = judge_by(gear, clock, Occasion::History, None, watch, |scanner| {
        let past: Option<Past> = match state {
            State::None => None,
            State::Damaged => {
                anew("it was cut off or changed");
                None
            }
            State::Past(past) => match past.fits(scanner, gear.catalogue.rules()) {
                Ok(()) => Some(*past),
                Err(why) => {
                    anew(why.as_str());
                    None
                }
            },
        };
        let (outcome, past) = scanner.run_on(&mut history, past.as_ref(), gear.catalogue.rules())?;
        next = past;
        Ok(outcome)
    })?;
    match (&file, &next) {
        (Some(file), Some(past)) => file.save(past).map_err(wrong)?,
        (Some(_), None) => terminal.warn(&format!(
            "{}: not everything could be read, so the next run begins where this one began",
            problems::shown(path)
        )),
        (None, _) => {}
    }
    Ok(outcome)
}
