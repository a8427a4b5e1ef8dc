//! What the commands of a report have to know of a push.

use super::problems;
use crate::blob::ObjectId;
use crate::git::Commit;
use crate::report::{Pushed, PushedCommit};
use crate::text::{Mask, Shown};

/// From the commits of a push, parents before children, and the full names and new ids of its references.
pub fn of<'r>(commits: &[Commit], refs: impl Iterator<Item = (&'r [u8], ObjectId)>, mask: &dyn Mask) -> Pushed {
    let tag = |(name, id): (&'r [u8], ObjectId)| Some((id, Shown::new(name.strip_prefix(b"refs/tags/")?, mask)));
    Pushed {
        commits: commits
            .iter()
            .map(|commit| PushedCommit { id: commit.info.id, root: commit.parents.is_empty() })
            .collect(),
        tags: refs.filter_map(tag).collect(),
        ..Pushed::default()
    }
}

/// A name as a word for a shell; `None` where it cannot be shown as it is.
pub fn word(name: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(name).ok()?;
    let shown = Shown::new(name, problems::builtin_mask().as_ref());
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./@+".contains(&byte));
    (plain && shown.as_str() == text).then(|| text.to_owned())
}
