//! A content that is made of another one, its base, which was searched: what came of places of the base that stand
//! here unchanged, with all the bytes that it depends on, is taken over; only the other places are looked at.
//!
//! That is exact, as tests assert: what comes of a keyword or an encoded run depends on bytes that it names; and of all
//! that came of a content its candidates are made anew.

use super::buffers::Buffers;
use super::change::Change;
use super::content::{Place, Run};
use super::hints::Keywords;
use super::layer::Layer;
use super::prefilter::Hit;
use super::trace::{Mark, Opened, Trace, Yield};
use super::{Aspect, DetectError, Detection, Detector, archive, overlap};
use crate::blob::{Blob, Piece};
use std::ops::Range;
use std::sync::Arc;

/// A content of which more than this share (of 4) is new, or so near to it that a keyword may be, is searched whole.
const MOST: usize = 3;
/// No keyword holds this byte: keywords are UTF-8.
const NO_KEYWORD: u8 = 0xff;

impl Detector {
    /// Like [`Detector::scan`], for a content that may be made of another one of the same aspect, and on which others
    /// may be based: then its trace tells what is needed for them. The aspect is that of the blob's origin.
    pub fn version(
        &self,
        blob: &Blob<'_>,
        aspect: &Aspect,
        made_of: Option<(&Trace, &[Piece])>,
        is_base: bool,
    ) -> Result<(Detection, Trace), DetectError> {
        let place = aspect.place(&blob.origin);
        if let Some((base, pieces)) = made_of
            && let Some(change) = Change::new(pieces, base.len, blob.bytes.len())
            && let Some(done) = self.changed(&blob.bytes, &place, base, &change, is_base)?
        {
            return Ok(done);
        }
        self.whole(&blob.bytes, &place, is_base)
    }

    /// `None` where the content has to be searched as a whole.
    fn changed(
        &self,
        bytes: &[u8],
        place: &Place<'_>,
        base: &Trace,
        change: &Change,
        is_base: bool,
    ) -> Result<Option<(Detection, Trace)>, DetectError> {
        let nul = |range: &Range<usize>| memchr::memchr(0, bytes.get(range.clone()).unwrap_or_default());
        if base.closed || archive::is_one(bytes) || change.dirty.iter().any(|range| nul(range).is_some()) {
            return Ok(None);
        }
        let zones = change.around(self.longest, &[], bytes.len());
        if zones.iter().map(ExactSizeIterator::len).sum::<usize>() > bytes.len() / 4 * MOST {
            return Ok(None);
        }
        let mut buffers = self.buffers.take();
        self.marks_taken_over(base, change, &mut buffers);
        self.found_in(bytes, &zones, &mut buffers);
        let Buffers { hits, marks: known, new, .. } = &mut buffers;
        hits.sort_unstable();
        hits.dedup();
        hits.retain(|hit| !Mark::among(known, hit));
        let (mut runs, again) = runs_taken_over(base, change);
        let decoded = runs.iter().map(|run| run.decoded).sum();
        let mut run = Run { place, binary: false, decoded, unpacked: 0, limited: decoded > self.limits.bytes };
        let root = Layer::root(bytes);
        let remembered = is_base && Mark::covers(bytes.len());
        let mut yields = yields_taken_over(base, change);
        let known_yields = yields.len();
        self.look_at(&run, &root, hits, remembered.then_some(&mut *new), &mut yields)?;
        if yields.len() > known_yields {
            yields.sort_unstable_by_key(|one| one.hit);
        }
        let windows = change.around(1, &again, bytes.len());
        let mut opened = Vec::new();
        let bounded = self.opened(&mut run, &root, &windows, &runs, &mut opened)?;
        if run.limited || !bounded {
            return Ok(None);
        }
        runs.append(&mut opened);
        runs.sort_unstable_by_key(|run| run.key);
        let marks = if remembered { Mark::merged(known, new) } else { Vec::new() };
        let keywords = Keywords { hits, marks: known };
        let trace = Trace { len: bytes.len(), marks, yields, runs, closed: !remembered };
        let candidates = overlap::resolve(self.candidates(&run, &root, &keywords, &trace)?);
        self.buffers.give_back(|kept| *kept = buffers);
        Ok(Some((Detection { candidates, limited: false, closed: false }, trace)))
    }

    /// Pushes the keywords in some parts of a content, found in all of them at once.
    fn found_in(&self, bytes: &[u8], zones: &[Range<usize>], buffers: &mut Buffers) {
        let Buffers { hits, found, parts, places, .. } = buffers;
        for zone in zones {
            places.push((parts.len(), zone.start));
            parts.extend_from_slice(bytes.get(zone.clone()).unwrap_or_default());
            parts.push(NO_KEYWORD);
        }
        self.prefilter.find(parts, found);
        hits.extend(found.drain(..).filter_map(|hit| {
            let (part, zone) = places.get(places.partition_point(|place| place.0 < hit.end).checked_sub(1)?)?;
            Some(Hit { end: hit.end - part + zone, ..hit })
        }));
    }

    /// Pushes the keywords that were looked at and of which the same comes here, sorted; and those to be looked at again.
    fn marks_taken_over(&self, base: &Trace, change: &Change, buffers: &mut Buffers) {
        for copy in &change.copies {
            let first = base.marks.partition_point(|mark| mark.end() <= copy.from);
            let inside = base.marks.get(first..).unwrap_or_default().iter();
            for mark in inside.take_while(|mark| mark.end() <= copy.from + copy.len) {
                let moved = mark.moved(copy.from, copy.to);
                if copy.holds(&mark.seen(), base.len) {
                    buffers.marks.push(moved);
                } else if self.start(&mark.hit()) >= copy.from {
                    buffers.hits.push(moved.hit());
                }
            }
        }
    }
}

/// What came of keywords and holds here too, sorted.
fn yields_taken_over(base: &Trace, change: &Change) -> Vec<Yield> {
    let mut yields = Vec::new();
    for copy in change.copies.iter().filter(|_| !base.yields.is_empty()) {
        let first = base.yields.partition_point(|one| one.hit.end <= copy.from);
        let inside = base.yields.get(first..).unwrap_or_default().iter();
        let inside = inside.take_while(|one| one.hit.end <= copy.from + copy.len);
        yields.extend(inside.filter(|one| copy.holds(&one.seen, base.len)).map(|one| {
            let seen = copy.moved(one.seen.start)..copy.moved(one.seen.end);
            Yield { hit: Hit { end: copy.moved(one.hit.end), ..one.hit }, seen, items: Arc::clone(&one.items) }
        }));
    }
    yields
}

/// What came of encoded runs and holds here too, sorted; and where runs are to be looked at again.
fn runs_taken_over(base: &Trace, change: &Change) -> (Vec<Opened>, Vec<Range<usize>>) {
    let (mut runs, mut again) = (Vec::new(), Vec::new());
    for copy in change.copies.iter().filter(|_| !base.runs.is_empty()) {
        for run in &base.runs {
            let (encoding, start) = run.key;
            if copy.holds(&run.seen, base.len) {
                let seen = copy.moved(run.seen.start)..copy.moved(run.seen.end);
                runs.push(Opened { key: (encoding, copy.moved(start)), seen, ..run.clone() });
            } else if copy.from <= start && start < copy.from + copy.len {
                again.push(copy.moved(start)..copy.moved(start) + 1);
            }
        }
    }
    runs.sort_unstable_by_key(|run| run.key);
    (runs, again)
}
