//! Hashing of small numbers and short texts: positions in a store, numbers of paths, names. Keyed at random, so that nobody who makes a
//! repository knows what collides; much cheaper than the standard one.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Makes hashers with one random key.
#[derive(Clone)]
pub(crate) struct Mixed(u64);

/// One multiplication a number, its halves folded.
pub(crate) struct Mixer {
    key: u64,
    state: u64,
}

impl Default for Mixed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0_u8) | 1)
    }
}

impl BuildHasher for Mixed {
    type Hasher = Mixer;

    fn build_hasher(&self) -> Mixer {
        Mixer { key: self.0, state: self.0.rotate_left(32) }
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(slot, &byte)| *slot = byte);
        // With its length, so that zeros behind it count.
        self.write_u64(u64::from_le_bytes(last) ^ (rest.len() as u64) << 56);
    }

    fn write_u64(&mut self, number: u64) {
        // The odd constant is that of the golden ratio.
        let mixed = u128::from(self.state ^ number).wrapping_mul(u128::from(self.key ^ 0x9e37_79b9_7f4a_7c15));
        self.state = (mixed as u64) ^ ((mixed >> 64) as u64);
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}
