//! The way of a run behind another one that has little to do: only new commits are walked, and the trees of the known
//! ones that they follow. It is taken where nothing was lost since: every known head is still reached.

use super::known::{Counted, Known, pair};
use super::layer::{Fate, Layer};
use crate::blob::{CommitInfo, ObjectId, ObjectKind, Origin};
use crate::git::{Age, Commit, Objects, Repository, Spot, Store, Walk};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What is new.
pub(super) struct News {
    /// The known commits that new ones follow, which are left out, and the new ones.
    pub(super) layer: Layer,
    /// By commit of the layer.
    pub(super) ages: Vec<Age>,
    /// Commits that no other one follows.
    heads: Vec<ObjectId>,
    /// How many commits of the layer are known.
    behind: usize,
}

impl News {
    /// Walks what is new; `None` where that is not all that there is to know.
    pub(super) fn find(
        repository: &Repository,
        store: &Store,
        tips: &[ObjectId],
        known: &Known,
        stop: &dyn Fn() -> bool,
    ) -> Option<Self> {
        let cut = repository.boundaries().ok()?;
        if !known.whole || !store.damage().is_empty() || !cut.shallow.is_empty() || !cut.grafts.is_empty() {
            return None;
        }
        let walk = repository.news(store, tips, &|id| known.commits.get(id).copied(), stop);
        let followed: HashSet<ObjectId> =
            walk.commits.iter().flat_map(|commit| commit.parents.iter().copied()).collect();
        let named: HashSet<ObjectId> = tips.iter().copied().collect();
        let reached = |id: &ObjectId| followed.contains(id) || named.contains(id);
        if stop() || !walk.lost.is_empty() || !known.heads.iter().all(reached) {
            return None;
        }
        let new = walk.commits.iter().map(|commit| commit.info.id);
        let heads = known.heads.iter().copied().chain(new).filter(|id| !followed.contains(id)).collect();
        let mut behind: Vec<ObjectId> = followed.into_iter().filter(|id| known.commits.contains_key(id)).collect();
        behind.sort_unstable();
        let mut commits: Vec<Commit> =
            behind.iter().map(|id| repository.stored_commit(store, id)).collect::<Result<_, _>>().ok()?;
        let mut ages: Vec<Age> = behind.iter().filter_map(|id| known.commits.get(id).copied()).collect();
        let Walk { commits: new, ages: their, .. } = walk;
        commits.extend(new);
        ages.extend(their);
        let reach = repository.reach(store, &commits, &[]);
        if !reach.lost.is_empty() || !reach.missing.is_empty() || !reach.submodules.is_empty() {
            return None;
        }
        let fate = |commit: &Commit| {
            if known.commits.contains_key(&commit.info.id) { Fate::Leave } else { Fate::Judge }
        };
        let layer = Layer::new(store, reach, commits, fate, false);
        Some(Self { layer, ages, heads, behind: behind.len() })
    }

    /// How many commits are new.
    pub(super) fn commits(&self) -> u64 {
        (self.layer.len() - self.behind) as u64
    }

    /// What of the known contents is not judged again: a new commit may bring an old content back to its path.
    pub(super) fn carried(&self, store: &Store, known: &Known) -> Counted {
        let mut counted = known.counted;
        for file in self.layer.files(Fate::Judge) {
            let Some(id) = store.id(file.spot) else { continue };
            if known.pairs.contains(&pair(&self.layer.reach.path(file.path), &id)) {
                counted.take(size(store, &id));
            }
        }
        counted
    }

    /// Adds what is new to what is known.
    pub(super) fn join(&self, store: &Store, carried: Counted, known: &mut Known) {
        known.heads.clone_from(&self.heads);
        known.counted = carried;
        for (id, age) in self.layer.ages(store, &self.ages).skip(self.behind) {
            known.commits.insert(id, age);
            known.counted.add(size(store, &id));
        }
        for file in self.layer.files(Fate::Judge) {
            let Some(id) = store.id(file.spot) else { continue };
            known.pairs.insert(pair(&self.layer.reach.path(file.path), &id));
            known.counted.add(size(store, &id));
        }
    }
}

fn size(store: &Store, id: &ObjectId) -> u64 {
    store.header(id).map_or(0, |header| header.size)
}

/// Where what an earlier run found stands, behind a run over what is new.
pub(super) struct Followed<'a> {
    repository: &'a Repository,
    store: Store,
    news: News,
    /// The new commits that have a path, if it is new to them.
    names: HashMap<Arc<[u8]>, Option<usize>>,
    read: RefCell<HashMap<ObjectId, Option<Arc<CommitInfo>>>>,
}

impl<'a> Followed<'a> {
    pub(super) fn new(repository: &'a Repository, store: Store, news: News) -> Self {
        let names = news.layer.reach.names().collect();
        Self { repository, store, news, names, read: RefCell::default() }
    }

    /// Where something stands that was not judged again.
    pub(super) fn origin(&self, origin: &Origin) -> Option<Origin> {
        if self.again(origin).is_some() {
            return None;
        }
        let commit = self.commit(&origin.commit.as_ref()?.id)?;
        Some(Origin { commit: Some(commit), ..origin.clone() })
    }

    /// For something that was judged again: its first commit, if that is the one of the earlier run.
    pub(super) fn older(&self, origin: &Origin, age: &dyn Fn(&ObjectId) -> Option<Age>) -> Option<Arc<CommitInfo>> {
        let (before, now) = (origin.commit.as_ref()?.id, self.again(origin)?);
        let key = |id: &ObjectId| age(id).map(|age| (age, *id));
        if key(&before)? < key(&now)? { self.commit(&before) } else { None }
    }

    /// The new commit that something was judged again for.
    fn again(&self, origin: &Origin) -> Option<ObjectId> {
        let layer = &self.news.layer;
        let number = match (origin.kind, &origin.path, origin.id) {
            (ObjectKind::Blob, Some(path), Some(id)) => {
                let spot: Spot = self.store.find(&id)?;
                layer.file_at(spot, path)?.commit()
            }
            (ObjectKind::Path, Some(path), _) => *self.names.get(path)?,
            _ => return None,
        };
        let judged = layer.fate(number) == Fate::Judge;
        layer.commit(&self.store, number).filter(|_| judged).map(|commit| commit.id)
    }

    fn commit(&self, id: &ObjectId) -> Option<Arc<CommitInfo>> {
        let read = || self.repository.stored_commit(&self.store, id).ok().map(|commit| Arc::new(commit.info));
        self.read.borrow_mut().entry(*id).or_insert_with(read).clone()
    }
}
