//! `keyward baseline`: the list of known findings.

mod add;
mod audit;
mod create;
mod report;

use super::args::{BaselineArgs, BaselineCommand, PolicyArgs};
use super::env::Environment;
use super::error::{CommandError, ErrorKind, Unmasked};
use super::problems;
use super::run::Clock;
use super::scan::Place;
use super::terminal::Terminal;
use crate::config::parse_date;
use crate::fingerprint::Fingerprint;
use crate::policy::Baseline;
use crate::policy::baseline::OperationError;
use crate::record::write_atomic;
use crate::text::Shown;
use crate::trust::BASELINE;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

/// Runs a `baseline` command; gives the exit code.
pub fn run(args: &BaselineArgs, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    let clock = Clock::start();
    let place = Place::find(env)?;
    let file = match &args.baseline {
        Some(file) => place.current.join(file),
        None => top(&place)?.join(BASELINE),
    };
    let desk = Desk { today: clock.started.to_zoned(TimeZone::UTC).date(), clock, place, file, terminal };
    match &args.command {
        BaselineCommand::Create { history, include_new, config } => {
            let policy = PolicyArgs { config: config.clone(), ..desk.policy() };
            create::run(&desk, &policy, *history, *include_new)
        }
        BaselineCommand::Add(entry) => add::run(&desk, entry, env),
        BaselineCommand::Withdraw { fingerprint, reason } => {
            let fingerprint = parse_fingerprint(fingerprint)?;
            let baseline = desk.load()?.withdraw(fingerprint, reason.clone()).map_err(|error| refused(&error))?;
            desk.save(&baseline)?;
            desk.say(&format!("{fingerprint} is withdrawn: it blocks again\n"))
        }
        BaselineCommand::Audit => audit::run(&desk),
        BaselineCommand::Prune => {
            let before = desk.load()?;
            let after = before.prune();
            desk.save(&after)?;
            desk.say(&format!("lines: {}, before: {}\n", after.entries().len(), before.entries().len()))
        }
        BaselineCommand::Report(args) => report::run(&desk, args),
    }
}

/// What every `baseline` command works with.
struct Desk<'a> {
    clock: Clock,
    today: Date,
    place: Place,
    file: PathBuf,
    terminal: &'a Terminal,
}

impl Desk<'_> {
    /// Findings are judged under the baseline at hand, where it is there.
    fn policy(&self) -> PolicyArgs {
        PolicyArgs { baseline: self.file.exists().then(|| self.file.clone()), ..PolicyArgs::default() }
    }

    /// The baseline; empty if there is no file.
    fn load(&self) -> Result<Baseline, CommandError> {
        match std::fs::read(&self.file) {
            Ok(text) => {
                let name = self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy();
                Baseline::parse(&name, &text).map_err(|error| problems::baseline(&error))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Baseline::default()),
            Err(error) => Err(problems::io(&self.file, "read", &error)),
        }
    }

    fn save(&self, baseline: &Baseline) -> Result<(), CommandError> {
        write_atomic(&self.file, baseline.serialise().as_bytes())
            .map_err(|error| problems::io(&self.file, "written", &error))
    }

    fn say(&self, text: &str) -> Result<u8, CommandError> {
        self.terminal
            .out(text.as_bytes())
            .map(|()| 0)
            .map_err(|error| CommandError::new(ErrorKind::Io, format!("standard output: {error}")))
    }
}

fn top(place: &Place) -> Result<&Path, CommandError> {
    match &place.repository {
        None => Ok(&place.current),
        Some(repository) => repository.layout().top.as_deref().ok_or_else(|| {
            CommandError::new(ErrorKind::Repository, "a bare repository has no file to write")
                .hint("call it in a clone, or name a file with --baseline")
        }),
    }
}

fn parse_fingerprint(text: &str) -> Result<Fingerprint, CommandError> {
    text.parse().map_err(|error| {
        CommandError::new(ErrorKind::Usage, format!("{error}")).hint("copy it from a report, such as kw1:0123…")
    })
}

fn refused(error: &OperationError) -> CommandError {
    CommandError::new(ErrorKind::Usage, error.to_string())
}

/// A day, or a number of days from today on (`90d`).
fn parse_day(text: &str, today: Date) -> Result<Date, CommandError> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i32>().ok());
    let day = match days {
        Some(days) => today.checked_add(days.days()).ok(),
        None => parse_date(text),
    };
    day.ok_or_else(|| {
        let shown = Shown::new(text.as_bytes(), &Unmasked);
        CommandError::new(
            ErrorKind::Usage,
            format!("{shown} is no date: give YYYY-MM-DD or a number of days such as 90d"),
        )
    })
}
