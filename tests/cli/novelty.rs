//! What counts as new in a commit: decided by content, not by line numbers.
#![cfg(unix)]

use crate::sandbox::Sandbox;
use crate::secrets;
use crate::support::{findings, judged, leak, leak_of, staged, verdicts};
use std::fs;

/// A repository whose one commit holds a file with a secret between two lines.
fn holding(path: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.committed(path, format!("first\n{}last\n", leak()));
    sandbox
}

/// Deletes a path and stages that.
fn remove(sandbox: &Sandbox, path: &str) {
    sandbox.git(&["rm", "--quiet", "--force", path]).exits(0);
}

#[test]
fn an_old_secret_blocks_nobody_wherever_its_line_goes() {
    let sandbox = holding("a.txt");
    sandbox.stage("a.txt", format!("new\nnew\nfirst\n{}last\n", leak()));
    judged(&sandbox, "pass", 0);
    sandbox.stage("a.txt", format!("    {}", leak().replace(" = ", ": ")));
    judged(&sandbox, "pass", 0);
}

#[test]
fn new_line_endings_block_nobody() {
    let sandbox = Sandbox::new();
    sandbox.committed("a.txt", format!("first\r\n{}last\r\n", leak().replace('\n', "\r\n")));
    sandbox.stage("a.txt", format!("first\n{}last\n", leak()));
    judged(&sandbox, "pass", 0);
    sandbox.git(&["commit", "--quiet", "--no-verify", "--message", "LF"]).exits(0);
    sandbox.stage(".gitattributes", "* text=auto eol=crlf\n");
    sandbox.git(&["add", "--renormalize", "."]).exits(0);
    judged(&sandbox, "pass", 0);
}

#[test]
fn another_encoding_of_the_file_blocks_nobody() {
    let sandbox = holding("a.txt");
    let text = format!("\u{feff}first\n{}last\n", leak());
    sandbox.stage("a.txt", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    judged(&sandbox, "pass", 0);
}

#[test]
fn another_secret_beside_the_old_one_is_new() {
    let sandbox = holding("a.txt");
    sandbox.stage("a.txt", format!("first\n{}{}last\n", leak(), leak_of("b")));
    let report = judged(&sandbox, "block", 1);
    assert_eq!(findings(&report).count(), 1, "{report:#}");
    assert_eq!(findings(&report).next().unwrap()["line_start"], 3);
}

#[test]
fn a_copy_is_new_and_a_rename_is_old() {
    let sandbox = holding("a.txt");
    fs::copy(sandbox.repo.join("a.txt"), sandbox.repo.join("copy.txt")).unwrap();
    sandbox.git(&["add", "copy.txt"]).exits(0);
    let report = judged(&sandbox, "block", 1);
    assert_eq!(verdicts(&report, "copy.txt"), ["block"]);
    remove(&sandbox, "a.txt");
    judged(&sandbox, "pass", 0);
}

#[test]
fn a_secret_that_moves_into_another_file_is_old_if_its_file_is_deleted_in_the_same_change() {
    let sandbox = holding("a.txt");
    sandbox.committed("b.txt", "something else\n");
    sandbox.stage("b.txt", format!("something else\nentirely\n{}", leak()));
    sandbox.stage("a.txt", "first\nlast\n");
    // Its file stays: whoever held only that file's name as known does not know the new one.
    judged(&sandbox, "block", 1);
    remove(&sandbox, "a.txt");
    judged(&sandbox, "pass", 0);
}

#[test]
fn a_pure_rename_out_of_an_allowed_path_is_new() {
    let sandbox = Sandbox::new();
    let allow = "[[allow]]\npaths = [\"fixtures/**\"]\nreason = \"made up\"\n";
    sandbox.committed("keyward.toml", allow);
    sandbox.committed("fixtures/a.txt", leak());
    fs::create_dir(sandbox.repo.join("src")).unwrap();
    sandbox.git(&["mv", "fixtures/a.txt", "src/a.txt"]).exits(0);
    let report = judged(&sandbox, "block", 1);
    assert_eq!(verdicts(&report, "src/a.txt"), ["block"]);
    fs::create_dir_all(sandbox.repo.join("fixtures")).unwrap();
    sandbox.git(&["mv", "src/a.txt", "fixtures/b.txt"]).exits(0);
    judged(&sandbox, "pass", 0);
}

#[test]
fn a_deleted_pragma_comment_makes_the_secret_new() {
    let sandbox = Sandbox::new();
    let line = format!("token = {}", secrets::github_token());
    let pragma = ["# keyward", ":allow"].concat();
    sandbox.committed("a.txt", format!("{line} {pragma} a sample\n"));
    sandbox.stage("a.txt", format!("first\n{line} {pragma} a sample\n"));
    judged(&sandbox, "pass", 0);
    sandbox.stage("a.txt", format!("{line}\n"));
    let report = judged(&sandbox, "block", 1);
    assert_eq!(verdicts(&report, "a.txt"), ["block"]);
}

#[test]
fn a_context_word_added_above_an_old_value_makes_it_new() {
    let sandbox = Sandbox::new();
    let (id, secret) = secrets::aws_pair();
    sandbox.committed("a.txt", format!("{secret}\n"));
    sandbox.stage("a.txt", format!("aws_access_key_id = {id}\naws_secret_access_key =\\\n{secret}\n"));
    let report = staged(&sandbox).json();
    assert!(verdicts(&report, "a.txt").contains(&"block".to_owned()), "{report:#}");
}

#[test]
fn a_baseline_entry_bound_to_a_path_holds_there_only() {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", leak());
    let report = judged(&sandbox, "block", 1);
    let found = findings(&report).next().unwrap();
    let entry = serde_json::json!({
        "fingerprint": found["fingerprint"], "rule": found["rule"], "paths": ["a.txt"], "status": "accepted",
        "reason": "rotated soon", "owner": "ops", "opened": "2026-01-01", "until": "2999-01-01", "rev": 1,
    });
    sandbox.stage("keyward.baseline", format!("{entry}\n"));
    let report = judged(&sandbox, "pass", 0);
    assert_eq!(verdicts(&report, "a.txt"), ["suppressed"]);
    sandbox.git(&["commit", "--quiet", "--no-verify", "--message", "known"]).exits(0);
    sandbox.stage("a.txt", format!("a line above\n{}", leak()));
    judged(&sandbox, "pass", 0);
    sandbox.git(&["mv", "--force", "a.txt", "b.txt"]).exits(0);
    let report = judged(&sandbox, "block", 1);
    assert_eq!(verdicts(&report, "b.txt"), ["block"]);
}

#[test]
fn a_secret_that_comes_back_after_it_was_taken_out_is_new() {
    let sandbox = holding("a.txt");
    sandbox.committed("a.txt", "first\nlast\n");
    sandbox.stage("a.txt", format!("first\n{}last\n", leak()));
    judged(&sandbox, "block", 1);
}
