//! What an earlier run judged, so that it need not be judged again.

use super::layer::{Fate, Layer};
use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::git::{Age, Objects, Store};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The commits of an earlier run. Whatever they hold was judged, but for some objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Every commit that was judged with all that it holds, and where it stands.
    pub commits: HashMap<ObjectId, Age>,
    /// Those that no other one follows.
    pub heads: Vec<ObjectId>,
    /// Every content at each of its paths, as [`pair`] has them.
    pub pairs: HashSet<u64>,
    /// How many contents and commits were judged.
    pub counted: Counted,
    /// Whether this is all that there was: no submodule, nothing that could not be read or has to be judged again.
    pub whole: bool,
    /// Objects that have to be judged again: they could not be read, or stand for something outside the store.
    pub again: HashSet<ObjectId>,
    /// Whether no name of a file has to be judged again.
    pub names: bool,
}

/// How much was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Commits, and contents once for each of their paths.
    pub contents: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Counted {
    /// One more.
    pub(super) fn add(&mut self, bytes: u64) {
        self.contents = self.contents.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// One less.
    pub(super) fn take(&mut self, bytes: u64) {
        self.contents = self.contents.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

/// A content at a path as a number. Only counting depends on it: whether something is judged is told by commits.
pub fn pair(path: &[u8], id: &ObjectId) -> u64 {
    let digest = Sha256::new().chain_update(id.as_bytes()).chain_update(path).finalize();
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// What of an earlier run still holds, once a history was read.
pub(super) struct Carried {
    store: Store,
    layer: Layer,
    again: HashSet<ObjectId>,
    keeps_names: bool,
    /// The numbers of first commits, by path.
    names: OnceCell<HashMap<Arc<[u8]>, Option<usize>>>,
}

impl Carried {
    pub(super) fn new(store: Store, layer: Layer, again: HashSet<ObjectId>, keeps_names: bool) -> Self {
        Self { store, layer, again, keeps_names, names: OnceCell::new() }
    }

    /// Where something that was judged stands now; `None` where it is gone, or was judged again.
    pub(super) fn origin(&self, origin: &Origin) -> Option<Origin> {
        let number = match (origin.kind, &origin.path, origin.id) {
            (ObjectKind::Commit, _, Some(id)) if !self.again.contains(&id) => {
                Some(self.layer.commit_at(self.store.find(&id)?)?)
            }
            (ObjectKind::Blob, Some(path), Some(id)) if !self.again.contains(&id) => {
                self.layer.file_at(self.store.find(&id)?, path)?.commit()
            }
            (ObjectKind::Path, Some(path), _) if self.keeps_names => *self.names().get(path)?,
            _ => return None,
        };
        let carried = self.layer.fate(number) == Fate::Carry;
        carried.then(|| Origin { commit: self.layer.commit(&self.store, number), ..origin.clone() })
    }

    fn names(&self) -> &HashMap<Arc<[u8]>, Option<usize>> {
        self.names.get_or_init(|| self.layer.reach.names().collect())
    }
}

/// How much of a layer has one of some fates.
pub(super) fn count(store: &Store, layer: &Layer, again: &HashSet<ObjectId>, fates: &[Fate]) -> Counted {
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
    let commits = layer.spots().filter(|(_, number)| fates.contains(&layer.fate(Some(*number))));
    let files = layer.reach.files().iter().filter(|file| fates.contains(&layer.fate(file.commit())));
    let mut counted = Counted::default();
    let spots = commits.map(|(spot, _)| spot).chain(files.map(|file| file.spot));
    spots.filter_map(&mut size).for_each(|size| counted.add(size));
    counted
}

/// What a run over a whole history leaves to the next one. `heads` are commits that no other one follows; `again`
/// objects that have to be judged by every run.
pub(super) fn of(
    store: &Store,
    layer: &Layer,
    ages: HashMap<ObjectId, Age>,
    heads: Vec<ObjectId>,
    again: HashSet<ObjectId>,
) -> Known {
    let named = layer.reach.files().iter().filter_map(|file| Some((layer.reach.path(file.path), store.id(file.spot)?)));
    let pairs = named.map(|(path, id)| pair(&path, &id)).collect();
    let counted = count(store, layer, &HashSet::new(), &[Fate::Judge, Fate::Carry]);
    let reach = &layer.reach;
    let whole = reach.submodules.is_empty()
        && reach.missing.is_empty()
        && again.is_empty()
        && layer.len() == ages.len()
        && reach.files().iter().all(|file| file.commit().is_some());
    Known { commits: ages, heads, pairs, counted, whole, again, names: true }
}
