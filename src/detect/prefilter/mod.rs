//! Finds every occurrence of every keyword, in any ASCII case.
//!
//! A dense automaton (Aho-Corasick with all failure links resolved) over classes of bytes, run in four lanes at
//! once: one lane waits for its table look-up while the others go on, which is about three times as fast as one
//! lane. The aho-corasick crate is the reference in the tests.
//!
//! The automaton is coarse, so that a row is one cache line: it knows the beginnings of keywords only, and bytes by 32
//! classes (letters apart, digits together). Where it reports, the whole keyword is compared.

mod trie;

use std::ops::Range;
use trie::Trie;

const LANES: usize = 4;
/// Texts shorter than this run in one lane: the start of a lane costs a keyword's length.
const SHORTEST_FOR_LANES: usize = 256;
/// So many bytes of a keyword are its beginning.
const BEGINNING: usize = 7;
/// Entries of the automaton that fit: states times the width of a row.
const SIZES: [usize; 3] = [1 << 17, 1 << 20, 1 << 22];

/// An occurrence of a keyword, in any ASCII case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Hit {
    /// Offset of the byte behind it.
    pub end: usize,
    /// Which keyword.
    pub keyword: u32,
}

/// More keywords than the automaton has room for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("too many keywords for the prefilter; disable rules or shorten their keywords")]
pub struct TooManyKeywords;

/// The automaton.
#[derive(Debug)]
pub struct Prefilter {
    table: Table,
    /// States from this one on report something.
    reporting: u16,
    /// By reporting state: keywords whose beginning ends there.
    reports: Vec<Vec<u32>>,
    keywords: Vec<Vec<u8>>,
    longest: usize,
}

/// A table of a fixed size, so that a masked index needs no bounds check.
#[derive(Debug)]
enum Table {
    Small(Box<[u16; SIZES[0]]>),
    Medium(Box<[u16; SIZES[1]]>),
    Large(Box<[u16; SIZES[2]]>),
}

impl Prefilter {
    /// Builds the automaton; keywords are lower case and not empty.
    pub fn new(keywords: &[Vec<u8>]) -> Result<Self, TooManyKeywords> {
        let beginnings: Vec<&[u8]> = keywords.iter().map(|word| word.get(..BEGINNING).unwrap_or(word)).collect();
        let mut trie = Trie::new(&beginnings);
        trie.link();
        let (numbers, quiet) = trie.number()?;
        Ok(Self {
            table: trie.rows(&numbers)?,
            reporting: quiet as u16,
            reports: trie.reports(&numbers, quiet),
            keywords: keywords.to_vec(),
            longest: BEGINNING.min(keywords.iter().map(Vec::len).max().unwrap_or(0)),
        })
    }

    /// Appends every occurrence in `text` to `hits`, sorted by the end of its beginning.
    pub fn find(&self, text: &[u8], hits: &mut Vec<Hit>) {
        match &self.table {
            Table::Small(table) => self.run(table, text, hits),
            Table::Medium(table) => self.run(table, text, hits),
            Table::Large(table) => self.run(table, text, hits),
        }
    }

    fn run<const N: usize>(&self, table: &[u16; N], text: &[u8], hits: &mut Vec<Hit>) {
        if text.len() < SHORTEST_FOR_LANES.max(LANES * self.longest) {
            self.one_lane(table, text, 0..text.len(), 0, hits);
            return;
        }
        let part = text.len() / LANES;
        let (a, rest) = text.split_at(part);
        let (b, rest) = rest.split_at(part);
        let (c, rest) = rest.split_at(part);
        let (d, _) = rest.split_at(part);
        let mut states = [0u16; LANES];
        for (lane, state) in states.iter_mut().enumerate().skip(1) {
            // A state depends on at most the longest keyword's bytes before it.
            let warm = text.get(lane * part - self.longest..lane * part).unwrap_or_default();
            *state = warm.iter().fold(0, |state, &byte| step(table, state, byte));
        }
        let mut found: [Vec<(usize, u16)>; LANES] = Default::default();
        let last = lanes(table, [a, b, c, d], states, self.reporting, &mut found);
        let found = found
            .into_iter()
            .enumerate()
            .flat_map(|(lane, list)| list.into_iter().map(move |(end, state)| (lane * part + end, state)));
        for (end, state) in found {
            self.report(text, end, state, hits);
        }
        self.one_lane(table, text, LANES * part..text.len(), last, hits);
    }

    fn one_lane<const N: usize>(
        &self,
        table: &[u16; N],
        text: &[u8],
        part: Range<usize>,
        mut state: u16,
        hits: &mut Vec<Hit>,
    ) {
        for (at, &byte) in text.get(part.clone()).unwrap_or_default().iter().enumerate() {
            state = step(table, state, byte);
            if state >= self.reporting {
                self.report(text, part.start + at + 1, state, hits);
            }
        }
    }

    fn report(&self, text: &[u8], end: usize, state: u16, hits: &mut Vec<Hit>) {
        for &keyword in self.reports.get(usize::from(state - self.reporting)).into_iter().flatten() {
            let Some(word) = self.keywords.get(keyword as usize) else { continue };
            let start = end - word.len().min(BEGINNING).min(end);
            let whole = start + word.len();
            if text.get(start..whole).is_some_and(|there| there.eq_ignore_ascii_case(word)) {
                hits.push(Hit { end: whole, keyword });
            }
        }
    }
}

#[inline(always)]
fn step<const N: usize>(table: &[u16; N], state: u16, byte: u8) -> u16 {
    table[((usize::from(state) << SHIFT) | usize::from(CLASSES[usize::from(byte)])) & (N - 1)]
}

/// The hot loop, alone in its function so that everything it needs stays in registers. Puts the reports of each lane,
/// by their ends in it, into `found`, and gives the last lane's state.
#[inline(never)]
fn lanes<const N: usize>(
    table: &[u16; N],
    [a, b, c, d]: [&[u8]; LANES],
    [mut s0, mut s1, mut s2, mut s3]: [u16; LANES],
    reporting: u16,
    found: &mut [Vec<(usize, u16)>; LANES],
) -> u16 {
    for (at, (((&a, &b), &c), &d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
        s0 = step(table, s0, a);
        s1 = step(table, s1, b);
        s2 = step(table, s2, c);
        s3 = step(table, s3, d);
        if s0.max(s1).max(s2.max(s3)) >= reporting {
            note(found, [s0, s1, s2, s3], reporting, at + 1);
        }
    }
    s3
}

#[cold]
#[inline(never)]
fn note(found: &mut [Vec<(usize, u16)>; LANES], states: [u16; LANES], reporting: u16, end: usize) {
    for (list, state) in found.iter_mut().zip(states) {
        if state >= reporting {
            list.push((end, state));
        }
    }
}

impl Table {
    /// A table of zeros for so many entries.
    fn of(entries: usize) -> Result<Self, TooManyKeywords> {
        let size = SIZES.into_iter().find(|&size| entries <= size).ok_or(TooManyKeywords)?;
        let zeros = vec![0u16; size].into_boxed_slice();
        let zeros = match zeros.try_into() {
            Ok(table) => return Ok(Self::Small(table)),
            Err(zeros) => zeros,
        };
        let zeros: Box<[u16]> = zeros;
        let zeros = match zeros.try_into() {
            Ok(table) => return Ok(Self::Medium(table)),
            Err(zeros) => zeros,
        };
        let zeros: Box<[u16]> = zeros;
        zeros.try_into().map(Self::Large).map_err(|_| TooManyKeywords)
    }

    fn entries(&mut self) -> &mut [u16] {
        match self {
            Self::Small(table) => table.as_mut_slice(),
            Self::Medium(table) => table.as_mut_slice(),
            Self::Large(table) => table.as_mut_slice(),
        }
    }
}

/// The width of a row is 2 to the power of this.
const SHIFT: u32 = 5;
const WIDTH: usize = 1 << SHIFT;

/// The class of each byte: a letter of either case, any digit, `_`, `-`, other printable characters, the rest.
static CLASSES: [u8; 256] = {
    let mut classes = [0u8; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            letter @ b'a'..=b'z' => letter - b'a' + 1,
            letter @ b'A'..=b'Z' => letter - b'A' + 1,
            b'0'..=b'9' => 27,
            b'_' => 28,
            b'-' => 29,
            b':' | b'/' | b'.' => 30,
            b' '..=b'~' => 31,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    fn reference(keywords: &[Vec<u8>], text: &[u8]) -> Vec<Hit> {
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(keywords).expect("small");
        let mut hits: Vec<Hit> = automaton
            .find_overlapping_iter(text)
            .map(|m| Hit { end: m.end(), keyword: m.pattern().as_u32() })
            .collect();
        hits.sort();
        hits
    }

    fn ours(keywords: &[Vec<u8>], text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        Prefilter::new(keywords).expect("small").find(text, &mut hits);
        hits.sort();
        hits
    }

    proptest! {
        #[test]
        fn finds_what_the_reference_finds(
            keywords in proptest::collection::btree_set("[ab1/-]{1,9}", 1..12),
            text in "[abAB12/.x -]{0,3000}",
        ) {
            let keywords: Vec<Vec<u8>> = keywords.into_iter().map(String::into_bytes).collect();
            prop_assert_eq!(ours(&keywords, text.as_bytes()), reference(&keywords, text.as_bytes()));
        }
    }

    #[test]
    fn a_keyword_across_a_lane_boundary_is_found() {
        let keywords = vec![b"boundary".to_vec()];
        for shift in 0..12 {
            let mut text = vec![b'.'; 4096];
            text[1024 - shift..1032 - shift].copy_from_slice(b"BoundarY");
            assert_eq!(ours(&keywords, &text), vec![Hit { end: 1032 - shift, keyword: 0 }]);
        }
    }
}
