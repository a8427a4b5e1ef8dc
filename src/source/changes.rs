//! Changes of one commit, made or about to be made: what no parent has is pushed, with what it replaces.

use super::content::Content;
use super::versions::{Names, Old, Versions, old};
use crate::blob::{CommitInfo, ObjectId};
use crate::git::{Change, Version};
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

impl<'a> Changes<'a> {
    pub(crate) fn new(content: Content<'a>) -> Self {
        let versions = Versions::new(content.repository, content.sink.largest());
        Self { content, versions, hasher: RandomState::new(), seen: HashSet::new() }
    }

    pub(crate) fn push(&mut self, step: &Step<'_>) -> ControlFlow<()> {
        let elsewhere = self.elsewhere(step);
        let gone = step.changes.iter().filter(|change| change.new.is_none());
        let deleted: Vec<Old> = gone.filter_map(|change| old(&change.path, change.old)).collect();
        for change in step.changes {
            let Some(new) = change.new else { continue };
            let other = elsewhere.iter().filter_map(|differs| differs.get(&change.path).copied().unwrap_or(change.old));
            let parents: Vec<Version> = change.old.into_iter().chain(other).collect();
            if parents.is_empty() && self.first(&change.path, None, &deleted) {
                self.content.path(&change.path, step.commit, &Names(&deleted))?;
            }
            if parents.iter().any(|(_, id)| *id == new.1) {
                continue;
            }
            let parents: Vec<Old> = parents.iter().filter_map(|version| old(&change.path, Some(*version))).collect();
            if self.first(&change.path, Some(new.1), &(&parents, &deleted)) {
                let before = self.versions.before(parents, &deleted);
                self.content.file(&change.path, new, step.commit, &before)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// For each other parent, its version of every path at which it differs from the first. A folder that cannot be
    /// read counts as empty, which can only make more count as new.
    fn elsewhere(&self, step: &Step<'_>) -> Vec<HashMap<Arc<[u8]>, Option<Version>>> {
        let differs = |tree: &ObjectId| {
            let diff = self.content.repository.diff(step.base.as_ref(), Some(tree));
            diff.changes.into_iter().map(|change| (change.path, change.new)).collect()
        };
        step.others.iter().map(differs).collect()
    }

    fn first(&mut self, path: &Arc<[u8]>, id: Option<ObjectId>, replaces: &impl std::hash::Hash) -> bool {
        self.seen.insert((Arc::clone(path), id, self.hasher.hash_one(replaces)))
    }
}
