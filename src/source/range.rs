//! The commits of a range, each judged against its own parents, so that what one adds and the next removes is seen.

use super::changes::{Changes, Step};
use super::content::{self, Content};
use super::error::SourceError;
use super::{Sink, Source, commits, tips};
use crate::blob::ObjectId;
use crate::git::{Change, Commit, Repository};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// What some commits or tags reach and others do not.
pub struct Range<'a> {
    repository: &'a Repository,
    include: Vec<ObjectId>,
    exclude: Vec<ObjectId>,
}

impl<'a> Range<'a> {
    /// `exclude..include`, for any number of each. An excluded one that cannot be read leaves nothing out.
    pub fn new(repository: &'a Repository, include: Vec<ObjectId>, exclude: Vec<ObjectId>) -> Self {
        Self { repository, include, exclude }
    }
}

impl Source for Range<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let content = Content { repository: self.repository, sink };
        let ControlFlow::Continue(include) = tips::follow(&content, self.include.iter().copied()) else {
            return Ok(());
        };
        let stop = || sink.spent(b"commits");
        let known = tips::commits(self.repository, &self.exclude);
        let walk = self.repository.walk_until(&include.commits, &known, &stop);
        commits::gaps(&content, &walk)?;
        let mut changes = Changes::new(Content { repository: self.repository, sink });
        if !walk.stopped {
            _ = push(&content, &mut changes, &include.trees, &walk.commits, walk.commits.iter());
        }
        Ok(())
    }

    fn people(&self, authors: &[&[u8]]) -> HashMap<Vec<u8>, Vec<u8>> {
        self.repository.mailmap(authors.iter().copied())
    }
}

/// Pushes commits in the order of `now`, each with its changes against its own parents, and trees that are named by
/// themselves. `commits` are all of them.
pub(super) fn push<'c>(
    content: &Content<'_>,
    changes: &mut Changes<'_>,
    trees: &[ObjectId],
    commits: &[Commit],
    now: impl Iterator<Item = &'c Commit>,
) -> ControlFlow<()> {
    for tree in trees {
        let found = diff(content, changes, None, tree)?;
        changes.push(&Step { changes: &found, base: None, others: &[], commit: None })?;
    }
    let known: HashMap<ObjectId, ObjectId> = commits.iter().map(|commit| (commit.info.id, commit.tree)).collect();
    let tree_of =
        |id: &ObjectId| known.get(id).copied().or_else(|| content.repository.commit(id).ok().map(|commit| commit.tree));
    content.sink.expect(commits.len() as u64);
    for commit in now {
        content.sink.visited(0);
        let info = commits::raw(content, commit)?;
        // A parent that cannot be read holds nothing, so that all that it might hold counts as new.
        let parents: Vec<ObjectId> = commit.parents.iter().filter_map(tree_of).collect();
        let (base, others) = parents.split_first().map_or((None, &[][..]), |(first, rest)| (Some(*first), rest));
        let found = diff(content, changes, base, &commit.tree)?;
        changes.push(&Step { changes: &found, base, others, commit: Some(&info) })?;
        changes.meet([commit.info.id]);
    }
    changes.rest()
}

fn diff(
    content: &Content<'_>,
    changes: &mut Changes<'_>,
    old: Option<ObjectId>,
    new: &ObjectId,
) -> ControlFlow<(), Vec<Change>> {
    let stop = || content.sink.spent(new.to_string().as_bytes());
    let diff = content.repository.diff_until(old.as_ref(), Some(new), &stop);
    for lost in diff.lost {
        content.sink.unread(content::unread(lost.error), lost.id.to_string().as_bytes(), Some(lost.id));
    }
    if diff.stopped {
        return ControlFlow::Break(());
    }
    changes.meet(diff.read);
    ControlFlow::Continue(diff.changes)
}
