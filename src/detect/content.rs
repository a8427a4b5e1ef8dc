//! A whole content: its keywords, what is encoded in it, and what is encoded in that.

use super::decode::{self, Decoded};
use super::folder;
use super::generic::Surroundings;
use super::layer::Layer;
use super::look::Scratch;
use super::overlap;
use super::prefilter::Hit;
use super::trace::{Mark, NEAR, Opened, Trace, moved};
use super::{DetectError, Detection, Detector};
use crate::blob::{ObjectKind, Origin};
use crate::candidate::Candidate;
use std::ops::Range;

/// Bytes at the beginning of a content in which a NUL makes it a binary, as git has it.
const BINARY_PROBE: usize = 8000;

/// What is taken from where a content comes.
pub(super) struct Place<'o> {
    pub(super) kind: ObjectKind,
    pub(super) path: Option<&'o [u8]>,
    /// The file is there to test or to show something.
    pub(super) shows: bool,
    pub(super) surroundings: Surroundings,
}

/// What a whole content has in common with the texts inside it.
pub(super) struct Run<'o> {
    pub(super) place: &'o Place<'o>,
    pub(super) binary: bool,
    pub(super) decoded: usize,
    pub(super) limited: bool,
}

impl<'o> Place<'o> {
    pub(super) fn of(origin: &'o Origin) -> Self {
        let path = origin.path.as_deref();
        let surroundings = Surroundings::of(path.unwrap_or_default());
        Self { kind: origin.kind, path, shows: path.is_some_and(folder::for_show), surroundings }
    }
}

impl Detector {
    /// Searches all of a content. The trace is that of a base if `is_base`, else it tells nothing.
    pub(super) fn whole(
        &self,
        bytes: &[u8],
        place: &Place<'_>,
        is_base: bool,
    ) -> Result<(Detection, Trace), DetectError> {
        let nul = memchr::memchr(0, bytes);
        let binary = nul.is_some_and(|at| at < BINARY_PROBE);
        let mut run = Run { place, binary, decoded: 0, limited: false };
        let root = Layer::root(bytes);
        let mut hits = Vec::new();
        self.prefilter.find(bytes, &mut hits);
        hits.sort_unstable();
        let mut trace = Trace { len: bytes.len(), ..Trace::default() };
        trace.marks = self.marks(&run, &root, &hits, is_base)?;
        let mut bounded = true;
        if !run.binary {
            let all = 0..bytes.len();
            bounded = self.opened(&mut run, &root, std::slice::from_ref(&all), &[], &mut trace.runs)?;
        }
        let mut candidates = self.candidates(&run, &root, &trace)?;
        if nul.is_some() {
            self.inner(&mut run, &root, decode::folded, &mut candidates)?;
        }
        trace.closed = nul.is_some() || run.limited || !bounded;
        Ok((Detection { candidates: overlap::resolve(candidates), limited: run.limited }, trace))
    }

    /// What comes of keywords of the stored text. `far`: also of those of which nothing does that depends on bytes far
    /// away.
    pub(super) fn marks(
        &self,
        run: &Run<'_>,
        root: &Layer<'_>,
        hits: &[Hit],
        far: bool,
    ) -> Result<Vec<Mark>, DetectError> {
        let (mut marks, mut scratch, mut items) = (Vec::new(), Scratch::default(), Vec::new());
        for hit in hits {
            let seen = self.look(run, root, hit, &mut scratch, &mut items)?;
            let key = (hit.end, hit.keyword);
            let near = (self.start(key).saturating_sub(NEAR.0), hit.end + NEAR.1);
            if !items.is_empty() {
                let items = items.drain(..).map(|item| item.moved(|offset| offset - seen.start)).collect();
                marks.push(Mark { key, seen, items: Some(items) });
            } else if far && (seen.start < near.0 || seen.end > near.1) {
                marks.push(Mark { key, seen, items: None });
            }
        }
        Ok(marks)
    }

    /// Where a keyword begins.
    pub(super) fn start(&self, (end, keyword): (usize, u32)) -> usize {
        end - self.targets.get(keyword as usize).map_or(0, |target| target.0).min(end)
    }

    /// Searches the encoded runs of the stored text that lie in or touch `windows`, without those in `known` (sorted).
    /// False if what came of it depends on bytes that are far away.
    pub(super) fn opened(
        &self,
        run: &mut Run<'_>,
        root: &Layer<'_>,
        windows: &[Range<usize>],
        known: &[Opened],
        out: &mut Vec<Opened>,
    ) -> Result<bool, DetectError> {
        let mut outcome = Ok(());
        let bounded = decode::runs(root.text, windows, &mut |decoded| {
            let key = (decoded.encoding, decoded.start());
            if known.binary_search_by_key(&key, |known| known.key).is_ok() {
                return true;
            }
            let before = run.decoded;
            if !self.admits(run, root, &decoded) {
                return false;
            }
            let mut candidates = Vec::new();
            outcome = self.layer(run, &decoded.layer(root), &mut candidates);
            let seen = decoded.seen(root.text.len());
            let candidates =
                candidates.iter().map(|candidate| moved(candidate, |offset| offset - seen.start)).collect();
            out.push(Opened { key, seen, decoded: run.decoded - before, candidates });
            outcome.is_ok()
        });
        outcome.map(|()| bounded)
    }

    /// The candidates of the stored text and of its encoded runs, with overlaps.
    pub(super) fn candidates(
        &self,
        run: &Run<'_>,
        root: &Layer<'_>,
        trace: &Trace,
    ) -> Result<Vec<Candidate>, DetectError> {
        let mut candidates = Vec::new();
        self.settle(run, root, trace.items(), &mut candidates)?;
        candidates.extend(trace.candidates());
        Ok(candidates)
    }

    /// Counts a decoded text, if the limits admit it.
    fn admits(&self, run: &mut Run<'_>, layer: &Layer<'_>, decoded: &Decoded) -> bool {
        if layer.depth() >= self.limits.depth || run.decoded + decoded.text.len() > self.limits.bytes {
            run.limited = true;
            return false;
        }
        run.decoded += decoded.text.len();
        true
    }

    /// Searches a decoded text.
    fn layer(&self, run: &mut Run<'_>, layer: &Layer<'_>, out: &mut Vec<Candidate>) -> Result<(), DetectError> {
        let mut hits = Vec::new();
        self.prefilter.find(layer.text, &mut hits);
        hits.sort_unstable();
        let (mut items, mut scratch) = (Vec::new(), Scratch::default());
        for hit in &hits {
            self.look(run, layer, hit, &mut scratch, &mut items)?;
        }
        self.settle(run, layer, items.into_iter(), out)?;
        self.inner(run, layer, decode::all_runs, out)
    }

    /// Searches what `find` brings out of `layer`.
    fn inner(
        &self,
        run: &mut Run<'_>,
        layer: &Layer<'_>,
        find: impl Fn(&[u8], &mut dyn FnMut(Decoded) -> bool),
        out: &mut Vec<Candidate>,
    ) -> Result<(), DetectError> {
        let mut outcome = Ok(());
        find(layer.text, &mut |decoded| {
            if !self.admits(run, layer, &decoded) {
                return false;
            }
            outcome = self.layer(run, &decoded.layer(layer), out);
            outcome.is_ok()
        });
        outcome
    }
}
