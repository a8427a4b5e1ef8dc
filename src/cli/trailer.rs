//! The trailer that tells people who read the history that a glass was broken.

use super::error::{CommandError, ErrorKind};
use super::glass::Ledger;
use super::problems;
use crate::git::Repository;
use crate::git::porcelain::Porcelain;
use crate::policy::break_glass::WINDOW;
use crate::record::last_event;
use jiff::Timestamp;
use std::path::Path;

/// Adds `Keyward-Override: RECORD` to a message, if the commit that it belongs to just broke the glass.
pub fn add(repository: &Repository, message: &Path, now: Timestamp) -> Result<(), CommandError> {
    let ledger = Ledger::staged(repository)?;
    let last = last_event(&ledger.log())
        .map_err(|error| CommandError::new(ErrorKind::Io, format!("{error}; the override cannot be told")))?;
    let Some(last) = last else { return Ok(()) };
    let fresh = now.duration_since(last.time) <= WINDOW;
    if last.event != "break-glass" || last.tree.as_deref() != Some(ledger.subject()) || !fresh {
        return Ok(());
    }
    let folder = message.parent().unwrap_or(Path::new("."));
    let trailer = format!("Keyward-Override: {}", last.digest);
    let arguments = ["interpret-trailers", "--in-place", "--if-exists", "addIfDifferent", "--trailer", &trailer];
    let arguments: Vec<&std::ffi::OsStr> =
        arguments.iter().map(std::ffi::OsStr::new).chain([message.as_os_str()]).collect();
    Porcelain::at(folder)
        .read(&arguments)
        .map(|_| ())
        .map_err(|error| CommandError::foreign(ErrorKind::Repository, error, problems::builtin_mask().as_ref()))
}
