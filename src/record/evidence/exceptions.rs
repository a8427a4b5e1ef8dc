//! `exceptions.jsonl`: every entry of the baseline in force, and everything that was excused, by what.

use crate::policy::{Baseline, Verdict};
use crate::scan::{Judged, Outcome};
use crate::text::{Mask, Shown};
use serde_json::{Value, json};

/// One line a head, an entry of the baseline, or an excused finding; sorted, and never empty. `mask` makes what people
/// wrote safe to keep.
pub fn exceptions(baseline: &Baseline, outcome: &Outcome, mask: &dyn Mask) -> Vec<u8> {
    let excused = outcome.judged.iter().filter_map(excused);
    let entries = baseline.entries().iter().filter_map(|entry| serde_json::to_value(entry).ok()).map(|mut entry| {
        safe(&mut entry, mask);
        json!({ "kind": "baseline", "entry": entry }).to_string()
    });
    let mut lines: Vec<String> = entries.chain(excused.map(|line| line.to_string())).collect();
    lines.sort_unstable();
    lines.dedup();
    let head = json!({
        "schema": "keyward/exceptions/v1",
        "baseline": baseline.entries().len(),
        "excused": outcome.judged.iter().filter_map(self::excused).count(),
    });
    std::iter::once(head.to_string())
        .chain(lines)
        .flat_map(|line| [line, "\n".to_owned()])
        .collect::<String>()
        .into_bytes()
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
