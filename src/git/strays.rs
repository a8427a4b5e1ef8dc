//! What a store holds and no reference reaches.

use super::object::{Kind, Objects};
use super::pack::{Spot, Store};
use super::parse::{SUBMODULE, TREE, TreeLines};
use super::{Age, Commit, ObjectError, aged};
use crate::blob::ObjectId;
use std::collections::HashMap;

/// A raw tree over this is not read.
const LARGEST_TREE: u64 = 256 << 20;

/// What nothing reaches.
#[derive(Default)]
pub struct Strays {
    /// Commits, parents before children and otherwise the oldest first.
    pub commits: Vec<Commit>,
    /// Their ages.
    pub ages: Vec<Age>,
    /// Trees that neither a commit nor another tree holds.
    pub trees: Vec<ObjectId>,
    /// Contents and tags that nothing at all holds, with their kind; sorted by spot.
    pub others: Vec<(Spot, Kind)>,
    /// Objects of which not even the kind can be read.
    pub lost: Vec<(ObjectId, ObjectError)>,
}

/// What references reach.
pub struct Reached<'r> {
    /// All commits, with their ages.
    pub commits: &'r [Commit],
    /// By commit.
    pub ages: &'r [Age],
    /// Trees that are named without a commit.
    pub trees: &'r [ObjectId],
}

/// Looks at every object of a store, and reads every tree once. `judged` are tags and contents that a reference names.
pub(crate) fn find(store: &Store, reached: &Reached<'_>, judged: &dyn Fn(&ObjectId) -> bool) -> Strays {
    let mut strays = Strays::default();
    let ages = reached.commits.iter().zip(reached.ages).map(|(commit, age)| (commit.info.id, *age));
    let ages: HashMap<ObjectId, Age> = ages.collect();
    let mut kinds: Vec<(Spot, ObjectId, Kind)> = Vec::new();
    for (spot, id) in store.ids() {
        match store.header(&id) {
            Ok(header) => kinds.push((spot, id, header.kind)),
            Err(error) => strays.lost.push((id, error)),
        }
    }
    let of = |wanted: Kind| kinds.iter().filter(move |(_, _, kind)| *kind == wanted);
    let commits: Vec<ObjectId> = of(Kind::Commit).map(|(_, id, _)| *id).filter(|id| !ages.contains_key(id)).collect();
    let found = aged::walk(store, &commits, &|id| ages.get(id).copied(), &|| false);
    // The store does not hold what is missing; nobody asked for it by a reference.
    strays.lost.extend(found.lost.into_iter().filter(|(_, error)| *error != ObjectError::Missing));
    (strays.commits, strays.ages) = (found.commits, found.ages);

    let mut seen = Seen { store, spots: vec![false; store.spots() as usize] };
    seen.all(reached.commits.iter().chain(&strays.commits).map(|commit| commit.tree));
    seen.all(reached.trees.iter().copied());
    // Trees in trees are no roots: whatever one of them holds is crossed off before it is its turn.
    let loose: Vec<(Spot, ObjectId)> =
        of(Kind::Tree).filter(|(spot, ..)| !seen.has(*spot)).map(|(spot, id, _)| (*spot, *id)).collect();
    let mut inner = Seen { store, spots: vec![false; store.spots() as usize] };
    for (_, id) in &loose {
        inner.below(id);
    }
    strays.trees = loose.into_iter().filter(|(spot, _)| !inner.has(*spot)).map(|(_, id)| id).collect();
    seen.all(strays.trees.iter().copied());
    let left = kinds.iter().filter(|(spot, id, kind)| match kind {
        Kind::Blob => !seen.has(*spot) && !judged(id),
        Kind::Tag => !judged(id),
        Kind::Commit | Kind::Tree => false,
    });
    strays.others = left.map(|(spot, _, kind)| (*spot, *kind)).collect();
    strays
}

/// What trees hold, by spot.
struct Seen<'s> {
    store: &'s Store,
    spots: Vec<bool>,
}

impl Seen<'_> {
    fn has(&self, spot: Spot) -> bool {
        self.spots.get(spot.0 as usize).copied().unwrap_or(false)
    }

    /// True the first time.
    fn mark(&mut self, id: &ObjectId) -> bool {
        let Some(spot) = self.store.find(id) else { return false };
        self.spots.get_mut(spot.0 as usize).is_some_and(|seen| !std::mem::replace(seen, true))
    }

    /// Marks trees and all that they hold. What cannot be read is told by the walk that judges it.
    fn all(&mut self, trees: impl Iterator<Item = ObjectId>) {
        for tree in trees {
            if self.mark(&tree) {
                self.below(&tree);
            }
        }
    }

    /// Marks all that a tree holds.
    fn below(&mut self, tree: &ObjectId) {
        let mut open = vec![*tree];
        while let Some(tree) = open.pop() {
            let Some(spot) = self.store.find(&tree) else { continue };
            let Ok((Kind::Tree, raw)) = self.store.get(&tree, spot, LARGEST_TREE) else { continue };
            for line in TreeLines::new(&raw, tree.as_bytes().len()).flatten() {
                if line.mode != SUBMODULE && self.mark(&line.id) && line.mode == TREE {
                    open.push(line.id);
                }
            }
        }
    }
}
