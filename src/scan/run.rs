//! A scan from its source to its outcome.

use super::collect::Collector;
use super::merge;
use super::outcome::{Below, Engine, Gap, Judged, Outcome};
use super::scanner::Scanner;
use crate::coverage::{Coverage, Tally};
use crate::detect::DetectError;
use crate::finding::Finding;
use crate::policy::{Gate, Judgement};
use crate::source::Source;
use crate::text::{Mask, Shown};
use std::collections::HashMap;

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
        let mut findings = merge::merge(collected.findings, |origin| source.standing(origin));
        self.policy.settle(&mut findings, self.occasion);
        Ok(self.outcome(findings, collected.below, collected.coverage))
    }

    fn outcome(&self, mut findings: Vec<(Finding, Judgement)>, below: Below, coverage: Coverage) -> Outcome {
        findings.sort_by(|(a, _), (b, _)| key(a).cmp(&key(b)));
        let mut gate = Gate::new(self.policy.config());
        findings.iter().for_each(|(_, judgement)| gate.count(judgement));
        coverage.unread_reasons().keys().for_each(|reason| gate.unread(reason.as_str()));
        let gate = gate.outcome();
        let listed = usize::try_from(self.policy.config().findings.value).unwrap_or(usize::MAX);
        let unlisted = findings.len().saturating_sub(listed) as u64;
        findings.truncate(listed);
        let mut shown = HashMap::new();
        let judged =
            findings.into_iter().map(|(finding, judgement)| self.show(finding, judgement, &mut shown)).collect();
        let skipped = coverage.skipped().iter().map(|(reason, tally)| self.gap(reason.as_str(), tally)).collect();
        let unread = coverage.unread_reasons().iter().map(|(reason, tally)| self.gap(reason.as_str(), tally)).collect();
        Outcome {
            decision: gate.decision,
            would: gate.would,
            mode: self.policy.config().mode.value.as_str(),
            exit: gate.exit,
            judged,
            unlisted,
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
            warnings: Vec::new(),
        }
    }

    fn show(&self, finding: Finding, judgement: Judgement, known: &mut HashMap<Vec<u8>, Shown>) -> Judged {
        let mut safe = |bytes: &[u8]| {
            known.entry(bytes.to_vec()).or_insert_with(|| Shown::new(bytes, self.detector as &dyn Mask)).clone()
        };
        let path = finding.origin.path.as_deref().map(&mut safe);
        let author = finding.origin.commit.as_ref().map(|commit| safe(&commit.author));
        let suppression = judgement.suppression();
        let reason = suppression.map(|suppression| safe(suppression.reason.as_bytes()));
        let owner = suppression.and_then(|suppression| suppression.owner.as_ref()).map(|owner| safe(owner.as_bytes()));
        let because = finding.because.as_deref().map(|text| safe(text.as_bytes()));
        let note = judgement.note.as_deref().map(|text| safe(text.as_bytes()));
        Judged { path, author, reason, owner, because, note, finding, judgement }
    }

    fn gap(&self, reason: &'static str, tally: &Tally) -> Gap {
        let examples = tally.examples.iter().map(|bytes| Shown::new(bytes, self.detector)).collect();
        Gap { reason, count: tally.count, examples }
    }
}

/// Path, line, column, rule, commit.
fn key(finding: &Finding) -> impl Ord + '_ {
    (
        finding.origin.path.as_deref().unwrap_or_default(),
        finding.location.line_start,
        finding.location.column_start,
        finding.rule.id.as_str(),
        finding.origin.commit.as_ref().map(|commit| commit.id),
        finding.origin.kind,
        finding.span.start,
    )
}
