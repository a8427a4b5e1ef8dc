//! Policy out of a tree, or out of the index: HEAD's tree with what is staged laid over it.

use super::{LARGEST, TrustError};
use crate::git::{GitError, IndexDiff, ObjectError, ObjectId, Repository, join};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The mode of a tree in a tree.
const FOLDER: u32 = 0o040_000;

pub(super) struct Objects<'a> {
    repository: &'a Repository,
    tree: Option<ObjectId>,
    staged: Option<&'a IndexDiff>,
}

impl<'a> Objects<'a> {
    pub(super) fn index(repository: &'a Repository) -> Result<Self, TrustError> {
        Ok(Self { repository, tree: repository.head_tree()?, staged: Some(repository.staged()?) })
    }

    pub(super) fn tree(repository: &'a Repository, revision: &str) -> Result<Self, TrustError> {
        let tree = match revision {
            "HEAD" => repository.head_tree()?,
            whole if repository.whole_id(whole).is_some() => tree_behind(repository, whole)?,
            other => Some(repository.resolve(&format!("{other}^{{tree}}"), false)?),
        };
        Ok(Self { repository, tree, staged: None })
    }

    /// The content of a regular file; `None` if there is nothing at the path.
    pub(super) fn read(&self, name: &[u8]) -> Result<Option<Vec<u8>>, TrustError> {
        let lost = |error| TrustError::Object { name: name.to_vec(), error };
        let committed = self.tree.map(|tree| self.repository.lookup(&tree, name)).transpose().map_err(lost)?.flatten();
        if self.staged.is_some_and(|staged| staged.unmerged.iter().any(|entry| *entry.path == *name)) {
            return Err(TrustError::Conflict(name.to_vec()));
        }
        let change = self.staged.and_then(|staged| staged.changes.iter().find(|change| *change.path == *name));
        let version = change.map_or(committed, |change| change.new).filter(|(mode, _)| *mode != FOLDER);
        let Some((mode, id)) = version else {
            return if self.is_folder(name)? { Err(TrustError::NotAFile(name.to_vec())) } else { Ok(None) };
        };
        if mode & 0o170_000 != 0o100_000 {
            return Err(TrustError::NotAFile(name.to_vec()));
        }
        match self.repository.blob(&id, LARGEST) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(ObjectError::TooLarge { .. }) => Err(TrustError::TooLarge(name.to_vec())),
            Err(error) => Err(lost(error)),
        }
    }

    /// Whether something lies below a path. What HEAD holds there may all be staged for deletion.
    fn is_folder(&self, name: &[u8]) -> Result<bool, TrustError> {
        let below = join(name, b"");
        Ok(self.names(name)?.iter().any(|path| path.starts_with(&below)))
    }

    /// Every path below a folder, the top level being the empty one.
    pub(super) fn names(&self, below: &[u8]) -> Result<Vec<Vec<u8>>, TrustError> {
        let mut names: BTreeSet<Arc<[u8]>> = BTreeSet::new();
        let lost = |name: &[u8], error| TrustError::Object { name: name.to_vec(), error };
        let folder = self.tree.map(|tree| self.repository.folder(&tree, below)).transpose();
        if let Some(folder) = folder.map_err(|error| lost(below, error))?.flatten() {
            let all = self.repository.diff(None, Some(&folder));
            if let Some(first) = all.lost.first() {
                return Err(lost(&first.path, first.error));
            }
            names.extend(all.changes.iter().map(|change| join(below, &change.path)));
        }
        for change in self.staged.map(|staged| staged.changes.as_slice()).unwrap_or_default() {
            match change.new {
                Some(_) => _ = names.insert(Arc::clone(&change.path)),
                None => _ = names.remove(&change.path),
            }
        }
        let conflicts = self.staged.map(|staged| staged.unmerged.as_slice()).unwrap_or_default();
        names.extend(conflicts.iter().map(|entry| Arc::clone(&entry.path)));
        Ok(names.iter().map(|name| name.to_vec()).collect())
    }
}

/// The tree behind an id in full; content has none, which is an error.
fn tree_behind(repository: &Repository, whole: &str) -> Result<Option<ObjectId>, TrustError> {
    let Some(id) = repository.whole_id(whole) else { return Ok(None) };
    let lost = |error| TrustError::Git(GitError::Object { id, error });
    match repository.root(&id).map_err(lost)? {
        None => Err(lost(ObjectError::Corrupt)),
        tree => Ok(tree),
    }
}
