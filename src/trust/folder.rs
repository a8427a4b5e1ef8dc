//! Policy out of a folder of the system. Links are refused: they lead out of it.

use super::{LARGEST, TrustError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The content of a regular file; `None` if there is nothing at the path.
pub(super) fn read(folder: &Path, name: &[u8]) -> Result<Option<Vec<u8>>, TrustError> {
    let io = |error| TrustError::Io { name: name.to_vec(), error };
    let no_file = || TrustError::NotAFile(name.to_vec());
    let Some(path) = below(folder, name)? else { return Ok(None) };
    if !std::fs::metadata(&path).map_err(io)?.is_file() {
        return Err(no_file());
    }
    let mut bytes = Vec::new();
    std::fs::File::open(&path).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(TrustError::TooLarge(name.to_vec()));
    }
    Ok(Some(bytes))
}

/// Every path below a folder in `folder`, without `.git`. Folders behind links are not entered.
pub(super) fn names(folder: &Path, start: &str) -> Result<Vec<Vec<u8>>, TrustError> {
    let Some(root) = below(folder, start.as_bytes())? else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    let walk = ignore::WalkBuilder::new(root).standard_filters(false).filter_entry(|e| e.file_name() != ".git").build();
    for entry in walk {
        let entry = entry.map_err(|error| TrustError::Io {
            name: start.as_bytes().to_vec(),
            error: error.into_io_error().unwrap_or_else(|| ErrorKind::Other.into()),
        })?;
        if entry.file_type().is_some_and(|kind| kind.is_dir()) {
            continue;
        }
        let inside = entry.path().strip_prefix(folder).ok().and_then(Path::to_str);
        names.extend(inside.map(|name| name.replace(std::path::MAIN_SEPARATOR, "/").into_bytes()));
    }
    Ok(names)
}

/// The place of a path in `folder`, no part of which is a link; `None` if it is not there.
fn below(folder: &Path, name: &[u8]) -> Result<Option<PathBuf>, TrustError> {
    let text = std::str::from_utf8(name).map_err(|_| TrustError::NotAFile(name.to_vec()))?;
    let mut path = folder.to_owned();
    for part in text.split('/').filter(|part| !part.is_empty()) {
        path.push(part);
        match std::fs::symlink_metadata(&path) {
            Ok(about) if about.is_symlink() => return Err(TrustError::NotAFile(name.to_vec())),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(TrustError::Io { name: name.to_vec(), error }),
        }
    }
    Ok(Some(path))
}
