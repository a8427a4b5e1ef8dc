//! What commits reach: every path, and every content at each of its paths, with the commit that first had it there.

use super::error::ObjectError;
use super::mixed::Mixed;
use super::news::News;
use super::object::Kind;
use super::pack::{Spot, Store};
use super::parse::{Commit, SUBMODULE, TREE, TreeLine};
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
    words: HashMap<Box<[u8]>, u32, Mixed>,
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
            words: HashMap::default(),
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
        for line in News::new(old.as_deref().unwrap_or_default(), &new, width) {
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
