//! What a change replaces, read when it is asked for and remembered for a while.

use super::file;
use super::{Before, Sink, lfs};
use crate::blob::{Blob, ObjectId, ObjectKind, Origin};
use crate::git::{Repository, SUBMODULE, Version};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes of old versions are remembered.
const REMEMBERED: usize = 8 << 20;

/// A path and the version that was there.
pub(crate) type Old = (Arc<[u8]>, ObjectId);

/// Old versions of one repository; those asked for last are remembered.
pub(crate) struct Versions<'a> {
    repository: &'a Repository,
    sink: &'a dyn Sink,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    held: HashMap<ObjectId, Arc<[u8]>>,
    order: VecDeque<ObjectId>,
    bytes: usize,
}

impl<'a> Versions<'a> {
    pub(crate) fn new(repository: &'a Repository, sink: &'a dyn Sink) -> Self {
        Self { repository, sink, memory: Mutex::default() }
    }

    /// What one path replaces in a change that also deletes some.
    pub(crate) fn before<'v>(&'v self, parents: Vec<Old>, deleted: &'v [Old]) -> Replaced<'v, 'a> {
        Replaced { versions: self, parents, deleted }
    }

    fn read(&self, id: &ObjectId) -> Option<Arc<[u8]>> {
        if let Some(bytes) = self.memory().held.get(id) {
            return Some(Arc::clone(bytes));
        }
        let bytes: Arc<[u8]> = self.repository.blob(id, self.sink.largest()).ok()?.into();
        self.memory().keep(*id, &bytes);
        Some(bytes)
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn keep(&mut self, id: ObjectId, bytes: &Arc<[u8]>) {
        if bytes.len() > REMEMBERED || self.held.contains_key(&id) {
            return;
        }
        self.bytes += bytes.len();
        self.order.push_back(id);
        self.held.insert(id, Arc::clone(bytes));
        while self.bytes > REMEMBERED {
            let Some(oldest) = self.order.pop_front() else { return };
            self.bytes -= self.held.remove(&oldest).map_or(0, |bytes| bytes.len());
        }
    }
}

/// The content that a change replaces at one path, and that of every path that it deletes.
pub(crate) struct Replaced<'v, 'a> {
    versions: &'v Versions<'a>,
    parents: Vec<Old>,
    deleted: &'v [Old],
}

impl Before for Replaced<'_, '_> {
    fn versions(&self, visit: &mut dyn FnMut(Blob<'_>)) {
        for (path, id) in self.parents.iter().chain(self.deleted) {
            // What is left out can only make a finding new.
            if self.versions.sink.spent(path) {
                return;
            }
            let Some(bytes) = self.versions.read(id) else { continue };
            let origin = Origin { id: Some(*id), ..Origin::file(Arc::clone(path)) };
            visit(Blob { bytes: (&*bytes).into(), origin: origin.clone() });
            let place = lfs::pointer(&bytes).and_then(|oid| lfs::place(self.versions.repository, oid).ok());
            if let Some(content) = place.and_then(|place| file::read(&place, self.versions.sink.largest()).ok()) {
                visit(Blob { bytes: content.into(), origin: Origin { id: None, ..origin } });
            }
        }
    }
}

/// The names of the files that a change deletes: what the name of a new one replaces.
pub(crate) struct Names<'v>(pub(crate) &'v [Old]);

impl Before for Names<'_> {
    fn versions(&self, visit: &mut dyn FnMut(Blob<'_>)) {
        for (path, _) in self.0 {
            let origin = Origin { kind: ObjectKind::Path, path: Some(Arc::clone(path)), ..Origin::default() };
            visit(Blob { bytes: (&**path).into(), origin });
        }
    }
}

/// A version as something to compare with; a submodule has no content here.
pub(crate) fn old(path: &Arc<[u8]>, version: Option<Version>) -> Option<Old> {
    version.filter(|(mode, _)| *mode != SUBMODULE).map(|(_, id)| (Arc::clone(path), id))
}
