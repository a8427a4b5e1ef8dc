//! Every file of one commit's tree, whatever was there before.

use super::content::{self, Content};
use super::error::SourceError;
use super::{Nothing, Sink, Source};
use crate::git::Repository;
use std::ops::ControlFlow;

/// HEAD's tree; before the first commit nothing.
pub struct Snapshot<'a> {
    repository: &'a Repository,
}

impl<'a> Snapshot<'a> {
    /// The tree of HEAD.
    pub fn head(repository: &'a Repository) -> Self {
        Self { repository }
    }

    fn push(&self, tree: &crate::blob::ObjectId, sink: &dyn Sink) -> ControlFlow<()> {
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
}

impl Source for Snapshot<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        if let Some(tree) = self.repository.head_tree()? {
            _ = self.push(&tree, sink);
        }
        Ok(())
    }
}
