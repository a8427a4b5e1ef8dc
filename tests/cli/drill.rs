//! `keyward drill`: the rehearsal itself.
#![cfg(unix)]

use crate::sandbox::Sandbox;
use std::fs;

#[test]
fn every_planted_secret_is_stopped_and_the_clean_commit_passes() {
    let sandbox = Sandbox::without_repository();
    let output = sandbox.keyward_in(&sandbox.home, &["drill", "--format", "json"]);
    let report = output.json();
    for attempt in report["attempts"].as_array().unwrap() {
        assert_eq!(attempt["stopped"], true, "{attempt}");
    }
    assert_eq!(report["clean"]["committed"], true);
    assert_eq!(report["planted"], 11);
    assert_eq!(output.code, 0);
    let words = sandbox.keyward_in(&sandbox.home, &["drill"]).exits(0);
    words.says("stopped   AWS access key pair").says("11 of 11 secrets stopped");
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
