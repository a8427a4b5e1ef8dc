//! `keyward scan`.

use super::{PolicyArgs, ReportArgs};
use clap::Args;
use std::path::PathBuf;

/// `keyward scan`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keyward scan --staged\n  keyward scan --history main..HEAD --format sarif --output keyward.sarif"
)]
pub struct ScanArgs {
    /// Files and folders to scan [default: .].
    #[arg(value_name = "PATH", conflicts_with_all = ["staged", "history", "stdin"])]
    pub paths: Vec<PathBuf>,
    /// Scan what the next commit would add: the index against HEAD.
    #[arg(long, conflicts_with_all = ["history", "stdin"])]
    pub staged: bool,
    /// Scan every object that a reference reaches, or the commits of a range such as main..HEAD.
    #[arg(long, value_name = "RANGE", num_args = 0..=1, conflicts_with = "stdin")]
    pub history: Option<Option<String>>,
    /// Take policy, rules and baseline from this revision instead of HEAD (with --history).
    #[arg(long, value_name = "REF", requires = "history")]
    pub trust: Option<String>,
    /// Let through what a signed waiver names, from a file or - for standard input; one a line; repeatable (with a
    /// range). Signers are the administrator's, with --trust also those of that revision.
    #[arg(long, value_name = "FILE", requires = "history")]
    pub waiver: Vec<PathBuf>,
    /// The reference that the range goes to, for waivers [default: the branch at its end].
    #[arg(long = "ref", value_name = "NAME", requires = "waiver")]
    pub onto: Option<String>,
    /// Hash every object and compare it with its id (with --history).
    #[arg(long, requires = "history")]
    pub verify_objects: bool,
    /// Search every version of a file whole, and not only where it differs from the one that git stores it as a delta
    /// to (with --history). Slower; what is found is the same.
    #[arg(long, requires = "history")]
    pub full: bool,
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
