//! `keyward doctor` and `keyward drill`.

use super::PlainFormat;
use clap::Args;

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
