//! The entries of a pack in the order in which they lie.

use super::index::Index;

/// Bits of an offset that one pass sorts by.
const DIGIT: u32 = 11;
/// How many values they have.
const DIGITS: usize = 1 << DIGIT;

/// Entries, numbered in the order of their offsets.
pub(super) struct Order {
    /// By entry.
    pub(super) offsets: Vec<u64>,
    /// By entry: the position in the index.
    pub(super) positions: Vec<u32>,
    /// By position: the entry.
    pub(super) entries: Vec<u32>,
    /// By the high bits of an offset: how many entries have lower ones.
    buckets: Vec<u32>,
    /// How many its low bits are.
    low: u32,
}

impl Order {
    /// Reads the offsets of an index. One that the index does not have becomes one at which no entry can stand.
    pub(super) fn new(index: &Index) -> Self {
        let all = (0..index.count()).map(|position| (index.offset(position).unwrap_or(0), position));
        let all = sorted(all.collect());
        let offsets: Vec<u64> = all.iter().map(|one| one.0).collect();
        let positions: Vec<u32> = all.iter().map(|one| one.1).collect();
        let mut entries = vec![0; positions.len()];
        for (entry, position) in positions.iter().enumerate() {
            entries.get_mut(*position as usize).into_iter().for_each(|place| *place = entry as u32);
        }
        let last = offsets.last().copied().unwrap_or(0);
        let low = (0..64).find(|low| last >> low <= offsets.len() as u64).unwrap_or(0);
        let mut buckets = Vec::with_capacity((last >> low) as usize + 2);
        for (entry, offset) in offsets.iter().enumerate() {
            while buckets.len() as u64 <= offset >> low {
                buckets.push(entry as u32);
            }
        }
        buckets.push(offsets.len() as u32);
        Self { offsets, positions, entries, buckets, low }
    }

    /// The entry that begins at an offset.
    pub(super) fn at(&self, offset: u64) -> Option<u32> {
        let bucket = usize::try_from(offset >> self.low).ok()?;
        let first = *self.buckets.get(bucket)?;
        let behind = *self.buckets.get(bucket.checked_add(1)?)?;
        let inside = self.offsets.get(first as usize..behind as usize)?;
        inside.binary_search(&offset).ok().map(|at| first + at as u32)
    }
}

/// Offsets with their positions, sorted; given in the order of the positions.
fn sorted(mut all: Vec<(u64, u32)>) -> Vec<(u64, u32)> {
    let most = all.iter().map(|one| one.0).max().unwrap_or(0);
    let mut other = vec![(0, 0); all.len()];
    let mut done = 0;
    while most.checked_shr(done).is_some_and(|rest| rest > 0) {
        let digit = |offset: u64| (offset >> done) as usize % DIGITS;
        let mut places = [0_usize; DIGITS];
        all.iter().for_each(|one| places[digit(one.0)] += 1);
        let mut sum = 0;
        places.iter_mut().for_each(|place| sum += std::mem::replace(place, sum));
        for one in &all {
            let place = &mut places[digit(one.0)];
            other.get_mut(*place).into_iter().for_each(|free| *free = *one);
            *place += 1;
        }
        std::mem::swap(&mut all, &mut other);
        done += DIGIT;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn offsets_of_any_size_are_sorted(
            offsets in proptest::collection::vec(prop_oneof![0..5_u64, 0..70_000_u64, any::<u64>()], 0..60),
        ) {
            let all: Vec<(u64, u32)> = offsets.into_iter().zip(0..).collect();
            let mut expected = all.clone();
            expected.sort_unstable();
            prop_assert_eq!(sorted(all), expected);
        }
    }
}
