//! The command line: all of clap.

mod baseline;
mod common;
mod evidence;
mod figures;
mod hook;
mod merge;
mod prove;
mod rules;
mod scan;
mod waive;

pub use baseline::{BaselineAddArgs, BaselineArgs, BaselineCommand, BaselineFormat, BaselineReportArgs};
pub use common::{Format, Mode, PlainFormat, PolicyArgs, ReportArgs};
pub use evidence::{EvidenceArgs, EvidenceCommand, EvidenceCreateArgs};
pub use figures::{MetricsArgs, OwnersSyntax, ReportCommandArgs};
pub use hook::{HookArgs, HookName, InstallArgs, UninstallArgs};
pub use merge::MergeArgs;
pub use prove::{DoctorArgs, DrillArgs};
pub use rules::{RulesArgs, RulesCommand};
pub use scan::ScanArgs;
pub use waive::WaiveArgs;

use clap::{Parser, Subcommand, ValueEnum};

/// Stops secrets from entering git, and never passes silently.
#[derive(Parser, Debug)]
#[command(name = "keyward", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 nothing blocks, 1 a finding blocks, 2 the job could not be done.")]
pub struct Cli {
    /// Colours: auto (on a terminal, unless NO_COLOR is set), always or never.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub color: Color,
    /// Print the verdict's line only.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print every finding in full, excused ones too.
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
    /// Join the reports of all shards of a history into one
    Merge(MergeArgs),
    /// Create and keep the list of known findings
    Baseline(BaselineArgs),
    /// Let a refused push through: make a signed, expiring waiver
    Waive(WaiveArgs),
    /// Tell the debt in earlier reports: by severity, rule, owner and age
    Report(ReportCommandArgs),
    /// Make numbers for Prometheus of reports, logs and baselines
    Metrics(MetricsArgs),
    /// Look at, check and try rules
    Rules(RulesArgs),
    /// Keep evidence of what was judged, and verify it
    Evidence(EvidenceArgs),
    /// Prove with a canary that this repository is really guarded
    Doctor(DoctorArgs),
    /// Rehearse leaks: commit made-up secrets in a scratch repository
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
