//! The files of a work tree: those of the index and those that git does not keep, asked of git in one call.

use super::command::Runner;
use super::error::{Detail, GitError};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

/// The files below a folder. All paths are relative to the top level, with `/`, raw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkFiles {
    /// Mode and path of each entry of the index; a path in conflict has up to three.
    pub tracked: Vec<(u32, Arc<[u8]>)>,
    /// Files that are not in the index; nested repositories end in `/`.
    pub untracked: Vec<Arc<[u8]>>,
    /// Folders that cannot be read, in git's words, raw.
    pub unreadable: Vec<Vec<u8>>,
}

pub(super) fn list(runner: &Runner, below: &Path, ignored: bool) -> Result<WorkFiles, GitError> {
    let mut arguments: Vec<&OsStr> =
        ["ls-files", "--stage", "--others", "-t", "-z", "--full-name"].map(AsRef::as_ref).to_vec();
    if !ignored {
        arguments.push("--exclude-standard".as_ref());
    }
    arguments.extend(["--".as_ref(), below.as_os_str()]);
    let output = runner.output(&arguments)?;
    if !output.status.success() {
        return Err(GitError::Failed { command: "ls-files", detail: Detail(output.stderr) });
    }
    let mut files = parse(&output.stdout).ok_or(GitError::Answer("ls-files"))?;
    // git does not check the index's length: behind the end of one that is cut off it reads zeros.
    if files.tracked.iter().any(|(mode, path)| *mode == 0 || path.is_empty()) {
        return Err(GitError::Index(Detail(b"it has an entry without a name or a mode; it is cut off".to_vec())));
    }
    let lines = output.stderr.split(|&byte| byte == b'\n');
    let unreadable = lines.filter(|line| bstr::ByteSlice::contains_str(*line, "could not open directory"));
    files.unreadable = unreadable.map(<[u8]>::to_vec).collect();
    Ok(files)
}

/// `? PATH NUL` for what is not in the index, else `TAG MODE ID STAGE TAB PATH NUL`.
fn parse(answer: &[u8]) -> Option<WorkFiles> {
    let mut files = WorkFiles::default();
    let mut rest = answer;
    while !rest.is_empty() {
        let end = memchr::memchr(0, rest)?;
        let line = rest.get(..end)?;
        rest = rest.get(end + 1..)?;
        if let Some(path) = line.strip_prefix(b"? ") {
            files.untracked.push(path.into());
            continue;
        }
        let (mode, path) = (line.get(2..8)?, line.get(memchr::memchr(b'\t', line)? + 1..)?);
        let mode = u32::from_str_radix(std::str::from_utf8(mode).ok()?, 8).ok()?;
        files.tracked.push((mode, path.into()));
    }
    Some(files)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_named_like_an_entry_of_the_index_is_none() {
        let id = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
        let sly = format!("100644 {id} 0\ta");
        let answer = format!("? {sly}\0H 100644 {id} 0\tb\tc\0M 120000 {id} 2\td\0");
        let files = parse(answer.as_bytes()).unwrap();
        assert_eq!(files.untracked, [sly.as_bytes().into()]);
        assert_eq!(files.tracked, [(0o100_644, b"b\tc"[..].into()), (0o120_000, b"d"[..].into())]);
        assert_eq!(parse(b"H 100644"), None, "cut off");
        assert_eq!(parse(b"H 1006\0"), None, "no mode, no path");
    }
}
