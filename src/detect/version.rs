//! A content that is made of another one, its base, which was searched: what came of places of the base that stand
//! here unchanged, with all the bytes that it depends on, is taken over; only the other places are looked at.
//!
//! That is exact, as tests assert: what comes of a keyword or an encoded run depends on bytes that it names; and of all
//! that came of a content its candidates are made anew.

use super::change::Change;
use super::content::{Place, Run};
use super::layer::Layer;
use super::prefilter::Hit;
use super::trace::{Mark, NEAR, Opened, Trace};
use super::{DetectError, Detection, Detector, decode, overlap};
use crate::blob::{Blob, Piece};

/// A content of which more than this share (of 4) is to be looked at is searched as a whole.
const MOST: usize = 3;

impl Detector {
    /// Like [`Detector::scan`], for a content that may be made of another one of the same aspect, and on which others
    /// may be based: then its trace tells what is needed for them.
    pub fn version(
        &self,
        blob: &Blob<'_>,
        made_of: Option<(&Trace, &[Piece])>,
        is_base: bool,
    ) -> Result<(Detection, Trace), DetectError> {
        let place = Place::of(&blob.origin);
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
        let nul = |range: &std::ops::Range<usize>| memchr::memchr(0, bytes.get(range.clone()).unwrap_or_default());
        if base.closed || change.dirty.iter().any(|range| nul(range).is_some()) {
            return Ok(None);
        }
        let zones = change.around(NEAR.1 + self.longest, NEAR.0 + self.longest, bytes.len());
        if zones.iter().map(ExactSizeIterator::len).sum::<usize>() > bytes.len() / 4 * MOST {
            return Ok(None);
        }
        let (mut marks, mut hits) = self.taken_over(base, change);
        let mut found = Vec::new();
        for zone in zones {
            self.prefilter.find(bytes.get(zone.clone()).unwrap_or_default(), &mut found);
            hits.extend(found.drain(..).map(|hit| Hit { end: hit.end + zone.start, ..hit }));
        }
        hits.sort_unstable();
        hits.dedup();
        hits.retain(|hit| marks.binary_search_by_key(&(hit.end, hit.keyword), |mark| mark.key).is_err());
        let mut runs = runs_taken_over(base, change);
        let decoded = runs.iter().map(|run| run.decoded).sum();
        let mut run = Run { place, binary: false, decoded, limited: decoded > self.limits.bytes };
        let root = Layer::root(bytes);
        marks.extend(self.marks(&run, &root, &hits, is_base)?);
        marks.sort_unstable_by_key(|mark| mark.key);
        let windows = change.around(decode::BEFORE.0, decode::BEFORE.1, bytes.len());
        let mut opened = Vec::new();
        let bounded = self.opened(&mut run, &root, &windows, &runs, &mut opened)?;
        if run.limited || !bounded {
            return Ok(None);
        }
        runs.append(&mut opened);
        runs.sort_unstable_by_key(|run| run.key);
        let trace = Trace { len: bytes.len(), marks, runs, closed: false };
        let candidates = overlap::resolve(self.candidates(&run, &root, &trace)?);
        Ok(Some((Detection { candidates, limited: false }, trace)))
    }

    /// What came of keywords and holds here too, sorted; and keywords to be looked at again.
    fn taken_over(&self, base: &Trace, change: &Change) -> (Vec<Mark>, Vec<Hit>) {
        let (mut marks, mut again) = (Vec::with_capacity(base.marks.len() + 8), Vec::new());
        for copy in &change.copies {
            let first = base.marks.partition_point(|mark| mark.key.0 <= copy.from);
            let inside = base.marks.get(first..).unwrap_or_default().iter();
            for mark in inside.take_while(|mark| mark.key.0 <= copy.from + copy.len) {
                let (end, keyword) = (copy.moved(mark.key.0), mark.key.1);
                if copy.holds(&mark.seen, base.len) {
                    let seen = copy.moved(mark.seen.start)..copy.moved(mark.seen.end);
                    marks.push(Mark { key: (end, keyword), seen, items: mark.items.clone() });
                } else if self.start(mark.key) >= copy.from {
                    again.push(Hit { end, keyword });
                }
            }
        }
        (marks, again)
    }
}

/// What came of encoded runs and holds here too, sorted.
fn runs_taken_over(base: &Trace, change: &Change) -> Vec<Opened> {
    let mut runs = Vec::new();
    for copy in change.copies.iter().filter(|_| !base.runs.is_empty()) {
        for run in base.runs.iter().filter(|run| copy.holds(&run.seen, base.len)) {
            let (encoding, start) = run.key;
            let seen = copy.moved(run.seen.start)..copy.moved(run.seen.end);
            runs.push(Opened { key: (encoding, copy.moved(start)), seen, ..run.clone() });
        }
    }
    runs.sort_unstable_by_key(|run| run.key);
    runs
}
