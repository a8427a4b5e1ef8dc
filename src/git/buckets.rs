//! Where in a sorted list a number is looked for: the list is divided by the high bits of its numbers, so that a part is
//! a few of them, and is found without a search.

use std::ops::Range;

/// The parts of a sorted list of numbers, about as many as there are numbers.
#[derive(Debug, Default)]
pub struct Buckets {
    /// By the high bits of a number: how many have lower ones. The last is how many there are.
    starts: Vec<u32>,
    /// How many its low bits are.
    low: u32,
}

impl Buckets {
    /// Divides numbers, which are sorted.
    pub fn of(numbers: impl ExactSizeIterator<Item = u64> + DoubleEndedIterator + Clone) -> Self {
        let (count, last) = (numbers.len(), numbers.clone().next_back().unwrap_or(0));
        let low = (0..u64::BITS).find(|low| last >> low <= count as u64).unwrap_or(0);
        let mut starts = Vec::with_capacity((last >> low) as usize + 2);
        for (place, number) in numbers.enumerate() {
            while starts.len() as u64 <= number >> low {
                starts.push(place as u32);
            }
        }
        starts.push(count as u32);
        Self { starts, low }
    }

    /// The places of the list at which a number may be; if it is in the list, all that it has.
    pub fn places(&self, number: u64) -> Range<usize> {
        let bucket = usize::try_from(number >> self.low).unwrap_or(usize::MAX);
        let start = |bucket: Option<usize>| self.starts.get(bucket?).map(|start| *start as usize);
        match (start(Some(bucket)), start(bucket.checked_add(1))) {
            (Some(first), Some(behind)) => first..behind,
            _ => 0..0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_place_of_a_number_is_among_those_told(
            numbers in proptest::collection::vec(prop_oneof![0..9_u64, 0..700_u64, any::<u64>()], 0..60),
            other in any::<u64>(),
        ) {
            let mut numbers = numbers;
            numbers.sort_unstable();
            let buckets = Buckets::of(numbers.iter().copied());
            for (place, number) in numbers.iter().enumerate() {
                prop_assert!(buckets.places(*number).contains(&place));
            }
            prop_assert!(buckets.places(other).end <= numbers.len());
        }
    }
}
