//! `keyward baseline`: what is known does not block, until it lapses or is withdrawn.

use crate::sandbox::Sandbox;
use crate::secrets;
use std::fs;

const WHO: &[&str] = &["--owner", "ops", "--approver", "sec"];

/// A repository whose HEAD holds a password, without hooks.
fn with_a_secret() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.committed("app.py", secrets::password_line());
    sandbox
}

fn lines(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.repo.join("keyward.baseline")).unwrap()
}

fn fingerprint(sandbox: &Sandbox) -> String {
    let entry: serde_json::Value = serde_json::from_str(lines(sandbox).lines().next().unwrap()).unwrap();
    entry["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn create_lets_what_head_holds_pass_and_a_second_one_changes_no_byte() {
    let sandbox = with_a_secret();
    sandbox.keyward(&["scan", "."]).exits(1);
    sandbox.keyward(&["baseline", "create"]).exits(0).says("entries added: 1");
    let first = lines(&sandbox);
    sandbox.keyward(&["baseline", "create"]).exits(0).says("entries added: 0");
    assert_eq!(lines(&sandbox), first);
    let attributes = fs::read_to_string(sandbox.repo.join(".gitattributes")).unwrap();
    assert_eq!(attributes, "keyward.baseline merge=union\n");
    sandbox.keyward(&["scan", "."]).exits(0);
}

#[test]
fn accepted_needs_owner_and_expiry_and_withdrawn_blocks_again() {
    let sandbox = with_a_secret();
    sandbox.keyward(&["baseline", "create"]).exits(0);
    let known = fingerprint(&sandbox);
    let add = |more: &[&str]| {
        let first = ["baseline", "add", &known, "--status", "accepted", "--reason", "until it is rotated"];
        sandbox.keyward(&[&first[..], more].concat())
    };
    let before = lines(&sandbox);
    add(&[]).exits(2).says("owner");
    assert_eq!(lines(&sandbox), before);
    add(&[WHO, &["--expires", "30d"]].concat()).exits(0);
    assert!(lines(&sandbox).contains("\"paths\":[\"app.py\"]"));
    sandbox.keyward(&["scan", "."]).exits(0);
    sandbox.keyward(&["baseline", "withdraw", &known]).exits(0);
    sandbox.keyward(&["scan", "."]).exits(1).says("withdrawn");
    sandbox.keyward(&["baseline", "prune"]).exits(0);
    sandbox.keyward(&["scan", "."]).exits(1);
}

#[test]
fn what_nothing_holds_and_what_is_no_fingerprint_is_refused() {
    let sandbox = with_a_secret();
    let unknown = format!("kw1:{}", "0".repeat(32));
    for given in [unknown.as_str(), "kw1:xyz"] {
        let add = ["baseline", "add", given, "--status", "false-positive", "--reason", "a sample"];
        sandbox.keyward(&add).exits(2);
        sandbox.keyward(&["baseline", "withdraw", given]).exits(2);
    }
    assert!(!sandbox.repo.join("keyward.baseline").exists());
}

#[test]
fn the_report_counts_what_is_open_and_the_audit_lists_it() {
    let sandbox = with_a_secret();
    sandbox.keyward(&["baseline", "create"]).exits(0);
    let report = sandbox.keyward(&["baseline", "report", "--format", "json"]).exits(0).json();
    assert_eq!((&report["open"], &report["statuses"]["unaudited"]["count"]), (&1.into(), &1.into()));
    sandbox.keyward(&["baseline", "report", "--max-age", "90d", "--max-open", "5"]).exits(0);
    sandbox.keyward(&["baseline", "audit"]).exits(0).says(&fingerprint(&sandbox)).says("app.py");
}
