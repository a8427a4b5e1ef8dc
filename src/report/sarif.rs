//! SARIF 2.1.0, <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, with what code scanning on GitHub
//! asks for besides: a physical location for every result, `security-severity` and `precision` of every rule.

use super::view::{Counts, commit, complete, holder, in_file, link, listed, path, plain};
use super::words::{excuse, gap, grade, unread, why};
use super::{Report, Timing};
use crate::finding::{Finding, ObjectKind};
use crate::policy::{ExcusedBy, Verdict};
use crate::rule::{Confidence, Rule, Severity};
use crate::scan::{Gap, Judged, Outcome};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes SARIF 2.1.0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sarif;

impl Report for Sarif {
    fn write(&self, outcome: &Outcome, _: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run(outcome)] });
        serde_json::to_writer_pretty(&mut *out, &log)?;
        out.write_all(b"\n")
    }
}

fn run(outcome: &Outcome) -> Value {
    let rules: BTreeMap<&str, &Rule> =
        listed(outcome).map(|judged| (judged.finding.rule.id.as_str(), judged.finding.rule.as_ref())).collect();
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let engine = &outcome.engine;
    json!({
        "tool": { "driver": {
            "name": "keyward",
            "version": engine.version,
            "semanticVersion": engine.version,
            "rules": rules.values().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            "properties": {
                "rulesDigest": engine.rules_digest,
                "policyDigest": engine.policy_digest,
                "salt": engine.salt,
            },
        }},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(outcome)],
        "results": results(outcome, &index),
        "properties": {
            "verdict": outcome.decision.as_str(),
            "would": outcome.would.as_str(),
            "mode": outcome.mode,
            "unlisted": outcome.unlisted,
            "blocking": Counts::of(outcome).block,
        },
    })
}

fn descriptor(rule: &Rule) -> Value {
    let description = plain(&rule.description);
    let page = link(rule.rotate.as_ref());
    let rotate = page.map(|page| format!(" How to: {page}")).unwrap_or_default();
    let help = format!(
        "{description}. Revoke it, take it out, and read the new one from the environment or a secret store.{rotate}"
    );
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": { "text": description },
        "fullDescription": { "text": description },
        "help": { "text": help },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": ["security", "secret", plain(&rule.provider)],
            "kind": rule.kind.as_str(),
            "severity": rule.severity.as_str(),
            "security-severity": score(rule.severity),
            "precision": precision(rule.confidence),
        },
    });
    if let (Some(page), Some(fields)) = (page, descriptor.as_object_mut()) {
        fields.insert("helpUri".to_owned(), json!(page));
    }
    descriptor
}

fn results(outcome: &Outcome, index: &BTreeMap<&str, usize>) -> Vec<Value> {
    let mut seen: HashMap<(String, String), u64> = HashMap::new();
    let mut one = |judged| {
        let count = seen.entry((uri(judged), judged.finding.fingerprint.to_string())).or_default();
        *count += 1;
        result(judged, index, *count)
    };
    listed(outcome).map(&mut one).collect()
}

/// The one fingerprint that code scanning on GitHub goes by, a hash and a running number as its own action makes them
/// (<https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>):
/// ours, so that an alert stays the same wherever its line moves.
fn line_hash(judged: &Judged, number: u64) -> String {
    let fingerprint = judged.finding.fingerprint.to_string();
    format!("{}:{number}", fingerprint.rsplit(':').next().unwrap_or_default())
}

fn result(judged: &Judged, index: &BTreeMap<&str, usize>, number: u64) -> Value {
    let finding = &judged.finding;
    let text =
        format!("{}: {}. {} ({}).", plain(&finding.rule.description), finding.preview, why(judged), grade(judged));
    let level = match judged.judgement.verdict {
        Verdict::Block => "error",
        _ => level(finding.severity.min(Severity::Medium)),
    };
    let mut properties = Map::new();
    properties.insert("verdict".to_owned(), json!(judged.judgement.verdict.as_str()));
    properties.insert("would".to_owned(), json!(judged.judgement.would.as_str()));
    properties.insert("severity".to_owned(), json!(finding.severity.as_str()));
    properties.insert("confidence".to_owned(), json!(finding.confidence.as_str()));
    properties.insert("object".to_owned(), json!(finding.origin.kind.as_str()));
    let commit = commit(finding).map(Value::from);
    let note = judged.note.as_ref().map(|note| json!(note));
    properties.extend(commit.map(|commit| ("commit".to_owned(), commit)));
    properties.extend(note.map(|note| ("note".to_owned(), note)));
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index.get(finding.rule.id.as_str()),
        "level": level,
        "message": { "text": text },
        "locations": [location(judged)],
        "partialFingerprints": {
            "keyward/v1": finding.fingerprint,
            "primaryLocationLineHash": line_hash(judged, number),
        },
        "suppressions": suppressions(judged),
        "properties": properties,
    })
}

fn location(judged: &Judged) -> Value {
    let finding = &judged.finding;
    let artifact = json!({ "uri": uri(judged), "uriBaseId": "%SRCROOT%" });
    let mut physical = json!({ "artifactLocation": artifact });
    if let (true, Some(fields)) = (finding.origin.kind != ObjectKind::Path, physical.as_object_mut()) {
        fields.insert("region".to_owned(), region(finding));
    }
    if in_file(finding) {
        return json!({ "physicalLocation": physical });
    }
    let logical = json!({ "name": holder(judged), "kind": finding.origin.kind.as_str() });
    json!({ "physicalLocation": physical, "logicalLocations": [logical] })
}

fn region(finding: &Finding) -> Value {
    let place = &finding.location;
    json!({
        "startLine": place.line_start.max(1),
        "startColumn": place.column_start.max(1),
        "endLine": place.line_end.max(1),
        "endColumn": place.column_end.max(1),
    })
}

/// A relative URI (RFC 3986). What is in no file gets one below `.git`, since code scanning refuses a result without.
fn uri(judged: &Judged) -> String {
    match path(judged) {
        Some(path) => encode(path),
        None if judged.finding.origin.kind == ObjectKind::Blob => "stdin".to_owned(),
        None => format!(".git/{}", encode(&holder(judged).replace(' ', "/"))),
    }
}

fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

/// Empty where none holds: a run has the property on all of its results or on none (section 3.27.23).
fn suppressions(judged: &Judged) -> Vec<Value> {
    let Verdict::Suppressed(suppression) = &judged.judgement.verdict else { return Vec::new() };
    let kind = if suppression.by == ExcusedBy::Pragma { "inSource" } else { "external" };
    vec![json!({ "kind": kind, "status": "accepted", "justification": excuse(judged) })]
}

fn invocation(outcome: &Outcome) -> Value {
    let unread = outcome.unread.iter().map(|reason| notification(reason, "error", &unread(reason)));
    let skipped = outcome
        .skipped
        .iter()
        .map(|reason| notification(reason, "note", &format!("left out on purpose: {}", gap(reason))));
    let warnings = outcome.warnings.iter().map(|text| json!({ "level": "warning", "message": { "text": text } }));
    json!({
        "executionSuccessful": complete(outcome),
        "exitCode": outcome.exit,
        "toolExecutionNotifications": unread.chain(skipped).collect::<Vec<_>>(),
        "toolConfigurationNotifications": warnings.collect::<Vec<_>>(),
    })
}

fn notification(reason: &Gap, level: &str, text: &str) -> Value {
    json!({ "level": level, "message": { "text": text }, "descriptor": { "id": reason.reason } })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// Inside GitHub's bands: critical over 9.0, high from 7.0, medium from 4.0, low from 0.1.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "0.0",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "very-high",
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}
