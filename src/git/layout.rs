//! Where a repository's parts are, and in which format: asked of git itself, in one call, so that every variable that
//! a hook sets, every extension and every safety rule counts as git has it.

use super::command::Runner;
use super::error::{Detail, GitError};
use crate::blob::ObjectId;
use std::path::{Path, PathBuf};

/// The parts of a repository; all paths are absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The worktree's git folder (`.git`, `.git/worktrees/NAME`).
    pub git_dir: PathBuf,
    /// The git folder that all worktrees share.
    pub common_dir: PathBuf,
    /// Where new objects go: in a hook of a server, the quarantine.
    pub objects: PathBuf,
    /// The index; `GIT_INDEX_FILE` counts.
    pub index: PathBuf,
    /// Where hooks are looked for; `core.hooksPath` counts.
    pub hooks: PathBuf,
    /// The list of shallow commits; need not exist.
    pub shallow: PathBuf,
    /// The list of grafts; need not exist.
    pub grafts: PathBuf,
    /// True if there is no working tree.
    pub bare: bool,
    /// True if names of objects are SHA-256.
    pub sha256: bool,
    /// True if refs are in a reftable.
    pub reftable: bool,
    /// The working tree's top folder; `None` in a bare repository and inside a git folder.
    pub top: Option<PathBuf>,
    /// The way from the folder that was asked to the top: `""`, `../`, `../../` …; `None` outside the working tree.
    pub up: Option<String>,
    /// The commit that HEAD names, whether or not it can be read; `None` if there is none yet.
    pub head: Option<ObjectId>,
}

const QUESTIONS: [&str; 18] = [
    "rev-parse",
    "--path-format=absolute",
    "--git-dir",
    "--git-common-dir",
    "--git-path",
    "objects",
    "--git-path",
    "index",
    "--git-path",
    "hooks",
    "--git-path",
    "shallow",
    "--is-bare-repository",
    "--is-inside-work-tree",
    "--show-object-format",
    "--show-ref-format",
    "--show-cdup",
    "--revs-only",
];

pub(crate) fn read(runner: &Runner) -> Result<Layout, GitError> {
    let mut questions = QUESTIONS.to_vec();
    questions.push("HEAD");
    let output = runner.output(&questions)?;
    if !output.status.success() {
        return Err(reason(output.stderr));
    }
    parse(&output.stdout, runner.dir()).ok_or(GitError::Answer("rev-parse"))
}

/// The answers, one a line. A folder with a line feed in its name makes the count wrong, which is an error.
fn parse(answer: &[u8], dir: &Path) -> Option<Layout> {
    let answer = answer.strip_suffix(b"\n")?;
    let mut lines = answer.split(|&byte| byte == b'\n');
    let mut path = || Some(PathBuf::from(os(lines.next()?)));
    let (git_dir, common_dir, objects) = (path()?, path()?, path()?);
    let (index, hooks, shallow) = (path()?, path()?, path()?);
    // Not asked: git would name the empty file that keeps it from following grafts.
    let grafts = common_dir.join("info/grafts");
    let bare = truth(lines.next()?)?;
    let inside = truth(lines.next()?)?;
    let sha256 = match lines.next()? {
        b"sha1" => false,
        b"sha256" => true,
        _ => return None,
    };
    let reftable = match lines.next()? {
        b"reftable" => true,
        // A git before 2.45 repeats the question: it knows files only.
        b"files" | b"--show-ref-format" => false,
        _ => return None,
    };
    let mut rest: Vec<&[u8]> = lines.collect();
    let head = rest.last().and_then(|line| ObjectId::from_hex(line));
    if head.is_some() {
        rest.pop();
    }
    let (top, up) = match (rest.as_slice(), inside) {
        ([up], true) => {
            let up = String::from_utf8(up.to_vec()).ok()?;
            (Some(dir.join(&up).canonicalize().ok()?), Some(up))
        }
        ([top], false) => (Some(PathBuf::from(os(top))), None),
        ([], false) => (None, None),
        _ => return None,
    };
    Some(Layout { git_dir, common_dir, objects, index, hooks, shallow, grafts, bare, sha256, reftable, top, up, head })
}

fn truth(line: &[u8]) -> Option<bool> {
    match line {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

#[cfg(unix)]
fn os(bytes: &[u8]) -> &std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}

#[cfg(not(unix))]
fn os(bytes: &[u8]) -> std::ffi::OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// What git says when it will not work here (`setup.c` of git 2.26 to 2.51, in English).
fn reason(stderr: Vec<u8>) -> GitError {
    let text = String::from_utf8_lossy(&stderr);
    if text.contains("not a git repository") {
        GitError::NotARepository
    } else if text.contains("dubious ownership") || text.contains("unsafe repository") {
        GitError::Untrusted(Detail(stderr))
    } else if let Some(names) = extension(&text) {
        GitError::UnknownExtension(Detail(names))
    } else if text.contains("Expected git repo version") {
        GitError::UnknownVersion(Detail(stderr))
    } else {
        GitError::Failed { command: "rev-parse", detail: Detail(stderr) }
    }
}

/// The names under `unknown repository extension(s) found:`, each on its own line behind a tab.
fn extension(text: &str) -> Option<Vec<u8>> {
    let (_, names) = text.split_once("repository extension")?;
    let names: Vec<&str> = names.lines().filter_map(|line| line.strip_prefix('\t')).map(str::trim).collect();
    Some(names.join(", ").into_bytes())
}
