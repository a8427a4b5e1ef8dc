//! What the next commit would add: the index against HEAD, and in a merge against the other parents too.

use super::content::{self, Content};
use super::error::SourceError;
use super::versions::{Names, Old, Versions, old};
use super::{Sink, Source};
use crate::blob::ObjectId;
use crate::coverage::Unread;
use crate::git::{Change, GitError, Repository, Staged as Index, Version};
use std::ops::ControlFlow;

/// The index of a repository. Content comes from the object store, never from working files.
pub struct Staged<'a> {
    repository: &'a Repository,
    merged: Vec<ObjectId>,
}

impl<'a> Staged<'a> {
    /// The index; `merged` are commits that a merge brings in and that `MERGE_HEAD` does not name yet (in
    /// pre-merge-commit git names them by `GITHEAD_<id>` variables). One that is not a commit is an error.
    pub fn new(repository: &'a Repository, merged: &[ObjectId]) -> Self {
        Self { repository, merged: merged.to_vec() }
    }

    /// The trees of the other parents.
    fn other_trees(&self) -> Result<Vec<ObjectId>, SourceError> {
        let mut heads = self.repository.merge_heads()?;
        heads.extend(&self.merged);
        heads.sort_unstable();
        heads.dedup();
        let tree = |id| match self.repository.commit(&id) {
            Ok(commit) => Ok(commit.tree),
            Err(error) => Err(GitError::Object { id, error }.into()),
        };
        heads.into_iter().map(tree).collect()
    }

    /// The version at a path in each other parent. A parent's folder that cannot be read counts as empty, which can
    /// only make more count as new.
    fn elsewhere(&self, trees: &[ObjectId], path: &[u8]) -> Vec<Version> {
        trees.iter().filter_map(|tree| self.repository.lookup(tree, path).ok().flatten()).collect()
    }

    fn push(&self, index: &Index, trees: &[ObjectId], sink: &dyn Sink) -> ControlFlow<()> {
        let content = Content { repository: self.repository, sink };
        let versions = Versions::new(self.repository, sink.largest());
        let deleted: Vec<Old> =
            index.changes.iter().filter(|change| change.new.is_none()).filter_map(|c| old(&c.path, c.old)).collect();
        for change in index.changes.iter().chain(&self.conflicts(index)) {
            let Some(new) = change.new else { continue };
            let others = self.elsewhere(trees, &change.path);
            let parents: Vec<Version> = change.old.into_iter().chain(others).collect();
            if parents.is_empty() {
                content.path(&change.path, None, &Names(&deleted))?;
            }
            if parents.iter().any(|(_, id)| *id == new.1) {
                continue;
            }
            let parents = parents.into_iter().filter_map(|version| old(&change.path, Some(version))).collect();
            content.file(&change.path, new, None, &versions.before(parents, &deleted))?;
        }
        ControlFlow::Continue(())
    }

    /// Every side of a conflict, as a change of what HEAD has.
    fn conflicts(&self, index: &Index) -> Vec<Change> {
        if index.unmerged.is_empty() {
            return Vec::new();
        }
        let head = self.repository.head_tree().ok().flatten();
        let side = |entry: &crate::git::IndexEntry| {
            let old = head.and_then(|tree| self.repository.lookup(&tree, &entry.path).ok().flatten());
            Change { path: entry.path.clone(), old, new: Some(entry.version) }
        };
        index.unmerged.iter().map(side).collect()
    }

    /// Why git could not compare: HEAD's commit or some of its folders.
    fn explain(&self, error: GitError, sink: &dyn Sink) -> Result<(), SourceError> {
        let Some(head) = self.repository.layout().head else { return Err(error.into()) };
        let tree = match self.repository.commit(&head) {
            Ok(commit) => commit.tree,
            Err(trouble) => {
                sink.unread(content::unread(trouble), head.to_string().as_bytes(), Some(head));
                return Ok(());
            }
        };
        let lost = self.repository.diff(None, Some(&tree)).lost;
        if lost.is_empty() {
            return Err(error.into());
        }
        for tree in lost {
            sink.unread(content::unread(tree.error), tree.id.to_string().as_bytes(), Some(tree.id));
        }
        Ok(())
    }
}

impl Source for Staged<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let trees = self.other_trees()?;
        match self.repository.staged() {
            Ok(index) => _ = self.push(index, &trees, sink),
            Err(GitError::Index(detail)) => sink.unread(Unread::UnreadableIndex, &detail.0, None),
            Err(error @ GitError::Failed { .. }) => self.explain(error, sink)?,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
