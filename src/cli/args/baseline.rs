//! `keyward baseline`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `keyward baseline`.
#[derive(Args, Debug)]
pub struct BaselineArgs {
    /// The baseline file [default: keyward.baseline at the repository's top level].
    #[arg(long, global = true, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: BaselineCommand,
}

/// `keyward baseline ...`.
#[derive(Subcommand, Debug)]
pub enum BaselineCommand {
    /// Write what HEAD holds as unaudited entries
    #[command(after_help = "Examples:\n  keyward baseline create\n  keyward baseline create --history")]
    Create {
        /// Also what only the history holds.
        #[arg(long)]
        history: bool,
        /// Also what the working tree holds and HEAD does not.
        #[arg(long)]
        include_new: bool,
        /// Configuration to use instead of the repository's keyward.toml.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Add or change the entry of a finding
    #[command(
        after_help = "Examples:\n  keyward baseline add kw1:0123456789abcdef0123456789abcdef --status false-positive --reason \"sample in the docs\"\n  keyward baseline add kw1:0123456789abcdef0123456789abcdef --status accepted --reason \"rotated in Q1\" --owner ops@example.com --expires 90d"
    )]
    Add(Box<BaselineAddArgs>),
    /// Say that an entry no longer holds
    #[command(
        after_help = "Examples:\n  keyward baseline withdraw kw1:0123456789abcdef0123456789abcdef\n  keyward baseline withdraw kw1:0123456789abcdef0123456789abcdef --reason \"was a real key\""
    )]
    Withdraw {
        /// The finding's fingerprint.
        fingerprint: String,
        /// Why.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Go through unaudited entries: decide each on a terminal, or list them
    #[command(after_help = "Examples:\n  keyward baseline audit\n  keyward baseline audit | less")]
    Audit,
    /// Drop the lines that a later revision has replaced
    #[command(after_help = "Examples:\n  keyward baseline prune\n  keyward baseline prune --baseline old.baseline")]
    Prune,
    /// Count entries by status and age, and tell what ends soon and what matches nothing any more
    #[command(
        after_help = "Examples:\n  keyward baseline report\n  keyward baseline report --max-age 90d --max-open 5"
    )]
    Report(BaselineReportArgs),
}

/// `keyward baseline report`.
#[derive(Args, Debug)]
pub struct BaselineReportArgs {
    /// human, json or markdown.
    #[arg(long, value_enum, default_value_t = BaselineFormat::Human)]
    pub format: BaselineFormat,
    /// Exit 1 if an open entry is older (such as 90d).
    #[arg(long, value_name = "DURATION")]
    pub max_age: Option<String>,
    /// Exit 1 if more than this share of all exceptions has been open for over 30 days.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub max_open: Option<f64>,
    /// Do not scan the history for what the entries are about.
    #[arg(long)]
    pub no_scan: bool,
    /// List every entry, in JSON.
    #[arg(long)]
    pub entries: bool,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| (0.0..=100.0).contains(number));
    number.ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

/// Formats of `baseline report`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum BaselineFormat {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// A table for a wiki or a comment.
    Markdown,
}

/// `keyward baseline add`.
#[derive(Args, Debug)]
pub struct BaselineAddArgs {
    /// The finding's fingerprint, as a report shows it.
    pub fingerprint: String,
    /// false-positive, accepted or revoked.
    #[arg(long)]
    pub status: String,
    /// Why.
    #[arg(long)]
    pub reason: String,
    /// Who answers for it.
    #[arg(long)]
    pub owner: Option<String>,
    /// Who approved it.
    #[arg(long)]
    pub approver: Option<String>,
    /// The last day it holds: a date, or a number of days such as 90d.
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
    /// Where it is tracked.
    #[arg(long)]
    pub ticket: Option<String>,
    /// How bad it would be.
    #[arg(long)]
    pub risk: Option<String>,
    /// What limits the damage.
    #[arg(long)]
    pub controls: Option<String>,
    /// The approver's signature of the entry, as `ssh-keygen -Y sign -n keyward-approval` wrote it.
    #[arg(long, value_name = "FILE", requires = "approver", conflicts_with_all = ["key", "print_payload"])]
    pub approval: Option<PathBuf>,
    /// The approver's key, to sign the entry with; or a public one whose private half ssh-agent has.
    #[arg(long, value_name = "FILE", requires = "approver", conflicts_with = "print_payload")]
    pub key: Option<PathBuf>,
    /// Add nothing; print what the approver signs.
    #[arg(long)]
    pub print_payload: bool,
    /// Where it holds; repeatable [default: the paths that hold it now].
    #[arg(long = "path", value_name = "PATH")]
    pub paths: Vec<String>,
}
