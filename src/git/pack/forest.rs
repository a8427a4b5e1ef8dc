//! The deltas of one pack as trees: whole objects at the roots, and below each entry those that are deltas to it.

use super::entry::Form;
use super::file::Pack;

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// The part of a pack's trees that leads to wanted entries. Numbers are those of entries.
pub(super) struct Forest {
    /// Entries that nothing in this pack is the base of, in the order of the pack.
    pub(super) roots: Vec<u32>,
    /// Wanted entries that no root leads to: their deltas form a circle.
    pub(super) circles: Vec<u32>,
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Forest {
    /// Reads the heads of all entries.
    pub(super) fn new(pack: &Pack, wanted: &dyn Fn(u32) -> bool) -> Self {
        let parents: Vec<u32> = (0..pack.count()).map(|entry| parent(pack, entry)).collect();
        let mut forest = Self::linked(&parents);
        let order = forest.order();
        let mut reached = vec![false; parents.len()];
        let mut weights = vec![0_u32; parents.len()];
        for &entry in order.iter().rev() {
            set(&mut reached, entry, true);
            let weight = get(&weights, entry).saturating_add(u32::from(wanted(entry)));
            set(&mut weights, entry, weight);
            let parent = get(&parents, entry);
            if parent != NONE {
                let sum = get(&weights, parent).saturating_add(weight);
                set(&mut weights, parent, sum);
            }
        }
        drop(order);
        forest.circles = (0..pack.count()).filter(|entry| !get(&reached, *entry) && wanted(*entry)).collect();
        drop(reached);
        forest.relink(&parents, &weights);
        forest
    }

    /// The first entry whose base is `entry`, or [`NONE`].
    pub(super) fn first(&self, entry: u32) -> u32 {
        get(&self.first, entry)
    }

    /// The next entry with the same base, or [`NONE`]. The one with the most wanted entries below it is the last.
    pub(super) fn next(&self, entry: u32) -> u32 {
        get(&self.next, entry)
    }

    fn linked(parents: &[u32]) -> Self {
        let (mut first, mut next) = (vec![NONE; parents.len()], vec![NONE; parents.len()]);
        let mut roots = Vec::new();
        for entry in 0..parents.len() as u32 {
            match get(parents, entry) {
                NONE => roots.push(entry),
                parent => {
                    set(&mut next, entry, get(&first, parent));
                    set(&mut first, parent, entry);
                }
            }
        }
        Self { roots, circles: Vec::new(), first, next }
    }

    /// Bases before their deltas.
    fn order(&self) -> Vec<u32> {
        let mut order = self.roots.clone();
        let mut done = 0;
        while let Some(&entry) = order.get(done) {
            done += 1;
            let mut child = self.first(entry);
            while child != NONE {
                order.push(child);
                child = self.next(child);
            }
        }
        order
    }

    /// Links again what leads to something wanted, the heaviest child of each last: whoever walks into it needs its
    /// base no more, and so never holds more bases than the logarithm of the entries.
    fn relink(&mut self, parents: &[u32], weights: &[u32]) {
        let mut heaviest = vec![NONE; parents.len()];
        for entry in 0..parents.len() as u32 {
            let parent = get(parents, entry);
            let heavier = |other| other == NONE || get(weights, entry) > get(weights, other);
            if parent != NONE && get(weights, entry) > 0 && heavier(get(&heaviest, parent)) {
                set(&mut heaviest, parent, entry);
            }
        }
        self.first.clone_from(&heaviest);
        self.next.fill(NONE);
        for entry in 0..parents.len() as u32 {
            let parent = get(parents, entry);
            if parent != NONE && get(weights, entry) > 0 && get(&heaviest, parent) != entry {
                set(&mut self.next, entry, get(&self.first, parent));
                set(&mut self.first, parent, entry);
            }
        }
        self.roots.retain(|root| get(weights, *root) > 0);
    }
}

/// The entry that is the base of `entry`; [`NONE`] if it has none in this pack, or its head cannot be read.
pub(super) fn parent(pack: &Pack, entry: u32) -> u32 {
    let base = match pack.head(entry).map(|head| head.form) {
        Some(Form::Offset(offset)) => pack.at(offset),
        Some(Form::Named(id)) => pack.find(&id),
        Some(Form::Whole(_)) | None => None,
    };
    base.unwrap_or(NONE)
}

fn get<T: Copy + Default>(list: &[T], at: u32) -> T {
    list.get(at as usize).copied().unwrap_or_default()
}

fn set<T>(list: &mut [T], at: u32, value: T) {
    if let Some(place) = list.get_mut(at as usize) {
        *place = value;
    }
}
