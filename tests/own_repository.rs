//! This repository is one of those that the program guards.

#![allow(clippy::expect_used, reason = "a test or bench may fail loudly")]

use serde_json::Value;
use std::process::Command;

#[test]
fn a_scan_of_this_repository_passes() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let run = Command::new(env!("CARGO_BIN_EXE_keyward"))
        .args(["scan", ".", "--format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("keyward starts");
    let report: Value = serde_json::from_slice(&run.stdout).expect("a report");
    let found: Vec<String> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| {
            format!("{}:{} {} {}", finding["path"], finding["line_start"], finding["rule"], finding["confidence"])
        })
        .collect();
    assert_eq!(
        (run.status.code(), report["verdict"].as_str()),
        (Some(0), Some("pass")),
        "examples of rules are split by tools/split-examples.py:\n{}",
        found.join("\n")
    );
}
