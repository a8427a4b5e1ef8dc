//! Everything that a reference reaches: names of refs, tags, commits, file names and content, each once.

use super::content::{self, Content};
use super::error::SourceError;
use super::{Nothing, Sink, Source, commits, tips};
use crate::blob::{CommitInfo, ObjectId, ObjectKind, Origin};
use crate::coverage::Unread;
use crate::git::{Commit, ObjectError, Refs, Repository, TREE};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Folders in folders; git's own limit (`core.maxTreeDepth`) is 2048.
const DEEPEST: usize = 4096;
/// Paths of the whole history. A few small trees can name billions of paths.
const MOST: usize = 100_000_000;

/// All refs (branches, tags, notes, the stash, remotes' branches) and every worktree's HEAD.
pub struct History<'a> {
    repository: &'a Repository,
}

impl<'a> History<'a> {
    /// The history of a repository.
    pub fn new(repository: &'a Repository) -> Self {
        Self { repository }
    }
}

impl Source for History<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let refs = self.repository.refs()?;
        sink.refs(refs.refs.len() as u64);
        if refs.unreadable {
            sink.unread(Unread::UnreadableRefs, b"refs", None);
        }
        for words in &refs.broken {
            sink.unread(Unread::UnresolvableRef, words, None);
        }
        let content = Content { repository: self.repository, sink };
        let ids = refs.refs.iter().map(|one| one.id).chain(refs.heads.iter().copied());
        let (ControlFlow::Continue(()), ControlFlow::Continue(tips)) =
            (names(&refs, sink), tips::follow(&content, ids))
        else {
            return Ok(());
        };
        let walk = self.repository.walk(&tips.commits, &[]);
        commits::gaps(&content, &walk)?;
        _ = Seen::default().push(&content, &walk.commits, &tips.trees);
        Ok(())
    }
}

fn names(refs: &Refs, sink: &dyn Sink) -> ControlFlow<()> {
    for one in &refs.refs {
        let origin = Origin { kind: ObjectKind::RefName, ..Origin::default() };
        content::plain(sink, &one.name, origin)?;
    }
    ControlFlow::Continue(())
}

/// What was pushed. The same object at another path is pushed again, because rules and policies look at paths.
#[derive(Default)]
struct Seen {
    paths: HashSet<Arc<[u8]>>,
    objects: HashSet<(Arc<[u8]>, ObjectId)>,
}

impl Seen {
    fn push(&mut self, content: &Content<'_>, commits: &[Commit], trees: &[ObjectId]) -> ControlFlow<()> {
        for commit in commits {
            let info = commits::raw(content, commit)?;
            self.tree(content, commit.tree, Some(&info))?;
        }
        trees.iter().try_for_each(|tree| self.tree(content, *tree, None))
    }

    fn tree(&mut self, content: &Content<'_>, tree: ObjectId, commit: Option<&Arc<CommitInfo>>) -> ControlFlow<()> {
        let mut open: Vec<(Arc<[u8]>, ObjectId, usize)> = vec![(Arc::from([]), tree, 0)];
        while let Some((folder, id, depth)) = open.pop() {
            if !self.objects.insert((Arc::clone(&folder), id)) {
                continue;
            }
            let too_many = depth > DEEPEST || self.objects.len() > MOST;
            let read = if too_many { Err(ObjectError::TooLarge { size: 0 }) } else { content.repository.tree(&id) };
            let entries = match read {
                Ok(entries) => entries,
                Err(error) => {
                    content.sink.unread(content::unread(error), id.to_string().as_bytes(), Some(id));
                    continue;
                }
            };
            for entry in entries {
                let path = crate::git::join(&folder, &entry.name);
                if entry.mode == TREE {
                    open.push((path, entry.id, depth + 1));
                } else if self.objects.insert((Arc::clone(&path), entry.id)) {
                    self.file(content, &path, (entry.mode, entry.id), commit)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn file(
        &mut self,
        content: &Content<'_>,
        path: &Arc<[u8]>,
        version: crate::git::Version,
        commit: Option<&Arc<CommitInfo>>,
    ) -> ControlFlow<()> {
        if self.paths.insert(Arc::clone(path)) {
            content.path(path, commit, &Nothing)?;
        }
        content.file(path, version, commit, &Nothing)
    }
}
