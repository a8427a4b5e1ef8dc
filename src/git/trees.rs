//! Trees: listed, searched and compared through whichever back end reads objects.

use super::error::ObjectError;
use super::index::{Change, Version};
use super::lines::{self, Differing};
use super::object::{Kind, Objects, read_as};
use super::parse::{self, TREE, TreeEntry};
use crate::blob::ObjectId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A raw tree over this is not read; git's own trees of a hundred thousand files are 4 MB.
const LARGEST_TREE: u64 = 256 << 20;
/// Folders in folders; git's own limit (`core.maxTreeDepth`) is 2048.
const DEEPEST: usize = 4096;
/// Paths in one comparison. A few small trees can name billions of paths.
const MOST: usize = 5_000_000;

/// A folder that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostTree {
    /// Its object.
    pub id: ObjectId,
    /// Its path.
    pub path: Arc<[u8]>,
    /// Why.
    pub error: ObjectError,
}

/// The difference of two trees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TreeDiff {
    /// What differs.
    pub changes: Vec<Change>,
    /// Folders of the new tree that could not be read. An unreadable one of the old tree counts as empty, which can
    /// only make more of the new one count as new.
    pub lost: Vec<LostTree>,
    /// Folders of the new tree that were read: those that the old one does not have at the same path.
    pub read: Vec<ObjectId>,
    /// True if it was stopped before its end.
    pub stopped: bool,
}

pub(crate) fn read(objects: &dyn Objects, id: &ObjectId) -> Result<Vec<TreeEntry>, ObjectError> {
    if is_empty(id) {
        return Ok(Vec::new());
    }
    let raw = read_as(objects, id, Kind::Tree, LARGEST_TREE)?;
    parse::tree(&raw, id.as_bytes().len()).ok_or(ObjectError::Corrupt)
}

/// True for the empty tree, which need not be in any store.
pub(crate) fn is_empty(id: &ObjectId) -> bool {
    id.to_string() == super::index::empty_tree(id.as_bytes().len() == 32)
}

/// What is at `path`, a file or a folder; the empty path is the tree itself.
pub(crate) fn find(objects: &dyn Objects, tree: &ObjectId, path: &[u8]) -> Result<Option<Version>, ObjectError> {
    let mut at = (TREE, *tree);
    for name in path.split(|&byte| byte == b'/').filter(|name| !name.is_empty()) {
        if at.0 != TREE {
            return Ok(None);
        }
        match read(objects, &at.1)?.into_iter().find(|entry| entry.name == name) {
            Some(entry) => at = (entry.mode, entry.id),
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

/// Every file of `new` whose version differs from that in `old`, and every file that is only in `old`.
/// Renames are not looked for. The order of entries is not relied on. Ends when `stop` says so.
pub(crate) fn diff(
    objects: &dyn Objects,
    old: Option<&ObjectId>,
    new: Option<&ObjectId>,
    stop: &dyn Fn() -> bool,
) -> TreeDiff {
    let mut out = TreeDiff::default();
    let mut open = vec![Pair { folder: Arc::from([]), old: old.copied(), new: new.copied(), depth: 0 }];
    while let Some(pair) = open.pop() {
        if pair.old == pair.new {
            continue;
        }
        if stop() {
            out.stopped = true;
            break;
        }
        pair.compare(objects, &mut out, &mut open);
    }
    out.changes.sort_unstable();
    out
}

/// A folder on both sides.
struct Pair {
    folder: Arc<[u8]>,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
    depth: usize,
}

impl Pair {
    fn compare(&self, objects: &dyn Objects, out: &mut TreeDiff, open: &mut Vec<Self>) {
        let raw = |id: Option<ObjectId>| match id.filter(|id| !is_empty(id)) {
            Some(id) => {
                within(out, self.depth)?;
                Ok((read_as(objects, &id, Kind::Tree, LARGEST_TREE)?, id.as_bytes().len()))
            }
            None => Ok((Vec::new(), 1)),
        };
        let new = raw(self.new);
        let (old, old_width) = raw(self.old).unwrap_or_default();
        let mut lost =
            |error| out.lost.extend(self.new.map(|id| LostTree { id, path: Arc::clone(&self.folder), error }));
        let (new, width) = new.map_err(&mut lost).unwrap_or_default();
        let mut lines = lines::differing(&old, &new, width.max(old_width));
        if lines.malformed {
            lost(ObjectError::Corrupt);
            // None of a malformed tree counts; what the old one held is gone.
            lines = lines::differing(&old, &[], width);
        } else {
            out.read.extend(self.new);
        }
        for (name, old, new) in pairs(&lines) {
            let path = join(&self.folder, name);
            let (old_file, old_tree) = split(old);
            let (new_file, new_tree) = split(new);
            if old_tree.is_some() || new_tree.is_some() {
                open.push(Self { folder: Arc::clone(&path), old: old_tree, new: new_tree, depth: self.depth + 1 });
            }
            if old_file != new_file {
                out.changes.push(Change { path, old: old_file, new: new_file });
            }
        }
    }
}

fn within(out: &TreeDiff, depth: usize) -> Result<(), ObjectError> {
    let paths = out.changes.len();
    if depth > DEEPEST || paths > MOST { Err(ObjectError::TooLarge { size: paths as u64 }) } else { Ok(()) }
}

/// Lines of the same name side by side. A name that a malformed tree holds twice is compared twice.
fn pairs<'t>(lines: &Differing<'t>) -> Vec<(&'t [u8], Option<Version>, Option<Version>)> {
    let mut gone: HashMap<&[u8], Version> = HashMap::with_capacity(lines.old.len());
    for line in &lines.old {
        gone.entry(line.name).or_insert((line.mode, line.id));
    }
    let mut out = Vec::with_capacity(lines.new.len());
    let mut kept = HashSet::new();
    for line in &lines.new {
        let before = gone.get(line.name).copied();
        let after = Some((line.mode, line.id));
        if before.is_some() {
            kept.insert(line.name);
        }
        if before != after {
            out.push((line.name, before, after));
        }
    }
    out.extend(gone.into_iter().filter(|(name, _)| !kept.contains(name)).map(|(name, old)| (name, Some(old), None)));
    out
}

/// A file or submodule, and a folder.
fn split(version: Option<Version>) -> (Option<Version>, Option<ObjectId>) {
    match version {
        Some((TREE, id)) => (None, Some(id)),
        file => (file, None),
    }
}

/// `folder/name`; the top level is the empty folder.
pub fn join(folder: &[u8], name: &[u8]) -> Arc<[u8]> {
    if folder.is_empty() { name.into() } else { [folder, b"/", name].concat().into() }
}
