//! Finds every occurrence of every keyword, in any ASCII case.
//!
//! A dense automaton (Aho-Corasick with all failure links resolved) over classes of bytes, run in four lanes at
//! once: one lane waits for its table look-up while the others go on, which is about three times as fast as one
//! lane. The aho-corasick crate is the reference in the tests.

use std::collections::VecDeque;

const LANES: usize = 4;
/// Texts shorter than this run in one lane: the start of a lane costs a keyword's length.
const SHORTEST_FOR_LANES: usize = 1024;
/// Rows of the automaton that fit; each is a state times the classes of bytes.
const SIZES: [usize; 3] = [1 << 17, 1 << 19, 1 << 21];

/// An occurrence of a keyword.
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
    classes: [u8; 256],
    table: Table,
    /// Rows at or behind this offset report something.
    reporting: u32,
    stride: u32,
    /// Keywords by reporting state.
    reports: Vec<Vec<u32>>,
    longest: usize,
}

/// A table of a fixed size, so that a masked index needs no bounds check.
#[derive(Debug)]
enum Table {
    Small(Box<[u32; SIZES[0]]>),
    Medium(Box<[u32; SIZES[1]]>),
    Large(Box<[u32; SIZES[2]]>),
}

impl Prefilter {
    /// Builds the automaton; keywords are lower case and not empty.
    pub fn new(keywords: &[Vec<u8>]) -> Result<Self, TooManyKeywords> {
        let (classes, count) = classes(keywords);
        let trie = Trie::new(keywords, &classes, count);
        let order = trie.order();
        let mut place = vec![0u32; trie.rows.len()];
        for (row, &state) in order.iter().enumerate() {
            if let Some(slot) = place.get_mut(state) {
                *slot = (row * count) as u32;
            }
        }
        let quiet = order.iter().filter(|&&state| trie.silent(state)).count();
        let mut rows = Vec::with_capacity(order.len() * count);
        for &state in &order {
            let row = trie.rows.get(state).map(Vec::as_slice).unwrap_or_default();
            rows.extend(row.iter().map(|&next| place.get(next).copied().unwrap_or(0)));
        }
        let reports =
            order.iter().skip(quiet).map(|&state| trie.outputs.get(state).cloned().unwrap_or_default()).collect();
        Ok(Self {
            classes,
            table: Table::new(rows)?,
            reporting: (quiet * count) as u32,
            stride: count as u32,
            reports,
            longest: keywords.iter().map(Vec::len).max().unwrap_or(0),
        })
    }

    /// Appends every occurrence in `text` to `hits`, sorted by end.
    pub fn find(&self, text: &[u8], hits: &mut Vec<Hit>) {
        match &self.table {
            Table::Small(table) => self.run(table, text, hits),
            Table::Medium(table) => self.run(table, text, hits),
            Table::Large(table) => self.run(table, text, hits),
        }
    }

    fn run<const N: usize>(&self, table: &[u32; N], text: &[u8], hits: &mut Vec<Hit>) {
        if text.len() < SHORTEST_FOR_LANES.max(LANES * self.longest) {
            self.one_lane(table, text, 0, 0, hits);
            return;
        }
        let part = text.len() / LANES;
        let (a, rest) = text.split_at(part);
        let (b, rest) = rest.split_at(part);
        let (c, rest) = rest.split_at(part);
        let (d, tail) = rest.split_at(part);
        let mut states = [0u32; LANES];
        for (lane, state) in states.iter_mut().enumerate().skip(1) {
            // A state depends on at most the longest keyword's bytes before it.
            let warm = text.get(lane * part - self.longest..lane * part).unwrap_or_default();
            *state = warm.iter().fold(0, |state, &byte| self.step(table, state, byte));
        }
        let mut found: [Vec<(usize, u32)>; LANES] = Default::default();
        let [mut s0, mut s1, mut s2, mut s3] = states;
        for (at, (((&a, &b), &c), &d)) in a.iter().zip(b).zip(c).zip(d).enumerate() {
            s0 = self.step(table, s0, a);
            s1 = self.step(table, s1, b);
            s2 = self.step(table, s2, c);
            s3 = self.step(table, s3, d);
            if s0.max(s1).max(s2.max(s3)) >= self.reporting {
                for (lane, state) in [s0, s1, s2, s3].into_iter().enumerate() {
                    if state >= self.reporting
                        && let Some(list) = found.get_mut(lane)
                    {
                        list.push((lane * part + at + 1, state));
                    }
                }
            }
        }
        for (end, state) in found.into_iter().flatten() {
            self.report(end, state, hits);
        }
        self.one_lane(table, tail, s3, LANES * part, hits);
    }

    fn one_lane<const N: usize>(
        &self,
        table: &[u32; N],
        text: &[u8],
        mut state: u32,
        base: usize,
        hits: &mut Vec<Hit>,
    ) {
        for (at, &byte) in text.iter().enumerate() {
            state = self.step(table, state, byte);
            if state >= self.reporting {
                self.report(base + at + 1, state, hits);
            }
        }
    }

    #[inline(always)]
    fn step<const N: usize>(&self, table: &[u32; N], state: u32, byte: u8) -> u32 {
        let class = u32::from(self.classes[usize::from(byte)]);
        table[(state + class) as usize & (N - 1)]
    }

    fn report(&self, end: usize, state: u32, hits: &mut Vec<Hit>) {
        let row = (state - self.reporting) / self.stride;
        let keywords = self.reports.get(row as usize).map(Vec::as_slice).unwrap_or_default();
        hits.extend(keywords.iter().map(|&keyword| Hit { end, keyword }));
    }
}

impl Table {
    fn new(mut rows: Vec<u32>) -> Result<Self, TooManyKeywords> {
        let size = SIZES.into_iter().find(|&size| rows.len() <= size).ok_or(TooManyKeywords)?;
        rows.resize(size, 0);
        let rows = rows.into_boxed_slice();
        let rows = match rows.try_into() {
            Ok(table) => return Ok(Self::Small(table)),
            Err(rows) => rows,
        };
        let rows: Box<[u32]> = rows;
        let rows = match rows.try_into() {
            Ok(table) => return Ok(Self::Medium(table)),
            Err(rows) => rows,
        };
        let rows: Box<[u32]> = rows;
        rows.try_into().map(Self::Large).map_err(|_| TooManyKeywords)
    }
}

/// Bytes that no keyword holds are one class; a letter's two cases are one.
fn classes(keywords: &[Vec<u8>]) -> ([u8; 256], usize) {
    let mut classes = [0u8; 256];
    let mut count = 1;
    for &byte in keywords.iter().flatten() {
        if classes[usize::from(byte)] == 0 && count < 255 {
            classes[usize::from(byte)] = count;
            classes[usize::from(byte.to_ascii_uppercase())] = count;
            count += 1;
        }
    }
    (classes, usize::from(count))
}

/// The automaton while it is built: rows of next states, and what each state reports.
struct Trie {
    rows: Vec<Vec<usize>>,
    outputs: Vec<Vec<u32>>,
    breadth_first: Vec<usize>,
}

const NONE: usize = usize::MAX;

impl Trie {
    fn new(keywords: &[Vec<u8>], classes: &[u8; 256], count: usize) -> Self {
        let mut trie = Self { rows: vec![vec![NONE; count]], outputs: vec![Vec::new()], breadth_first: vec![0] };
        for (id, word) in keywords.iter().enumerate() {
            let end = word.iter().fold(0, |state, &byte| trie.child(state, usize::from(classes[usize::from(byte)])));
            if let Some(output) = trie.outputs.get_mut(end) {
                output.push(id as u32);
            }
        }
        trie.resolve(count);
        trie
    }

    fn child(&mut self, state: usize, class: usize) -> usize {
        let fresh = self.rows.len();
        let width = self.rows.first().map_or(0, Vec::len);
        match self.rows.get_mut(state).and_then(|row| row.get_mut(class)) {
            Some(next) if *next == NONE => *next = fresh,
            Some(next) => return *next,
            None => return 0,
        }
        self.rows.push(vec![NONE; width]);
        self.outputs.push(Vec::new());
        fresh
    }

    /// Replaces every missing edge by that of the longest proper suffix, breadth first.
    fn resolve(&mut self, count: usize) {
        let mut fail = vec![0usize; self.rows.len()];
        let mut queue = VecDeque::from([0usize]);
        while let Some(state) = queue.pop_front() {
            for class in 0..count {
                let next = self.next(state, class);
                let fallback = if state == 0 { 0 } else { self.next(fail.get(state).copied().unwrap_or(0), class) };
                if next == NONE {
                    if let Some(slot) = self.rows.get_mut(state).and_then(|row| row.get_mut(class)) {
                        *slot = fallback;
                    }
                    continue;
                }
                if let Some(slot) = fail.get_mut(next) {
                    *slot = fallback;
                }
                let inherited = self.outputs.get(fallback).cloned().unwrap_or_default();
                if let Some(output) = self.outputs.get_mut(next) {
                    output.extend(inherited);
                }
                self.breadth_first.push(next);
                queue.push_back(next);
            }
        }
    }

    fn next(&self, state: usize, class: usize) -> usize {
        self.rows.get(state).and_then(|row| row.get(class)).copied().unwrap_or(0)
    }

    fn silent(&self, state: usize) -> bool {
        self.outputs.get(state).is_none_or(Vec::is_empty)
    }

    /// States near the root first, so that the hot rows share cache lines; those that report last.
    fn order(&self) -> Vec<usize> {
        let (quiet, loud): (Vec<usize>, Vec<usize>) = self.breadth_first.iter().partition(|&&state| self.silent(state));
        quiet.into_iter().chain(loud).collect()
    }
}

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
        assert!(hits.is_sorted_by_key(|hit| hit.end));
        hits.sort();
        hits
    }

    proptest! {
        #[test]
        fn finds_what_the_reference_finds(
            keywords in proptest::collection::btree_set("[abc_]{1,5}", 1..12),
            text in "[abcABC_x ]{0,3000}",
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
