//! Memory that the search of one content leaves to the next.

use super::prefilter::Hit;
use super::trace::Mark;
use std::sync::{Mutex, PoisonError};

/// What takes more than this many bytes is not kept.
const LARGEST: usize = 1 << 20;

/// Lists that are empty and have room.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// Taken over.
    pub(super) marks: Vec<Mark>,
    pub(super) new: Vec<Mark>,
    pub(super) hits: Vec<Hit>,
    pub(super) found: Vec<Hit>,
    pub(super) parts: Vec<u8>,
    pub(super) places: Vec<(usize, usize)>,
}

/// Those that wait for their next use, at most one for each thread.
#[derive(Debug, Default)]
pub(super) struct Idle(Mutex<Vec<Buffers>>);

impl Idle {
    /// Lists to use.
    pub(super) fn take(&self) -> Buffers {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Gives lists back: `give` puts them into some that wait.
    pub(super) fn give_back(&self, give: impl FnOnce(&mut Buffers)) {
        let mut buffers = self.take();
        give(&mut buffers);
        empty(&mut buffers.marks);
        empty(&mut buffers.new);
        empty(&mut buffers.hits);
        empty(&mut buffers.found);
        empty(&mut buffers.parts);
        empty(&mut buffers.places);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffers);
    }
}

fn empty<T>(list: &mut Vec<T>) {
    list.clear();
    if list.capacity().saturating_mul(size_of::<T>()) > LARGEST {
        *list = Vec::new();
    }
}
