//! `keyward install --global`: the hooks of all of a user's repositories.
#![cfg(unix)]

use crate::install::{leak, trace, tracing};
use crate::sandbox::Sandbox;
use std::fs;

#[test]
fn global_hooks_guard_every_repository_and_call_its_own() {
    let sandbox = Sandbox::new();
    tracing(&sandbox, ".git/hooks/pre-commit", "own");
    tracing(&sandbox, ".git/hooks/post-commit", "after");
    sandbox.keyward_in(&sandbox.home, &["install", "--global"]).exits(0).says("every repository");
    leak(&sandbox);
    sandbox.commit("leak").exits(1).says("block");
    sandbox.stage("config.txt", "clean\n");
    sandbox.commit("clean").exits(0);
    assert_eq!(trace(&sandbox), "own\nown\nafter\n");
    sandbox.keyward(&["install"]).exits(0).says("guard this repository already");
    sandbox.keyward(&["install", "--strict"]).exits(2).says("install --global --strict");
}

#[test]
fn global_hooks_are_installed_once_and_taken_away_whole() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "--global", "core.hooksPath", "~/mine"]).exits(0);
    sandbox.script("../home/mine/pre-commit", "#!/bin/sh\necho former >>../trace\n");
    tracing(&sandbox, ".git/hooks/pre-commit", "own");
    let before = sandbox.snapshot(&sandbox.home);
    sandbox.keyward(&["install", "--global", "--strict"]).exits(0).says("pointed before");
    let after = sandbox.snapshot(&sandbox.home);
    sandbox.keyward(&["install", "--global"]).exits(0).says("installed already");
    assert_eq!(sandbox.snapshot(&sandbox.home), after);
    sandbox.stage("a", "a\n");
    sandbox.commit("a").exits(0);
    assert_eq!(trace(&sandbox), "own\nformer\n");
    sandbox.keyward(&["uninstall", "--global"]).exits(0);
    let hooks = |list: Vec<(std::path::PathBuf, u32, Vec<u8>)>| -> Vec<_> {
        list.into_iter().filter(|(path, ..)| !path.ends_with(".gitconfig")).collect()
    };
    assert_eq!(hooks(sandbox.snapshot(&sandbox.home)), hooks(before));
    sandbox.git(&["config", "--global", "--get", "core.hooksPath"]).exits(0).says("~/mine");
    sandbox.git(&["config", "--global", "--get", "keyward.formerHooksPath"]).exits(1);
}

#[test]
fn a_clone_and_a_push_work_under_global_hooks() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install", "--global"]).exits(0);
    sandbox.stage("a", "a\n");
    sandbox.commit("a").exits(0);
    sandbox.git(&["config", "receive.denyCurrentBranch", "updateInstead"]).exits(0);
    tracing(&sandbox, ".git/hooks/post-receive", "received");
    let clone = sandbox.root().join("clone");
    sandbox
        .git_in(&sandbox.home, &["clone".as_ref(), "--quiet".as_ref(), sandbox.repo.as_os_str(), clone.as_os_str()])
        .exits(0);
    fs::write(clone.join("a"), "b\n").unwrap();
    sandbox.git_in(&clone, &["commit", "--quiet", "-am", "b"]).exits(0);
    sandbox.git_in(&clone, &["push", "--quiet", "--no-verify", "origin", "main"]).exits(0);
    assert_eq!(fs::read_to_string(sandbox.repo.join("a")).unwrap(), "b\n");
    assert_eq!(trace(&sandbox), "received\n");
}

#[test]
fn without_a_home_global_hooks_have_no_place() {
    let mut sandbox = Sandbox::new();
    sandbox.unset("HOME");
    sandbox.keyward(&["install", "--global"]).exits(2).says("HOME");
    sandbox.keyward(&["uninstall", "--global"]).exits(2).says("HOME");
    sandbox.keyward(&["install"]).exits(0);
}

#[test]
fn a_setting_that_was_changed_meanwhile_is_left() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "--global", "core.hooksPath", "~/mine"]).exits(0);
    sandbox.keyward(&["install", "--global"]).exits(0);
    sandbox.git(&["config", "--global", "core.hooksPath", "~/other"]).exits(0);
    sandbox.keyward(&["uninstall", "--global"]).exits(0).hides("says again");
    sandbox.git(&["config", "--global", "--get", "core.hooksPath"]).exits(0).says("~/other");
    sandbox.git(&["config", "--global", "--get", "keyward.formerHooksPath"]).exits(1);
    assert!(!sandbox.home.join(".config/keyward").exists());
}
