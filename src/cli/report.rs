//! `keyward report`: the debt in earlier reports.

use super::args::{BaselineFormat, OwnersSyntax, ReportCommandArgs};
use super::env::Environment;
use super::error::{CommandError, ErrorKind};
use super::scan::Place;
use super::terminal::Terminal;
use super::{inputs, problems};
use crate::policy::codeowners::{Codeowners, Syntax};
use crate::report::debt::{Debt, Row};
use crate::text::{Mask, Shown};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Where hosts look for the file, in their order: GitHub's three places, then GitLab's own.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
/// Rows of a table that people are shown.
const SHOWN: usize = 20;

/// Reads the reports and tells the debt; gives the exit code.
pub fn run(args: &ReportCommandArgs, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    let mask = problems::builtin_mask();
    let mut reports = Vec::new();
    for (path, bytes) in inputs::files(&args.files, mask.as_ref(), terminal)? {
        let report = inputs::report(path, &bytes, mask.as_ref())?;
        if report.error.is_some() {
            let name = inputs::name(path, mask.as_ref());
            terminal.warn(&format!("{name}: that run ended in an error and is left out"));
        }
        reports.push(report);
    }
    let owners = owners(args, env, mask.as_ref(), terminal)?;
    let debt = Debt::of(&reports, &owners)
        .ok_or_else(|| CommandError::new(ErrorKind::Usage, "none of the reports is of a run that came to a result"))?;
    if !debt.complete {
        terminal.warn("the newest report is not complete: there may be more than this");
    }
    let text = match args.format {
        BaselineFormat::Human => human(&debt, mask.as_ref()),
        BaselineFormat::Markdown => markdown(&debt, mask.as_ref()),
        BaselineFormat::Json => json(debt, mask.as_ref())?,
    };
    inputs::deliver(&text, args.output.as_deref(), terminal).map(|()| 0)
}

fn owners(
    args: &ReportCommandArgs,
    env: &Environment,
    mask: &dyn Mask,
    terminal: &Terminal,
) -> Result<Codeowners, CommandError> {
    let path = match &args.codeowners {
        Some(path) => path.clone(),
        None => match usual(env)? {
            Some(path) => path,
            None => return Ok(Codeowners::default()),
        },
    };
    let text = std::fs::read(&path).map_err(|error| problems::io(&path, "read", &error))?;
    let syntax = match args.codeowners_syntax {
        Some(OwnersSyntax::Github) => Syntax::Github,
        Some(OwnersSyntax::Gitlab) => Syntax::Gitlab,
        None => Syntax::of(&path.to_string_lossy(), &text),
    };
    let (owners, problems) = Codeowners::parse(&text, syntax);
    for problem in problems {
        let name = inputs::name(&path, mask);
        terminal.warn(&format!("{name}:{}: {}; the line does not count", problem.line, problem.what));
    }
    Ok(owners)
}

/// The first file that is there.
fn usual(env: &Environment) -> Result<Option<PathBuf>, CommandError> {
    let place = Place::find(env)?;
    let top = place.repository.as_ref().and_then(|repository| repository.layout().top.as_deref());
    let top: &Path = top.unwrap_or(&place.current);
    Ok(PLACES.iter().map(|name| top.join(name)).find(|path| path.is_file()))
}

/// The four tables, with their headings.
fn tables(debt: &Debt) -> [(&'static str, &[Row]); 4] {
    [("severity", &debt.severities), ("age", &debt.ages), ("owner", &debt.owners), ("rule", &debt.rules)]
}

fn summary(debt: &Debt) -> String {
    let day = debt.as_of.map(|time| format!(" on {}", time.strftime("%Y-%m-%d"))).unwrap_or_default();
    let change = match (debt.new, debt.gone) {
        (Some(new), Some(gone)) => format!("; since the report before {new} came and {gone} went"),
        _ => String::new(),
    };
    format!("{} open{day}, {} excused{change}", debt.open, debt.excused)
}

fn human(debt: &Debt, mask: &dyn Mask) -> String {
    let mut out = format!("{}\n", summary(debt));
    for (title, rows) in tables(debt).into_iter().filter(|(_, rows)| !rows.is_empty()) {
        let rows_named: Vec<(String, &Row)> =
            rows.iter().take(SHOWN).map(|row| (named(title, row, mask), row)).collect();
        let width = rows_named.iter().map(|(name, _)| name.chars().count()).chain([title.len()]).max().unwrap_or(0);
        _ = writeln!(out, "\n{title:width$}  {:>6}  {:>13}  {:>11}", "open", "high or worse", "oldest");
        for (name, row) in &rows_named {
            _ = writeln!(out, "{name:width$}  {:>6}  {:>13}  {:>6} days", row.open, row.grave, row.oldest_days);
        }
        if rows.len() > SHOWN {
            _ = writeln!(out, "... and {} more", rows.len() - SHOWN);
        }
    }
    out
}

fn markdown(debt: &Debt, mask: &dyn Mask) -> String {
    let mut out = format!("**Secrets in the repository:** {}.\n", summary(debt));
    for (title, rows) in tables(debt).into_iter().filter(|(_, rows)| !rows.is_empty()) {
        _ = writeln!(out, "\n| {title} | open | high or worse | oldest, days |\n|---|---:|---:|---:|");
        for row in rows.iter().take(SHOWN) {
            let name = named(title, row, mask).replace('`', "'").replace('|', "\\|");
            _ = writeln!(out, "| `{name}` | {} | {} | {} |", row.open, row.grave, row.oldest_days);
        }
        if rows.len() > SHOWN {
            _ = writeln!(out, "\n... and {} more.", rows.len() - SHOWN);
        }
    }
    out
}

fn json(mut debt: Debt, mask: &dyn Mask) -> Result<String, CommandError> {
    debt.owners.iter_mut().for_each(|row| row.name = safe(&row.name, mask));
    serde_json::to_string_pretty(&debt)
        .map(|text| format!("{text}\n"))
        .map_err(|error| CommandError::new(ErrorKind::Internal, error.to_string()))
}

/// A row's name for people.
fn named(title: &str, row: &Row, mask: &dyn Mask) -> String {
    match (title, row.name.as_str()) {
        ("age", "7d") => "up to 7 days".to_owned(),
        ("age", "30d") => "8 to 30 days".to_owned(),
        ("age", "90d") => "31 to 90 days".to_owned(),
        ("age", _) => "over 90 days".to_owned(),
        (_, name) => safe(name, mask),
    }
}

/// Owners come from a file of the repository.
fn safe(name: &str, mask: &dyn Mask) -> String {
    Shown::new(name.as_bytes(), mask).to_string()
}
