//! Standard input of the hooks that git tells what changes.

use super::error::{CommandError, ErrorKind};
use std::io::Read;

/// Everything on standard input.
pub fn stdin() -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| CommandError::new(ErrorKind::Io, format!("standard input: {error}")))?;
    Ok(bytes)
}
