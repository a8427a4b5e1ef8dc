//! What HEAD's tree holds, looked up for the paths of findings only.

use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::git::{GitError, ObjectError, Repository, Store};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// The object that HEAD has at each path.
type Known = HashMap<Arc<[u8]>, Result<Option<ObjectId>, ObjectError>>;

/// HEAD's tree; what was looked up is remembered.
pub(crate) struct Head<'a> {
    repository: &'a Repository,
    tree: Result<Option<ObjectId>, GitError>,
    /// libgit2 would keep far more of the packs in memory for a few trees.
    store: OnceCell<Store>,
    known: RefCell<Known>,
}

impl<'a> Head<'a> {
    pub(crate) fn new(repository: &'a Repository) -> Self {
        Self { repository, tree: repository.head_tree(), store: OnceCell::new(), known: RefCell::default() }
    }

    /// Whether HEAD holds what comes from `origin`; `None` where that cannot be told.
    pub(crate) fn holds(&self, origin: &Origin) -> Option<bool> {
        let version = self.version(origin.path.as_ref()?)?;
        match (origin.kind, origin.id) {
            (ObjectKind::Path, _) => Some(version.is_some()),
            (_, Some(id)) => Some(version == Some(id)),
            // What an LFS pointer stands for: which version of it HEAD has is not known here.
            (_, None) => version.is_none().then_some(false),
        }
    }

    fn version(&self, path: &Arc<[u8]>) -> Option<Option<ObjectId>> {
        let Some(tree) = self.tree.as_ref().ok()? else { return Some(None) };
        let mut known = self.known.borrow_mut();
        let store = self.store.get_or_init(|| self.repository.store(false));
        let look = || Repository::lookup_in(store, tree, path).map(|found| found.map(|version| version.1));
        known.entry(Arc::clone(path)).or_insert_with(look).ok()
    }
}
