//! How a content is made of another one: what it takes over, and what is new or stands beside something else now.

use crate::blob::Piece;
use std::ops::Range;

/// A copy of fewer bytes counts as new: looking at them costs less than telling them apart.
const SHORTEST: usize = 32;

/// Bytes that were taken over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Copied {
    /// Where they begin in the base.
    pub(super) from: usize,
    /// Where they begin now.
    pub(super) to: usize,
    /// How many they are.
    pub(super) len: usize,
    /// They begin both contents.
    first: bool,
    /// They end both contents.
    last: bool,
}

/// How a content is made of its base.
#[derive(Debug)]
pub(super) struct Change {
    /// In the order of the new content.
    pub(super) copies: Vec<Copied>,
    /// What is new, and as empty ranges where copies meet that do not in the base. Sorted; they may touch.
    pub(super) dirty: Vec<Range<usize>>,
}

impl Copied {
    /// Whether all of `seen` was taken over with this, also what tells that the content ends there.
    pub(super) fn holds(&self, seen: &Range<usize>, base: usize) -> bool {
        self.from <= seen.start
            && seen.end <= self.from + self.len
            && (seen.start > 0 || self.first)
            && (seen.end < base || self.last)
    }

    /// Where a byte of the base stands now.
    pub(super) fn moved(&self, offset: usize) -> usize {
        offset - self.from + self.to
    }
}

impl Change {
    /// Reads the pieces of a content of `len` bytes, whose base has `base` bytes. `None` where they do not fit.
    pub(super) fn new(pieces: &[Piece], base: usize, len: usize) -> Option<Self> {
        let mut change = Self { copies: Vec::with_capacity(pieces.len()), dirty: Vec::with_capacity(pieces.len() + 1) };
        let mut at = 0_usize;
        for piece in pieces {
            let end = at.checked_add(piece.len).filter(|end| *end <= len)?;
            match piece.from {
                Some(from) if piece.len >= SHORTEST => {
                    let behind = from.checked_add(piece.len).filter(|behind| *behind <= base)?;
                    let (first, last) = (from == 0 && at == 0, behind == base && end == len);
                    if !first {
                        change.touch(at..at);
                    }
                    if !last {
                        change.touch(end..end);
                    }
                    change.copies.push(Copied { from, to: at, len: piece.len, first, last });
                }
                _ => change.touch(at..end),
            }
            at = end;
        }
        (at == len).then_some(change)
    }

    /// What is dirty, with so many bytes before and behind it and with `more`, as far as a content of `len` bytes goes.
    /// Sorted and apart.
    pub(super) fn around(&self, bytes: usize, more: &[Range<usize>], len: usize) -> Vec<Range<usize>> {
        let wide = |range: &Range<usize>| range.start.saturating_sub(bytes)..(range.end + bytes).min(len);
        let mut ranges: Vec<Range<usize>> = self.dirty.iter().map(wide).collect();
        if !more.is_empty() {
            ranges.extend(more.iter().cloned());
            ranges.sort_unstable_by_key(|range| range.start);
        }
        ranges.dedup_by(|next, last| {
            let meet = next.start <= last.end;
            if meet {
                last.end = last.end.max(next.end);
            }
            meet
        });
        ranges
    }

    fn touch(&mut self, range: Range<usize>) {
        match self.dirty.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.dirty.push(range),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(pieces: &[(Option<usize>, usize)], base: usize) -> Change {
        let pieces: Vec<Piece> = pieces.iter().map(|&(from, len)| Piece { from, len }).collect();
        let len = pieces.iter().map(|piece| piece.len).sum();
        Change::new(&pieces, base, len).expect("fits")
    }

    fn dirty(pieces: &[(Option<usize>, usize)], base: usize) -> Vec<(usize, usize)> {
        change(pieces, base).dirty.iter().map(|range| (range.start, range.end)).collect()
    }

    #[test]
    fn what_is_new_and_every_seam_is_dirty() {
        assert_eq!(dirty(&[(Some(0), 100)], 100), []);
        assert_eq!(dirty(&[(Some(0), 100)], 101), [(100, 100)]);
        assert_eq!(dirty(&[(Some(1), 100)], 101), [(0, 0)]);
        assert_eq!(dirty(&[(Some(0), 100), (None, 5), (Some(100), 50)], 150), [(100, 105)]);
        assert_eq!(dirty(&[(Some(0), 100), (Some(110), 50)], 160), [(100, 100)]);
        assert_eq!(dirty(&[(Some(0), 100), (Some(100), 5), (Some(105), 50)], 155), [(100, 105)]);
    }

    #[test]
    fn only_what_lies_in_one_copy_is_held() {
        let change = change(&[(Some(0), 100), (None, 5), (Some(110), 50)], 160);
        let held = |range: Range<usize>| change.copies.iter().any(|copy| copy.holds(&range, 160));
        assert!(held(0..100) && held(110..160) && held(20..30));
        assert!(!held(99..101) && !held(90..120) && !held(100..110));
    }

    #[test]
    fn an_end_of_the_base_is_an_end_of_the_content_or_not_held() {
        let change = change(&[(None, 5), (Some(0), 100), (None, 5)], 100);
        let held = |range: Range<usize>| change.copies.iter().any(|copy| copy.holds(&range, 100));
        assert!(held(1..99) && !held(0..50) && !held(50..100));
    }

    #[test]
    fn pieces_that_do_not_fit_are_refused() {
        let piece = [Piece { from: Some(50), len: 60 }];
        assert!(Change::new(&piece, 100, 60).is_none());
        assert!(Change::new(&piece, 110, 61).is_none());
    }
}
