//! Finds every occurrence of every keyword, in any ASCII case.
//!
//! A dense automaton (Aho-Corasick with all failure links resolved) over classes of bytes, run in six lanes at
//! once: one lane waits for its table look-up while the others go on, which is about four times as fast as one
//! lane. The aho-corasick crate is the reference in the tests.
//!
//! The automaton is coarse, so that a row is one cache line: it knows the beginnings of keywords only, and bytes by 32
//! classes (letters apart, digits together). Where it reports, the whole keyword is compared. That of the built-in
//! rules is made when keyward is built, so that it costs nothing at the start.

mod builtin;
pub(crate) mod classes;
pub(crate) mod plan;
mod table;
mod trie;

pub use plan::TooManyKeywords;

use classes::CLASSES;
use plan::{HEAD, Plan, Word};
use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use table::{Rows, Table, next};

const LANES: usize = 6;
/// Texts shorter than this run in one lane: the start of a lane costs a keyword's length.
const SHORTEST_FOR_LANES: usize = 384;

/// An occurrence of a keyword, in any ASCII case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Hit {
    /// Offset of the byte behind it.
    pub end: usize,
    /// Which keyword.
    pub keyword: u32,
}

/// The automaton.
#[derive(Debug)]
pub struct Prefilter {
    table: Table,
    /// States from this one on, a power of two, report something.
    reporting: u16,
    /// By reporting state: where its words begin in `words`; and the end.
    starts: Cow<'static, [u32]>,
    words: Cow<'static, [Word]>,
    /// The words' bytes behind their heads.
    tails: Cow<'static, [u8]>,
    longest: usize,
}

/// What the lanes saw: by lane, where in it and in which state.
type Seen = [Vec<(usize, u16)>; LANES];

thread_local! {
    /// Room for it, kept from one text to the next.
    static SEEN: RefCell<Seen> = RefCell::default();
}

impl Prefilter {
    /// The automaton of the built-in rules.
    pub fn builtin() -> Self {
        builtin::prefilter()
    }

    /// Builds the automaton; keywords are lower case and not empty.
    pub fn new<W: AsRef<[u8]>>(keywords: &[W]) -> Result<Self, TooManyKeywords> {
        let plan = Plan::new(keywords)?;
        Ok(Self {
            table: Table::of(&plan.rows)?,
            reporting: plan.reporting,
            starts: plan.starts.into(),
            words: plan.words.into(),
            tails: plan.tails.into(),
            longest: plan.longest,
        })
    }

    /// Appends every occurrence in `text` to `hits`, sorted by the end of its beginning.
    pub fn find(&self, text: &[u8], hits: &mut Vec<Hit>) {
        SEEN.with(|seen| match seen.try_borrow_mut() {
            Ok(mut seen) => self.find_with(text, hits, &mut seen),
            Err(_) => self.find_with(text, hits, &mut Seen::default()),
        });
    }

    fn find_with(&self, text: &[u8], hits: &mut Vec<Hit>, seen: &mut Seen) {
        match &self.table {
            Table::Builtin(rows) => self.run(rows, text, hits, seen),
            Table::Small(rows) => self.run(rows, text, hits, seen),
            Table::Medium(rows) => self.run(rows, text, hits, seen),
            Table::Large(rows) => self.run(rows, text, hits, seen),
        }
    }

    fn run<const N: usize>(&self, rows: &Rows<N>, text: &[u8], hits: &mut Vec<Hit>, seen: &mut Seen) {
        if text.len() < SHORTEST_FOR_LANES.max(LANES * self.longest) {
            self.one_lane(rows, text, 0..text.len(), 0, hits);
            return;
        }
        let part = text.len() / LANES;
        let mut parts = text.chunks_exact(part);
        let parts = [(); LANES].map(|()| parts.next().unwrap_or_default());
        let mut states = [0u16; LANES];
        for (lane, state) in states.iter_mut().enumerate().skip(1) {
            // A state depends on at most the longest keyword's bytes before it.
            let warm = text.get(lane * part - self.longest..lane * part).unwrap_or_default();
            *state = warm.iter().fold(0, |state, &byte| step(rows, state, byte));
        }
        let last = lanes(rows, parts, states, self.reporting, seen);
        for (lane, list) in seen.iter_mut().enumerate() {
            for (end, state) in list.drain(..) {
                self.report(text, lane * part + end, state, hits);
            }
        }
        self.one_lane(rows, text, LANES * part..text.len(), last, hits);
    }

    fn one_lane<const N: usize>(
        &self,
        rows: &Rows<N>,
        text: &[u8],
        part: Range<usize>,
        mut state: u16,
        hits: &mut Vec<Hit>,
    ) {
        for (at, &byte) in text.get(part.clone()).unwrap_or_default().iter().enumerate() {
            state = step(rows, state, byte);
            if state >= self.reporting {
                self.report(text, part.start + at + 1, state, hits);
            }
        }
    }

    fn report(&self, text: &[u8], end: usize, state: u16, hits: &mut Vec<Hit>) {
        let state = usize::from(state - self.reporting);
        let Some(&[from, to]) = self.starts.get(state..state + 2) else { return };
        let words = self.words.get(from as usize..to as usize).unwrap_or_default();
        let (mut known, mut start, mut head) = (0, end, 0);
        for word in words {
            // The words of a state begin at few places: most share theirs with the word before.
            if word.beginning != known {
                known = word.beginning;
                start = end - (known as usize).min(end);
                head = head_at(text, start);
            }
            if (head | word.fold) & word.care == word.head && self.goes_on(text, start, word) {
                hits.push(Hit { end: start + word.length as usize, keyword: word.keyword });
            }
        }
    }

    /// Whether `text` holds all of a word whose head stands at `start`.
    fn goes_on(&self, text: &[u8], start: usize, word: &Word) -> bool {
        let length = word.length as usize;
        let tail = length.saturating_sub(HEAD);
        let rest = text.get(start + (length - tail)..start + length);
        let known = self.tails.get(word.tail as usize..word.tail as usize + tail);
        matches!((rest, known), (Some(rest), Some(known)) if rest.eq_ignore_ascii_case(known))
    }
}

/// The bytes at `start`, little-endian, with NUL behind the text's end.
#[inline(always)]
fn head_at(text: &[u8], start: usize) -> u64 {
    let rest = text.get(start..).unwrap_or_default();
    let bytes = rest.first_chunk::<HEAD>().copied().unwrap_or_else(|| {
        let mut bytes = [0; HEAD];
        bytes.iter_mut().zip(rest).for_each(|(slot, &byte)| *slot = byte);
        bytes
    });
    u64::from_le_bytes(bytes)
}

#[inline(always)]
fn step<const N: usize>(rows: &Rows<N>, state: u16, byte: u8) -> u16 {
    next(rows, state, CLASSES[usize::from(byte)])
}

/// The hot loop, alone in its function so that everything it needs stays in registers. Puts the reports of each lane,
/// by their ends in it, into `seen`, and gives the last lane's state.
#[inline(never)]
fn lanes<const N: usize>(
    rows: &Rows<N>,
    [a, b, c, d, e, f]: [&[u8]; LANES],
    [mut s0, mut s1, mut s2, mut s3, mut s4, mut s5]: [u16; LANES],
    reporting: u16,
    seen: &mut Seen,
) -> u16 {
    for (at, (((((&a, &b), &c), &d), &e), &f)) in a.iter().zip(b).zip(c).zip(d).zip(e).zip(f).enumerate() {
        s0 = step(rows, s0, a);
        s1 = step(rows, s1, b);
        s2 = step(rows, s2, c);
        s3 = step(rows, s3, d);
        s4 = step(rows, s4, e);
        s5 = step(rows, s5, f);
        if s0 | s1 | s2 | s3 | s4 | s5 >= reporting {
            note(seen, [s0, s1, s2, s3, s4, s5], reporting, at + 1);
        }
    }
    s5
}

#[cold]
#[inline(never)]
fn note(seen: &mut Seen, states: [u16; LANES], reporting: u16, end: usize) {
    for (list, state) in seen.iter_mut().zip(states) {
        if state >= reporting {
            list.push((end, state));
        }
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
