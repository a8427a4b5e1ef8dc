//! Arguments that several commands share: policy, reports, formats.

use crate::cli::env::Environment;
use crate::config::parse_date;
use crate::rule::{Confidence, Severity};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use std::path::PathBuf;

/// Which report to write.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One object, schema keyward/report/v1.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// GitLab's secret detection report.
    Gitlab,
    /// GitHub Actions annotations.
    Github,
    /// For a pull request's comment.
    Markdown,
    /// A page in one file.
    Html,
}

/// Whether findings stop anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Mode {
    /// Findings are reported, nothing is stopped.
    Audit,
    /// Findings stop.
    Enforce,
}

/// Settings of the policy, alike for scan and hook.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "Policy")]
pub struct PolicyArgs {
    /// Configuration to use instead of the repository's keyward.toml.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Baseline to use instead of the repository's keyward.baseline.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Whether findings stop anything.
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    /// Findings of this severity or more block; lesser ones warn [info, low, medium, high, critical; default: high].
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub block_on: Option<Severity>,
    /// Findings under this confidence are counted, not listed [low, medium, high, certain; default: medium].
    #[arg(long, value_name = "LEVEL", value_parser = confidence)]
    pub min_confidence: Option<Confidence>,
    /// In a whole history, only report what commits before this day (UTC) brought in.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub enforce_since: Option<Date>,
    /// Stop reading after this time, such as 500ms, 30s or 5m; what is left makes the verdict incomplete [default: none].
    #[arg(long, value_name = "DURATION")]
    pub budget: Option<String>,
    /// Threads for files and for the whole history [default: one a core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
}

/// Where reports go.
#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "Reports")]
pub struct ReportArgs {
    /// The report's format.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Write the report to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write one more report, such as sarif=out.sarif; repeatable.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = format_and_file)]
    pub report: Vec<(Format, PathBuf)>,
    /// Link to lines in the markdown and html reports [default in GitHub Actions and GitLab CI: the project's own pages].
    ///
    /// An address with {commit}, {path} and {line} in it, such as
    /// https://github.com/acme/shop/blob/{commit}/{path}#L{line}.
    #[arg(long, value_name = "ADDRESS")]
    pub link: Option<String>,
    /// What stands for {commit} in a link where a finding names no commit [default: the CI's].
    #[arg(long, value_name = "ID")]
    pub link_commit: Option<String>,
    /// A page that tells people about this guardrail; linked in the markdown and html reports.
    #[arg(long, value_name = "ADDRESS")]
    pub page: Option<String>,
    /// An earlier JSON report, for the trend in the html report; repeatable.
    #[arg(long, value_name = "FILE")]
    pub earlier: Vec<PathBuf>,
    /// Print secrets in clear; only on a terminal, only in the human format.
    #[arg(long)]
    pub show_secrets: bool,
}

impl ReportArgs {
    /// Fills in what the CI around says, where nothing was given.
    #[must_use]
    pub fn within(mut self, env: &Environment) -> Self {
        if let (None, Some((link, commit))) = (&self.link, &env.ci_pages) {
            self.link = Some(link.clone());
            self.link_commit = self.link_commit.or_else(|| Some(commit.clone()));
        }
        self
    }
}

/// Output for people or for programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum PlainFormat {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

fn severity(text: &str) -> Result<Severity, String> {
    use Severity::*;
    [Info, Low, Medium, High, Critical]
        .into_iter()
        .find(|level| level.as_str() == text)
        .ok_or_else(|| "expected info, low, medium, high or critical".to_owned())
}

fn confidence(text: &str) -> Result<Confidence, String> {
    Confidence::ALL
        .into_iter()
        .find(|level| level.as_str() == text)
        .ok_or_else(|| "expected low, medium, high or certain".to_owned())
}

fn day(text: &str) -> Result<Date, String> {
    parse_date(text).ok_or_else(|| "expected a day such as 2027-01-31".to_owned())
}

fn format_and_file(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, such as sarif=out.sarif")?;
    let format = Format::from_str(format, false)?;
    if file.is_empty() {
        return Err("the file name is empty".to_owned());
    }
    Ok((format, PathBuf::from(file)))
}
