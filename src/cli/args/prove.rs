//! `keyward doctor` and `keyward drill`.

use super::PlainFormat;
use clap::Args;
use std::path::PathBuf;

/// `keyward doctor`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward doctor\n  keyward doctor --server /srv/git/project.git")]
pub struct DoctorArgs {
    /// Examine the pre-receive hook of this bare repository, with pushes to a copy of it that goes away.
    #[arg(long, value_name = "PATH")]
    pub server: Option<PathBuf>,
    /// human or json.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub format: PlainFormat,
}

/// `keyward drill`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward drill\n  keyward drill --record evidence --key evidence.pem")]
pub struct DrillArgs {
    /// Also try every hook that is installed in this repository, and write a record into this folder of evidence.
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
    /// Sign the record with this private key: Ed25519 or P-256, PEM, PKCS#8, not encrypted.
    #[arg(long, value_name = "FILE", requires = "record")]
    pub key: Option<PathBuf>,
    /// human or json.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub format: PlainFormat,
}
