//! What ranges and histories share: commits that cannot be read, and the raw bytes of those that can.

use super::content::{self, Content};
use crate::blob::{CommitInfo, ObjectKind, Origin};
use crate::coverage::Unread;
use crate::git::{Boundaries, Commit, GitError, Walk};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Counts commits that are missing, and those at which the history is cut or changed.
pub(crate) fn gaps(content: &Content<'_>, walk: &Walk) -> Result<(), GitError> {
    let Boundaries { shallow, grafts } = content.repository.boundaries()?;
    let mut cut = HashSet::new();
    for commit in &walk.commits {
        let id = commit.info.id;
        if shallow.contains(&id) {
            content.sink.unread(Unread::Shallow, id.to_string().as_bytes(), None);
            cut.extend(commit.parents.iter().copied());
        }
        if grafts.contains(&id) {
            content.sink.unread(Unread::Graft, id.to_string().as_bytes(), None);
        }
    }
    for (id, error) in walk.lost.iter().filter(|(id, _)| !cut.contains(id)) {
        content.sink.unread(content::unread(*error), id.to_string().as_bytes(), Some(*id));
    }
    Ok(())
}

/// Pushes a commit itself: author, headers, message. Gives what its changes are attributed to.
pub(crate) fn raw(content: &Content<'_>, commit: &Commit) -> ControlFlow<(), Arc<CommitInfo>> {
    content.sink.commits(1);
    let info = Arc::new(commit.info.clone());
    let (id, by) = (Some(info.id), Some(Arc::clone(&info)));
    let origin = Origin { kind: ObjectKind::Commit, id, commit: by, ..Origin::default() };
    content.object(origin, &info.id, &super::Nothing)?;
    ControlFlow::Continue(info)
}
