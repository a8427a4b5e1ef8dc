//! What the next commit would add: the index against HEAD, and in a merge against the other parents too.

use super::changes::{Changes, Step};
use super::content::{self, Content};
use super::error::SourceError;
use super::{Sink, Source};
use crate::blob::ObjectId;
use crate::coverage::Unread;
use crate::git::{Change, GitError, IndexDiff, IndexEntry, Repository};

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

    fn push(&self, index: &IndexDiff, others: &[ObjectId], sink: &dyn Sink) -> Result<(), SourceError> {
        // The first parent's tree is needed only where there are others to compare it with.
        let plain = others.is_empty() && index.unmerged.is_empty();
        let base = if plain { None } else { self.repository.head_tree()? };
        let mut changes = index.changes.clone();
        changes.extend(self.conflicts(index, base));
        let content = Content { repository: self.repository, sink };
        _ = Changes::new(content).push(&Step { changes: &changes, base, others, commit: None });
        Ok(())
    }

    /// Every side of a conflict, as a change of what HEAD has.
    fn conflicts(&self, index: &IndexDiff, head: Option<ObjectId>) -> Vec<Change> {
        let side = |entry: &IndexEntry| {
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
            Ok(index) => self.push(index, &trees, sink)?,
            Err(GitError::Index(detail)) => sink.unread(Unread::UnreadableIndex, &detail.0, None),
            Err(error @ GitError::Failed { .. }) => self.explain(error, sink)?,
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
