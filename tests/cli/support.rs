//! What the tests of commits, policies and reports share.
#![allow(dead_code)]

use crate::sandbox::{Output, Sandbox};
use crate::secrets;
use serde_json::Value;

/// A repository with keyward's hooks and one commit.
pub fn guarded() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.committed("README", "read me\n");
    sandbox.keyward(&["install"]).exits(0);
    sandbox
}

/// A line that holds a GitHub token.
pub fn leak() -> String {
    leak_of("a")
}

/// As [`leak`], another one for each seed.
pub fn leak_of(seed: &str) -> String {
    format!("token = {}\n", secrets::github_token_of(seed))
}

/// The report on what is staged, and its exit code.
#[track_caller]
pub fn staged(sandbox: &Sandbox) -> Output {
    let output = sandbox.keyward(&["scan", "--staged", "--format", "json"]);
    output.json();
    output
}

/// The verdicts of the findings at a path, sorted: `block`, `warn` or `suppressed`.
pub fn verdicts(report: &Value, path: &str) -> Vec<String> {
    let at_path = findings(report).filter(|finding| finding["path"] == path);
    let mut verdicts: Vec<String> = at_path.map(|finding| text(&finding["verdict"])).collect();
    verdicts.sort();
    verdicts
}

/// The findings of a report.
pub fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    report["findings"].as_array().into_iter().flatten()
}

/// How often the coverage receipt tells a reason, under `skipped` or `unread`.
pub fn counted(report: &Value, list: &str, reason: &str) -> u64 {
    let told = report["coverage"][list].as_array().into_iter().flatten();
    told.filter(|gap| gap["reason"] == reason).filter_map(|gap| gap["count"].as_u64()).sum()
}

/// Fails the test unless what is staged has this word and exit code.
#[track_caller]
pub fn judged(sandbox: &Sandbox, word: &str, code: i32) -> Value {
    let report = staged(sandbox).exits(code).json();
    assert_eq!(report["verdict"], word, "{report:#}");
    report
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
