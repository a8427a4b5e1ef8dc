//! One regular file of the system, read whole under a limit.

use crate::coverage::Unread;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Why a file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Gone,
    Unreadable(ErrorKind),
    TooLarge,
    /// A device, socket, pipe or folder.
    Special,
}

impl Trouble {
    pub(crate) fn reason(self) -> Unread {
        match self {
            Self::TooLarge => Unread::TooLarge,
            Self::Gone | Self::Unreadable(_) | Self::Special => Unread::UnreadableFile,
        }
    }
}

/// The bytes of a regular file of at most `limit` bytes. Its kind and size are asked before it is opened, so that a
/// pipe does not hang; it may grow meanwhile, so the limit holds for reading too.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Trouble> {
    let about = std::fs::metadata(path).map_err(|error| trouble(error.kind()))?;
    if !about.is_file() {
        return Err(Trouble::Special);
    }
    if about.len() > limit {
        return Err(Trouble::TooLarge);
    }
    let file = File::open(path).map_err(|error| trouble(error.kind()))?;
    up_to(file, limit, usize::try_from(about.len()).unwrap_or(0))
        .map_err(|error| trouble(error.kind()))?
        .ok_or(Trouble::TooLarge)
}

/// Everything that `reader` gives, `None` if it is more than `limit` bytes.
pub(crate) fn up_to(reader: impl Read, limit: u64, expected: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(expected);
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// What an error of the system comes down to.
pub(crate) fn trouble(kind: ErrorKind) -> Trouble {
    match kind {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Trouble::Gone,
        other => Trouble::Unreadable(other),
    }
}

/// The bytes of a name of the system.
#[cfg(unix)]
pub(crate) fn bytes_of(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

/// The bytes of a name of the system, with `/`.
#[cfg(not(unix))]
pub(crate) fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

/// The name of the system that these bytes are.
#[cfg(unix)]
pub(crate) fn path_of(bytes: &[u8]) -> std::path::PathBuf {
    <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).into()
}

/// The name of the system that these bytes are.
#[cfg(not(unix))]
pub(crate) fn path_of(bytes: &[u8]) -> std::path::PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
