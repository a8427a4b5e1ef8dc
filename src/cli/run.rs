//! One run from its source to its reports and its exit code.

use super::FAILED;
use super::args::ReportArgs;
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::setup::Gear;
use super::terminal::Terminal;
use super::{output, problems};
use crate::coverage::Unread;
use crate::git::Repository;
use crate::policy::Occasion;
use crate::policy::break_glass::BrokenGlass;
use crate::record::{Run, append_run};
use crate::report::{Edge, Timing};
use crate::scan::{self, Outcome, ScanError, Scanner};
use crate::source::{Source, SourceError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::io;
use std::time::Instant;

/// When a run began.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The wall clock.
    pub started: Timestamp,
    ticking: Instant,
}

impl Clock {
    /// Starts now.
    pub fn start() -> Self {
        Self { started: Timestamp::now(), ticking: Instant::now() }
    }

    /// The day, in UTC.
    pub fn today(&self) -> Date {
        self.started.to_zoned(TimeZone::UTC).date()
    }

    /// For the reports.
    pub fn timing(&self) -> Timing {
        Timing { started: self.started, seconds: self.ticking.elapsed().as_secs_f64() }
    }
}

/// Reads a source to its end and judges it.
pub fn judge<S: Source<Error = SourceError> + ?Sized>(
    gear: &Gear,
    clock: &Clock,
    source: &mut S,
    occasion: Occasion,
    glass: Option<&BrokenGlass>,
) -> Result<Outcome, CommandError> {
    judge_watched(gear, clock, source, occasion, glass, &Watch::default())
}

/// What goes on beside a run.
#[derive(Default)]
pub struct Watch {
    /// Ends it early.
    pub interrupt: Option<Interrupt>,
    /// Shows how far it is.
    pub progress: Option<Progress>,
}

/// As [`judge`], until it is interrupted: then the outcome is what was found so far, and no pass.
pub fn judge_watched<S: Source<Error = SourceError> + ?Sized>(
    gear: &Gear,
    clock: &Clock,
    source: &mut S,
    occasion: Occasion,
    glass: Option<&BrokenGlass>,
    watch: &Watch,
) -> Result<Outcome, CommandError> {
    judge_by(gear, clock, occasion, glass, watch, |scanner| scanner.run(source))
}

/// As [`judge_watched`], with what is done given.
pub fn judge_by(
    gear: &Gear,
    clock: &Clock,
    occasion: Occasion,
    glass: Option<&BrokenGlass>,
    watch: &Watch,
    run: impl FnOnce(&Scanner<'_>) -> Result<Outcome, ScanError<SourceError>>,
) -> Result<Outcome, CommandError> {
    let interrupted = || watch.interrupt.as_ref().is_some_and(Interrupt::came);
    let spent = || gear.budget.is_some_and(|budget| clock.ticking.elapsed() >= budget);
    let stop = || match (interrupted(), spent()) {
        (true, _) => Some(Unread::Interrupted),
        (false, true) => Some(Unread::Budget),
        (false, false) => None,
    };
    let scanner = Scanner {
        detector: &gear.detector,
        policy: &gear.policy,
        fingerprinter: &gear.fingerprinter,
        occasion,
        glass,
        stop: &stop,
        progress: watch.progress.as_ref().map(|progress| progress as &dyn scan::Progress),
        rules_digest: *gear.catalogue.digest(),
    };
    let mut outcome = run(&scanner).map_err(|error| problems::scan(&error))?;
    if outcome.exit == 0 && outcome.coverage.unread_reasons().contains_key(&Unread::Interrupted) {
        // Whatever the settings let through: nobody asked for half a scan.
        outcome.exit = FAILED;
    }
    outcome.warnings.extend(gear.warnings.iter().cloned());
    Ok(outcome)
}

/// Writes the reports and gives the exit code: that of the outcome, or 2 where nothing blocks and a report is lost.
pub fn finish(
    outcome: &Outcome,
    clock: &Clock,
    reports: &ReportArgs,
    terminal: &Terminal,
    edge: Edge,
) -> Result<u8, CommandError> {
    match output::write(outcome, &clock.timing(), reports, terminal, edge) {
        Ok(()) => Ok(outcome.exit),
        Err(error) if outcome.exit == 1 => {
            terminal.error(&error);
            Ok(1)
        }
        Err(error) => Err(error),
    }
}

/// Writes down what a hook decided, for metrics, in the common git folder. The decision stands whether that works or
/// not.
pub fn written_down(repository: &Repository, line: &Run) -> io::Result<()> {
    append_run(&repository.layout().common_dir.join("keyward").join("runs.jsonl"), line)
}
