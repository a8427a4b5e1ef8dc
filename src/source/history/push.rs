//! Pushes what a history holds: names in the order of the commits, contents in the order of the packs.

use super::layer::{Fate, Layer};
use crate::blob::{CommitInfo, Memory, ObjectId, ObjectKind, Origin, Stored};
use crate::coverage::{Skip, Unread};
use crate::git::{Division, Failed, Fault, Found, Kind, Spot, Store, Visit};
use crate::source::content::{self, Content};
use crate::source::{Nothing, lfs};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

/// What is pushed, and where to.
pub(super) struct Push<'p> {
    /// For the contents.
    pub(super) content: &'p Content<'p>,
    /// For what is no content: gaps, submodules.
    pub(super) whole: &'p Content<'p>,
    pub(super) store: &'p Store,
    /// Those that references reach first.
    pub(super) layers: &'p [Layer],
    /// Contents and tags that nothing holds; sorted.
    pub(super) strays: &'p [(Spot, Kind)],
    /// The objects of this part, counted from 0.
    pub(super) division: Option<(&'p Division, u32)>,
    /// Which name is whose: its number is divided by the number of parts.
    pub(super) parts: u32,
    /// Objects that are judged in any case, though an earlier run did.
    pub(super) again: &'p (dyn Fn(&ObjectId) -> bool + Sync),
    /// Whether the names of files that an earlier run judged are left out.
    pub(super) keeps_names: bool,
    /// Whether every content is searched whole.
    pub(super) full: bool,
    /// Takes the names of contents that stand for something outside the store.
    pub(super) pointers: &'p Mutex<Vec<ObjectId>>,
}

impl Push<'_> {
    pub(super) fn all(&self) -> ControlFlow<()> {
        self.layers.iter().for_each(|layer| self.gaps(layer));
        for (number, layer) in self.layers.iter().enumerate() {
            self.names(layer, self.layers.get(..number).unwrap_or_default())?;
        }
        let wanted = self.wanted();
        let is_wanted = |spot: Spot| wanted.get(spot.0 as usize).copied().unwrap_or(false);
        self.content.sink.expect(wanted.iter().filter(|wanted| **wanted).count() as u64);
        let failed = self.store.visit_all(&Visit {
            wanted: &is_wanted,
            limit: self.content.sink.largest(),
            see: &|found| self.object(&found),
        });
        for lost in failed {
            let reason = content::unread(lost.fault.as_error());
            self.content.sink.unread(reason, &self.example(&lost), Some(lost.id));
        }
        ControlFlow::Continue(())
    }

    /// Counts what the walk of the trees did not find. The store need not hold what no reference reaches.
    fn gaps(&self, layer: &Layer) {
        let (reach, sink) = (&layer.reach, self.whole.sink);
        let missing = |reason| layer.unreferenced && reason == Unread::MissingObject;
        for (id, error) in &reach.lost {
            let reason = content::unread(*error);
            if !missing(reason) {
                sink.unread(reason, id.to_string().as_bytes(), Some(*id));
            }
        }
        for (path, id) in reach.missing.iter().filter(|_| !layer.unreferenced) {
            sink.unread(Unread::MissingObject, &reach.path(*path), Some(*id));
        }
        for path in &reach.submodules {
            sink.skip(Skip::Submodule, &reach.path(*path));
        }
    }

    fn names(&self, layer: &Layer, before: &[Layer]) -> ControlFlow<()> {
        let known: Vec<_> = before.iter().map(Layer::paths).collect();
        let mine = |number: usize| self.division.is_none_or(|(_, part)| number as u32 % self.parts == part);
        let names = layer.reach.names().enumerate();
        let names: Vec<_> = names
            .filter(|(number, (path, commit))| {
                let judged = match layer.fate(*commit) {
                    Fate::Judge => true,
                    Fate::Carry => !self.keeps_names,
                    Fate::Leave => false,
                };
                mine(*number) && judged && !known.iter().any(|known| known.contains(path))
            })
            .map(|(_, name)| name)
            .collect();
        names.par_iter().try_for_each(|(path, commit)| {
            let origin = Origin {
                kind: ObjectKind::Path,
                path: Some(Arc::clone(path)),
                commit: layer.commit(self.store, *commit),
                unreferenced: layer.unreferenced,
                ..Origin::default()
            };
            content::plain(self.content.sink, path, origin)
        })
    }

    fn wanted(&self) -> Vec<bool> {
        let mut wanted = wanted(self.store, self.layers, self.strays, self.again);
        if let Some((division, part)) = self.division {
            let spots = wanted.iter_mut().enumerate();
            spots.for_each(|(spot, wanted)| *wanted &= division.has(part, Spot(spot as u32)));
        }
        wanted
    }

    fn object(&self, found: &Found<'_>) -> ControlFlow<(), Option<Memory>> {
        self.content.sink.visited(found.bytes.len() as u64);
        let again = (self.again)(&found.id);
        let mut places = Vec::new();
        for (number, layer) in self.layers.iter().enumerate() {
            let judged = |commit| layer.fate(commit) == Fate::Judge || again && layer.fate(commit) == Fate::Carry;
            if let Some(number) = layer.commit_at(found.spot).filter(|number| judged(Some(*number))) {
                let commit = layer.commit(self.store, Some(number));
                let origin = self.origin(ObjectKind::Commit, found, commit, layer.unreferenced);
                content::plain(self.content.sink, found.bytes, origin)?;
            }
            // At each path, because rules and policies look at paths.
            for file in layer.reach.at(found.spot).iter().filter(|file| judged(file.commit())) {
                let path = layer.reach.path(file.path);
                let before = self.layers.get(..number).unwrap_or_default();
                if before.iter().any(|layer| layer.file_at(found.spot, &path).is_some()) {
                    continue;
                }
                let commit = layer.commit(self.store, file.commit());
                let origin = self.origin(ObjectKind::Blob, found, commit, layer.unreferenced);
                places.push(Origin { path: Some(path), ..origin });
            }
        }
        let stray = self.strays.binary_search_by_key(&found.spot, |stray| stray.0).ok();
        match stray.and_then(|at| self.strays.get(at)).map(|stray| stray.1) {
            Some(Kind::Tag) => {
                content::plain(self.content.sink, found.bytes, self.origin(ObjectKind::Tag, found, None, true))?;
            }
            Some(_) => places.push(self.origin(ObjectKind::Blob, found, None, true)),
            None => {}
        }
        if places.is_empty() { ControlFlow::Continue(None) } else { self.file(found, &places) }
    }

    /// A content at some places, and what it stands for.
    fn file(&self, found: &Found<'_>, places: &[Origin]) -> ControlFlow<(), Option<Memory>> {
        let stored = if self.full { Stored::default() } else { found.stored };
        let memory = self.content.sink.version(found.bytes, places, stored)?;
        if lfs::pointer(found.bytes).is_some() {
            self.pointers.lock().unwrap_or_else(PoisonError::into_inner).push(found.id);
            for origin in places {
                content::behind_pointer(self.content.repository, self.content.sink, found.bytes, origin, &Nothing)?;
            }
        }
        ControlFlow::Continue(memory)
    }

    fn origin(
        &self,
        kind: ObjectKind,
        found: &Found<'_>,
        commit: Option<Arc<CommitInfo>>,
        unreferenced: bool,
    ) -> Origin {
        Origin { kind, path: None, id: Some(found.id), commit, unreferenced }
    }

    /// The first path of what cannot be read, or its id; and where in the store it should be.
    fn example(&self, lost: &Failed) -> Vec<u8> {
        let path = self.store.find(&lost.id).and_then(|spot| {
            self.layers.iter().find_map(|layer| Some(layer.reach.path(layer.reach.at(spot).first()?.path)))
        });
        let mut example = path.map_or_else(|| lost.id.to_string().into_bytes(), |path| path.to_vec());
        if !matches!(lost.fault, Fault::TooLarge { .. } | Fault::Missing) {
            let file = lost.file.file_name().unwrap_or_default().as_encoded_bytes();
            example.extend_from_slice(b" (");
            example.extend_from_slice(file);
            example.extend_from_slice(format!(", offset {}: {})", lost.offset, lost.fault).as_bytes());
        }
        example
    }
}

/// By spot: whether something is to be judged there.
pub(super) fn wanted(
    store: &Store,
    layers: &[Layer],
    strays: &[(Spot, Kind)],
    again: &dyn Fn(&ObjectId) -> bool,
) -> Vec<bool> {
    let mut wanted = vec![false; store.spots() as usize];
    let mut want = |spot: Spot| wanted.get_mut(spot.0 as usize).into_iter().for_each(|wanted| *wanted = true);
    for layer in layers {
        layer.files(Fate::Judge).for_each(|file| want(file.spot));
        let commits = layer.spots().filter(|(_, number)| layer.fate(Some(*number)) == Fate::Judge);
        commits.for_each(|(spot, _)| want(spot));
        let carried = layer.files(Fate::Carry).map(|file| file.spot);
        let carried = carried.chain(layer.spots().map(|(spot, _)| spot));
        carried.filter(|spot| store.id(*spot).is_some_and(|id| again(&id))).for_each(&mut want);
    }
    strays.iter().for_each(|(spot, _)| want(*spot));
    wanted
}
