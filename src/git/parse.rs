//! The raw forms of trees, commits and tags (git's documentation, "Git Objects").

use crate::blob::{CommitInfo, ObjectId};
use std::sync::Arc;

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
        let shared = self.name.len().min(other.name.len());
        let end = |line: &Self| if line.mode == TREE { b'/' } else { 0 };
        let rest = |line: &Self| line.name.get(shared).copied().unwrap_or_else(|| end(line));
        let order = self.name.get(..shared).cmp(&other.name.get(..shared));
        order.then_with(|| rest(self).cmp(&rest(other))).then(self.name.len().cmp(&other.name.len())).is_lt()
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

    /// The bytes that are left.
    pub(crate) fn rest(&self) -> &'t [u8] {
        self.rest
    }

    /// The next line, which stays.
    pub(crate) fn peek(&self) -> Option<Option<TreeLine<'t>>> {
        (!self.rest.is_empty()).then(|| self.line())
    }

    /// Goes on behind so many bytes.
    pub(crate) fn pass(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// Skips the lines that end within the first `limit` bytes; gives how many bytes those are.
    pub(crate) fn skip_within(&mut self, limit: usize) -> usize {
        let within = self.rest.get(..limit).unwrap_or(self.rest);
        let mut at = 0;
        while let Some(end) = within.get(at..).and_then(nul) {
            let next = at + end + 1 + self.width;
            if next > limit {
                break;
            }
            at = next;
        }
        self.pass(at);
        at
    }

    fn line(&self) -> Option<TreeLine<'t>> {
        let raw = self.rest;
        let space = raw.iter().position(|&byte| byte == b' ')?;
        let mode = mode(raw.get(..space)?)?;
        let name = raw.get(space + 1..)?;
        let name = name.get(..nul(name)?)?;
        let start = space + 1 + name.len() + 1;
        let id = ObjectId::from_bytes(raw.get(start..start + self.width)?)?;
        Some(TreeLine { mode, name, id, raw: raw.get(..start + self.width)? })
    }
}

/// Where the first NUL is. Names are short: calling for help costs more than looking at eight bytes at a time.
fn nul(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = u64::from_le_bytes([0x80; 8]);
    let (words, rest) = text.as_chunks();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest byte of which this leaves the top bit is the first NUL.
        let nuls = word.wrapping_sub(ONES) & !word & TOPS;
        if nuls != 0 {
            return Some(8 * number + nuls.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|&byte| byte == 0).map(|at| 8 * words.len() + at)
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
    match digits {
        b"40000" => return Some(TREE),
        b"100644" => return Some(0o100_644),
        _ => {}
    }
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
        Commit { tree, parents: Vec::new(), info: CommitInfo { id, author: Arc::from([]), seconds: 0 }, committed: 0 };
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
fn person(line: &[u8]) -> (Arc<[u8]>, i64) {
    let end = memchr::memrchr(b'>', line).map_or(line.len(), |at| at + 1);
    let (who, when) = line.split_at(end);
    let seconds = std::str::from_utf8(when).ok().and_then(|when| when.split_whitespace().next()?.parse().ok());
    (who.into(), seconds.unwrap_or(0))
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
        assert_eq!((&*commit.info.author, commit.info.seconds), (&b"A <a@b>"[..], 12));
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
    fn the_first_nul_is_found_wherever_it_is() {
        for length in 0..40 {
            let mut text = vec![1; length];
            assert_eq!(nul(&text), None);
            for at in (0..length).rev() {
                text[at] = 0;
                assert_eq!(nul(&text), Some(at));
            }
        }
    }

    #[test]
    fn a_folder_stands_where_its_name_with_a_slash_does() {
        let raw = |mode: &str, name: &str| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[1; 20]].concat();
        let sorted = [
            raw("100644", "a"),
            raw("100644", "a-b"),
            raw("40000", "a"),
            raw("100644", "a0"),
            raw("40000", "a0"),
            raw("100644", "ab"),
        ];
        let lines: Vec<_> = sorted.iter().map(|raw| TreeLines::new(raw, 20).next().unwrap().unwrap()).collect();
        for (number, line) in lines.iter().enumerate() {
            assert!(lines.iter().enumerate().all(|(other, than)| line.before(than) == (number < other)));
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
