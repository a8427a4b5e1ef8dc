//! Some commits and what they hold, and what is to be done with each of it.

use crate::blob::{CommitInfo, ObjectId};
use crate::git::{Age, Buckets, Commit, FileAt, Reach, Spot, Store};
use std::collections::HashSet;
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

/// Commits, what they hold, and where the commits are in the store.
pub(super) struct Layer {
    pub(super) reach: Reach,
    /// The oldest first.
    pub(super) commits: Vec<Arc<CommitInfo>>,
    /// By commit.
    pub(super) fates: Vec<Fate>,
    /// True for what no reference reaches.
    pub(super) unreferenced: bool,
    /// The commits' places in the list, by spot.
    spots: Vec<(Spot, usize)>,
    /// Of them.
    buckets: Buckets,
}

impl Layer {
    pub(super) fn new(
        store: &Store,
        reach: Reach,
        commits: Vec<Commit>,
        fate: impl Fn(&Commit) -> Fate,
        unreferenced: bool,
    ) -> Self {
        let fates = commits.iter().map(fate).collect();
        let commits: Vec<Arc<CommitInfo>> = commits.into_iter().map(|commit| Arc::new(commit.info)).collect();
        let numbered = commits.iter().enumerate();
        let mut spots: Vec<(Spot, usize)> =
            numbered.filter_map(|(number, commit)| Some((store.find(&commit.id)?, number))).collect();
        spots.sort_unstable();
        let buckets = Buckets::of(spots.iter().map(|known| known.0.0.into()));
        Self { reach, commits, fates, unreferenced, spots, buckets }
    }

    /// What is done with what this commit first brought in; what is in no commit is always judged.
    pub(super) fn fate(&self, commit: Option<usize>) -> Fate {
        commit.and_then(|number| self.fates.get(number).copied()).unwrap_or(Fate::Judge)
    }

    pub(super) fn commit(&self, number: Option<usize>) -> Option<&Arc<CommitInfo>> {
        self.commits.get(number?)
    }

    /// The number of the commit at a spot.
    pub(super) fn commit_at(&self, spot: Spot) -> Option<usize> {
        let near = self.spots.get(self.buckets.places(spot.0.into()))?;
        near.iter().find(|known| known.0 == spot).map(|known| known.1)
    }

    /// Commits by spot, with their numbers.
    pub(super) fn spots(&self) -> impl Iterator<Item = (Spot, usize)> + '_ {
        self.spots.iter().copied()
    }

    /// The content at a spot as it stands at a path.
    pub(super) fn file_at(&self, spot: Spot, path: &[u8]) -> Option<&FileAt> {
        self.reach.at(spot).iter().find(|file| *self.reach.path(file.path) == *path)
    }

    /// Every content at each of its paths that has this fate.
    pub(super) fn files(&self, fate: Fate) -> impl Iterator<Item = &FileAt> {
        self.reach.files().iter().filter(move |file| self.fate(file.commit()) == fate)
    }

    /// Where every commit stands.
    pub(super) fn ages(&self, ages: &[Age]) -> impl Iterator<Item = (ObjectId, Age)> {
        self.commits.iter().map(|commit| commit.id).zip(ages.iter().copied())
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
