//! A scan from its source to its outcome.

use super::collect::{Collected, Collector};
use super::merge::{self, Merged};
use super::outcome::{Below, Engine, Gap, Judged, Outcome};
use super::scanner::Scanner;
use crate::coverage::{Coverage, Tally};
use crate::detect::DetectError;
use crate::policy::Gate;
use crate::source::Source;
use crate::text::{Mask, Shown};
use std::collections::{BTreeSet, HashMap};

/// A run that came to no outcome.
#[derive(Debug, thiserror::Error)]
pub enum ScanError<E: std::error::Error> {
    /// The source cannot be read at all.
    #[error(transparent)]
    Source(E),
    /// The rules do not work.
    #[error(transparent)]
    Detect(DetectError),
}

impl Scanner<'_> {
    /// Reads `source` to its end and judges what it holds.
    pub fn run<S: Source + ?Sized>(&self, source: &mut S) -> Result<Outcome, ScanError<S::Error>> {
        let collector = Collector::new(self);
        source.read(&collector).map_err(ScanError::Source)?;
        let collected = collector.finish().map_err(ScanError::Detect)?;
        Ok(self.conclude(source, collected))
    }

    pub(super) fn conclude<S: Source + ?Sized>(&self, source: &S, collected: Collected) -> Outcome {
        let findings = self.settled(merge::merge(collected.findings, |origin| source.standing(origin)));
        let people = source.people(&authors(&findings));
        let shard = source.shard();
        let mut outcome = self.outcome(findings, &people, collected.below, collected.coverage);
        if shard.is_none() {
            outcome.limit();
        }
        outcome.shard = shard;
        outcome
    }

    /// Settles what depends on more than one finding by itself.
    fn settled(&self, findings: Vec<Merged>) -> Vec<Merged> {
        let (mut findings, seams): (Vec<_>, Vec<_>) =
            findings.into_iter().map(|(finding, judgement, seam)| ((finding, judgement), seam)).unzip();
        self.policy.settle(&mut findings, self.occasion);
        findings.into_iter().zip(seams).map(|((finding, judgement), seam)| (finding, judgement, seam)).collect()
    }

    fn outcome(
        &self,
        findings: Vec<Merged>,
        people: &HashMap<Vec<u8>, Vec<u8>>,
        below: Below,
        coverage: Coverage,
    ) -> Outcome {
        let mut gate = Gate::new(self.policy.config());
        findings.iter().for_each(|(_, judgement, _)| gate.count(judgement));
        coverage.unread_reasons().keys().for_each(|reason| gate.unread(reason.as_str()));
        let gate = gate.outcome();
        let mut shown = HashMap::new();
        let mut judged: Vec<Judged> =
            findings.into_iter().map(|merged| self.show(merged, people, &mut shown)).collect();
        judged.sort_by(|a, b| key(a).cmp(&key(b)));
        let skipped = coverage.skipped().iter().map(|(reason, tally)| self.gap(reason.as_str(), tally)).collect();
        let unread = coverage.unread_reasons().iter().map(|(reason, tally)| self.gap(reason.as_str(), tally)).collect();
        Outcome {
            decision: gate.decision,
            would: gate.would,
            mode: self.policy.config().mode.value.as_str(),
            exit: gate.exit,
            judged,
            unlisted: 0,
            below,
            coverage,
            skipped,
            unread,
            engine: Engine {
                version: env!("CARGO_PKG_VERSION"),
                rules_digest: data_encoding::HEXLOWER.encode(&self.rules_digest),
                policy_digest: self.policy.digest(),
                salt: self.fingerprinter.salt().name(),
            },
            shard: None,
            most: self.policy.config().findings.value,
            warnings: Vec::new(),
        }
    }

    fn show(
        &self,
        (finding, judgement, seam): Merged,
        people: &HashMap<Vec<u8>, Vec<u8>>,
        known: &mut HashMap<Vec<u8>, Shown>,
    ) -> Judged {
        let mut safe = |bytes: &[u8]| {
            known.entry(bytes.to_vec()).or_insert_with(|| Shown::new(bytes, self.detector as &dyn Mask)).clone()
        };
        let path = finding.origin.path.as_deref().map(&mut safe);
        let author = finding.origin.commit.as_ref();
        let author = author.map(|commit| safe(people.get(&*commit.author).map_or(&commit.author, Vec::as_slice)));
        let suppression = judgement.suppression();
        let reason = suppression.map(|suppression| safe(suppression.reason.as_bytes()));
        let owner = suppression.and_then(|suppression| suppression.owner.as_ref()).map(|owner| safe(owner.as_bytes()));
        let because = finding.because.as_deref().map(|text| safe(text.as_bytes()));
        let note = judgement.note.as_deref().map(|text| safe(text.as_bytes()));
        Judged { path, author, reason, owner, because, note, seam, finding, judgement }
    }

    fn gap(&self, reason: &'static str, tally: &Tally) -> Gap {
        let mut examples: Vec<Shown> = tally.examples.iter().map(|bytes| Shown::new(bytes, self.detector)).collect();
        examples.sort();
        Gap { reason, count: tally.count, examples }
    }
}

impl Outcome {
    /// Lists no more than the limit; what is beyond it is counted.
    pub(super) fn limit(&mut self) {
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        self.unlisted = self.judged.len().saturating_sub(most) as u64;
        self.judged.truncate(most);
    }
}

/// Every author of a finding once.
fn authors(findings: &[Merged]) -> Vec<&[u8]> {
    let commits = findings.iter().filter_map(|(finding, ..)| finding.origin.commit.as_ref());
    let authors: BTreeSet<&[u8]> = commits.map(|commit| &*commit.author).collect();
    authors.into_iter().collect()
}

/// Path, line, column, rule, commit.
pub(super) fn key(judged: &Judged) -> impl Ord + '_ {
    let finding = &judged.finding;
    (
        judged.path.as_ref().map(Shown::as_str).unwrap_or_default(),
        finding.location.line_start,
        finding.location.column_start,
        finding.rule.id.as_str(),
        finding.origin.commit.as_ref().map(|commit| commit.id),
        finding.origin.kind,
        finding.span.start,
        finding.origin.id,
        finding.fingerprint,
    )
}
