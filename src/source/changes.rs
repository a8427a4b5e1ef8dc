//! Changes of one commit, made or about to be made: what no parent has is pushed, with what it replaces.

use super::content::Content;
use super::versions::{Names, Old, Versions, old};
use crate::blob::{CommitInfo, ObjectId};
use crate::git::{Change, SUBMODULE, Version};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Pushes changes; the same content at the same path that replaces the same is pushed once.
pub(crate) struct Changes<'a> {
    content: Content<'a>,
    versions: Versions<'a>,
    hasher: RandomState,
    seen: HashSet<(Arc<[u8]>, Option<ObjectId>, u64)>,
    met: Option<HashSet<ObjectId>>,
    small: u64,
    waiting: Vec<(u64, Task)>,
}

/// One commit's changes against its first parent.
pub(crate) struct Step<'s> {
    pub(crate) changes: &'s [Change],
    /// The first parent's tree.
    pub(crate) base: Option<ObjectId>,
    /// The other parents' trees.
    pub(crate) others: &'s [ObjectId],
    pub(crate) commit: Option<&'s Arc<CommitInfo>>,
}

/// A content to judge, and what it replaces.
struct Task {
    path: Arc<[u8]>,
    new: Version,
    commit: Option<Arc<CommitInfo>>,
    parents: Vec<Old>,
    deleted: Arc<[Old]>,
}

impl<'a> Changes<'a> {
    pub(crate) fn new(content: Content<'a>) -> Self {
        let versions = Versions::new(content.repository, content.sink);
        let (hasher, seen, waiting) = Default::default();
        Self { content, versions, hasher, seen, met: None, small: u64::MAX, waiting }
    }

    /// Remembers which objects were gone through.
    pub(crate) fn remembering(mut self) -> Self {
        self.met = Some(HashSet::new());
        self
    }

    /// Lets contents of more than `bytes` wait for [`Changes::rest`].
    pub(crate) fn small_first(mut self, bytes: u64) -> Self {
        self.small = bytes;
        self
    }

    /// Every object that was gone through, if they are remembered.
    pub(crate) fn into_met(self) -> HashSet<ObjectId> {
        self.met.unwrap_or_default()
    }

    /// Notes objects that were gone through.
    pub(crate) fn meet(&mut self, ids: impl IntoIterator<Item = ObjectId>) {
        if let Some(met) = &mut self.met {
            met.extend(ids);
        }
    }

    pub(crate) fn push(&mut self, step: &Step<'_>) -> ControlFlow<()> {
        let elsewhere = self.elsewhere(step);
        let gone = step.changes.iter().filter(|change| change.new.is_none());
        let deleted: Arc<[Old]> = gone.filter_map(|change| old(&change.path, change.old)).collect();
        let deleted_hash = self.hasher.hash_one(&deleted);
        for change in step.changes {
            let Some(new) = change.new else { continue };
            let other = elsewhere.iter().filter_map(|differs| differs.get(&change.path).copied().unwrap_or(change.old));
            let parents: Vec<Version> = change.old.into_iter().chain(other).collect();
            if parents.is_empty() && self.first(&change.path, None, &deleted_hash) {
                self.content.path(&change.path, step.commit, &Names(&deleted))?;
            }
            if parents.iter().any(|(_, id)| *id == new.1) {
                continue;
            }
            let parents: Vec<Old> = parents.iter().filter_map(|version| old(&change.path, Some(*version))).collect();
            if self.first(&change.path, Some(new.1), &(&parents, deleted_hash)) {
                let (path, commit) = (Arc::clone(&change.path), step.commit.map(Arc::clone));
                self.judge_or_wait(Task { path, new, commit, parents, deleted: Arc::clone(&deleted) })?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Judges what waits, the smallest first.
    pub(crate) fn rest(&mut self) -> ControlFlow<()> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|(size, _)| *size);
        waiting.into_iter().try_for_each(|(_, task)| self.judge(task))
    }

    fn judge_or_wait(&mut self, task: Task) -> ControlFlow<()> {
        let waits = self.small < u64::MAX && task.new.0 != SUBMODULE;
        let size = if waits { self.content.repository.header(&task.new.1).map_or(0, |header| header.size) } else { 0 };
        if size > self.small {
            self.waiting.push((size, task));
            return ControlFlow::Continue(());
        }
        self.judge(task)
    }

    fn judge(&mut self, task: Task) -> ControlFlow<()> {
        let before = self.versions.before(task.parents, &task.deleted);
        self.content.file(&task.path, task.new, task.commit.as_ref(), &before)?;
        // A submodule's commit is not judged, whatever lies here under its name.
        self.meet(Some(task.new.1).filter(|_| task.new.0 != SUBMODULE));
        ControlFlow::Continue(())
    }

    /// For each other parent, its version of every path at which it differs from the first. A folder that cannot be
    /// read counts as empty, which can only make more count as new.
    fn elsewhere(&self, step: &Step<'_>) -> Vec<HashMap<Arc<[u8]>, Option<Version>>> {
        let differs = |tree: &ObjectId| {
            let stop = || self.content.sink.spent(tree.to_string().as_bytes());
            let diff = self.content.repository.diff_until(step.base.as_ref(), Some(tree), &stop);
            diff.changes.into_iter().map(|change| (change.path, change.new)).collect()
        };
        step.others.iter().map(differs).collect()
    }

    fn first(&mut self, path: &Arc<[u8]>, id: Option<ObjectId>, replaces: &impl std::hash::Hash) -> bool {
        self.seen.insert((Arc::clone(path), id, self.hasher.hash_one(replaces)))
    }
}
