//! The command line: all of clap.

use crate::rule::{Confidence, Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Stops secrets from entering git: in the commit, the push, on the server and in CI.
#[derive(Parser, Debug)]
#[command(name = "keyward", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 nothing blocks, 1 a finding blocks, 2 the job could not be done.")]
pub struct Cli {
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Print the verdict line only.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every finding in full, suppressed ones too, and where settings come from.
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Scan the working tree, what is staged, a range of commits or standard input
    Scan(ScanArgs),
    /// Answer one of git's hooks; the installed hooks call this
    Hook(HookArgs),
    /// Guard this repository: write its hooks
    Install(InstallArgs),
    /// Take the hooks away and give former ones back byte for byte
    Uninstall(UninstallArgs),
    /// Create and keep the list of known findings
    Baseline(BaselineArgs),
    /// Look at, check and try rules
    Rules(RulesArgs),
    /// Prove with a canary that this repository is really guarded
    Doctor(DoctorArgs),
    /// Rehearse a leak through every edge in a scratch repository
    Drill(DrillArgs),
    /// Print a completion script for a shell
    #[command(
        after_help = "Examples:\n  keyward completions bash > /etc/bash_completion.d/keyward\n  keyward completions zsh > ~/.zfunc/_keyward"
    )]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Examples:\n  keyward man | man -l -\n  keyward man > /usr/local/share/man/man1/keyward.1")]
    Man,
}

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
    /// Report only, or stop what must not pass.
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    /// Findings of this severity or more block; lesser ones warn [info, low, medium, high, critical].
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub block_on: Option<Severity>,
    /// Findings under this confidence are counted, not listed [low, medium, high, certain].
    #[arg(long, value_name = "LEVEL", value_parser = confidence)]
    pub min_confidence: Option<Confidence>,
    /// Stop after this time; what was not read makes the verdict incomplete (such as 500ms, 30s, 5m; none: no limit).
    #[arg(long, value_name = "DURATION")]
    pub budget: Option<String>,
    /// Threads [default: one a core].
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
    /// Print secrets in clear; only on a terminal, only in the human format.
    #[arg(long)]
    pub show_secrets: bool,
}

/// `keyward scan`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward scan --staged\n  keyward scan src --format sarif --output keyward.sarif")]
pub struct ScanArgs {
    /// Files and folders to scan [default: .].
    #[arg(value_name = "PATH", conflicts_with_all = ["staged", "history", "stdin"])]
    pub paths: Vec<PathBuf>,
    /// Scan what the next commit would add.
    #[arg(long, conflicts_with_all = ["history", "stdin"])]
    pub staged: bool,
    /// Scan every object that a reference reaches, or the commits of a range such as main..HEAD.
    #[arg(long, value_name = "RANGE", num_args = 0..=1, conflicts_with = "stdin")]
    pub history: Option<Option<String>>,
    /// Take the policy from this revision (with --history).
    #[arg(long, value_name = "REF", requires = "history")]
    pub trust: Option<String>,
    /// Scan bytes from standard input.
    #[arg(long)]
    pub stdin: bool,
    /// Read what git ignores, too.
    #[arg(long)]
    pub no_ignore: bool,
    /// Policy settings.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Reports.
    #[command(flatten)]
    pub reports: ReportArgs,
}

/// `keyward hook`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward hook pre-commit\n  keyward hook commit-msg .git/COMMIT_EDITMSG")]
pub struct HookArgs {
    /// The hook's name, as git calls it.
    #[arg(value_enum)]
    pub name: HookName,
    /// What git gives the hook.
    #[arg(value_name = "ARG", trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// The hooks that can be answered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, ValueEnum)]
pub enum HookName {
    /// Before a commit is made.
    PreCommit,
    /// When its message is written.
    CommitMsg,
    /// Before a merge is committed.
    PreMergeCommit,
    /// After `git am` has applied a patch, before it is committed.
    PreApplypatch,
    /// When the message of a patch is taken.
    ApplypatchMsg,
    /// Before commits are sent to a remote.
    PrePush,
    /// Whenever references change (installed by --strict).
    ReferenceTransaction,
}

impl HookName {
    /// The name that git calls the hook by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PreApplypatch => "pre-applypatch",
            Self::ApplypatchMsg => "applypatch-msg",
            Self::PrePush => "pre-push",
            Self::ReferenceTransaction => "reference-transaction",
        }
    }
}

/// `keyward install`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward install\n  keyward install --global")]
pub struct InstallArgs {
    /// For every repository of this user: sets core.hooksPath to a folder whose hooks call the repository's own.
    #[arg(long)]
    pub global: bool,
    /// Also reference-transaction, which sees what other hooks do not (rebase, cherry-pick, plumbing).
    #[arg(long)]
    pub strict: bool,
    /// Only these hooks; repeatable.
    #[arg(long = "hook", value_name = "NAME", value_enum)]
    pub hooks: Vec<HookName>,
}

/// `keyward uninstall`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward uninstall\n  keyward uninstall --global")]
pub struct UninstallArgs {
    /// The hooks of every repository of this user.
    #[arg(long)]
    pub global: bool,
}

/// `keyward doctor`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward doctor\n  keyward doctor --format json")]
pub struct DoctorArgs {
    /// human or json.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub format: PlainFormat,
}

/// `keyward drill`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward drill\n  keyward drill --format json")]
pub struct DrillArgs {
    /// human or json.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub format: PlainFormat,
}

/// Output for people or for programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum PlainFormat {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

/// `keyward rules`.
#[derive(Args, Debug)]
pub struct RulesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// `keyward rules ...`.
#[derive(Subcommand, Debug)]
pub enum RulesCommand {
    /// List the rules: id, severity, confidence, description
    #[command(after_help = "Examples:\n  keyward rules list\n  keyward rules list --format json")]
    List {
        /// human or json.
        #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
        format: PlainFormat,
    },
    /// Show everything about one rule
    #[command(
        after_help = "Examples:\n  keyward rules show github-personal-access-token\n  keyward rules show jwt-signed-token"
    )]
    Show {
        /// The rule's id.
        id: String,
    },
    /// Check rule files and run their examples
    #[command(
        after_help = "Examples:\n  keyward rules check security/keyward/acme.toml\n  keyward rules check rules/*.toml"
    )]
    Check {
        /// The rule files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Try one rule on a text
    #[command(
        after_help = "Examples:\n  keyward rules test slack-webhook-url \"$(cat sample.txt)\"\n  keyward rules test generic-password 'db_password = \"...\"'"
    )]
    Test {
        /// The rule's id.
        id: String,
        /// The text.
        text: OsString,
    },
}

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
    Add(BaselineAddArgs),
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
    /// Fold several lines of one entry into one
    #[command(after_help = "Examples:\n  keyward baseline prune\n  keyward baseline prune --baseline old.baseline")]
    Prune,
    /// Count entries by status and age
    #[command(
        after_help = "Examples:\n  keyward baseline report\n  keyward baseline report --max-age 90d --max-open 5"
    )]
    Report {
        /// human, json or markdown.
        #[arg(long, value_enum, default_value_t = BaselineFormat::Human)]
        format: BaselineFormat,
        /// Exit 1 if an open entry is older (such as 90d).
        #[arg(long, value_name = "DURATION")]
        max_age: Option<String>,
        /// Exit 1 if more than this share of all entries is open for over 30 days.
        #[arg(long, value_name = "PERCENT")]
        max_open: Option<f64>,
    },
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
    /// What could happen.
    #[arg(long)]
    pub risk: Option<String>,
    /// What keeps it from happening.
    #[arg(long)]
    pub controls: Option<String>,
    /// Where it holds; repeatable [default: the paths that hold it now].
    #[arg(long = "path", value_name = "PATH")]
    pub paths: Vec<String>,
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

fn format_and_file(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, such as sarif=out.sarif")?;
    let format = Format::from_str(format, false)?;
    if file.is_empty() {
        return Err("the file name is empty".to_owned());
    }
    Ok((format, PathBuf::from(file)))
}
