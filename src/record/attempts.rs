//! Commits that were refused, for break-glass to look back at: one small JSON file.

use super::atomic::write_atomic;
use crate::policy::break_glass::Attempt;
use jiff::Timestamp;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// More attempts than this are not kept: the oldest go first.
const MOST: usize = 64;

/// The file of attempts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AttemptsError {
    /// It cannot be read or written.
    #[error("the record of refused attempts: {0}")]
    Io(#[from] io::Error),
    /// It is not what we wrote.
    #[error("the record of refused attempts is damaged: {0}; remove it and repeat the command")]
    Damaged(serde_json::Error),
}

/// The attempts in `file` that still count at `now`; none if there is no file.
pub fn load_attempts(file: &Path, now: Timestamp) -> Result<Vec<Attempt>, AttemptsError> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut attempts: Vec<Attempt> = serde_json::from_slice(&bytes).map_err(AttemptsError::Damaged)?;
    attempts.retain(|attempt| attempt.counts_at(now));
    Ok(attempts)
}

/// Adds an attempt to `file`, in place of an earlier one for the same tree and worktree, and drops those that no
/// longer count. A damaged file is started anew: whatever it held, the commit can be tried again.
pub fn remember_attempt(file: &Path, attempt: Attempt) -> Result<(), AttemptsError> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let _lock = lock(file)?;
    let mut attempts = match load_attempts(file, attempt.at) {
        Ok(attempts) => attempts,
        Err(AttemptsError::Damaged(_)) => Vec::new(),
        Err(error) => return Err(error),
    };
    attempts.retain(|other| (&other.worktree, &other.tree) != (&attempt.worktree, &attempt.tree));
    attempts.push(attempt);
    let surplus = attempts.len().saturating_sub(MOST);
    attempts.drain(..surplus);
    let mut bytes = serde_json::to_vec(&attempts).map_err(io::Error::from)?;
    bytes.push(b'\n');
    Ok(write_atomic(file, &bytes)?)
}

/// Two worktrees may refuse at once. The file itself is replaced, so a file beside it is locked.
fn lock(file: &Path) -> io::Result<File> {
    let lock = OpenOptions::new().create(true).append(true).open(file.with_extension("lock"))?;
    lock.lock()?;
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn attempt(tree: &str, seconds: i64) -> Attempt {
        Attempt { worktree: "w".to_owned(), tree: tree.to_owned(), at: at(seconds), shown: BTreeSet::new() }
    }

    #[test]
    fn attempts_come_back_until_their_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keyward/attempts.json");
        assert_eq!(load_attempts(&file, at(0)).unwrap(), []);
        remember_attempt(&file, attempt("a", 0)).unwrap();
        remember_attempt(&file, attempt("b", 600)).unwrap();
        assert_eq!(load_attempts(&file, at(800)).unwrap(), [attempt("a", 0), attempt("b", 600)]);
        assert_eq!(load_attempts(&file, at(901)).unwrap(), [attempt("b", 600)]);
        assert_eq!(load_attempts(&file, at(599)).unwrap(), [attempt("a", 0)]);
    }

    #[test]
    fn the_same_tree_again_replaces_and_old_ones_are_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("attempts.json");
        remember_attempt(&file, attempt("a", 0)).unwrap();
        remember_attempt(&file, attempt("a", 5)).unwrap();
        assert_eq!(load_attempts(&file, at(6)).unwrap(), [attempt("a", 5)]);
        remember_attempt(&file, attempt("b", 2_000)).unwrap();
        assert_eq!(load_attempts(&file, at(2_000)).unwrap(), [attempt("b", 2_000)]);
    }

    #[test]
    fn a_damaged_file_is_an_error_to_read_and_is_started_anew_by_the_next_attempt() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("attempts.json");
        std::fs::write(&file, b"[{\"worktree\":").unwrap();
        assert!(matches!(load_attempts(&file, at(0)), Err(AttemptsError::Damaged(_))));
        remember_attempt(&file, attempt("a", 0)).unwrap();
        assert_eq!(load_attempts(&file, at(1)).unwrap(), [attempt("a", 0)]);
    }
}
