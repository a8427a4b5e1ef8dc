//! Takes what a source pushes, detects, compares with what was there before, and judges.

use super::context;
use super::outcome::Below;
use super::scanner::Scanner;
use super::versions::Aspects;
use crate::blob::{Blob, Memory, ObjectId, ObjectKind, Origin, Stored};
use crate::candidate::Candidate;
use crate::coverage::{Coverage, Progress, Skip, Unread};
use crate::detect::{DetectError, Detection};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::policy::{Judgement, Verdict, is_old};
use crate::rule::{Confidence, Kind};
use crate::source::{Before, Sink};
use crate::text::Lines;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a scan collected.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) findings: Vec<(Finding, Judgement)>,
    pub(super) below: Below,
    pub(super) coverage: Coverage,
    /// Objects that could not be judged, or not whole, whatever admits them.
    pub(super) lost: Vec<ObjectId>,
    /// Whether the name of a file could not be judged whole.
    pub(super) lost_name: bool,
    /// Where what lies below is; only where it is remembered.
    pub(super) below_at: Vec<(Origin, Confidence)>,
    broken: Option<DetectError>,
}

/// The sink of a scan.
pub(super) struct Collector<'a> {
    pub(super) scanner: &'a Scanner<'a>,
    collected: Mutex<Collected>,
    pub(super) aspects: Mutex<Aspects>,
    /// By random-keyed hashes of kind and identity: fingerprints of weak values are dear, and equality needs no
    /// secret kept.
    fingerprints: Mutex<HashMap<(u64, u64), Fingerprint>>,
    keys: (RandomState, RandomState),
    remembers: bool,
}

impl<'a> Collector<'a> {
    /// A collector that remembers all that a later run needs.
    pub(super) fn remembering(scanner: &'a Scanner<'a>) -> Self {
        Self { remembers: true, ..Self::new(scanner) }
    }

    pub(super) fn new(scanner: &'a Scanner<'a>) -> Self {
        Self {
            remembers: false,
            scanner,
            collected: Mutex::default(),
            aspects: Mutex::default(),
            fingerprints: Mutex::default(),
            keys: (RandomState::new(), RandomState::new()),
        }
    }

    pub(super) fn finish(self) -> Result<Collected, DetectError> {
        let mut collected = self.collected.into_inner().unwrap_or_else(PoisonError::into_inner);
        match collected.broken.take() {
            Some(error) => Err(error),
            None => Ok(collected),
        }
    }

    /// Counts once why nothing more is read, whichever thread is told first.
    fn stopped(&self, reason: Unread, example: &[u8]) {
        let mut state = self.state();
        if !state.coverage.unread_reasons().contains_key(&reason) {
            state.coverage.unread(reason, example);
        }
    }

    fn state(&self) -> MutexGuard<'_, Collected> {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn judge(
        &self,
        blob: &Blob<'_>,
        candidates: Vec<Candidate>,
        before: &dyn Before,
    ) -> Result<(), DetectError> {
        let least = self.scanner.policy.config().min_confidence.value;
        let (candidates, below): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|c| c.confidence >= least);
        let earlier = if candidates.is_empty() { Vec::new() } else { self.earlier(&candidates, before)? };
        let judged: Vec<_> = self
            .findings(blob, candidates)
            .into_iter()
            .filter(|(finding, judgement)| !is_old(finding, judgement, earlier.iter().map(|(f, j)| (f, j))))
            .collect();
        let mut state = self.state();
        below.iter().for_each(|candidate| state.below.add(candidate.confidence));
        if self.remembers {
            let origin = || blob.origin.clone();
            state.below_at.extend(below.iter().map(|candidate| (origin(), candidate.confidence)));
        }
        for (finding, judgement) in judged {
            let judgement = match self.scanner.glass {
                Some(glass) => glass.apply(&finding, judgement),
                None => judgement,
            };
            match judgement.verdict {
                Verdict::Below => state.below.add(finding.confidence),
                _ => state.findings.push((finding, judgement)),
            }
        }
        Ok(())
    }

    /// Takes what was found in a content.
    pub(super) fn judged(&self, blob: &Blob<'_>, detection: Detection, before: &dyn Before) -> Result<(), DetectError> {
        if detection.limited {
            self.state().lost_name |= blob.origin.kind == ObjectKind::Path;
            self.unread(Unread::DecodeLimit, blob.origin.path.as_deref().unwrap_or(b""), blob.origin.id);
        }
        if detection.closed {
            self.skip(Skip::ClosedArchive, blob.origin.path.as_deref().unwrap_or(b""));
        }
        if !detection.candidates.is_empty() {
            self.judge(blob, detection.candidates, before)?;
        }
        // Names are judged too, and are no contents.
        if !matches!(blob.origin.kind, ObjectKind::Path | ObjectKind::RefName) {
            self.state().coverage.judged(blob.bytes.len());
        }
        Ok(())
    }

    /// Breaks if there is a reason to stop.
    fn in_time(&self, origin: &Origin) -> ControlFlow<()> {
        match self.spent(origin.path.as_deref().unwrap_or(b"")) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn go_on<T>(&self, done: Result<T, DetectError>) -> ControlFlow<(), T> {
        match done {
            Ok(done) => ControlFlow::Continue(done),
            Err(error) => {
                self.state().broken = Some(error);
                ControlFlow::Break(())
            }
        }
    }

    /// What the versions before hold of the same secrets.
    fn earlier(&self, new: &[Candidate], before: &dyn Before) -> Result<Vec<(Finding, Judgement)>, DetectError> {
        let mut list = Vec::new();
        let mut outcome = Ok(());
        before.versions(&mut |old| match self.scanner.detector.scan(&old) {
            Ok(detection) => {
                let same = |a: &Candidate, b: &Candidate| a.rule.id == b.rule.id && a.secret == b.secret;
                let mut candidates = detection.candidates;
                candidates.retain(|candidate| new.iter().any(|other| same(candidate, other)));
                list.extend(self.findings(&old, candidates));
            }
            Err(error) => outcome = Err(error),
        });
        outcome.map(|()| list)
    }

    fn findings(&self, blob: &Blob<'_>, candidates: Vec<Candidate>) -> Vec<(Finding, Judgement)> {
        if candidates.is_empty() {
            return Vec::new();
        }
        let lines = Lines::new(&blob.bytes);
        candidates
            .into_iter()
            .map(|candidate| {
                let fingerprint = match self.by_context(&candidate) {
                    true => context::fingerprint(self.scanner.fingerprinter, &candidate, blob, &lines),
                    false => self.fingerprint(&candidate),
                };
                let finding = Finding::new(candidate, blob.origin.clone(), &lines, fingerprint);
                let judgement = self.scanner.policy.judge(&finding, &lines, self.scanner.occasion);
                (finding, judgement)
            })
            .collect()
    }

    /// Whether nothing made of the value may be shown, not even its fingerprint.
    fn by_context(&self, candidate: &Candidate) -> bool {
        candidate.rule.kind == Kind::Regulated && !self.scanner.fingerprinter.hides_numbers()
    }

    fn fingerprint(&self, candidate: &Candidate) -> Fingerprint {
        let kind = candidate.rule.kind.as_str();
        let hash = |key: &RandomState| key.hash_one((kind, candidate.identity.expose()));
        let key = (hash(&self.keys.0), hash(&self.keys.1));
        let known = || self.fingerprints.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fingerprint) = known().get(&key) {
            return *fingerprint;
        }
        let fingerprint = self.scanner.fingerprinter.of(kind, &candidate.identity);
        known().insert(key, fingerprint);
        fingerprint
    }
}

impl Sink for Collector<'_> {
    fn blob(&self, blob: Blob<'_>, before: &dyn Before) -> ControlFlow<()> {
        self.in_time(&blob.origin)?;
        let judged = self.scanner.detector.scan(&blob).and_then(|detection| self.judged(&blob, detection, before));
        self.go_on(judged)
    }

    fn version(&self, bytes: &[u8], origins: &[Origin], stored: Stored<'_>) -> ControlFlow<(), Option<Memory>> {
        origins.first().map_or(ControlFlow::Continue(()), |first| self.in_time(first))?;
        self.go_on(self.see(bytes, origins, stored))
    }

    fn skip(&self, reason: Skip, example: &[u8]) {
        self.state().coverage.skip(reason, example);
    }

    fn unread(&self, reason: Unread, example: &[u8], id: Option<ObjectId>) {
        self.state().lost.extend(id);
        match id.filter(|id| self.scanner.policy.admits(id)) {
            Some(_) => self.state().coverage.skip(Skip::Admitted, example),
            None => self.state().coverage.unread(reason, example),
        }
    }

    fn refs(&self, count: u64) {
        self.state().coverage.refs += count;
    }

    fn commits(&self, count: u64) {
        self.state().coverage.commits += count;
    }

    fn largest(&self) -> u64 {
        self.scanner.policy.config().object.value
    }

    fn known(&self, contents: u64, bytes: u64) {
        let mut state = self.state();
        state.coverage.blobs += contents;
        state.coverage.bytes += bytes;
    }

    fn expect(&self, objects: u64) {
        if let Some(progress) = self.scanner.progress {
            progress.expect(objects);
        }
    }

    fn visited(&self, bytes: u64) {
        if let Some(progress) = self.scanner.progress {
            progress.visited(bytes);
        }
    }

    fn spent(&self, example: &[u8]) -> bool {
        let Some(reason) = (self.scanner.stop)() else { return false };
        self.stopped(reason, example);
        true
    }

    fn came(&self, progress: Progress) {
        self.state().coverage.progress = Some(progress);
    }
}
