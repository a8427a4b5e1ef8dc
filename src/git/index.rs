//! The index: always asked of git, which reads every kind (split, sparse, version 4) and is no slower than libgit2
//! in finding what is staged, because it skips folders that the index knows to be unchanged.

use super::command::Runner;
use super::error::{Detail, GitError};
use super::layout::Layout;
use crate::blob::ObjectId;
use std::sync::Arc;

/// A version of a file: its mode and its object.
pub type Version = (u32, ObjectId);

/// A path whose version differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The path, relative to the top level, with `/`, raw.
    pub path: Arc<[u8]>,
    /// Before; `None` if the path is new.
    pub old: Option<Version>,
    /// After; `None` if the path is gone.
    pub new: Option<Version>,
}

/// An entry of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// The path, relative to the top level, with `/`, raw.
    pub path: Arc<[u8]>,
    /// Mode and object.
    pub version: Version,
    /// 0, or 1 to 3 in a conflict: base, ours, theirs.
    pub stage: u8,
}

/// What is staged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexDiff {
    /// What differs from HEAD. Entries added with intent only are not among them.
    pub changes: Vec<Change>,
    /// The entries of paths that are in conflict.
    pub unmerged: Vec<IndexEntry>,
}

/// The tree without entries, which git knows without storing it.
pub(crate) fn empty_tree(sha256: bool) -> &'static str {
    if sha256 {
        "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
    } else {
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    }
}

/// Compares the index with HEAD's tree.
pub(crate) fn staged(runner: &Runner, layout: &Layout) -> Result<IndexDiff, GitError> {
    let base = layout.head.map_or_else(|| empty_tree(layout.sha256).to_owned(), |head| head.to_string());
    let arguments = ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--ita-invisible-in-index"];
    let more = ["--no-relative", "--ignore-submodules=none", "--no-abbrev", &base, "--"];
    let output = runner.output(&[arguments.as_slice(), &more].concat())?;
    if !output.status.success() {
        // Either side may be at fault; the index is, if it cannot be listed either.
        entries(runner, &[])?;
        return Err(GitError::Failed { command: "diff-index", detail: Detail(output.stderr) });
    }
    let (changes, conflicts) = parse_raw(&output.stdout).ok_or(GitError::Answer("diff-index"))?;
    // git does not check the index's length: behind the end of one that is cut off it reads zeros.
    if changes.iter().any(|change| change.path.is_empty() || (change.old.is_none() && change.new.is_none())) {
        return Err(GitError::Index(Detail(b"it has an entry without a name or a mode; it is cut off".to_vec())));
    }
    let unmerged = if conflicts { entries(runner, &["--unmerged"])? } else { Vec::new() };
    Ok(IndexDiff { changes, unmerged })
}

/// Lists the index, or with options a part of it.
pub(crate) fn entries(runner: &Runner, options: &[&str]) -> Result<Vec<IndexEntry>, GitError> {
    let arguments = [&["ls-files", "--stage", "-z", "--full-name"], options, &["--", ":/"]].concat();
    let mut command = runner.command(&arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    // `:/` is the whole repository, also from a folder inside it.
    let output = command.env_remove("GIT_LITERAL_PATHSPECS").output().map_err(|error| runner.not_started(&error))?;
    if !output.status.success() {
        return Err(GitError::Index(Detail(output.stderr)));
    }
    parse_stages(&output.stdout).ok_or(GitError::Answer("ls-files"))
}

/// `:MODE MODE ID ID STATUS NUL PATH NUL`; and whether there are conflicts.
fn parse_raw(answer: &[u8]) -> Option<(Vec<Change>, bool)> {
    let mut fields = answer.split(|&byte| byte == 0);
    let (mut changes, mut conflicts) = (Vec::new(), false);
    loop {
        let line = fields.next()?;
        if line.is_empty() {
            return Some((changes, conflicts));
        }
        let mut words = line.strip_prefix(b":")?.split(|&byte| byte == b' ');
        let modes = (mode(words.next()?)?, mode(words.next()?)?);
        let ids = (ObjectId::from_hex(words.next()?)?, ObjectId::from_hex(words.next()?)?);
        let status = words.next()?;
        let path: Arc<[u8]> = fields.next()?.into();
        if status == b"U" {
            conflicts = true;
            continue;
        }
        let version = |mode: u32, id: ObjectId| (mode != 0).then_some((mode, id));
        changes.push(Change { path, old: version(modes.0, ids.0), new: version(modes.1, ids.1) });
    }
}

/// `MODE ID STAGE TAB PATH NUL`
fn parse_stages(answer: &[u8]) -> Option<Vec<IndexEntry>> {
    let lines = answer.split(|&byte| byte == 0).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let tab = memchr::memchr(b'\t', line)?;
            let mut words = line.get(..tab)?.split(|&byte| byte == b' ');
            let version = (mode(words.next()?)?, ObjectId::from_hex(words.next()?)?);
            let stage = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
            Some(IndexEntry { path: line.get(tab + 1..)?.into(), version, stage })
        })
        .collect()
}

fn mode(digits: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}
