//! `keyward merge`.

use super::ReportArgs;
use clap::Args;
use std::path::PathBuf;

/// `keyward merge`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keyward merge shard-*.json\n  keyward merge shard-1.json shard-2.json --format sarif --output keyward.sarif"
)]
pub struct MergeArgs {
    /// The JSON reports of all shards.
    #[arg(value_name = "REPORT", required = true)]
    pub files: Vec<PathBuf>,
    /// Reports.
    #[command(flatten)]
    pub reports: ReportArgs,
}
