//! The files of a work tree that git does not keep.

use super::command::Runner;
use super::error::{Detail, GitError};
use std::ffi::OsStr;
use std::path::Path;

/// Files that are not in the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untracked {
    /// Paths relative to the top level; those of nested repositories end in `/`.
    pub paths: Vec<Vec<u8>>,
    /// Folders that cannot be read, in git's words, raw.
    pub unreadable: Vec<Vec<u8>>,
}

pub(super) fn list(runner: &Runner, below: &Path, ignored: bool) -> Result<Untracked, GitError> {
    let mut arguments: Vec<&OsStr> = ["ls-files", "--others", "-z", "--full-name"].map(AsRef::as_ref).to_vec();
    if !ignored {
        arguments.push("--exclude-standard".as_ref());
    }
    arguments.extend(["--".as_ref(), below.as_os_str()]);
    let output = runner.output(&arguments)?;
    if !output.status.success() {
        return Err(GitError::Failed { command: "ls-files", detail: Detail(output.stderr) });
    }
    let list = |text: &[u8], end: u8| -> Vec<Vec<u8>> {
        text.split(|&byte| byte == end).filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let mut unreadable = list(&output.stderr, b'\n');
    unreadable.retain(|line| bstr::ByteSlice::contains_str(line.as_slice(), "could not open directory"));
    Ok(Untracked { paths: list(&output.stdout, 0), unreadable })
}

pub(super) fn ignores(runner: &Runner, path: &Path) -> Result<bool, GitError> {
    let arguments: [&OsStr; 4] = ["check-ignore".as_ref(), "--quiet".as_ref(), "--".as_ref(), path.as_os_str()];
    // It refuses literal pathspecs, and an absolute path needs none.
    let mut command = runner.command(&arguments);
    command.env_remove("GIT_LITERAL_PATHSPECS");
    let output = command.output().map_err(|error| runner.not_started(&error))?;
    match output.status.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        _ => Err(GitError::Failed { command: "check-ignore", detail: Detail(output.stderr) }),
    }
}
