//! Some commits and what they hold, and what is to be done with each of it.

use crate::blob::{CommitInfo, ObjectId};
use crate::git::{Age, Commit, FileAt, Reach, Spot, Store};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What is done with what a commit first brought in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// It is judged.
    Judge,
    /// An earlier run judged it.
    Carry,
    /// It was not asked for.
    Leave,
}

/// Commits, what they hold, and where the commits are in the store. There may be millions, so that of each only little
/// is held.
pub(super) struct Layer {
    pub(super) reach: Reach,
    /// The oldest first.
    commits: Vec<Brief>,
    /// By commit.
    pub(super) fates: Vec<Fate>,
    /// True for what no reference reaches.
    pub(super) unreferenced: bool,
    /// Every author once.
    authors: Vec<Arc<[u8]>>,
    /// The commits' places in the list, sorted by their spots.
    by_spot: Vec<u32>,
}

/// A commit: its name is that of the object at the spot.
struct Brief {
    spot: Spot,
    /// The place in the list of authors.
    author: u32,
    seconds: i64,
}

/// The spot of what a store does not hold.
const NOWHERE: Spot = Spot(u32::MAX);

impl Layer {
    pub(super) fn new(
        store: &Store,
        reach: Reach,
        commits: Vec<Commit>,
        fate: impl Fn(&Commit) -> Fate,
        unreferenced: bool,
    ) -> Self {
        let fates = commits.iter().map(fate).collect();
        let mut authors: Vec<Arc<[u8]>> = Vec::new();
        let mut numbers: HashMap<Arc<[u8]>, u32> = HashMap::new();
        let mut brief = |commit: Commit| {
            let author = *numbers.entry(commit.info.author).or_insert_with_key(|author| {
                authors.push(Arc::clone(author));
                authors.len() as u32 - 1
            });
            let spot = store.find(&commit.info.id).unwrap_or(NOWHERE);
            Brief { spot, author, seconds: commit.info.seconds }
        };
        // Not collected in place: that would keep the memory of the longer list.
        let mut briefs = Vec::with_capacity(commits.len());
        commits.into_iter().for_each(|commit| briefs.push(brief(commit)));
        let mut by_spot: Vec<u32> = (0..briefs.len() as u32).collect();
        by_spot.sort_unstable_by_key(|number| spot_of(&briefs, *number));
        Self { reach, commits: briefs, fates, unreferenced, authors, by_spot }
    }

    /// How many commits there are.
    pub(super) fn len(&self) -> usize {
        self.commits.len()
    }

    /// What is done with what this commit first brought in; what is in no commit is always judged.
    pub(super) fn fate(&self, commit: Option<usize>) -> Fate {
        commit.and_then(|number| self.fates.get(number).copied()).unwrap_or(Fate::Judge)
    }

    /// The commit of a number; `store` is that of the layer.
    pub(super) fn commit(&self, store: &Store, number: Option<usize>) -> Option<Arc<CommitInfo>> {
        let brief = self.commits.get(number?)?;
        let author = Arc::clone(self.authors.get(brief.author as usize)?);
        Some(Arc::new(CommitInfo { id: store.id(brief.spot)?, author, seconds: brief.seconds }))
    }

    /// The number of the commit at a spot.
    pub(super) fn commit_at(&self, spot: Spot) -> Option<usize> {
        let place = self.by_spot.binary_search_by_key(&spot, |number| spot_of(&self.commits, *number)).ok()?;
        self.by_spot.get(place).filter(|_| spot != NOWHERE).map(|number| *number as usize)
    }

    /// Commits by spot, with their numbers.
    pub(super) fn spots(&self) -> impl Iterator<Item = (Spot, usize)> + '_ {
        let all = self.by_spot.iter().map(|number| (spot_of(&self.commits, *number), *number as usize));
        all.filter(|(spot, _)| *spot != NOWHERE)
    }

    /// The content at a spot as it stands at a path.
    pub(super) fn file_at(&self, spot: Spot, path: &[u8]) -> Option<&FileAt> {
        self.reach.at(spot).iter().find(|file| *self.reach.path(file.path) == *path)
    }

    /// Every content at each of its paths that has this fate.
    pub(super) fn files(&self, fate: Fate) -> impl Iterator<Item = &FileAt> {
        self.reach.files().iter().filter(move |file| self.fate(file.commit()) == fate)
    }

    /// Where every commit stands, with its name.
    pub(super) fn ages(&self, store: &Store, ages: &[Age]) -> impl Iterator<Item = (ObjectId, Age)> {
        self.commits.iter().zip(ages).filter_map(|(commit, age)| Some((store.id(commit.spot)?, *age)))
    }

    /// Gives back what the commits hold.
    pub(super) fn forget(&mut self) {
        self.reach = Reach::default();
    }

    /// The paths of all files.
    pub(super) fn paths(&self) -> HashSet<Arc<[u8]>> {
        self.reach.names().map(|(path, _)| path).collect()
    }
}

fn spot_of(commits: &[Brief], number: u32) -> Spot {
    commits.get(number as usize).map_or(NOWHERE, |commit| commit.spot)
}
