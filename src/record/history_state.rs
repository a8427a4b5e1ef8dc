//! The file in which one scan of a history leaves to the next what it judged: a line with the format, the length and
//! the SHA-256 of the rest, then a [`Past`] in postcard's form.

use super::atomic::write_atomic;
use crate::scan::Past;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const FAMILY: &str = "keyward/history-state/";
const FORMAT: &str = "keyward/history-state/v1";

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is something else, which must not be overwritten.
    #[error("it is no state of a history scan; name another file, or remove it")]
    Foreign,
    /// A later version of keyward wrote it.
    #[error("a newer keyward wrote it; use that one, or remove the file to begin anew")]
    Newer,
}

/// What a state file holds.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    /// There is none yet.
    None,
    /// It was cut off or changed, so that nothing in it counts.
    Damaged,
    /// What an earlier scan left.
    Past(Box<Past>),
}

/// A state file that no other run uses.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    _lock: File,
}

impl StateFile {
    /// Takes the file for this run; its folder is made. `None` if another run has it. A lock lies beside it, since the
    /// file itself is replaced.
    pub fn take(path: &Path) -> Result<Option<Self>, StateError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".lock");
        let lock = OpenOptions::new().create(true).append(true).open(&beside)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { path: path.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Reads it.
    pub fn load(&self) -> Result<State, StateError> {
        match std::fs::read(&self.path) {
            Ok(bytes) => parse(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::None),
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces it.
    pub fn save(&self, past: &Past) -> Result<(), StateError> {
        let body = postcard::to_allocvec(past).map_err(|error| io::Error::other(error.to_string()))?;
        let head = format!("{FORMAT} {} {}\n", body.len(), digest(&body));
        Ok(write_atomic(&self.path, &[head.as_bytes(), &body].concat())?)
    }
}

fn parse(bytes: &[u8]) -> Result<State, StateError> {
    if !bytes.starts_with(FAMILY.as_bytes()) {
        // Of a file that was cut off, this much may be left.
        let cut = FAMILY.as_bytes().starts_with(bytes);
        return if cut { Ok(State::Damaged) } else { Err(StateError::Foreign) };
    }
    let Some(end) = memchr::memchr(b'\n', bytes.get(..256).unwrap_or(bytes)) else { return Ok(State::Damaged) };
    let (head, body) = bytes.split_at(end);
    let body = body.get(1..).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let mut words = head.split(' ');
    if words.next() != Some(FORMAT) {
        return Err(StateError::Newer);
    }
    let told = (words.next().map(str::to_owned), words.next().map(str::to_owned), words.next());
    if told != (Some(body.len().to_string()), Some(digest(body)), None) {
        return Ok(State::Damaged);
    }
    Ok(postcard::from_bytes(body).map_or(State::Damaged, |past| State::Past(Box::new(past))))
}

fn digest(body: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved() -> (tempfile::TempDir, StateFile, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyward/state");
        let file = StateFile::take(&path).unwrap().unwrap();
        assert_eq!(file.load().unwrap(), State::None);
        file.save(&Past::default()).unwrap();
        assert_eq!(file.load().unwrap(), State::Past(Box::default()));
        let bytes = std::fs::read(&path).unwrap();
        (folder, file, bytes)
    }

    #[test]
    fn whatever_is_cut_off_or_changed_nothing_of_it_counts() {
        let (_folder, file, bytes) = saved();
        for length in 0..bytes.len() {
            std::fs::write(&file.path, &bytes[..length]).unwrap();
            assert_eq!(file.load().unwrap(), State::Damaged, "{length}");
        }
        for place in FORMAT.len()..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            std::fs::write(&file.path, changed).unwrap();
            assert!(matches!(file.load(), Ok(State::Damaged) | Err(StateError::Newer)), "{place}");
        }
    }

    #[test]
    fn a_newer_state_and_a_file_that_is_none_are_errors() {
        let (_folder, file, bytes) = saved();
        std::fs::write(&file.path, [b"keyward/history-state/v2 ", &bytes[..]].concat()).unwrap();
        assert!(matches!(file.load(), Err(StateError::Newer)));
        std::fs::write(&file.path, "# A page about something else\n").unwrap();
        assert!(matches!(file.load(), Err(StateError::Foreign)));
    }

    #[test]
    fn a_file_that_another_run_has_is_not_given() {
        let (_folder, file, _) = saved();
        assert!(StateFile::take(&file.path).unwrap().is_none());
        let path = file.path.clone();
        drop(file);
        assert!(StateFile::take(&path).unwrap().is_some());
    }
}
