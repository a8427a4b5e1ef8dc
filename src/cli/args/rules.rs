//! `keyward rules`.

use super::PlainFormat;
use clap::{Args, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

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
    /// List the built-in rules: id, severity, confidence, description
    #[command(after_help = "Examples:\n  keyward rules list\n  keyward rules list --format json")]
    List {
        /// human or json.
        #[arg(long, value_enum, default_value_t = PlainFormat::Human)]
        format: PlainFormat,
    },
    /// Show everything about a built-in rule
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
    /// Try a built-in rule on a text: exit 0 if it finds something, else 1
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
