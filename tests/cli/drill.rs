//! `keyward drill`: the rehearsal itself.
#![cfg(unix)]

use crate::sandbox::Sandbox;
use std::fs;

#[test]
fn every_planted_secret_is_stopped_at_every_edge_and_what_is_clean_passes() {
    let sandbox = Sandbox::without_repository();
    let output = sandbox.keyward_in(&sandbox.home, &["drill", "--format", "json"]);
    let report = output.json();
    for attempt in report["attempts"].as_array().unwrap() {
        assert_eq!(attempt["stopped"], true, "{attempt}");
    }
    assert!(report["clean"].as_array().unwrap().iter().all(|clean| clean["through"] == true), "{report:#}");
    let at = |edge: &str| report["attempts"].as_array().unwrap().iter().filter(|it| it["edge"] == edge).count();
    assert_eq!((at("commit") + at("message"), at("push"), at("receive"), &report["planted"]), (11, 11, 11, &33.into()));
    assert_eq!(output.code, 0);
    let words = sandbox.keyward_in(&sandbox.home, &["drill"]).exits(0);
    words.says("stopped   receive  AWS access key pair").says("33 of 33 attempts stopped");
}

#[test]
fn it_touches_nothing_of_the_callers() {
    let mut sandbox = Sandbox::new();
    let temporary = sandbox.root().join("tmp");
    fs::create_dir(&temporary).unwrap();
    sandbox.set("TMPDIR", &temporary);
    sandbox.git(&["config", "--global", "core.hooksPath", "/no/such/hooks"]).exits(0);
    sandbox.git(&["config", "--global", "commit.gpgSign", "true"]).exits(0);
    sandbox.set("GIT_DIR", sandbox.repo.join(".git")).set("KEYWARD_BREAK_GLASS", "a reason");
    let before = sandbox.snapshot(&sandbox.root());
    sandbox.keyward(&["drill"]).exits(0);
    assert_eq!(sandbox.snapshot(&sandbox.root()), before);
}

#[test]
fn a_record_holds_the_time_of_every_edge_is_evidence_and_tells_of_an_installed_hook_that_lets_through() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install"]).exits(0);
    sandbox.script(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    let out = sandbox.root().join("evidence");
    let report = sandbox.keyward(&["drill", "--record", out.to_str().unwrap(), "--format", "json"]).exits(1).json();
    let file = out.join(report["record"].as_str().unwrap()).join("drill.json");
    let record: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!((&record["passed"], &record["stopped"]), (&false.into(), &33.into()));
    let installed = record["installed"].as_array().unwrap();
    let states: Vec<&str> = installed.iter().map(|edge| edge["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["not guarded", "guarded", "guarded", "guarded", "guarded", "guarded"]);
    for attempt in record["attempts"].as_array().unwrap().iter().chain(installed) {
        let at = |name: &str| attempt[name].as_str().unwrap().to_owned();
        assert!(at("planted_at") <= at("answered_at") && attempt["seconds"].as_f64().unwrap() >= 0.0, "{attempt}");
    }
    sandbox.keyward(&["evidence", "verify", out.to_str().unwrap()]).exits(0).says("intact: bundles: 1");
}
