//! `exceptions.jsonl`: every entry of the baseline in force, and everything that was excused, by what.

use crate::policy::{Baseline, Verdict};
use crate::scan::{Judged, Outcome};
use crate::text::{Mask, Shown};
use serde_json::{Value, json};

/// The entries of a baseline, each as a line; the same for every bundle of a run. `mask` makes what people wrote safe to
/// keep.
pub fn known(baseline: &Baseline, mask: &dyn Mask) -> Vec<String> {
    let entries = baseline.entries().iter().filter_map(|entry| serde_json::to_value(entry).ok());
    let mut lines: Vec<String> = entries
        .map(|mut entry| {
            safe(&mut entry, mask);
            json!({ "kind": "baseline", "entry": entry }).to_string()
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// The file: a head, what is [`known`], and a line for each finding that was excused, sorted. Never empty.
pub fn exceptions(known: &[String], outcome: &Outcome) -> Vec<u8> {
    let mut excused: Vec<String> = outcome.judged.iter().filter_map(excused).map(|line| line.to_string()).collect();
    excused.sort_unstable();
    let head = json!({
        "schema": "keyward/exceptions/v1",
        "baseline": known.len(),
        "excused": excused.len(),
    });
    let mut text = format!("{head}\n");
    for line in known.iter().chain(&excused) {
        text.push_str(line);
        text.push('\n');
    }
    text.into_bytes()
}

fn excused(judged: &Judged) -> Option<Value> {
    let Verdict::Suppressed(suppression) = &judged.judgement.verdict else { return None };
    let finding = &judged.finding;
    Some(json!({
        "kind": "excused",
        "by": suppression.by.as_str(),
        "reason": judged.reason,
        "owner": judged.owner,
        "expires": suppression.expires.map(|day| day.to_string()),
        "rule": finding.rule.id,
        "fingerprint": finding.fingerprint.to_string(),
        "object": finding.origin.kind.as_str(),
        "path": judged.path,
        "line": finding.location.line_start,
    }))
}

/// Makes every text of a value safe.
fn safe(value: &mut Value, mask: &dyn Mask) {
    match value {
        Value::String(text) => *text = Shown::new(text.as_bytes(), mask).to_string(),
        Value::Array(list) => list.iter_mut().for_each(|value| safe(value, mask)),
        Value::Object(map) => map.values_mut().for_each(|value| safe(value, mask)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
