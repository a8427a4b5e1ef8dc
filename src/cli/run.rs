//! One run from its source to its reports and its exit code.

use super::args::ReportArgs;
use super::error::CommandError;
use super::setup::Gear;
use super::terminal::Terminal;
use super::{output, problems};
use crate::coverage::Unread;
use crate::policy::Occasion;
use crate::policy::break_glass::BrokenGlass;
use crate::report::{Edge, Timing};
use crate::scan::{Outcome, Scanner};
use crate::source::{Source, SourceError};
use jiff::Timestamp;
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
    let spent = || gear.budget.is_some_and(|budget| clock.ticking.elapsed() >= budget);
    let stop = || spent().then_some(Unread::Budget);
    let scanner = Scanner {
        detector: &gear.detector,
        policy: &gear.policy,
        fingerprinter: &gear.fingerprinter,
        occasion,
        glass,
        stop: &stop,
        progress: None,
        rules_digest: gear.rules_digest,
    };
    let mut outcome = scanner.run(source).map_err(|error| problems::scan(&error))?;
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
