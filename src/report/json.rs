//! The machine's format, `keyward/report/v1`: one object; fields are added, never renamed.

use super::view::{commit, complete, date, link, listed, path, plain};
use super::{Report, Timing};
use crate::finding::ObjectKind;
use crate::policy::Verdict;
use crate::rule::Confidence;
use crate::scan::{Gap, Judged, Outcome};
use crate::text::Shown;
use serde::Serialize;
use std::io;

const SCHEMA: &str = "keyward/report/v1";

/// Writes `keyward/report/v1`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

/// Why there is no outcome: what an error says, made safe to print.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Failure {
    /// What kind of error, in kebab-case.
    pub kind: &'static str,
    /// What happened.
    pub message: Shown,
    /// The file that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Shown>,
    /// The line of that file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column of that line in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// What to do next.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Shown>,
}

impl Report for Json {
    fn write(&self, outcome: &Outcome, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        let document = Document {
            schema: SCHEMA,
            verdict: outcome.decision.as_str(),
            findings: listed(outcome).map(Entry::new).collect(),
            unlisted: outcome.unlisted,
            coverage: Receipt::new(outcome),
            engine: Engine::new(outcome),
            mode: outcome.mode,
            would: outcome.would.as_str(),
            below: Below::new(outcome),
            warnings: &outcome.warnings,
            timing: Clock::new(timing),
        };
        one_object(&document, out)
    }
}

/// Writes the object of a run that ended in an error: the verdict is `incomplete`, there are no findings.
pub fn write_failure(failure: &Failure, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
    let document =
        Failed { schema: SCHEMA, verdict: "incomplete", findings: [], error: failure, timing: Clock::new(timing) };
    one_object(&document, out)
}

fn one_object(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    verdict: &'static str,
    mode: &'static str,
    would: &'static str,
    findings: Vec<Entry<'a>>,
    unlisted: u64,
    below: Below,
    coverage: Receipt<'a>,
    warnings: &'a [Shown],
    engine: Engine<'a>,
    timing: Clock,
}

#[derive(Serialize)]
struct Failed<'a> {
    schema: &'static str,
    verdict: &'static str,
    findings: [(); 0],
    error: &'a Failure,
    timing: Clock,
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'a str,
    provider: Shown,
    description: Shown,
    severity: &'static str,
    confidence: &'static str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    would: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppression: Option<Excuse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    line_start: u64,
    line_end: u64,
    column_start: u64,
    column_end: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<&'a Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurrences: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_head: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blob: Option<String>,
    object: &'static str,
    fingerprint: String,
    preview: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    decoded_from: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rotate: Option<&'a str>,
}

#[derive(Serialize)]
struct Excuse<'a> {
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

impl<'a> Entry<'a> {
    fn new(judged: &'a Judged) -> Self {
        let finding = &judged.finding;
        let place = &finding.location;
        let (verdict, would) = (judged.judgement.verdict.as_str(), judged.judgement.would.as_str());
        let id = |kinds: &[ObjectKind]| {
            let id = finding.origin.id.filter(|_| kinds.contains(&finding.origin.kind));
            id.map(|id| id.to_string())
        };
        Self {
            rule: &finding.rule.id,
            provider: plain(&finding.rule.provider),
            description: plain(&finding.rule.description),
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            verdict,
            would: (would != verdict).then_some(would),
            suppression: Excuse::new(judged),
            note: judged.note.as_ref(),
            because: judged.because.as_ref(),
            path: path(judged),
            line_start: place.line_start,
            line_end: place.line_end,
            column_start: place.column_start,
            column_end: place.column_end,
            commit: commit(finding),
            tag: id(&[ObjectKind::Tag]),
            author: judged.author.as_ref(),
            date: date(finding),
            occurrences: finding.occurrences,
            in_head: finding.in_head,
            blob: id(&[ObjectKind::Blob, ObjectKind::Path]),
            object: finding.origin.kind.as_str(),
            fingerprint: finding.fingerprint.to_string(),
            preview: finding.preview.as_str(),
            decoded_from: finding.decoded_from.iter().map(|encoding| encoding.as_str()).collect(),
            rotate: link(finding.rule.rotate.as_ref()),
        }
    }
}

impl<'a> Excuse<'a> {
    fn new(judged: &'a Judged) -> Option<Self> {
        let Verdict::Suppressed(suppression) = &judged.judgement.verdict else { return None };
        Some(Self {
            by: suppression.by.as_str(),
            reason: judged.reason.as_ref(),
            owner: judged.owner.as_ref(),
            expires: suppression.expires.map(|day| day.to_string()),
        })
    }
}

#[derive(Serialize)]
struct Receipt<'a> {
    refs: u64,
    commits: u64,
    blobs: u64,
    bytes: u64,
    skipped: Vec<Reason<'a>>,
    unread: Vec<Reason<'a>>,
    complete: bool,
}

#[derive(Serialize)]
struct Reason<'a> {
    reason: &'static str,
    count: u64,
    examples: &'a [Shown],
}

impl<'a> Receipt<'a> {
    fn new(outcome: &'a Outcome) -> Self {
        let reasons = |gaps: &'a [Gap]| gaps.iter().map(Reason::new).collect();
        Self {
            refs: outcome.coverage.refs,
            commits: outcome.coverage.commits,
            blobs: outcome.coverage.blobs,
            bytes: outcome.coverage.bytes,
            skipped: reasons(&outcome.skipped),
            unread: reasons(&outcome.unread),
            complete: complete(outcome),
        }
    }
}

impl<'a> Reason<'a> {
    fn new(gap: &'a Gap) -> Self {
        Self { reason: gap.reason, count: gap.count, examples: &gap.examples }
    }
}

#[derive(Serialize)]
struct Engine<'a> {
    version: &'static str,
    rules_digest: &'a str,
    policy_digest: &'a str,
    salt: &'a str,
}

impl<'a> Engine<'a> {
    fn new(outcome: &'a Outcome) -> Self {
        let engine = &outcome.engine;
        Self {
            version: engine.version,
            rules_digest: &engine.rules_digest,
            policy_digest: &engine.policy_digest,
            salt: &engine.salt,
        }
    }
}

#[derive(Serialize)]
struct Below {
    low: u64,
    medium: u64,
    high: u64,
}

impl Below {
    fn new(outcome: &Outcome) -> Self {
        let count = |level| outcome.below.count(level);
        Self { low: count(Confidence::Low), medium: count(Confidence::Medium), high: count(Confidence::High) }
    }
}

#[derive(Serialize)]
struct Clock {
    started: String,
    seconds: f64,
}

impl Clock {
    fn new(timing: &Timing) -> Self {
        Self { started: timing.started.to_string(), seconds: timing.seconds }
    }
}
