//! `keyward evidence`: what was judged, by what and with what result, for those who were not there.

mod create;
pub mod desk;
mod release;
mod verify;

use super::args::{EvidenceArgs, EvidenceCommand};
use super::env::Environment;
use super::error::CommandError;
use super::terminal::Terminal;

/// Runs an `evidence` command; gives the exit code.
pub fn run(args: &EvidenceArgs, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    match &args.command {
        EvidenceCommand::Create(args) => create::run(args, env, terminal),
        EvidenceCommand::Verify { folder, key, format } => verify::run(folder, key.as_deref(), *format, terminal),
    }
}
