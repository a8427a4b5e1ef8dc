//! What commits reach: every path, and every content at each of its paths, with the commit that first had it there.

use super::error::ObjectError;
use super::mixed::Mixed;
use super::object::Kind;
use super::pack::{Spot, Store};
use super::parse::{Commit, SUBMODULE, TREE, TreeLine, TreeLines};
use super::trees::join;
use crate::blob::ObjectId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A raw tree over this is not read; git's own trees of a hundred thousand files are 4 MB.
const LARGEST_TREE: u64 = 256 << 20;
/// Folders in folders; git's own limit (`core.maxTreeDepth`) is 2048.
const DEEPEST: u32 = 4096;
/// Files of the whole history. A few small trees can name billions of paths.
const MOST: usize = 50_000_000;

/// Trees are compared in pieces of this many bytes.
const CHUNK: usize = 64;
/// The number of the top level's path, which is empty.
const TOP: u32 = 0;
/// No commit: what a tree holds that is named by itself.
const NOBODY: u32 = u32::MAX;

/// A content at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileAt {
    /// The content.
    pub spot: Spot,
    /// The path, by its number.
    pub path: u32,
    commit: u32,
}

impl FileAt {
    /// The first commit that had it there, by its place in the list; `None` outside commits.
    pub fn commit(&self) -> Option<usize> {
        (self.commit != NOBODY).then_some(self.commit as usize)
    }
}

/// All files that some commits and trees reach.
#[derive(Default)]
pub struct Reach {
    /// Every content at every path, sorted.
    files: Vec<FileAt>,
    /// By number; a folder has one too.
    paths: Vec<Arc<[u8]>>,
    /// Files, submodules too, each path once: its number, and the first commit.
    names: Vec<(u32, u32)>,
    /// Submodules, by the number of the path; each commit of one at each path.
    pub submodules: Vec<u32>,
    /// Contents that are not in the store, with the number of the path.
    pub missing: Vec<(u32, ObjectId)>,
    /// Trees that cannot be read.
    pub lost: Vec<(ObjectId, ObjectError)>,
}

impl Reach {
    /// A content at each of its paths.
    pub fn at(&self, spot: Spot) -> &[FileAt] {
        let start = self.files.partition_point(|file| file.spot < spot);
        let end = self.files.partition_point(|file| file.spot <= spot);
        self.files.get(start..end).unwrap_or_default()
    }

    /// Every content, once for each of its paths.
    pub fn files(&self) -> &[FileAt] {
        &self.files
    }

    /// A path by its number.
    pub fn path(&self, number: u32) -> Arc<[u8]> {
        self.paths.get(number as usize).map_or_else(|| Arc::from([]), Arc::clone)
    }

    /// The path of every file once, with the place in the list of the first commit that has it.
    pub fn names(&self) -> impl Iterator<Item = (Arc<[u8]>, Option<usize>)> + '_ {
        let first = |commit| (commit != NOBODY).then_some(commit as usize);
        self.names.iter().map(move |(path, commit)| (self.path(*path), first(*commit)))
    }
}

/// Walks the trees of `commits`, in their order, then `trees`.
pub(crate) fn reach(store: &Store, commits: &[Commit], trees: &[ObjectId]) -> Reach {
    let mut walker = Walker::new(store);
    for (number, commit) in commits.iter().enumerate() {
        walker.tree(commit.tree, number as u32);
    }
    for tree in trees {
        walker.tree(*tree, NOBODY);
    }
    let mut reach = walker.reach;
    store.forget();
    reach.files.sort_unstable();
    reach
}

struct Walker<'s> {
    store: &'s Store,
    reach: Reach,
    /// Names of files and folders, numbered.
    words: HashMap<Box<[u8]>, u32>,
    /// By path of a folder and name in it: the path.
    numbers: HashMap<(u32, u32), u32, Mixed>,
    /// Files, by path and spot.
    files: HashSet<(u32, Spot), Mixed>,
    /// By path: whether it is that of a file.
    named: Vec<bool>,
    /// Submodules and what is missing.
    strays: HashSet<(u32, ObjectId)>,
    /// Folders, by path and tree.
    trees: HashSet<(u32, Spot), Mixed>,
    /// By path of a folder: the tree that was walked there last.
    last: HashMap<u32, (ObjectId, Spot), Mixed>,
}

/// A folder to walk.
struct Folder {
    path: u32,
    tree: ObjectId,
    depth: u32,
}

impl<'s> Walker<'s> {
    fn new(store: &'s Store) -> Self {
        let reach = Reach { paths: vec![Arc::from([])], ..Reach::default() };
        Self {
            store,
            reach,
            words: HashMap::new(),
            numbers: HashMap::default(),
            files: HashSet::default(),
            named: Vec::new(),
            strays: HashSet::new(),
            trees: HashSet::default(),
            last: HashMap::default(),
        }
    }

    fn tree(&mut self, tree: ObjectId, commit: u32) {
        let mut open = vec![Folder { path: TOP, tree, depth: 0 }];
        while let Some(folder) = open.pop() {
            if let Err(error) = self.folder(&folder, commit, &mut open) {
                self.reach.lost.push((folder.tree, error));
            }
        }
    }

    /// Notes what a folder holds that the tree walked last at its path does not: the rest is known.
    fn folder(&mut self, folder: &Folder, commit: u32, open: &mut Vec<Folder>) -> Result<(), ObjectError> {
        let width = folder.tree.as_bytes().len();
        let spot = self.store.find(&folder.tree);
        let first = match spot {
            Some(spot) => self.trees.insert((folder.path, spot)),
            None => self.strays.insert((folder.path, folder.tree)),
        };
        // The empty tree need not be stored.
        if !first || spot.is_none() && super::trees::is_empty(&folder.tree) {
            return Ok(());
        }
        if folder.depth > DEEPEST || self.reach.files.len() > MOST {
            return Err(ObjectError::TooLarge { size: self.reach.files.len() as u64 });
        }
        let spot = spot.ok_or(ObjectError::Missing)?;
        let new = self.read(&folder.tree, spot)?;
        let old =
            self.last.insert(folder.path, (folder.tree, spot)).and_then(|(tree, spot)| self.read(&tree, spot).ok());
        let mut sound = true;
        for line in news(old.as_deref().unwrap_or_default(), &new, width) {
            match line {
                Some(line) => self.line(folder, &line, commit, open),
                None => sound = false,
            }
        }
        if sound { Ok(()) } else { Err(ObjectError::Corrupt) }
    }

    fn line(&mut self, folder: &Folder, line: &TreeLine<'_>, commit: u32, open: &mut Vec<Folder>) {
        let path = self.number(folder.path, line.name);
        if line.mode == TREE {
            open.push(Folder { path, tree: line.id, depth: folder.depth + 1 });
            return;
        }
        if self.named.len() <= path as usize {
            self.named.resize(self.reach.paths.len(), false);
        }
        if let Some(named) = self.named.get_mut(path as usize).filter(|named| !**named) {
            *named = true;
            self.reach.names.push((path, commit));
        }
        let spot = if line.mode == SUBMODULE { None } else { self.store.find(&line.id) };
        match spot {
            Some(spot) if self.files.insert((path, spot)) => self.reach.files.push(FileAt { spot, path, commit }),
            None if self.strays.insert((path, line.id)) && line.mode == SUBMODULE => self.reach.submodules.push(path),
            None if line.mode != SUBMODULE => self.reach.missing.push((path, line.id)),
            _ => {}
        }
    }

    fn read(&self, tree: &ObjectId, spot: Spot) -> Result<Arc<[u8]>, ObjectError> {
        match self.store.get(tree, spot, LARGEST_TREE)? {
            (Kind::Tree, bytes) => Ok(bytes),
            _ => Err(ObjectError::Corrupt),
        }
    }

    /// The number of a path: a name in a folder.
    fn number(&mut self, folder: u32, name: &[u8]) -> u32 {
        let words = self.words.len() as u32;
        let word = match self.words.get(name) {
            Some(word) => *word,
            None => *self.words.entry(name.into()).or_insert(words),
        };
        let next = self.reach.paths.len() as u32;
        let number = *self.numbers.entry((folder, word)).or_insert(next);
        if number == next {
            let path = join(&self.reach.path(folder), name);
            self.reach.paths.push(path);
        }
        number
    }
}

/// The lines of `new` that are not in `old`, and perhaps some that are; `None` where `new` is malformed.
fn news<'n>(old: &'n [u8], new: &'n [u8], width: usize) -> impl Iterator<Item = Option<TreeLine<'n>>> {
    // What both begin with is the same lines; what both end with too, from where a line begins in both.
    let same = common(old.chunks(CHUNK), new.chunks(CHUNK), |a, b| a.iter().zip(b).take_while(|(a, b)| a == b).count());
    let tail = common(old.rchunks(CHUNK), new.rchunks(CHUNK), |a, b| {
        a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
    });
    let mut lines = TreeLines::new(new, width);
    let start = lines.skip_within(same);
    let mut known = TreeLines::new(old.get(start..).unwrap_or_default(), width);
    let mut other = known.next().flatten();
    std::iter::from_fn(move || {
        loop {
            let left = lines.left();
            let line = match lines.next()? {
                Some(line) => line,
                None => return Some(None),
            };
            while other.as_ref().is_some_and(|other| other.before(&line)) {
                other = known.next().flatten();
            }
            let Some(other) = &other else { return Some(Some(line)) };
            if left <= tail && left == other.raw.len() + known.left() {
                return None;
            }
            if other.raw != line.raw {
                return Some(Some(line));
            }
        }
    })
}

/// How many bytes two contents have in common from one end on, compared piece by piece.
fn common<'a>(
    mut old: impl Iterator<Item = &'a [u8]>,
    mut new: impl Iterator<Item = &'a [u8]>,
    within: impl Fn(&[u8], &[u8]) -> usize,
) -> usize {
    let mut sum = 0;
    while let (Some(old), Some(new)) = (old.next(), new.next()) {
        if old != new {
            return sum + within(old, new);
        }
        sum += old.len();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(lines: &[(&str, &str, u8)]) -> Vec<u8> {
        let line = |(mode, name, id): &(&str, &str, u8)| [format!("{mode} {name}\0").as_bytes(), &[*id; 20]].concat();
        lines.iter().flat_map(line).collect()
    }

    fn names(old: &[(&str, &str, u8)], new: &[(&str, &str, u8)]) -> Vec<String> {
        let (old, new) = (raw(old), raw(new));
        news(&old, &new, 20).map(|line| String::from_utf8(line.unwrap().name.to_vec()).unwrap()).collect()
    }

    #[test]
    fn only_lines_that_are_new_or_changed_are_given() {
        let (a, b, c) = (("100644", "a", 1), ("40000", "b", 2), ("100644", "c", 3));
        assert_eq!(names(&[], &[a, b, c]), ["a", "b", "c"]);
        assert_eq!(names(&[a, b, c], &[a, b, c]), [""; 0]);
        assert_eq!(names(&[a, b, c], &[a, c]), [""; 0]);
        assert_eq!(names(&[a, c], &[a, b, c]), ["b"]);
        assert_eq!(names(&[a, b, c], &[a, ("40000", "b", 9), c]), ["b"]);
        assert_eq!(names(&[a, b, c], &[("100755", "a", 1), b, c]), ["a"]);
        assert_eq!(names(&[c], &[a, b, c]), ["a", "b"]);
        assert_eq!(names(&[a], &[a, b, c]), ["b", "c"]);
        // A folder sorts as if a slash followed its name.
        let (file, folder) = (("100644", "b.c", 4), ("40000", "b", 2));
        assert_eq!(names(&[file, folder, c], &[a, file, folder, c]), ["a"]);
    }

    #[test]
    fn a_malformed_line_is_told_behind_the_sound_ones() {
        let mut new = raw(&[("100644", "a", 1), ("100644", "b", 2)]);
        new.truncate(new.len() - 1);
        let given: Vec<bool> = news(&[], &new, 20).map(|line| line.is_some()).collect();
        assert_eq!(given, [true, false]);
    }
}
