//! A set of bytes.

use regex_syntax::hir::ClassBytes;

/// A set of bytes, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Set([u64; 4]);

impl Set {
    /// Every byte.
    pub(super) const ALL: Self = Self([u64::MAX; 4]);
    /// Letters, digits and `_`.
    const WORDS: Self = {
        let (mut set, mut byte) = ([0; 4], 0);
        while byte < 256 {
            if is_word(byte as u8) {
                set[byte / 64] |= 1 << (byte % 64);
            }
            byte += 1;
        }
        Self(set)
    };

    pub(super) fn insert(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            if let Some(bits) = self.0.get_mut(usize::from(byte / 64)) {
                *bits |= 1 << (byte % 64);
            }
        }
    }

    pub(super) fn insert_class(&mut self, class: &ClassBytes) {
        class.ranges().iter().for_each(|range| self.insert(range.start(), range.end()));
    }

    pub(super) fn holds(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte / 64)).is_some_and(|bits| bits >> (byte % 64) & 1 == 1)
    }

    fn both(self, other: Self, with: fn(u64, u64) -> u64) -> Self {
        let mut both = self;
        both.0.iter_mut().zip(other.0).for_each(|(a, b)| *a = with(*a, b));
        both
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.both(other, |a, b| a | b)
    }

    pub(super) fn without_words(self) -> Self {
        self.both(Self::WORDS, |a, b| a & !b)
    }

    pub(super) fn is_of_words(&self) -> bool {
        *self != Self::default() && self.without_words() == Self::default()
    }
}

pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
