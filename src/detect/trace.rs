//! What is remembered of a content that was searched, for the contents that are made of it.

use super::look::Item;
use super::prefilter::Hit;
use crate::candidate::{Candidate, Encoding};
use std::ops::Range;
use std::sync::Arc;

/// What came of the keywords and encoded runs of one content.
#[derive(Debug, Default)]
pub struct Trace {
    /// Bytes of the content.
    pub(super) len: usize,
    /// Every keyword that was looked at, sorted.
    pub(super) marks: Vec<Mark>,
    /// What came of those of which something did, sorted.
    pub(super) yields: Vec<Yield>,
    /// Sorted.
    pub(super) runs: Vec<Opened>,
    /// What came of the content depends on more than the bytes around each place: a limit, or NUL bytes.
    pub(super) closed: bool,
}

/// A keyword that was looked at. There are many: of each file's versions most are the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// Its end, then its number: in this order marks are sorted.
    key: u64,
    /// How many bytes before its end what comes of it depends on.
    before: u32,
    /// How many bytes behind its end.
    behind: u32,
}

/// Offsets in contents whose keywords are remembered are below this.
const OFFSETS: usize = u32::MAX as usize;

/// What came of a keyword.
#[derive(Clone, Debug)]
pub(super) struct Yield {
    /// The keyword.
    pub(super) hit: Hit,
    /// The bytes that it depends on.
    pub(super) seen: Range<usize>,
    /// In offsets from the first of these bytes.
    pub(super) items: Arc<[Item]>,
}

/// What an encoded run decodes to holds.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    /// How it is encoded, and where it begins.
    pub(super) key: (Option<Encoding>, usize),
    /// The bytes that it depends on.
    pub(super) seen: Range<usize>,
    /// How many bytes it, and what is in it, decode to.
    pub(super) decoded: usize,
    /// In offsets from the first of the bytes seen.
    pub(super) candidates: Arc<[Candidate]>,
}

impl Mark {
    /// Whether the keywords of a content of so many bytes can be remembered.
    pub(super) fn covers(len: usize) -> bool {
        len <= OFFSETS
    }

    /// `seen` are the bytes that it depends on, in a content that marks cover.
    pub(super) fn new(hit: &Hit, seen: &Range<usize>) -> Self {
        let before = hit.end.saturating_sub(seen.start) as u32;
        Self { key: key(hit), before, behind: seen.end.saturating_sub(hit.end) as u32 }
    }

    /// Which keyword ends where.
    pub(super) fn hit(&self) -> Hit {
        Hit { end: self.end(), keyword: self.key as u32 }
    }

    pub(super) fn end(&self) -> usize {
        (self.key >> 32) as usize
    }

    /// The bytes that it depends on.
    pub(super) fn seen(&self) -> Range<usize> {
        self.end() - self.before as usize..self.end() + self.behind as usize
    }

    /// The same where what stood at `from` stands at `to`.
    pub(super) fn moved(&self, from: usize, to: usize) -> Self {
        let key = self.key.wrapping_add((to as u64) << 32).wrapping_sub((from as u64) << 32);
        Self { key, ..*self }
    }

    /// Whether `marks`, which are sorted, hold a keyword.
    pub(super) fn among(marks: &[Self], hit: &Hit) -> bool {
        marks.binary_search_by_key(&key(hit), |mark| mark.key).is_ok()
    }

    /// All of two sorted lists, sorted.
    pub(super) fn merged(known: &[Self], new: &[Self]) -> Vec<Self> {
        let mut all = Vec::with_capacity(known.len() + new.len());
        let mut rest = known;
        for mark in new {
            let (before, behind) = rest.split_at(rest.partition_point(|other| other.key < mark.key));
            all.extend_from_slice(before);
            all.push(*mark);
            rest = behind;
        }
        all.extend_from_slice(rest);
        all
    }
}

fn key(hit: &Hit) -> u64 {
    (hit.end as u64) << 32 | u64::from(hit.keyword)
}

impl Trace {
    /// Everything that came of keywords, in their order.
    pub(super) fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.yields.iter().flat_map(|one| one.items.iter().map(|item| item.moved(|offset| offset + one.seen.start)))
    }

    /// Everything that came of encoded runs, in their order.
    pub(super) fn candidates(&self) -> impl Iterator<Item = Candidate> + '_ {
        self.runs
            .iter()
            .flat_map(|run| run.candidates.iter().map(|candidate| moved(candidate, |at| at + run.seen.start)))
    }
}

/// A candidate whose offsets count from elsewhere.
pub(super) fn moved(candidate: &Candidate, move_to: impl Fn(usize) -> usize) -> Candidate {
    let range = |range: &Range<usize>| move_to(range.start)..move_to(range.end);
    Candidate { span: range(&candidate.span), place: range(&candidate.place), ..candidate.clone() }
}
