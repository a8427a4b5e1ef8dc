//! Wrong configurations, baselines and rules: exit 2, with file, line and remedy, and one JSON object.
#![cfg(unix)]

use crate::sandbox::{Output, Sandbox};
use crate::support::leak;
use std::fs;
use std::os::unix::fs::symlink;

/// Exit 2 in the human and in the JSON format; the same words in both.
#[track_caller]
fn fails(sandbox: &Sandbox, args: &[&str], words: &[&str]) -> Output {
    let json = sandbox.keyward(&[args, &["--format", "json"]].concat()).exits(2);
    let object = json.json();
    assert_eq!(object["verdict"], "incomplete", "{json:#?}");
    assert!(object["error"]["kind"].is_string() && object["error"]["message"].is_string(), "{json:#?}");
    assert!(!json.stderr.is_empty());
    let mut human = sandbox.keyward(args).exits(2);
    for word in words {
        human = human.says(word);
        assert!(json.stderr.contains(word), "{word}: {json:#?}");
    }
    raw_controls(&json);
    raw_controls(&human);
    human
}

/// Nothing of the input reaches the terminal as a control character.
#[track_caller]
fn raw_controls(output: &Output) {
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!output.text().contains(control), "{output:#?}");
}

fn with_config(text: impl AsRef<[u8]>) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.stage("keyward.toml", text);
    sandbox
}

#[test]
fn a_broken_configuration_is_told_with_line_column_and_remedy() {
    let staged = ["scan", "--staged"];
    fails(&with_config("[gate]\nblock-on = \"hgih\"\n"), &staged, &["keyward.toml:2:12", "hgih", "high"]);
    fails(&with_config("[gate]\nblokc-on = \"high\"\n"), &staged, &["keyward.toml:2:1", "did you mean", "block-on"]);
    fails(&with_config("[gaet]\n"), &staged, &["keyward.toml:1:", "gate"]);
    fails(&with_config("[gate\n"), &staged, &["keyward.toml:1:"]);
    fails(&with_config("[gate]\nmode = 7\n"), &staged, &["keyward.toml:2:8", "enforce"]);
    fails(&with_config("[gate]\nmode = \"\u{1b}[2Jx\"\n"), &staged, &["keyward.toml:2:"]);
}

#[test]
fn a_configuration_that_cannot_be_read_is_exit_2() {
    let staged = ["scan", "--staged"];
    fails(&with_config(b"[gate]\n# \xff\xfe\n"), &staged, &["keyward.toml", "UTF-8"]);
    let folder = Sandbox::new();
    folder.stage("keyward.toml/a", "a\n");
    fails(&folder, &staged, &["keyward.toml"]);
    fails(&folder, &["scan"], &["keyward.toml"]);
    fails(&folder, &["scan", "--config", "."], &["."]);
    let link = Sandbox::new();
    symlink("/etc/passwd", link.repo.join("keyward.toml")).unwrap();
    link.git(&["add", "keyward.toml"]).exits(0);
    fails(&link, &staged, &["keyward.toml"]).hides("root:");
    fails(&link, &["scan"], &["keyward.toml"]).hides("root:");
}

#[test]
fn a_secret_in_a_broken_configuration_is_not_repeated() {
    let token = crate::secrets::github_token();
    fails(&with_config(format!("[gate]\ntoken = \"{token}\"\n")), &["scan", "--staged"], &["keyward.toml:2:"])
        .hides(&token);
    let sandbox = Sandbox::new();
    sandbox.stage("keyward.baseline", format!("{{\"fingerprint\":\"{token}\"}}\n"));
    fails(&sandbox, &["scan", "--staged"], &["keyward.baseline:1"]).hides(&token);
}

#[test]
fn nesting_without_end_is_exit_2() {
    let deep = 200_000;
    let nested = format!("a = {}{}\n", "[".repeat(deep), "]".repeat(deep));
    fails(&with_config(nested), &["scan", "--staged"], &["keyward.toml:1"]);
    fails(&with_config(format!("a{} = 1\n", ".a".repeat(deep))), &["scan", "--staged"], &["keyward.toml"]);
    let sandbox = Sandbox::new();
    sandbox.stage("keyward.baseline", format!("{}{}\n", "[".repeat(deep), "]".repeat(deep)));
    fails(&sandbox, &["scan", "--staged"], &["keyward.baseline:1"]);
    sandbox.stage("keyward.baseline", format!("{{\"paths\":{}{}}}\n", "[".repeat(deep), "]".repeat(deep)));
    fails(&sandbox, &["scan", "--staged"], &["keyward.baseline:1"]);
}

#[test]
fn a_broken_baseline_is_told_with_its_line() {
    let entry = r#"{"fingerprint":"kw1:0123456789abcdef0123456789abcdef","rule":"jwt","paths":["a"],"status":"unaudited","opened":"2026-01-01","rev":1}"#;
    let sandbox = Sandbox::new();
    sandbox.stage("keyward.baseline", format!("{entry}\n"));
    sandbox.keyward(&["scan", "--staged"]).exits(0);
    for (text, words) in [
        (format!("{entry}\nnot json\n"), vec!["keyward.baseline:2"]),
        (format!("{entry}\n<<<<<<< HEAD\n{entry}\n=======\n>>>>>>> side\n"), vec!["keyward.baseline:2", "conflict"]),
        (entry.replace("unaudited", "fine"), vec!["keyward.baseline:1", "fine"]),
        (entry.replace("\"rev\":1", "\"rev\":1,\"extra\":2"), vec!["keyward.baseline:1", "extra"]),
        (entry.replace("kw1:", "kw9:"), vec!["keyward.baseline:1"]),
        (entry.replace("2026-01-01", "2026-13-01"), vec!["keyward.baseline:1"]),
        (entry.chars().take(40).collect(), vec!["keyward.baseline:1"]),
    ] {
        sandbox.stage("keyward.baseline", text);
        fails(&sandbox, &["scan", "--staged"], &words);
    }
    sandbox.stage("keyward.baseline", b"\xff\xfe\n");
    fails(&sandbox, &["scan", "--staged"], &["keyward.baseline:1"]);
}

#[test]
fn a_command_line_that_makes_no_sense_is_exit_2() {
    let sandbox = Sandbox::new();
    for args in [
        &["scan", "--no-such-flag"][..],
        &["scan", "--block-on", "hgih"],
        &["scan", "--staged", "--stdin"],
        &["scan", "--jobs", "0"],
        &["scan", "--report", "sarif"],
        &["scan", "--report", "word=file"],
        &["hook", "no-such-hook"],
        &["no-such-command"],
    ] {
        raw_controls(&sandbox.keyward(args).exits(2));
    }
    fails(&sandbox, &["scan", "--budget", "soon"], &["--budget"]);
    fails(&sandbox, &["scan", "no/such/path"], &["no/such/path"]);
    fails(&sandbox, &["scan", "a\u{1b}[2Jb\nc"], &["a"]);
}

#[test]
fn a_spent_budget_is_incomplete_and_a_secret_found_before_still_blocks() {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", leak());
    sandbox.keyward(&["scan", "--staged", "--budget", "0ms"]).exits(2).says("incomplete").says("budget");
    sandbox.keyward(&["scan", "--staged", "--budget", "10m"]).exits(1);
    sandbox.keyward(&["scan", "--staged", "--budget", "none"]).exits(1);
}

#[test]
fn a_broken_rule_file_is_told_by_scan_and_by_rules_check() {
    let sandbox = Sandbox::new();
    sandbox.stage("keyward.toml", "[rules]\ninclude = [\"r.toml\"]\n");
    for (text, words) in [
        ("provider = \"acme\"\n[[rule]\n", vec!["r.toml:2"]),
        ("provider = \"acme\"\n[[rule]]\nid = \"Acme_Key\"\n", vec!["r.toml:"]),
        ("provider = \"acme\"\nprovder = 1\n", vec!["r.toml:2"]),
    ] {
        sandbox.stage("r.toml", text);
        fails(&sandbox, &["scan", "--staged"], &words);
        let checked = sandbox.keyward(&["rules", "check", "r.toml"]);
        assert_ne!(checked.code, 0);
        checked.says("r.toml:");
    }
    sandbox.stage("r.toml", b"\xff");
    fails(&sandbox, &["scan", "--staged"], &["r.toml", "UTF-8"]);
    sandbox.keyward(&["rules", "check", "missing.toml"]).exits(2).says("missing.toml");
    fs::remove_file(sandbox.repo.join("r.toml")).unwrap();
    fails(&sandbox, &["scan"], &["r.toml"]);
}
