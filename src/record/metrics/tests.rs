use super::*;
use crate::policy::baseline::Entry;
use crate::record::{Run, Tally};
use jiff::civil::date;
use serde_json::json;

const SECRET: &str = "kw1:00112233445566778899aabbccddeeff";

fn report(day: u8, refs: u64, findings: &[serde_json::Value]) -> Report {
    serde_json::from_value(json!({
        "schema": "keyward/report/v1", "verdict": if findings.is_empty() { "pass" } else { "block" },
        "findings": findings, "exit": u8::from(!findings.is_empty()),
        "coverage": {"refs": refs, "commits": 1, "blobs": 2, "bytes": 100, "skipped": [], "unread": [], "complete": true},
        "timing": {"started": format!("2026-11-{day:02}T12:00:00Z"), "seconds": 2.5},
    }))
    .unwrap()
}

fn finding(in_head: bool) -> serde_json::Value {
    json!({
        "rule": "github-personal-access-token", "provider": "github", "description": "d", "severity": "high",
        "confidence": "high", "verdict": "block", "path": "a", "line_start": 1, "line_end": 1, "column_start": 1,
        "column_end": 2, "object": "blob", "fingerprint": SECRET, "preview": "***", "in_head": in_head,
    })
}

fn run(edge: &str, family: &str) -> Event {
    let tally = |verdict: &str, count| Tally {
        severity: Severity::Critical,
        family: family.to_owned(),
        verdict: verdict.to_owned(),
        count,
    };
    Event::Run(Box::new(Run {
        time: "2026-11-02T00:00:00Z".parse().unwrap(),
        event: "run".to_owned(),
        edge: edge.to_owned(),
        hook: "pre-commit".to_owned(),
        verdict: "block".to_owned(),
        would: "block".to_owned(),
        exit: 1,
        findings: vec![tally("block", 3), tally("override", 1), tally("warn", 9)],
        seconds: 0.02,
        bytes: 10,
        version: "0.1.0".to_owned(),
    }))
}

fn text(material: &Material) -> String {
    metrics(material, &Catalogue::builtin().unwrap(), date(2026, 11, 30)).text
}

#[track_caller]
fn says(text: &str, line: &str) {
    assert!(text.lines().any(|own| own == line), "{line} is missing in\n{text}");
}

#[test]
fn hooks_count_by_edge_severity_and_family_and_unknown_words_have_one_label() {
    let events = vec![run("commit", "github"), run("commit", "github"), run("moon", "my-own-thing")];
    let text = text(&Material { events, ..Material::default() });
    says(&text, "keyward_runs_total{edge=\"commit\",verdict=\"block\"} 2");
    says(&text, "keyward_runs_total{edge=\"commit\",verdict=\"pass\"} 0");
    says(&text, "keyward_prevented_total{edge=\"commit\",severity=\"critical\",family=\"github\"} 6");
    says(&text, "keyward_prevented_total{edge=\"other\",severity=\"critical\",family=\"custom\"} 3");
    says(&text, "keyward_overridden_total{edge=\"commit\",severity=\"critical\"} 2");
    says(&text, "keyward_run_seconds_bucket{edge=\"commit\",le=\"0.05\"} 2");
    says(&text, "keyward_read_bytes_total{edge=\"commit\"} 20");
}

#[test]
fn the_last_run_is_the_latest_one_even_where_a_clock_ran_backwards() {
    let at = |time: &str| match run("push", "github") {
        Event::Run(run) => Event::Run(Box::new(Run { time: time.parse().unwrap(), seconds: -3.0, ..*run })),
        other => other,
    };
    let events = vec![at("2026-11-02T00:00:00Z"), at("2026-11-05T00:00:00Z"), at("2026-11-03T00:00:00Z")];
    let text = text(&Material { events, ..Material::default() });
    says(&text, "keyward_last_run_timestamp_seconds{edge=\"push\"} 1793836800");
    says(&text, "keyward_run_seconds_sum{edge=\"push\"} 0");
}

#[test]
fn a_history_prevents_nothing_and_a_range_in_ci_does() {
    let reports = vec![report(1, 3, &[finding(true)]), report(2, 0, &[finding(true)])];
    let text = text(&Material { reports, ..Material::default() });
    says(&text, "keyward_prevented_total{edge=\"ci\",severity=\"high\",family=\"github\"} 1");
    assert!(!text.contains("keyward_prevented_total{edge=\"history\""));
    says(&text, "keyward_failed_runs_total{edge=\"ci\"} 1");
    says(&text, "keyward_findings{severity=\"high\",verdict=\"block\",family=\"github\"} 1");
    says(&text, "keyward_open_findings{severity=\"high\"} 1");
    says(&text, "keyward_open_findings{severity=\"critical\"} 0");
    says(&text, "keyward_run_seconds_sum{edge=\"history\"} 2.5");
}

#[test]
fn gone_is_the_first_whole_history_without_it_since_head_last_held_it() {
    let there = [finding(true)];
    let reports = vec![
        report(20, 3, &[finding(false)]),
        report(1, 3, &there),
        report(3, 3, &[]),
        report(5, 3, &there),
        report(9, 0, &[]),
        report(11, 3, &[finding(false)]),
    ];
    let text = text(&Material { reports, ..Material::default() });
    // From the 1st to the 11th, whatever the order of the files.
    says(&text, "keyward_time_to_remove_seconds_sum{severity=\"high\"} 864000");
    says(&text, "keyward_time_to_remove_seconds_count{severity=\"high\"} 1");
    says(&text, "keyward_time_to_revoke_seconds_count{severity=\"high\"} 0");
}

#[test]
fn revoked_counts_from_first_seen_and_a_clock_that_ran_backwards_counts_as_at_once() {
    let entry = |revoked, opened| {
        let paths = vec!["a".to_owned()];
        let rule = "github-personal-access-token";
        let fingerprint = SECRET.parse().unwrap();
        let entry = Entry::new(fingerprint, rule, paths, Status::Revoked, opened);
        Baseline::of(vec![Entry { reason: Some("r".to_owned()), revoked_at: Some(revoked), ..entry }])
    };
    let material = |revoked, opened| Material {
        reports: vec![report(10, 3, &[finding(true)])],
        baselines: vec![entry(revoked, opened)],
        ..Material::default()
    };
    let forward =
        metrics(&material(date(2026, 11, 9), date(2026, 11, 5)), &Catalogue::builtin().unwrap(), date(2026, 11, 30));
    says(&forward.text, "keyward_time_to_revoke_seconds_sum{severity=\"high\"} 345600");
    assert_eq!(forward.backwards, 0);
    says(&forward.text, "keyward_exceptions{status=\"revoked\",age=\"30d\"} 1");
    let back =
        metrics(&material(date(2026, 11, 1), date(2026, 11, 5)), &Catalogue::builtin().unwrap(), date(2026, 11, 30));
    says(&back.text, "keyward_time_to_revoke_seconds_sum{severity=\"high\"} 0");
    assert_eq!(back.backwards, 1);
}
