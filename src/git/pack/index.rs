//! The index of a pack, version 1 or 2 (git's documentation, "gitformat-pack").

use super::bytes::{be32, be64};
use super::fault::Fault;
use super::map::map;
use crate::blob::ObjectId;
use memmap2::Mmap;
use std::cmp::Ordering;
use std::path::Path;

const MAGIC: &[u8] = b"\xfftOc\0\0\0\x02";
/// 256 numbers: how many ids begin with a byte up to this one.
const FANOUT: usize = 1024;
/// Ids this far from where one is expected are looked at next.
const STEP: u32 = 8;

/// An index. Positions are those of the ids in their order.
pub(super) struct Index {
    map: Mmap,
    second: bool,
    count: u32,
    width: usize,
}

impl Index {
    /// Opens an index whose ids have `width` bytes. It is long enough for its count, and its fan-out ascends.
    pub(super) fn open(file: &Path, width: usize) -> Result<Self, Fault> {
        let map = map(file)?;
        let second = map.starts_with(MAGIC);
        let mut index = Self { map, second, count: 0, width };
        let mut last = 0;
        for byte in 0..=255 {
            let upto = index.fan(byte).filter(|upto| *upto >= last).ok_or(Fault::Format)?;
            last = upto;
        }
        index.count = last;
        let one = if second { width + 8 } else { width + 4 };
        let least = index.table(one).and_then(|end| end.checked_add(2 * width)).ok_or(Fault::Format)?;
        if index.map.len() < least { Err(Fault::Format) } else { Ok(index) }
    }

    /// How many ids there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// True if it holds a checksum of each packed object.
    pub(super) fn has_checksums(&self) -> bool {
        self.second
    }

    /// The id at a position.
    pub(super) fn id(&self, position: u32) -> Option<ObjectId> {
        ObjectId::from_bytes(self.raw(position)?)
    }

    /// Where the object at a position begins in the pack.
    pub(super) fn offset(&self, position: u32) -> Option<u64> {
        let position = self.known(position)?;
        if !self.second {
            return be32(&self.map, FANOUT + position * (self.width + 4)).map(u64::from);
        }
        let small = be32(&self.map, self.table(self.width + 4)? + 4 * position)?;
        match small.checked_sub(1 << 31) {
            None => Some(u64::from(small)),
            Some(large) => {
                let at = self.table(self.width + 8)? + 8 * large as usize;
                be64(&self.map, at).filter(|_| at + 8 <= self.map.len() - 2 * self.width)
            }
        }
    }

    /// The CRC-32 of the packed bytes of the object at a position; version 1 has none.
    pub(super) fn checksum(&self, position: u32) -> Option<u32> {
        let position = self.known(position).filter(|_| self.second)?;
        be32(&self.map, self.table(self.width)? + 4 * position)
    }

    /// The position of an id.
    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        let id = id.as_bytes();
        let first = usize::from(*id.first()?);
        let low = if first == 0 { 0 } else { self.fan(first - 1)? };
        let (mut low, mut high) = self.narrowed(id, low, self.fan(first)?)?;
        while low < high {
            let middle = low + (high - low) / 2;
            match compare(self.raw(middle)?, id) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The part of `low..high` in which an id stands if it stands in all of it. Ids are digests: their bytes behind the
    /// first tell about where among those with the same first byte each one stands.
    fn narrowed(&self, id: &[u8], mut low: u32, mut high: u32) -> Option<(u32, u32)> {
        let share = u64::from(be32(id, 1)?);
        let guess = low + ((u64::from(high.checked_sub(low)?) * share) >> 32) as u32;
        if guess >= high {
            return Some((low, high));
        }
        let mut step = STEP;
        if compare(self.raw(guess)?, id) == Ordering::Less {
            low = guess + 1;
            while let Some(next) = low.checked_add(step).filter(|next| *next < high) {
                if compare(self.raw(next)?, id) != Ordering::Less {
                    high = next + 1;
                    break;
                }
                (low, step) = (next + 1, step.saturating_mul(2));
            }
        } else {
            high = guess + 1;
            while let Some(next) = guess.checked_sub(step).filter(|next| *next >= low) {
                if compare(self.raw(next)?, id) != Ordering::Greater {
                    low = next;
                    break;
                }
                (high, step) = (next, step.saturating_mul(2));
            }
        }
        Some((low, high))
    }

    /// The checksum of the pack that it was made for.
    pub(super) fn of_pack(&self) -> Option<&[u8]> {
        let at = self.map.len().checked_sub(2 * self.width)?;
        self.map.get(at..at + self.width)
    }

    fn raw(&self, position: u32) -> Option<&[u8]> {
        let position = self.known(position)?;
        let at = if self.second {
            MAGIC.len() + FANOUT + position * self.width
        } else {
            FANOUT + position * (self.width + 4) + 4
        };
        self.map.get(at..at + self.width)
    }

    fn known(&self, position: u32) -> Option<usize> {
        (position < self.count).then_some(position as usize)
    }

    fn fan(&self, byte: usize) -> Option<u32> {
        be32(&self.map, if self.second { MAGIC.len() } else { 0 } + 4 * byte)
    }

    /// Where what follows tables of `one` bytes an object begins.
    fn table(&self, one: usize) -> Option<usize> {
        let before = if self.second { MAGIC.len() } else { 0 } + FANOUT;
        (self.count as usize).checked_mul(one)?.checked_add(before)
    }
}

/// As slices compare; most ids differ in the first bytes.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    match (a.first_chunk(), b.first_chunk()) {
        (Some(x), Some(y)) if x != y => u64::from_be_bytes(*x).cmp(&u64::from_be_bytes(*y)),
        _ => a.cmp(b),
    }
}
