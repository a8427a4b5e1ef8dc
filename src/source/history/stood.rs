//! Where the commits of a history stand among each other, once it was read.

use super::layer::Layer;
use crate::blob::ObjectId;
use crate::git::{Age, Store};

/// Commits by the places in their store: a list by their names would take several times the memory.
pub(super) struct Stood {
    pub(super) store: Store,
    pub(super) layers: Vec<Layer>,
    /// By layer, by commit.
    pub(super) ages: Vec<Vec<Age>>,
}

impl Stood {
    pub(super) fn age(&self, id: &ObjectId) -> Option<Age> {
        let spot = self.store.find(id)?;
        let age = |(layer, ages): (&Layer, &Vec<Age>)| ages.get(layer.commit_at(spot)?).copied();
        self.layers.iter().zip(&self.ages).find_map(age)
    }
}
