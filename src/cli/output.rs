//! Reports to files and to standard output.

use super::args::{Format, ReportArgs};
use super::error::{CommandError, ErrorKind, Place, Unmasked};
use super::problems;
use super::terminal::Terminal;
use crate::record::write_atomic;
use crate::report::read::read;
use crate::report::{
    Earlier, Edge, Failure, Github, Gitlab, Html, Human, HumanOptions, Json, Junit, Links, Markdown, Report, Sarif,
    Timing,
};
use crate::scan::Outcome;
use crate::text::Shown;
use std::path::{Path, PathBuf};

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
        lost = lost.and(to_file(path, &render(*format, outcome, timing, reports, (terminal, edge, false))?));
    }
    let color = terminal.color && reports.output.is_none();
    let text = render(reports.format, outcome, timing, reports, (terminal, edge, color))?;
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
    reports: &ReportArgs,
    (terminal, edge, color): (&Terminal, Edge, bool),
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
        Format::Markdown => Box::new(Markdown { links: links(reports) }),
        Format::Html => Box::new(Html { links: links(reports), earlier: earlier(&reports.earlier)? }),
    };
    let mut text = Vec::new();
    report
        .write(outcome, timing, &mut text)
        .map_err(|error| CommandError::new(ErrorKind::Internal, format!("the report cannot be made: {error}")))?;
    Ok(text)
}

fn links(reports: &ReportArgs) -> Links {
    Links { line: reports.link.clone(), commit: reports.link_commit.clone(), page: reports.page.clone() }
}

/// Earlier reports, by their time; those without one come first, in the order of the command line.
fn earlier(files: &[PathBuf]) -> Result<Vec<Earlier>, CommandError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let mask = problems::builtin_mask();
    let one = |file: &PathBuf| {
        let bytes = std::fs::read(file).map_err(|error| problems::io(file, "read", &error))?;
        let report = read(&bytes, mask.as_ref()).map_err(|error| {
            let place = Place { file: problems::shown(file), line: None, column: None };
            CommandError::new(ErrorKind::Usage, error.to_string()).at(place)
        })?;
        Ok(Earlier::of(Shown::new(file.as_os_str().as_encoded_bytes(), mask.as_ref()), &report))
    };
    let mut earlier = files.iter().map(one).collect::<Result<Vec<_>, CommandError>>()?;
    earlier.sort_by_key(Earlier::started);
    Ok(earlier)
}

fn to_file(path: &Path, text: &[u8]) -> Result<(), CommandError> {
    write_atomic(path, text).map_err(|error| problems::io(path, "written", &error))
}
