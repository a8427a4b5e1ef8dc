//! The policy through the real binary: what sets it, what it lets through, and which side it comes from.
#![cfg(unix)]

use crate::sandbox::Sandbox;
use crate::secrets;
use crate::support::{counted, findings, guarded, judged, leak, leak_of, staged, verdicts};
use std::fs;

fn staging(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", leak());
    sandbox.stage("keyward.toml", text);
    sandbox
}

#[test]
fn what_is_less_severe_than_the_gate_only_warns() {
    let sandbox = staging("[gate]\nblock-on = \"critical\"\n");
    let report = judged(&sandbox, "pass", 0);
    assert_eq!(verdicts(&report, "a.txt"), ["warn"]);
    let line = ["scan", "--staged", "--block-on", "high"];
    sandbox.keyward(&line).exits(1).says("a.txt");
}

#[test]
fn what_is_less_sure_than_asked_is_counted_and_not_listed() {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", secrets::password_line());
    let report =
        sandbox.keyward(&["scan", "--staged", "--format", "json", "--min-confidence", "certain"]).exits(0).json();
    assert_eq!(findings(&report).count(), 0);
    assert_eq!(report["below"]["high"], 1, "{report:#}");
}

#[test]
fn audit_mode_warns_and_says_what_enforce_would_do() {
    let sandbox = staging("[gate]\nmode = \"audit\"\n");
    let report = judged(&sandbox, "pass", 0);
    assert_eq!((&report["mode"], &report["would"]), (&"audit".into(), &"block".into()), "{report:#}");
    assert_eq!(verdicts(&report, "a.txt"), ["warn"]);
    sandbox.keyward(&["scan", "--staged", "--mode", "enforce"]).exits(1);
    sandbox.keyward(&["install"]).exits(0);
    sandbox.commit("audited").exits(0).says("a.txt");
}

#[test]
fn a_broken_configuration_is_exit_2_in_audit_mode_too() {
    staging("[gate]\nmode = \"audit\"\nblok-on = 1\n").keyward(&["scan", "--staged"]).exits(2);
}

#[test]
fn an_allow_entry_excuses_its_paths_its_rules_and_until_its_day() {
    let allow = |rest: &str| format!("[[allow]]\nreason = \"made up\"\n{rest}\n");
    for holds in [
        "paths = [\"*.txt\"]",
        "rules = [\"github-personal-access-token\"]",
        "paths = [\"a.txt\"]\nrules = [\"github-personal-access-token\"]\nexpires = 2999-01-01",
    ] {
        let report = judged(&staging(&allow(holds)), "pass", 0);
        assert_eq!(verdicts(&report, "a.txt"), ["suppressed"], "{holds}");
        assert_eq!(findings(&report).next().unwrap()["suppression"]["reason"], "made up");
    }
    for not in ["paths = [\"b.txt\"]", "rules = [\"jwt\"]", "paths = [\"a.txt\"]\nexpires = 2020-01-01"] {
        judged(&staging(&allow(not)), "block", 1);
    }
    for wrong in ["paths = [\"**\"]", ""] {
        staging(&allow(wrong)).keyward(&["scan", "--staged"]).exits(2).says("keyward.toml:");
    }
}

#[test]
fn a_comment_of_every_known_scanner_excuses_its_line_unless_switched_off() {
    let dialects = [
        ("keyward", "keyward:allow"),
        ("gitleaks", "gitleaks:allow"),
        ("betterleaks", "betterleaks:allow"),
        ("kingfisher", "kingfisher:ignore"),
        ("trufflehog", "trufflehog:ignore"),
        ("detect-secrets", "pragma: allowlist secret"),
        ("secretlint", "secretlint-disable-line"),
        ("ggshield", "ggignore"),
    ];
    let sandbox = Sandbox::new();
    for (name, comment) in dialects {
        let line = leak_of(name);
        sandbox.stage(&format!("{name}.txt"), format!("{} # {comment}\n", line.trim_end()));
    }
    let next = ["# keyward", ":allow-next-line [github-personal-access-token] a sample\n"].concat();
    sandbox.stage("next.txt", format!("{next}{}", leak()));
    let report = judged(&sandbox, "pass", 0);
    for (name, _) in dialects {
        assert_eq!(verdicts(&report, &format!("{name}.txt")), ["suppressed"], "{name}: {report:#}");
    }
    assert_eq!(verdicts(&report, "next.txt"), ["suppressed"]);
    let off: String = dialects.iter().skip(1).map(|(name, _)| format!("{name} = false\n")).collect();
    sandbox.stage("keyward.toml", format!("[pragmas]\n{off}"));
    let report = judged(&sandbox, "block", 1);
    for (name, _) in dialects {
        let expected = if name == "keyward" { "suppressed" } else { "block" };
        assert_eq!(verdicts(&report, &format!("{name}.txt")), [expected], "{name}");
    }
}

#[test]
fn a_missing_object_is_incomplete_until_an_entry_admits_it() {
    let sandbox = Sandbox::new();
    sandbox.stage("gone.txt", "gone\n");
    let id = sandbox.id(":gone.txt");
    fs::remove_file(sandbox.repo.join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
    let report = judged(&sandbox, "incomplete", 2);
    assert_eq!(counted(&report, "unread", "missing-object"), 1, "{report:#}");
    let entry = format!("[[unscanned]]\nid = \"{id}\"\nreason = \"lost\"\nowner = \"ops\"\nexpires = ");
    sandbox.stage("keyward.toml", format!("{entry}2020-01-01\n"));
    judged(&sandbox, "incomplete", 2);
    sandbox.stage("keyward.toml", format!("{entry}2999-01-01\n"));
    let report = judged(&sandbox, "pass", 0);
    assert_eq!(counted(&report, "skipped", "admitted"), 1, "{report:#}");
    sandbox.stage("keyward.toml", "[gate]\non-incomplete = { default = \"block\", missing-object = \"warn\" }\n");
    judged(&sandbox, "incomplete", 0);
}

#[test]
fn a_disabled_rule_finds_nothing_and_an_unknown_one_is_told() {
    let sandbox = staging("[rules]\ndisable = [\"github-personal-access-token\", \"no-such-rule\"]\n");
    let report = staged(&sandbox).says("no-such-rule").json();
    let rules: Vec<_> = findings(&report).map(|finding| finding["rule"].clone()).collect();
    assert!(!rules.contains(&"github-personal-access-token".into()), "{rules:?}");
}

#[test]
fn rules_of_ones_own_come_from_the_side_that_is_judged() {
    let rule = r#"provider = "acme"
[[rule]]
id = "acme-key"
kind = "token"
description = "Key of the acme service"
severity = "high"
confidence = "high"
keywords = ["acme_"]
pattern = '\b(?P<secret>acme_[0-9a-f]{16})\b'
[rule.examples]
match = [["acme_", "0123456789abcdef"]]
no-match = [["acme_", "0123"]]
"#;
    let sandbox = Sandbox::new();
    sandbox.stage("keyward.toml", "[rules]\ninclude = [\"security/*.toml\"]\n");
    sandbox.stage("a.txt", "key: acme_9f3c07d1e2a85b46\n");
    sandbox.write("security/acme.toml", rule);
    // Not staged yet, so that the pattern names nothing.
    sandbox.keyward(&["scan", "--staged"]).exits(2).says("security/*.toml");
    sandbox.git(&["add", "security"]).exits(0);
    let report = judged(&sandbox, "block", 1);
    assert_eq!(findings(&report).next().unwrap()["rule"], "acme-key");
    sandbox.stage("security/acme.toml", rule.replace("severity = \"high\"", "severity = \"hgih\""));
    sandbox.keyward(&["scan", "--staged"]).exits(2).says("security/acme.toml:6").says("high");
    sandbox.stage("security/acme.toml", rule.replace("acme-key", "jwt"));
    sandbox.keyward(&["scan", "--staged"]).exits(2).says("jwt");
}

#[test]
fn what_the_administrator_locks_stays() {
    let mut sandbox = staging("[gate]\nmode = \"audit\"\nblock-on = \"critical\"\n");
    let file = sandbox.root().join("administrator.toml");
    fs::write(&file, "[gate]\nmode = \"enforce\"\n[administrator]\nlock = [\"gate.mode\"]\n").unwrap();
    let system = sandbox.root().join("gitconfig");
    fs::write(&system, format!("[keyward]\n\tconfig = {}\n", file.display())).unwrap();
    sandbox.unset("GIT_CONFIG_NOSYSTEM").set("GIT_CONFIG_SYSTEM", &system);
    let report = staged(&sandbox).exits(0);
    let shown = report.json();
    assert_eq!(shown["mode"], "enforce", "{shown:#}");
    report.says("keyward.toml").says("administrator.toml");
    fs::write(
        &file,
        "[gate]\nblock-on = \"high\"\nmode = \"enforce\"\n[administrator]\nlock = [\"gate.mode\", \"gate.block-on\"]\n",
    )
    .unwrap();
    judged(&sandbox, "block", 1);
    sandbox.keyward(&["scan", "--staged", "--mode", "audit"]).exits(1).says("administrator.toml");
    fs::write(&system, "[keyward]\n\tconfig = /nowhere/to/be/found.toml\n").unwrap();
    sandbox.keyward(&["scan", "--staged"]).exits(2).says("/nowhere/to/be/found.toml");
}

#[test]
fn the_repositorys_git_configuration_names_no_administrator() {
    let sandbox = staging("");
    sandbox.write("weak.toml", "[gate]\nmode = \"audit\"\n");
    let weak = sandbox.repo.join("weak.toml");
    sandbox.git(&["config", "keyward.config", weak.to_str().unwrap()]).exits(0);
    sandbox.git(&["config", "--global", "keyward.config", weak.to_str().unwrap()]).exits(0);
    judged(&sandbox, "block", 1);
}

#[test]
fn a_staged_configuration_counts_for_a_commit_and_an_unstaged_one_does_not() {
    let sandbox = guarded();
    sandbox.stage("a.txt", leak());
    sandbox.write("keyward.toml", "[gate]\nmode = \"audit\"\n");
    sandbox.commit("unstaged").exits(1);
    sandbox.git(&["add", "keyward.toml"]).exits(0);
    sandbox.commit("staged").exits(0);
    // A broken file that is not staged stops no commit; staged it stops all.
    sandbox.write("keyward.toml", "[gate\n");
    sandbox.stage("b.txt", "clean\n");
    sandbox.commit("broken, not staged").exits(0);
    sandbox.keyward(&["scan"]).exits(2).says("keyward.toml:1");
    sandbox.stage("keyward.toml", "[gate\n");
    sandbox.commit("broken").exits(1).says("keyward.toml:1");
}

#[test]
fn the_history_is_judged_by_heads_policy_or_by_the_one_that_is_trusted() {
    let sandbox = Sandbox::new();
    sandbox.committed("a.txt", leak());
    sandbox.committed("keyward.toml", "[gate]\nmode = \"audit\"\n");
    sandbox.keyward(&["scan", "--history"]).exits(0);
    sandbox.keyward(&["scan", "--history", "--trust", "HEAD~1"]).exits(1);
    sandbox.keyward(&["scan", "--history", "--trust", "nowhere"]).exits(2).says("nowhere");
}

#[test]
fn a_file_that_was_named_and_is_missing_is_exit_2() {
    let sandbox = staging("");
    let outside = sandbox.root().join("named.toml");
    fs::write(&outside, "[gate]\nmode = \"audit\"\n").unwrap();
    sandbox.keyward(&["scan", "--staged", "--config", outside.to_str().unwrap()]).exits(0);
    sandbox.keyward(&["scan", "--staged", "--config", "missing.toml"]).exits(2).says("missing.toml");
    sandbox.keyward(&["scan", "--staged", "--baseline", "missing.baseline"]).exits(2).says("missing.baseline");
}

#[test]
fn an_older_program_says_how_to_upgrade_before_anything_else() {
    let sandbox = staging("[keyward]\nmin-version = \"99.0\"\n[from-the-future]\nkey = 1\n");
    let output = sandbox.keyward(&["scan", "--staged"]).exits(2).says("99.0");
    output.says("install").hides("from-the-future");
}
