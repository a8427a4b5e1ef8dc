//! What names reach: annotated tags are judged themselves and followed to the commits behind them.

use super::content::{self, Content};
use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::git::{Kind, Repository};
use std::collections::HashSet;
use std::ops::ControlFlow;

/// An annotated tag over this is not followed.
const LARGEST_TAG: u64 = 64 << 20;

/// What a list of names comes down to.
#[derive(Default)]
pub(crate) struct Tips {
    pub(crate) commits: Vec<ObjectId>,
    /// Trees that are named without a commit.
    pub(crate) trees: Vec<ObjectId>,
    /// Everything on the way that was judged by itself: tags and content.
    pub(crate) seen: HashSet<ObjectId>,
}

/// Follows `ids`, pushes every tag on the way and every content that is named by itself.
pub(crate) fn follow(content: &Content<'_>, ids: impl IntoIterator<Item = ObjectId>) -> ControlFlow<(), Tips> {
    let mut tips = Tips::default();
    let mut seen = HashSet::new();
    for id in ids {
        let mut at = Some(id);
        while let Some(id) = at.take().filter(|id| seen.insert(*id)) {
            let origin = |kind| Origin { kind, id: Some(id), ..Origin::default() };
            match content.repository.header(&id).map(|header| header.kind) {
                Ok(Kind::Commit) => tips.commits.push(id),
                Ok(Kind::Tree) => tips.trees.push(id),
                Ok(Kind::Blob) => {
                    content.object(origin(ObjectKind::Blob), &id, &super::Nothing)?;
                    tips.seen.insert(id);
                }
                Ok(Kind::Tag) => {
                    content.object(origin(ObjectKind::Tag), &id, &super::Nothing)?;
                    tips.seen.insert(id);
                    at = behind(content, &id);
                }
                Err(error) => content.sink.unread(content::unread(error), id.to_string().as_bytes(), Some(id)),
            }
        }
    }
    ControlFlow::Continue(tips)
}

/// The commits behind `ids`; what is not one, or cannot be read, is left out.
pub(crate) fn commits(repository: &Repository, ids: &[ObjectId]) -> Vec<ObjectId> {
    let mut seen = HashSet::new();
    let mut open = ids.to_vec();
    let mut out = Vec::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match repository.header(&id).map(|header| header.kind) {
            Ok(Kind::Commit) => out.push(id),
            Ok(Kind::Tag) => open.extend(repository.tag_target(&id, LARGEST_TAG).ok()),
            _ => {}
        }
    }
    out
}

fn behind(content: &Content<'_>, id: &ObjectId) -> Option<ObjectId> {
    match content.repository.tag_target(id, LARGEST_TAG) {
        Ok(target) => Some(target),
        Err(error) => {
            content.sink.unread(content::unread(error), id.to_string().as_bytes(), Some(*id));
            None
        }
    }
}
