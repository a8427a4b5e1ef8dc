//! Reports to files and to standard output.

use super::args::{Format, ReportArgs};
use super::error::{CommandError, ErrorKind, Unmasked};
use super::problems;
use super::terminal::Terminal;
use crate::record::write_atomic;
use crate::report::{Edge, Failure, Github, Gitlab, Human, HumanOptions, Json, Junit, Markdown, Report, Sarif, Timing};
use crate::scan::Outcome;
use crate::text::Shown;
use std::path::Path;

/// Writes every report that is asked for, and tells the warnings. All are tried, whatever becomes of the others;
/// the first that is lost is the error.
pub fn write(
    outcome: &Outcome,
    timing: &Timing,
    reports: &ReportArgs,
    terminal: &Terminal,
    edge: Edge,
) -> Result<(), CommandError> {
    // The report for people says them itself, unless it is one line.
    if reports.format != Format::Human || terminal.quiet {
        outcome.warnings.iter().for_each(|warning| terminal.warn(warning.as_str()));
    }
    let mut lost = Ok(());
    for (format, path) in &reports.report {
        lost = lost.and(to_file(path, &render(*format, outcome, timing, terminal, edge, false)?));
    }
    let text = render(reports.format, outcome, timing, terminal, edge, terminal.color && reports.output.is_none())?;
    lost.and(match &reports.output {
        Some(path) => to_file(path, &text),
        None => terminal
            .out(&text)
            .map_err(|error| CommandError::new(ErrorKind::Io, format!("standard output: {error}; the report is lost"))),
    })
}

/// With `--format json` an error is an object too.
pub fn write_failure(error: &CommandError, timing: &Timing, reports: &ReportArgs, terminal: &Terminal) {
    if reports.format != Format::Json {
        return;
    }
    // Masked when the error was made.
    let safe = |text: &str| Shown::new(text.as_bytes(), &Unmasked);
    let failure = Failure {
        kind: error.kind.as_str(),
        message: safe(&error.message),
        file: error.place.as_ref().map(|place| place.file.clone()),
        line: error.place.as_ref().and_then(|place| place.line),
        column: error.place.as_ref().and_then(|place| place.column),
        hints: error.hints.iter().map(|hint| safe(hint)).collect(),
    };
    let mut text = Vec::new();
    // The error itself goes to standard error in any case, and the exit code is 2 in any case.
    if crate::report::write_failure(&failure, timing, &mut text).is_ok() {
        _ = match &reports.output {
            Some(path) => to_file(path, &text).is_ok(),
            None => terminal.out(&text).is_ok(),
        };
    }
}

fn render(
    format: Format,
    outcome: &Outcome,
    timing: &Timing,
    terminal: &Terminal,
    edge: Edge,
    color: bool,
) -> Result<Vec<u8>, CommandError> {
    let report: Box<dyn Report> = match format {
        Format::Human => {
            Box::new(Human::new(HumanOptions { color, verbose: terminal.verbose, quiet: terminal.quiet, edge }))
        }
        Format::Json => Box::new(Json),
        Format::Sarif => Box::new(Sarif),
        Format::Junit => Box::new(Junit),
        Format::Gitlab => Box::new(Gitlab),
        Format::Github => Box::new(Github),
        Format::Markdown => Box::new(Markdown),
    };
    let mut text = Vec::new();
    report
        .write(outcome, timing, &mut text)
        .map_err(|error| CommandError::new(ErrorKind::Internal, format!("the report cannot be made: {error}")))?;
    Ok(text)
}

fn to_file(path: &Path, text: &[u8]) -> Result<(), CommandError> {
    write_atomic(path, text).map_err(|error| problems::io(path, "written", &error))
}
