//! Every reference: always asked of git, which alone knows every kind of ref store.

use super::command::Runner;
use super::error::GitError;
use super::layout::Layout;
use crate::blob::ObjectId;
use std::path::Path;

/// One reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ref {
    /// The full name, raw.
    pub name: Vec<u8>,
    /// What it names: a commit, a tag, or any object.
    pub id: ObjectId,
}

/// The name of a symbolic reference and the name that it stands for, raw.
pub type Symbolic = (Vec<u8>, Vec<u8>);

/// What a ref store holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    /// The references, sorted by name.
    pub refs: Vec<Ref>,
    /// The commits that HEAD and the other worktrees' HEADs name.
    pub heads: Vec<ObjectId>,
    /// What git says of references that it passes over, raw.
    pub broken: Vec<Vec<u8>>,
    /// True if there must be references and none was given.
    pub unreadable: bool,
}

pub(crate) fn read(runner: &Runner, layout: &Layout) -> Result<Refs, GitError> {
    let (refs, _) = named(runner, layout)?;
    Ok(Refs { heads: heads(runner, layout)?, ..refs })
}

/// The references without any HEAD, and of those that stand for others the name and that of the other.
pub(crate) fn named(runner: &Runner, layout: &Layout) -> Result<(Refs, Vec<Symbolic>), GitError> {
    let output = runner.output(&["for-each-ref", "--format=%(objectname) %(refname) %(symref)"])?;
    if !output.status.success() {
        return Err(GitError::Failed { command: "for-each-ref", detail: super::error::Detail(output.stderr) });
    }
    let (refs, symbolic) = parse(&output.stdout).ok_or(GitError::Answer("for-each-ref"))?;
    let broken = lines(&output.stderr).filter(|line| is_loss(line)).map(<[u8]>::to_vec).collect();
    let unreadable = refs.is_empty() && expected(layout);
    Ok((Refs { refs, heads: Vec::new(), broken, unreadable }, symbolic))
}

/// `ID NAME TARGET` a line; the target is empty but for a symbolic reference. No name holds a blank.
fn parse(answer: &[u8]) -> Option<(Vec<Ref>, Vec<Symbolic>)> {
    let (mut refs, mut symbolic) = (Vec::new(), Vec::new());
    for line in lines(answer) {
        let mut words = line.split(|&byte| byte == b' ');
        let (id, name, target) = (words.next()?, words.next()?.to_vec(), words.next()?);
        if !target.is_empty() {
            symbolic.push((name.clone(), target.to_vec()));
        }
        refs.push(Ref { id: ObjectId::from_hex(id)?, name });
    }
    Some((refs, symbolic))
}

/// A symbolic ref whose target is gone reaches nothing, so that nothing is lost with it.
fn is_loss(line: &[u8]) -> bool {
    (line.starts_with(b"warning: ") || line.starts_with(b"error: ")) && !line.starts_with(b"warning: ignoring dangling")
}

fn heads(runner: &Runner, layout: &Layout) -> Result<Vec<ObjectId>, GitError> {
    let answer = runner.run("worktree", &["worktree", "list", "--porcelain", "-z"])?;
    let named = answer.split(|&byte| byte == 0).filter_map(|line| ObjectId::from_hex(line.strip_prefix(b"HEAD ")?));
    let mut heads: Vec<ObjectId> = named.chain(layout.head).filter(|id| !id.is_zero()).collect();
    heads.sort_unstable();
    heads.dedup();
    Ok(heads)
}

/// True if the store cannot be empty: HEAD names a commit through a branch, or there are files of refs.
fn expected(layout: &Layout) -> bool {
    let detached = std::fs::read(layout.git_dir.join("HEAD")).is_ok_and(|head| !head.starts_with(b"ref:"));
    if layout.head.is_some() && (layout.reftable || !detached) {
        return true;
    }
    let packed = std::fs::read(layout.common_dir.join("packed-refs")).unwrap_or_default();
    !layout.reftable
        && (lines(&packed).any(|line| !line.starts_with(b"#")) || holds_a_file(&layout.common_dir.join("refs")))
}

fn holds_a_file(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => holds_a_file(&entry.path()),
        // A leftover lock is no ref.
        Ok(_) => entry.path().extension().is_none_or(|ending| ending != "lock"),
        Err(_) => true,
    })
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty())
}
