//! What reflogs name: always asked of git, which alone knows every kind of ref store.

use super::command::Runner;
use super::error::{Detail, GitError};
use crate::blob::ObjectId;

/// What the reflogs of a repository name, those of all worktrees too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reflogs {
    /// Commits, tags and whatever else a reference ever named; each once.
    pub ids: Vec<ObjectId>,
    /// What git says of entries whose objects are gone, raw.
    pub broken: Vec<Vec<u8>>,
}

/// Nothing is walked: `--no-walk` gives the commits that are named, `--objects` tags and the like, and the filter takes
/// away what the commits hold.
const QUESTION: [&str; 5] = ["rev-list", "--reflog", "--no-walk=unsorted", "--objects", "--filter=tree:0"];

pub(crate) fn read(runner: &Runner) -> Result<Reflogs, GitError> {
    let output = runner.output(&QUESTION)?;
    if !output.status.success() {
        return Err(GitError::Failed { command: "rev-list", detail: Detail(output.stderr) });
    }
    let id = |line: &[u8]| ObjectId::from_hex(line.split(|&byte| byte == b' ').next()?);
    let ids = lines(&output.stdout).map(id).collect::<Option<Vec<_>>>().ok_or(GitError::Answer("rev-list"))?;
    let is_loss = |line: &&[u8]| line.starts_with(b"warning: ") || line.starts_with(b"error: ");
    Ok(Reflogs { ids, broken: lines(&output.stderr).filter(is_loss).map(<[u8]>::to_vec).collect() })
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty())
}
