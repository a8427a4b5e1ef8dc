//! What is remembered of a content that was searched, for the contents that are made of it.

use super::look::Item;
use crate::candidate::{Candidate, Encoding};
use std::ops::Range;
use std::sync::Arc;

/// What came of the keywords and encoded runs of one content.
#[derive(Debug, Default)]
pub struct Trace {
    /// Bytes of the content.
    pub(super) len: usize,
    /// Sorted.
    pub(super) marks: Vec<Mark>,
    /// Sorted.
    pub(super) runs: Vec<Opened>,
    /// What came of the content depends on more than the bytes around each place: a limit, or NUL bytes.
    pub(super) closed: bool,
}

/// What came of a keyword.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Which keyword ends where.
    pub(super) key: Key,
    /// The bytes that it depends on.
    pub(super) seen: Range<usize>,
    /// In offsets from the first of these bytes; `None` is nothing.
    pub(super) items: Option<Arc<[Item]>>,
}

/// The end of a keyword, and its number.
pub(super) type Key = (usize, u32);

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

impl Trace {
    /// Everything that came of keywords, in their order.
    pub(super) fn items(&self) -> impl Iterator<Item = Item> + '_ {
        self.marks.iter().flat_map(|mark| {
            let items = mark.items.iter().flat_map(|items| items.iter());
            items.map(|item| item.moved(|offset| offset + mark.seen.start))
        })
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
