//! The machine's format, `keyward/report/v1`: one object; fields are added, never renamed.

use super::document::{self, SCHEMA, Word};
use super::view::{commit, complete, date, link, listed, path, plain};
use super::{Report, Timing};
use crate::finding::ObjectKind;
use crate::policy::{Decision, Verdict};
use crate::rule::Confidence;
use crate::scan::{Gap, Judged, Outcome};
use crate::text::Shown;
use std::io;

/// Writes `keyward/report/v1`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

/// Why there is no outcome: what an error says, made safe to print.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What kind of error, in kebab-case.
    pub kind: &'static str,
    /// What happened.
    pub message: Shown,
    /// The file that it is about.
    pub file: Option<Shown>,
    /// The line of that file, from 1.
    pub line: Option<u64>,
    /// The column of that line in characters, from 1.
    pub column: Option<u64>,
    /// What to do next.
    pub hints: Vec<Shown>,
}

impl Report for Json {
    fn write(&self, outcome: &Outcome, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        one_object(&document(outcome, Some(timing)), out)
    }
}

/// Writes the object of a run that ended in an error: the verdict is `incomplete`, there are no findings.
pub fn write_failure(failure: &Failure, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
    let error = document::Error {
        kind: failure.kind.to_owned(),
        message: failure.message.to_string(),
        file: failure.file.as_ref().map(Shown::to_string),
        line: failure.line,
        column: failure.column,
        hints: failure.hints.iter().map(Shown::to_string).collect(),
    };
    let document = document::Report {
        schema: SCHEMA.to_owned(),
        verdict: Word::Incomplete,
        mode: None,
        would: None,
        exit: None,
        findings: Vec::new(),
        unlisted: None,
        below: None,
        coverage: None,
        warnings: None,
        engine: None,
        shard: None,
        error: Some(error),
        timing: Some(clock(timing)),
    };
    one_object(&document, out)
}

/// An outcome as data; evidence is kept without `timing`.
pub fn document(outcome: &Outcome, timing: Option<&Timing>) -> document::Report {
    let engine = &outcome.engine;
    document::Report {
        schema: SCHEMA.to_owned(),
        verdict: word(outcome.decision),
        mode: Some(outcome.mode.to_owned()),
        would: Some(word(outcome.would)),
        exit: Some(outcome.exit),
        findings: listed(outcome).map(|judged| finding(judged, outcome.shard.is_some())).collect(),
        unlisted: Some(outcome.unlisted),
        below: Some(below(outcome)),
        coverage: Some(coverage(outcome)),
        warnings: Some(outcome.warnings.iter().map(Shown::to_string).collect()),
        engine: Some(document::Engine {
            version: engine.version.to_owned(),
            rules_digest: engine.rules_digest.clone(),
            policy_digest: engine.policy_digest.clone(),
            salt: engine.salt.clone(),
        }),
        shard: outcome.shard.as_ref().map(|shard| document::Shard {
            index: shard.part.index,
            of: shard.part.of,
            tips: shard.tips.clone(),
            plan: shard.plan.clone(),
            most: outcome.most,
        }),
        error: None,
        timing: timing.map(clock),
    }
}

fn one_object(document: &document::Report, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    out.write_all(b"\n")
}

fn word(decision: Decision) -> Word {
    match decision {
        Decision::Pass => Word::Pass,
        Decision::Incomplete => Word::Incomplete,
        Decision::Block => Word::Block,
    }
}

fn fate(verdict: &Verdict) -> document::Fate {
    match verdict {
        Verdict::Block => document::Fate::Block,
        // What lies below is not listed.
        Verdict::Warn | Verdict::Below => document::Fate::Warn,
        Verdict::Suppressed(_) => document::Fate::Suppressed,
    }
}

fn finding(judged: &Judged, shard: bool) -> document::Finding {
    let finding = &judged.finding;
    let place = &finding.location;
    let (verdict, would) = (&judged.judgement.verdict, &judged.judgement.would);
    let id = |kinds: &[ObjectKind]| {
        let id = finding.origin.id.filter(|_| kinds.contains(&finding.origin.kind));
        id.map(|id| id.to_string())
    };
    let text = |shown: &Option<Shown>| shown.as_ref().map(Shown::to_string);
    document::Finding {
        rule: finding.rule.id.clone(),
        provider: plain(&finding.rule.provider).to_string(),
        description: plain(&finding.rule.description).to_string(),
        kind: Some(finding.rule.kind),
        severity: finding.severity,
        confidence: finding.confidence,
        verdict: fate(verdict),
        would: (would.as_str() != verdict.as_str()).then(|| fate(would)),
        suppression: suppression(judged),
        note: text(&judged.note),
        because: text(&judged.because),
        path: path(judged).map(str::to_owned),
        line_start: place.line_start,
        line_end: place.line_end,
        column_start: place.column_start,
        column_end: place.column_end,
        commit: commit(finding),
        tag: id(&[ObjectKind::Tag]),
        author: text(&judged.author),
        date: date(finding),
        occurrences: finding.occurrences,
        in_head: finding.in_head,
        unreferenced: finding.origin.unreferenced,
        blob: id(&[ObjectKind::Blob, ObjectKind::Path]),
        object: finding.origin.kind.as_str().to_owned(),
        fingerprint: finding.fingerprint.to_string(),
        preview: finding.preview.as_str().to_owned(),
        decoded_from: finding.decoded_from.iter().map(|encoding| encoding.as_str().to_owned()).collect(),
        rotate: link(finding.rule.rotate.as_ref()).map(str::to_owned),
        seam: judged.seam.filter(|_| shard).map(|seam| document::Seam {
            age: seam.age.map(|age| (age.date, age.generation)),
            offset: finding.span.start as u64,
            objects: seam.objects,
            nameless: seam.nameless,
        }),
    }
}

fn suppression(judged: &Judged) -> Option<document::Suppression> {
    let Verdict::Suppressed(suppression) = &judged.judgement.verdict else { return None };
    Some(document::Suppression {
        by: suppression.by.as_str().to_owned(),
        reason: judged.reason.as_ref().map(Shown::to_string),
        owner: judged.owner.as_ref().map(Shown::to_string),
        expires: suppression.expires,
    })
}

fn coverage(outcome: &Outcome) -> document::Coverage {
    let reasons = |gaps: &[Gap]| gaps.iter().map(reason).collect();
    document::Coverage {
        refs: outcome.coverage.refs,
        commits: outcome.coverage.commits,
        blobs: outcome.coverage.blobs,
        bytes: outcome.coverage.bytes,
        skipped: reasons(&outcome.skipped),
        unread: reasons(&outcome.unread),
        complete: complete(outcome),
    }
}

fn reason(gap: &Gap) -> document::Reason {
    let examples = gap.examples.iter().map(Shown::to_string).collect();
    document::Reason { reason: gap.reason.to_owned(), count: gap.count, examples }
}

fn below(outcome: &Outcome) -> document::Below {
    let count = |level| outcome.below.count(level);
    document::Below { low: count(Confidence::Low), medium: count(Confidence::Medium), high: count(Confidence::High) }
}

fn clock(timing: &Timing) -> document::Timing {
    document::Timing { started: timing.started, seconds: timing.seconds }
}
