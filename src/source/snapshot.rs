//! Every file of one commit's tree, whatever was there before.

use super::content::{self, Content};
use super::error::SourceError;
use super::{Nothing, Sink, Source, tips};
use crate::blob::ObjectId;
use crate::git::Repository;
use std::ops::ControlFlow;

/// One tree; before the first commit nothing.
pub struct Snapshot<'a> {
    repository: &'a Repository,
    of: Option<ObjectId>,
}

impl<'a> Snapshot<'a> {
    /// The tree of HEAD.
    pub fn head(repository: &'a Repository) -> Self {
        Self { repository, of: None }
    }

    /// The tree of a commit, or of the commit behind a tag; annotated tags are judged themselves.
    pub fn of(repository: &'a Repository, id: ObjectId) -> Self {
        Self { repository, of: Some(id) }
    }

    fn push(&self, tree: &ObjectId, sink: &dyn Sink) -> ControlFlow<()> {
        let content = Content { repository: self.repository, sink };
        let files = self.repository.diff(None, Some(tree));
        for lost in files.lost {
            sink.unread(content::unread(lost.error), &lost.path, Some(lost.id));
        }
        for change in &files.changes {
            let Some(version) = change.new else { continue };
            content.path(&change.path, None, &Nothing)?;
            content.file(&change.path, version, None, &Nothing)?;
        }
        ControlFlow::Continue(())
    }

    fn named(&self, id: ObjectId, sink: &dyn Sink) -> ControlFlow<()> {
        let content = Content { repository: self.repository, sink };
        let tips = tips::follow(&content, [id])?;
        let mut trees = tips.trees;
        for commit in &tips.commits {
            match self.repository.commit(commit) {
                Ok(commit) => trees.push(commit.tree),
                Err(error) => sink.unread(content::unread(error), commit.to_string().as_bytes(), Some(*commit)),
            }
        }
        trees.iter().try_for_each(|tree| self.push(tree, sink))
    }
}

impl Source for Snapshot<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        match self.of {
            Some(id) => _ = self.named(id, sink),
            None => {
                if let Some(tree) = self.repository.head_tree()? {
                    _ = self.push(&tree, sink);
                }
            }
        }
        Ok(())
    }
}
