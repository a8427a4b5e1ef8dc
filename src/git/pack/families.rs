//! Objects divided into parts of equal work that no delta crosses: a family is a whole object and all that is stored
//! as deltas to it, which costs least when one reader has all of it.

use super::forest::{NONE, parent};
use super::store::{Copy, Spot, Store};
use crate::blob::ObjectId;
use crate::git::object::Objects;
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What an object costs besides its bytes, in bytes.
const EACH: u64 = 256;

/// Which part each wanted object is in.
pub struct Division {
    /// By spot, from 0; [`NONE`] for what is not wanted.
    parts: Vec<u32>,
    /// SHA-256 over every wanted object and its part, lower-case hexadecimal: equal for equal divisions only.
    pub digest: String,
}

impl Division {
    /// Whether an object is in a part, counted from 0.
    pub fn has(&self, part: u32, spot: Spot) -> bool {
        self.parts.get(spot.0 as usize) == Some(&part)
    }
}

/// A family as it is dealt out: by weight, then by name.
type Family = (u64, ObjectId, Vec<Spot>);

impl Store {
    /// Divides the objects that are wanted (asked of the spots that [`Store::find`] gives) into `count` parts. It
    /// depends on how they are packed; the digest tells whether two stores are divided alike.
    pub fn divide(&self, wanted: &dyn Fn(Spot) -> bool, count: u32) -> Division {
        let mut families: Vec<Family> = Vec::new();
        for number in 0..self.packs.len() as u32 {
            self.packed_families(number, wanted, &mut families);
        }
        for at in 0..self.loose.count() {
            let spot = self.spot(Copy::Loose(at));
            let Some(id) = self.loose.id(at).filter(|_| wanted(spot)) else { continue };
            let size = self.header(&id).map_or(0, |header| header.size);
            families.push((size.saturating_add(EACH), id, vec![spot]));
        }
        families.sort_unstable_by_key(|(weight, id, _)| (Reverse(*weight), *id));
        let mut parts = vec![NONE; self.spots() as usize];
        let mut loads: BinaryHeap<Reverse<(u64, u32)>> = (0..count).map(|part| Reverse((0, part))).collect();
        for (weight, _, spots) in families {
            let Some(Reverse((load, part))) = loads.pop() else { continue };
            for spot in spots {
                parts.get_mut(spot.0 as usize).into_iter().for_each(|place| *place = part);
            }
            loads.push(Reverse((load.saturating_add(weight), part)));
        }
        let digest = self.digest_of(&parts, count);
        Division { parts, digest }
    }

    fn packed_families(&self, number: u32, wanted: &dyn Fn(Spot) -> bool, families: &mut Vec<Family>) {
        let Some(pack) = self.packs.get(number as usize) else { return };
        let parents: Vec<u32> = (0..pack.count()).map(|entry| parent(pack, entry)).collect();
        let roots = roots(&parents);
        let mut places: Vec<u32> = vec![NONE; parents.len()];
        for entry in 0..pack.count() {
            let spot = self.spot(Copy::Packed(number, entry));
            if !wanted(spot) {
                continue;
            }
            let root = roots.get(entry as usize).copied().unwrap_or(entry);
            let Some(place) = places.get_mut(root as usize) else { continue };
            if *place == NONE {
                let id = pack.position(root).and_then(|position| pack.index.id(position));
                let Some(id) = id.or_else(|| self.id(spot)) else { continue };
                *place = families.len() as u32;
                families.push((0, id, Vec::new()));
            }
            let size = pack.head(entry).map_or(0, |head| head.size);
            if let Some(family) = families.get_mut(*place as usize) {
                family.0 = family.0.saturating_add(size).saturating_add(EACH);
                family.2.push(spot);
            }
        }
    }

    fn digest_of(&self, parts: &[u32], count: u32) -> String {
        let dealt = parts.iter().enumerate().filter(|(_, part)| **part != NONE);
        let mut named: Vec<(ObjectId, u32)> =
            dealt.filter_map(|(spot, part)| Some((self.id(Spot(spot as u32))?, *part))).collect();
        named.sort_unstable();
        let mut digest = Sha256::new();
        digest.update(count.to_be_bytes());
        for (id, part) in named {
            digest.update(id.as_bytes());
            digest.update(part.to_be_bytes());
        }
        data_encoding::HEXLOWER.encode(&digest.finalize())
    }
}

/// For each entry the one at which its bases begin; for a circle of bases one of them.
fn roots(parents: &[u32]) -> Vec<u32> {
    let mut roots = vec![NONE; parents.len()];
    let mut way = Vec::new();
    for entry in 0..parents.len() as u32 {
        let mut at = entry;
        let root = loop {
            match roots.get_mut(at as usize) {
                Some(place) if *place == NONE => *place = at,
                Some(place) => break *place,
                None => break entry,
            }
            way.push(at);
            match parents.get(at as usize).copied() {
                Some(base) if base != NONE => at = base,
                _ => break at,
            }
        };
        for passed in way.drain(..) {
            roots.get_mut(passed as usize).into_iter().for_each(|place| *place = root);
        }
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_leads_to_its_root_and_circles_end() {
        assert_eq!(roots(&[NONE, 0, 1, NONE, 3, 2]), [0, 0, 0, 3, 3, 0]);
        assert_eq!(roots(&[4, 0, NONE, 0, 1]), [0, 0, 2, 0, 0]);
        assert_eq!(roots(&[0, 9]), [0, 1]);
    }

    #[test]
    fn a_long_chain_takes_no_longer_than_its_length() {
        let mut parents: Vec<u32> = (0..300_000).map(|entry: u32| entry + 1).collect();
        parents.push(NONE);
        assert!(roots(&parents).iter().all(|root| *root == 300_000));
    }
}
