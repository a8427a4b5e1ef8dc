//! `keyward evidence`.

use super::{PlainFormat, PolicyArgs};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `keyward evidence`.
#[derive(Args, Debug)]
pub struct EvidenceArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: EvidenceCommand,
}

/// `keyward evidence ...`.
#[derive(Subcommand, Debug)]
pub enum EvidenceCommand {
    /// Judge HEAD's tree, each commit of a range, or a release, and write down what was judged by what
    #[command(
        after_help = "Examples:\n  keyward evidence create --service payments --output evidence\n  keyward evidence create --service payments --range main..HEAD --output evidence --key evidence.pem"
    )]
    Create(Box<EvidenceCreateArgs>),
    /// Say whether evidence is still what was written: exit 0 intact, 1 not intact, 2 could not tell
    #[command(
        after_help = "Examples:\n  keyward evidence verify evidence\n  keyward evidence verify evidence --key evidence.pub.pem"
    )]
    Verify {
        /// The folder that `create --output` wrote, or any folder below it.
        folder: PathBuf,
        /// The public key in PEM: everything has to be signed with it.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// human or json.
        #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
        format: PlainFormat,
    },
}

/// `keyward evidence create`.
#[derive(Args, Debug)]
pub struct EvidenceCreateArgs {
    /// The service that the repository is: letters, digits, `-`, `_`, `.`.
    #[arg(long, value_name = "NAME")]
    pub service: String,
    /// One bundle for each commit of this range, each judged against its parents, and one that ties them together.
    #[arg(long, value_name = "A..B", conflicts_with = "tag")]
    pub range: Option<String>,
    /// A bundle for the release that this tag names: its tree, and which of its commits have evidence.
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// The release's commits are those since this revision, instead of since all earlier tags (with --tag).
    #[arg(long, value_name = "REF", requires = "tag")]
    pub since: Option<String>,
    /// The folder to write to; it is made if it is missing.
    #[arg(long, short, value_name = "DIR")]
    pub output: PathBuf,
    /// Sign with this private key: Ed25519 or P-256, PEM, PKCS#8, not encrypted.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Take policy, rules and baseline from this revision.
    #[arg(long, value_name = "REF", default_value = "HEAD")]
    pub trust: String,
    /// Who or what asked for it [default: the CI's user, else git's user.name and user.email].
    #[arg(long, value_name = "TEXT")]
    pub actor: Option<String>,
    /// human or json.
    #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
    pub format: PlainFormat,
    /// Policy settings.
    #[command(flatten)]
    pub policy: PolicyArgs,
}
