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
fn a_record_holds_the_time_of_every_edge_and_is_evidence() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install"]).exits(0);
    sandbox.committed("a", "a\n");
    let out = sandbox.root().join("evidence");
    let words = ["drill", "--record", out.to_str().unwrap(), "--format", "json"];
    let report = sandbox.keyward(&words).exits(0).json();
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join(report["record"].as_str().unwrap()).join("drill.json")).unwrap())
            .unwrap();
    let installed = record["installed"].as_array().unwrap();
    assert_eq!(installed.len(), 6);
    let tried = record["attempts"].as_array().unwrap().iter().chain(installed);
    for attempt in tried {
        let at = |name: &str| attempt[name].as_str().unwrap().to_owned();
        assert!(at("planted_at") <= at("answered_at") && attempt["seconds"].as_f64().unwrap() >= 0.0, "{attempt}");
    }
    sandbox.keyward(&["evidence", "verify", out.to_str().unwrap()]).exits(0).says("intact: bundles: 1");
    // An installed hook that lets the canary pass is a failure, and is on record, too.
    sandbox.script(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    let report = sandbox.keyward(&words).exits(1).json();
    assert_eq!((&report["passed"], &report["installed"][0]["state"]), (&false.into(), &"not guarded".into()));
    sandbox.keyward(&["evidence", "verify", out.to_str().unwrap()]).exits(0).says("intact: bundles: 2");
}
