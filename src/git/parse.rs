//! The raw forms of trees, commits and tags (git's documentation, "Git Objects").

use crate::blob::{CommitInfo, ObjectId};

/// The mode of a folder.
pub const TREE: u32 = 0o040_000;
/// The mode of a submodule's commit.
pub const SUBMODULE: u32 = 0o160_000;
/// The mode of a symbolic link.
pub const SYMLINK: u32 = 0o120_000;
/// The bits of a mode that hold the type.
const TYPE: u32 = 0o170_000;

/// One line of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// File type and permissions, as in `st_mode`; of a folder, a link and a submodule the type alone.
    pub mode: u32,
    /// The name, raw.
    pub name: Vec<u8>,
    /// What it names.
    pub id: ObjectId,
}

/// What matters of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its tree.
    pub tree: ObjectId,
    /// Its parents, in order.
    pub parents: Vec<ObjectId>,
    /// Id, author and author time.
    pub info: CommitInfo,
    /// Committer time, seconds since 1970-01-01T00:00:00Z; 0 where it cannot be read.
    pub committed: i64,
}

/// One line of a raw tree, borrowed.
#[derive(Clone, Copy)]
pub(crate) struct TreeLine<'t> {
    pub(crate) mode: u32,
    pub(crate) name: &'t [u8],
    pub(crate) id: ObjectId,
    /// All of it.
    pub(crate) raw: &'t [u8],
}

impl TreeLine<'_> {
    /// True if it stands before `other` in a tree: a folder's name counts as if a slash followed.
    pub(crate) fn before(&self, other: &Self) -> bool {
        let end = |line: &Self| if line.mode == TREE { b'/' } else { 0 };
        let mine = self.name.iter().copied().chain([end(self)]);
        mine.lt(other.name.iter().copied().chain([end(other)]))
    }
}

/// The lines of a raw tree; `None` where it is malformed, and nothing behind.
pub(crate) struct TreeLines<'t> {
    rest: &'t [u8],
    width: usize,
}

impl<'t> TreeLines<'t> {
    /// The lines of a tree whose ids have `width` bytes.
    pub(crate) fn new(raw: &'t [u8], width: usize) -> Self {
        Self { rest: raw, width }
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// Skips the lines that end within the first `limit` bytes; gives how many bytes those are.
    pub(crate) fn skip_within(&mut self, limit: usize) -> usize {
        let mut at = 0;
        while let Some(end) = self.rest.get(at..limit).and_then(|rest| memchr::memchr(0, rest)) {
            let next = at + end + 1 + self.width;
            if next > limit {
                break;
            }
            at = next;
        }
        self.rest = self.rest.get(at..).unwrap_or_default();
        at
    }

    fn line(&self) -> Option<TreeLine<'t>> {
        let raw = self.rest;
        let space = memchr::memchr(b' ', raw)?;
        let mode = mode(raw.get(..space)?)?;
        let name = raw.get(space + 1..)?;
        let name = name.get(..memchr::memchr(0, name)?)?;
        let start = space + 1 + name.len() + 1;
        let id = ObjectId::from_bytes(raw.get(start..start + self.width)?)?;
        Some(TreeLine { mode, name, id, raw: raw.get(..start + self.width)? })
    }
}

impl<'t> Iterator for TreeLines<'t> {
    type Item = Option<TreeLine<'t>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line();
        self.rest = line.and_then(|line| self.rest.get(line.raw.len()..)).unwrap_or_default();
        Some(line)
    }
}

/// A mode as git reads it (`tree-walk.c`, "get_mode" and "canon_mode"): 16 bits of octal digits, of which the type
/// alone says what is a folder. What has no type git takes for a submodule; here it is a file, which is judged.
fn mode(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
        return None;
    }
    let mode = digits.iter().fold(0_u32, |mode, digit| (mode << 3) | u32::from(digit & 7)) & 0xffff;
    Some(match mode & TYPE {
        kind @ (TREE | SYMLINK | SUBMODULE) => kind,
        _ => mode,
    })
}

/// Reads a raw tree whose ids have `width` bytes; `None` if it is malformed.
pub(crate) fn tree(raw: &[u8], width: usize) -> Option<Vec<TreeEntry>> {
    let owned = |line: TreeLine<'_>| TreeEntry { mode: line.mode, name: line.name.to_vec(), id: line.id };
    TreeLines::new(raw, width).map(|line| line.map(owned)).collect()
}

/// Reads a raw commit; `None` if it has no tree or a malformed parent.
pub(crate) fn commit(id: ObjectId, raw: &[u8]) -> Option<Commit> {
    let mut lines = raw.split(|&byte| byte == b'\n');
    let tree = ObjectId::from_hex(lines.next()?.strip_prefix(b"tree ")?)?;
    let mut commit =
        Commit { tree, parents: Vec::new(), info: CommitInfo { id, author: Vec::new(), seconds: 0 }, committed: 0 };
    // As in git, only lines right behind the tree are parents.
    let mut at_parents = true;
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some(parent) = line.strip_prefix(b"parent ").filter(|_| at_parents) {
            commit.parents.push(ObjectId::from_hex(parent)?);
            continue;
        }
        at_parents = false;
        if let Some(author) = line.strip_prefix(b"author ") {
            (commit.info.author, commit.info.seconds) = person(author);
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            commit.committed = person(committer).1;
            break;
        }
    }
    Some(commit)
}

/// What a raw tag names.
pub(crate) fn tag(raw: &[u8]) -> Option<ObjectId> {
    let line = raw.split(|&byte| byte == b'\n').next()?;
    ObjectId::from_hex(line.strip_prefix(b"object ")?)
}

/// `Name <mail> SECONDS ZONE`: everything up to the last `>`, and the seconds.
fn person(line: &[u8]) -> (Vec<u8>, i64) {
    let end = memchr::memrchr(b'>', line).map_or(line.len(), |at| at + 1);
    let (who, when) = line.split_at(end);
    let seconds = std::str::from_utf8(when).ok().and_then(|when| when.split_whitespace().next()?.parse().ok());
    (who.to_vec(), seconds.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_gives_tree_parents_author_and_times() {
        let (a, b) = ("1".repeat(40), "2".repeat(40));
        let raw = format!(
            "tree {a}\nparent {b}\nauthor A <a@b> 12 +0100\nparent {a}\ncommitter C <c@d> 34 +0000\n\nparent x\n"
        );
        let id = ObjectId::from_bytes(&[3; 20]).unwrap();
        let commit = commit(id, raw.as_bytes()).unwrap();
        assert_eq!(commit.parents, [ObjectId::from_hex(b.as_bytes()).unwrap()]);
        assert_eq!((commit.info.author.as_slice(), commit.info.seconds), (&b"A <a@b>"[..], 12));
        assert_eq!(commit.committed, 34);
    }

    #[test]
    fn a_mode_is_what_git_takes_it_for() {
        for (digits, read) in [
            ("40000", TREE),
            ("040000", TREE),
            ("40755", TREE),
            ("1040000", TREE),
            ("120777", SYMLINK),
            ("160644", SUBMODULE),
            ("100755", 0o100_755),
            ("0", 0),
            ("777777777777777777777777100644", 0o100_644),
        ] {
            assert_eq!(mode(digits.as_bytes()), Some(read), "{digits}");
        }
        for digits in ["", "+40000", "8", "100 644"] {
            assert_eq!(mode(digits.as_bytes()), None, "{digits}");
        }
    }

    #[test]
    fn a_cut_tree_is_malformed() {
        let mut raw = b"100644 name\0".to_vec();
        raw.extend([1; 20]);
        assert_eq!(tree(&raw, 20).unwrap().len(), 1);
        for end in 1..raw.len() {
            assert_eq!(tree(&raw[..end], 20), None, "{end}");
        }
    }
}
