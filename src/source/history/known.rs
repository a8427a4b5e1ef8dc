//! What an earlier run judged, so that it need not be judged again.

use super::layer::{Fate, Layer};
use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::git::{Objects, Store};
use crate::source::Sink;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The commits of an earlier run. Whatever they hold was judged, but for some objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Every commit that was judged with all that it holds.
    pub commits: HashSet<ObjectId>,
    /// Objects that have to be judged again: they could not be read, or stand for something outside the store.
    pub again: HashSet<ObjectId>,
    /// Whether no name of a file has to be judged again.
    pub names: bool,
}

/// What of an earlier run still holds, once a history was read.
pub(super) struct Carried {
    store: Store,
    layer: Layer,
    again: HashSet<ObjectId>,
    keeps_names: bool,
    /// The numbers of commits by id, and of first commits by path.
    numbers: HashMap<ObjectId, usize>,
    names: OnceCell<HashMap<Arc<[u8]>, Option<usize>>>,
}

impl Carried {
    pub(super) fn new(store: Store, layer: Layer, again: HashSet<ObjectId>, keeps_names: bool) -> Self {
        let numbers = layer.commits.iter().enumerate().map(|(number, commit)| (commit.id, number)).collect();
        Self { store, layer, again, keeps_names, numbers, names: OnceCell::new() }
    }

    /// Where something that was judged stands now; `None` where it is gone, or was judged again.
    pub(super) fn origin(&self, origin: &Origin) -> Option<Origin> {
        let number = match (origin.kind, &origin.path, origin.id) {
            (ObjectKind::Commit, _, Some(id)) if !self.again.contains(&id) => Some(*self.numbers.get(&id)?),
            (ObjectKind::Blob, Some(path), Some(id)) if !self.again.contains(&id) => {
                self.layer.file_at(self.store.find(&id)?, path)?.commit()
            }
            (ObjectKind::Path, Some(path), _) if self.keeps_names => *self.names().get(path)?,
            _ => return None,
        };
        let carried = self.layer.fate(number) == Fate::Carry;
        carried.then(|| Origin { commit: self.layer.commit(number).map(Arc::clone), ..origin.clone() })
    }

    fn names(&self) -> &HashMap<Arc<[u8]>, Option<usize>> {
        self.names.get_or_init(|| self.layer.reach.names().collect())
    }
}

/// Counts what is carried as if it had been judged.
pub(super) fn count(store: &Store, layer: &Layer, again: &HashSet<ObjectId>, sink: &dyn Sink) {
    let mut last = None;
    let mut size = |spot| {
        let known = last.filter(|(before, _)| *before == spot);
        let (_, size) = known.unwrap_or_else(|| {
            let id = store.id(spot).filter(|id| !again.contains(id));
            (spot, id.and_then(|id| store.header(&id).ok()).map(|header| header.size))
        });
        last = Some((spot, size));
        size
    };
    let commits = layer.spots().filter(|(_, number)| layer.fate(Some(*number)) == Fate::Carry).map(|(spot, _)| spot);
    let sizes = commits.chain(layer.files(Fate::Carry).map(|file| file.spot)).filter_map(&mut size);
    let (count, bytes) = sizes.fold((0, 0_u64), |(count, bytes), size| (count + 1, bytes.saturating_add(size)));
    sink.known(count, bytes);
}
