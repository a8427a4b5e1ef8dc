//! Break-glass: a refused commit goes through on somebody's word, with a record.
#![cfg(unix)]

use crate::sandbox::{Output, Sandbox, set_mode};
use crate::secrets::{self, github_token};
use crate::support::{guarded, leak, leak_of};
use std::fs;

const REASON: &str = "the pager is on fire";

fn refused() -> Sandbox {
    let sandbox = guarded();
    sandbox.stage("a.txt", leak());
    sandbox
}

fn with_glass(sandbox: &mut Sandbox, reason: &str, message: &str) -> Output {
    sandbox.set("KEYWARD_BREAK_GLASS", reason);
    let output = sandbox.commit(message);
    sandbox.unset("KEYWARD_BREAK_GLASS");
    output
}

fn log(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.repo.join(".git/keyward/audit.jsonl")).unwrap_or_default()
}

/// The SHA-256 of a line as it is without its hash.
fn hash(line: &str) -> String {
    let text = format!("{}}}", line.rsplit_once(",\"hash\":").unwrap().0);
    data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(text))
}

#[test]
fn the_first_try_is_refused_and_its_repetition_passes_with_a_record_and_a_trailer() {
    let mut sandbox = refused();
    with_glass(&mut sandbox, REASON, "urgent").exits(1).says("repeat");
    assert_eq!(log(&sandbox), "");
    with_glass(&mut sandbox, REASON, "urgent").exits(0).says("GLASS").hides(&github_token());
    let lines = log(&sandbox);
    assert_eq!(lines.lines().count(), 1);
    let record: serde_json::Value = serde_json::from_str(lines.trim_end()).unwrap();
    assert_eq!((&record["event"], &record["reason"]), (&"break-glass".into(), &REASON.into()));
    assert!(!lines.contains(&github_token()));
    let digest = hash(lines.trim_end());
    let message = sandbox.git(&["log", "-1", "--format=%B"]).exits(0);
    message.says("urgent").says(&format!("Keyward-Override: {digest}"));
}

#[test]
fn a_try_that_was_refused_without_the_variable_counts_and_records_are_chained() {
    let mut sandbox = refused();
    sandbox.commit("one").exits(1).says("KEYWARD_BREAK_GLASS");
    with_glass(&mut sandbox, REASON, "one").exits(0);
    sandbox.stage("b.txt", leak_of("b"));
    with_glass(&mut sandbox, REASON, "two").exits(1);
    with_glass(&mut sandbox, REASON, "two").exits(0);
    let lines = log(&sandbox);
    let records: Vec<&str> = lines.lines().collect();
    assert_eq!(records.len(), 2);
    for (record, before) in [(records[0], "0".repeat(64)), (records[1], hash(records[0]))] {
        let end = format!(",\"previous\":\"{before}\",\"hash\":\"{}\"}}", hash(record));
        assert!(record.ends_with(&end), "{lines}");
    }
    // The next clean commit is not marked.
    sandbox.stage("c.txt", "clean\n");
    with_glass(&mut sandbox, REASON, "clean").exits(0);
    sandbox.git(&["log", "-1", "--format=%B"]).hides("Keyward-Override");
}

#[test]
fn other_content_staged_in_between_is_refused_again() {
    let mut sandbox = refused();
    sandbox.commit("one").exits(1);
    sandbox.stage("b.txt", leak_of("b"));
    with_glass(&mut sandbox, REASON, "two").exits(1).says("b.txt").says("repeat");
    sandbox.git(&["rm", "--quiet", "--cached", "b.txt"]).exits(0);
    with_glass(&mut sandbox, REASON, "one").exits(0);
}

#[test]
fn another_worktree_does_not_profit_from_a_refusal_here() {
    let mut sandbox = refused();
    let linked = sandbox.root().join("linked");
    sandbox.git(&["worktree", "add", "--quiet", linked.to_str().unwrap()]).exits(0);
    sandbox.commit("here").exits(1);
    fs::write(linked.join("a.txt"), leak()).unwrap();
    sandbox.git_in(&linked, &["add", "a.txt"]).exits(0);
    sandbox.set("KEYWARD_BREAK_GLASS", REASON);
    sandbox.git_in(&linked, &["commit", "--quiet", "--message", "there"]).exits(1);
}

#[test]
fn it_takes_a_reason_and_a_secret_in_the_reason_is_not_written_down() {
    let mut sandbox = refused();
    sandbox.commit("one").exits(1);
    with_glass(&mut sandbox, "", "one").exits(1).says("reason");
    with_glass(&mut sandbox, " \t ", "one").exits(1).says("reason");
    let token = secrets::github_token_of("reason");
    with_glass(&mut sandbox, &format!("use {token}\u{1b}[2J"), "one").exits(0).hides(&token).hides("\u{1b}");
    let lines = log(&sandbox);
    assert!(!lines.contains(&token) && !lines.contains('\u{1b}') && lines.contains("use "), "{lines}");
}

#[test]
fn it_excuses_no_message_and_nothing_that_could_not_be_read() {
    let mut sandbox = guarded();
    let token = github_token();
    for _ in 0..2 {
        sandbox.set("KEYWARD_BREAK_GLASS", REASON);
        sandbox.git(&["commit", "--quiet", "--allow-empty", "--message", &token]).exits(1).says("message");
    }
    sandbox.unset("KEYWARD_BREAK_GLASS");
    sandbox.stage("gone.txt", "gone\n");
    let id = sandbox.id(":gone.txt");
    fs::remove_file(sandbox.repo.join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    sandbox.stage("a.txt", leak());
    for _ in 0..2 {
        sandbox.set("KEYWARD_BREAK_GLASS", REASON);
        let output = sandbox.keyward(&["hook", "pre-commit"]);
        assert_ne!(output.code, 0, "{output:#?}");
    }
    sandbox.keyward(&["hook", "pre-commit"]).exits(2).says("missing-object");
}

#[test]
fn scan_takes_nobodys_word() {
    let mut sandbox = refused();
    sandbox.commit("one").exits(1);
    sandbox.set("KEYWARD_BREAK_GLASS", REASON);
    sandbox.keyward(&["scan", "--staged"]).exits(1);
    sandbox.keyward(&["scan", "--staged"]).exits(1);
}

#[test]
fn without_a_place_for_the_record_nothing_passes() {
    let mut sandbox = refused();
    sandbox.commit("one").exits(1);
    // A folder in the record's place refuses root, too.
    fs::create_dir(sandbox.repo.join(".git/keyward/audit.jsonl")).unwrap();
    with_glass(&mut sandbox, REASON, "one").exits(1).says("audit log");
    fs::remove_dir(sandbox.repo.join(".git/keyward/audit.jsonl")).unwrap();
    fs::remove_dir_all(sandbox.repo.join(".git/keyward")).unwrap();
    sandbox.write(".git/keyward", "a file");
    with_glass(&mut sandbox, REASON, "one").exits(1);
    with_glass(&mut sandbox, REASON, "one").exits(1);
}

#[test]
fn in_a_read_only_git_folder_nothing_passes() {
    let mut sandbox = refused();
    sandbox.commit("one").exits(1);
    let folder = sandbox.repo.join(".git/keyward");
    set_mode(&folder, 0o555);
    let writable = fs::write(folder.join("probe"), "").is_ok();
    sandbox.set("KEYWARD_BREAK_GLASS", REASON);
    let output = sandbox.keyward(&["hook", "pre-commit"]);
    set_mode(&folder, 0o755);
    // Root writes everywhere.
    assert!(writable || output.code != 0, "{output:#?}");
}

#[test]
fn a_log_on_a_full_disk_lets_nothing_through() {
    let mut sandbox = refused();
    sandbox.commit("one").exits(1);
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    std::os::unix::fs::symlink("/dev/full", sandbox.repo.join(".git/keyward/audit.jsonl")).unwrap();
    with_glass(&mut sandbox, REASON, "one").exits(1);
}
