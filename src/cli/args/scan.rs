//! `keyward scan`.

use super::{PolicyArgs, ReportArgs};
use crate::source::Part;
use clap::Args;
use std::path::PathBuf;

/// `keyward scan`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keyward scan --staged\n  keyward scan --history main..HEAD --format sarif --output keyward.sarif"
)]
pub struct ScanArgs {
    /// Files and folders to scan [default: .].
    #[arg(value_name = "PATH", conflicts_with_all = ["staged", "stdin"])]
    pub paths: Vec<PathBuf>,
    /// Scan what the next commit would add: the index against HEAD.
    #[arg(long, conflicts_with_all = ["history", "stdin"])]
    pub staged: bool,
    /// Scan every object that a reference reaches, or the commits of a range such as main..HEAD, given as git rev-list
    /// takes it (words with dashes behind --, as in: --history -- --all --not --remotes).
    #[arg(long, value_name = "RANGE", num_args = 0.., conflicts_with = "stdin")]
    pub history: Option<Vec<String>>,
    /// Also what the reflogs of all worktrees name (with --history).
    #[arg(long, requires = "history")]
    pub reflog: bool,
    /// Also what nothing reaches: every object that the store holds (with --history).
    #[arg(long, requires = "history")]
    pub unreachable: bool,
    /// Only what a commit since then first brought in: 2026-01-31, an RFC 3339 time, 2w, "3 days ago" (with --history).
    #[arg(long, value_name = "DATE", requires = "history")]
    pub since: Option<String>,
    /// Only part I of N parts of equal work; join their JSON reports with keyward merge (with --history).
    #[arg(long, value_name = "I/N", requires = "history", value_parser = part)]
    pub shard: Option<Part>,
    /// Read only what is new since the last run, and report all; the state lies in FILE [default:
    /// keyward/history-state in the git folder] (with --history).
    #[arg(long, value_name = "FILE", requires = "history", num_args = 0..=1, require_equals = true)]
    #[arg(conflicts_with_all = ["since", "unreachable", "shard", "verify_objects"])]
    pub incremental: Option<Option<PathBuf>>,
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

/// More parts than this leave each of them next to nothing.
const MOST_PARTS: u32 = 10_000;

fn part(text: &str) -> Result<Part, String> {
    let numbers = text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
    let (index, of) = numbers.ok_or("expected I/N, such as 1/4")?;
    if index < 1 || index > of || of > MOST_PARTS {
        return Err(format!("expected a part from 1 to N, and N up to {MOST_PARTS}"));
    }
    Ok(Part { index, of })
}
