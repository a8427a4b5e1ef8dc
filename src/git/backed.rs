//! Objects from the packs of one folder, which costs least, and all others from the usual back end.

use super::error::ObjectError;
use super::object::{Backend, Header, Kind, Objects};
use super::pack::Store;
use crate::blob::ObjectId;

/// A store, and what is asked where it lacks an object.
pub(crate) struct Backed {
    store: Store,
    behind: Box<dyn Objects>,
}

impl Backed {
    pub(crate) fn new(store: Store, behind: Box<dyn Objects>) -> Self {
        Self { store, behind }
    }
}

impl Objects for Backed {
    fn header(&self, id: &ObjectId) -> Result<Header, ObjectError> {
        match self.store.header(id) {
            Err(ObjectError::Missing) => self.behind.header(id),
            found => found,
        }
    }

    fn visit(&self, id: &ObjectId, limit: u64, see: &mut dyn FnMut(Kind, &[u8])) -> Result<(), ObjectError> {
        match self.store.visit(id, limit, see) {
            Err(ObjectError::Missing) => self.behind.visit(id, limit, see),
            found => found,
        }
    }

    fn backend(&self) -> Backend {
        Backend::Store
    }
}
