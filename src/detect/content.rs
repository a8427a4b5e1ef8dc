//! A whole content: its keywords, what is encoded in it, and what is encoded in that.

use super::archive;
use super::decode::{self, Decoded};
use super::folder;
use super::generic::Surroundings;
use super::hints::Keywords;
use super::layer::{Layer, Map};
use super::look::Scratch;
use super::overlap;
use super::prefilter::Hit;
use super::trace::{Mark, Opened, Trace, Yield, moved};
use super::{DetectError, Detection, Detector};
use crate::blob::{ObjectKind, Origin};
use crate::candidate::Candidate;
use std::cell::OnceCell;
use std::ops::Range;

/// Bytes at the beginning of a content in which a NUL makes it a binary, as git has it.
pub(super) const BINARY_PROBE: usize = 8000;

/// What is taken from where a content comes.
pub(super) struct Place<'o> {
    pub(super) kind: ObjectKind,
    pub(super) path: Option<&'o [u8]>,
    /// Asked for where something is found, which is in few files.
    shows: OnceCell<bool>,
    pins: OnceCell<bool>,
    surroundings: OnceCell<Surroundings>,
}

/// What a whole content has in common with the texts inside it.
pub(super) struct Run<'o> {
    pub(super) place: &'o Place<'o>,
    pub(super) binary: bool,
    pub(super) decoded: usize,
    /// Bytes that archives were unpacked to.
    pub(super) unpacked: usize,
    pub(super) limited: bool,
}

impl<'o> Place<'o> {
    /// Reads an origin.
    pub(super) fn of(origin: &'o Origin) -> Self {
        Self::at(origin.kind, origin.path.as_deref())
    }

    pub(super) fn at(kind: ObjectKind, path: Option<&'o [u8]>) -> Self {
        Self { kind, path, shows: OnceCell::new(), pins: OnceCell::new(), surroundings: OnceCell::new() }
    }

    /// One of which all is known.
    pub(super) fn known(kind: ObjectKind, path: Option<&'o [u8]>, shows: bool, surroundings: Surroundings) -> Self {
        Self { kind, path, shows: shows.into(), pins: OnceCell::new(), surroundings: surroundings.into() }
    }

    /// The place in an archive at `outer`.
    pub(super) fn within(self, outer: &Self) -> Self {
        let shows = if outer.shows() { OnceCell::from(true) } else { OnceCell::new() };
        Self { shows, ..self }
    }

    /// The file is there to test or to show something.
    pub(super) fn shows(&self) -> bool {
        *self.shows.get_or_init(|| self.path.is_some_and(folder::for_show))
    }

    /// The file pins packages by their digests.
    pub(super) fn pins(&self) -> bool {
        *self.pins.get_or_init(|| self.path.is_some_and(folder::pins))
    }

    pub(super) fn surroundings(&self) -> Surroundings {
        *self.surroundings.get_or_init(|| Surroundings::of(self.path.unwrap_or_default()))
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
        let mut run = Run { place, binary, decoded: 0, unpacked: 0, limited: false };
        let root = Layer::root(bytes);
        let mut buffers = self.buffers.take();
        self.prefilter.find(bytes, &mut buffers.hits);
        buffers.hits.sort_unstable();
        let mut trace = Trace { len: bytes.len(), ..Trace::default() };
        let archive = archive::is_one(bytes);
        let remembered = is_base && Mark::covers(bytes.len()) && nul.is_none() && !archive;
        self.look_at(&run, &root, &buffers.hits, remembered.then_some(&mut trace.marks), &mut trace.yields)?;
        let mut bounded = true;
        if !run.binary {
            let all = 0..bytes.len();
            bounded = self.opened(&mut run, &root, std::slice::from_ref(&all), &[], &mut trace.runs)?;
        }
        let keywords = Keywords { hits: &buffers.hits, marks: &[] };
        let mut candidates = self.candidates(&run, &root, &keywords, &trace)?;
        self.buffers.give_back(|kept| *kept = buffers);
        if nul.is_some() {
            self.inner(&mut run, &root, decode::folded, &mut candidates)?;
        }
        let mut candidates = overlap::resolve(candidates);
        let closed = archive && self.archive(&mut run, &root, &mut candidates)?;
        trace.closed = !remembered || run.limited || !bounded;
        Ok((Detection { candidates, limited: run.limited, closed }, trace))
    }

    /// Pushes what comes of keywords of the stored text, and each of them into `marks`.
    pub(super) fn look_at(
        &self,
        run: &Run<'_>,
        root: &Layer<'_>,
        hits: &[Hit],
        mut marks: Option<&mut Vec<Mark>>,
        yields: &mut Vec<Yield>,
    ) -> Result<(), DetectError> {
        let (mut scratch, mut items) = (Scratch::default(), Vec::new());
        if let Some(marks) = &mut marks {
            marks.reserve_exact(hits.len());
        }
        for hit in hits {
            let seen = self.look(run, root, hit, &mut scratch, &mut items)?;
            if let Some(marks) = &mut marks {
                marks.push(Mark::new(hit, &seen));
            }
            if !items.is_empty() {
                let items = items.drain(..).map(|item| item.moved(|offset| offset - seen.start)).collect();
                yields.push(Yield { hit: *hit, seen, items });
            }
        }
        Ok(())
    }

    /// Where a keyword begins.
    pub(super) fn start(&self, hit: &Hit) -> usize {
        hit.end - self.targets.get(hit.keyword as usize).map_or(0, |target| target.0).min(hit.end)
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
        let bounded = decode::runs(root.text, windows, self.limits.bytes, &mut |decoded| {
            let key = decoded.key();
            if known.binary_search_by_key(&key, |known| known.key).is_ok() {
                return true;
            }
            let before = run.decoded;
            if !self.admits(run, root, &decoded) {
                return false;
            }
            let mut candidates = Vec::new();
            outcome = self.layer(run, &decoded.layer(root), &mut candidates);
            let seen = decoded.seen(root.text);
            let moved = |candidate| moved(candidate, |offset| offset - seen.start);
            let candidates = (!candidates.is_empty()).then(|| candidates.iter().map(moved).collect());
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
        keywords: &Keywords<'_>,
        trace: &Trace,
    ) -> Result<Vec<Candidate>, DetectError> {
        let mut candidates = Vec::new();
        self.settle(run, root, keywords, trace.items(), &mut candidates)?;
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

    /// Searches a decoded text, and what is decoded in it.
    pub(super) fn layer(
        &self,
        run: &mut Run<'_>,
        layer: &Layer<'_>,
        out: &mut Vec<Candidate>,
    ) -> Result<(), DetectError> {
        let mut hits = Vec::new();
        self.prefilter.find(layer.text, &mut hits);
        hits.sort_unstable();
        let (mut items, mut scratch) = (Vec::new(), Scratch::default());
        for hit in &hits {
            self.look(run, layer, hit, &mut scratch, &mut items)?;
        }
        self.settle(run, layer, &Keywords { hits: &hits, marks: &[] }, items.into_iter(), out)?;
        if run.binary && layer.stored() {
            return Ok(());
        }
        self.inner(run, layer, |text, take| decode::all_runs(text, self.limits.bytes, take), out)
    }

    /// Searches what `find` brings out of `layer`.
    pub(super) fn inner(
        &self,
        run: &mut Run<'_>,
        layer: &Layer<'_>,
        find: impl Fn(&[u8], &mut dyn FnMut(Decoded) -> bool),
        out: &mut Vec<Candidate>,
    ) -> Result<(), DetectError> {
        let mut outcome = Ok(());
        find(layer.text, &mut |decoded| {
            // What stands in the line before an encoded run was opened where it stands.
            if matches!(&decoded.map, Map::Decoded { run, .. } if !layer.touches_decoded(run)) {
                return true;
            }
            if !self.admits(run, layer, &decoded) {
                return false;
            }
            outcome = self.layer(run, &decoded.layer(layer), out);
            outcome.is_ok()
        });
        outcome
    }
}
