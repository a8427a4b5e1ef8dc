//! `keyward install` and `keyward uninstall` on real repositories.
#![cfg(unix)]

use crate::sandbox::{Sandbox, set_mode};
use crate::secrets;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

pub const GUARDED: [&str; 6] =
    ["pre-commit", "commit-msg", "pre-merge-commit", "pre-applypatch", "applypatch-msg", "pre-push"];

/// A hook that leaves a trace in the file `trace` of the sandbox.
pub fn tracing(sandbox: &Sandbox, path: impl AsRef<Path>, word: &str) {
    let trace = sandbox.root().join("trace");
    sandbox.script(path, &format!("#!/bin/sh\necho {word} >>'{}'\n", trace.display()));
}

/// What those hooks have left.
pub fn trace(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.root().join("trace")).unwrap_or_default()
}

/// Stages a file with a secret.
pub fn leak(sandbox: &Sandbox) {
    sandbox.stage("config.txt", format!("token = {}\n", secrets::github_token()));
}

#[test]
fn a_commit_with_a_secret_is_refused_and_without_it_goes_through() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install"]).exits(0).says("pre-commit");
    leak(&sandbox);
    sandbox.commit("leak").exits(1).says("block").hides(&secrets::github_token());
    sandbox.stage("config.txt", "token = from the vault\n");
    sandbox.commit("clean").exits(0);
}

#[test]
fn twice_changes_nothing() {
    let sandbox = Sandbox::new();
    tracing(&sandbox, ".git/hooks/pre-commit", "former");
    sandbox.keyward(&["install", "--strict"]).exits(0);
    let before = sandbox.snapshot(&sandbox.root());
    sandbox.keyward(&["install", "--strict"]).exits(0).says("installed already");
    assert_eq!(sandbox.snapshot(&sandbox.root()), before);
}

#[test]
fn the_plain_set_leaves_reference_transaction_to_strict() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install"]).exits(0);
    for hook in GUARDED {
        assert!(sandbox.hook(hook).is_file(), "{hook}");
    }
    assert!(!sandbox.hook("reference-transaction").exists());
    sandbox.keyward(&["install", "--strict"]).exits(0);
    assert!(sandbox.hook("reference-transaction").is_file());
}

#[test]
fn only_the_hooks_that_are_named_are_written() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install", "--hook", "commit-msg", "--hook", "commit-msg"]).exits(0);
    assert!(sandbox.hook("commit-msg").is_file());
    assert!(!sandbox.hook("pre-commit").exists());
}

#[test]
fn uninstall_gives_every_former_hook_back_byte_for_byte() {
    let sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.hook("")).unwrap();
    tracing(&sandbox, ".git/hooks/pre-commit", "former");
    set_mode(&sandbox.hook("pre-commit"), 0o751);
    sandbox.write(".git/hooks/commit-msg", b"not \xff executable");
    set_mode(&sandbox.hook("commit-msg"), 0o640);
    tracing(&sandbox, "tools/push", "push");
    symlink("../../tools/push", sandbox.hook("pre-push")).unwrap();
    symlink("nowhere", sandbox.hook("pre-merge-commit")).unwrap();
    tracing(&sandbox, ".git/hooks/post-commit", "other");
    let before = sandbox.snapshot(&sandbox.repo);
    sandbox.keyward(&["install", "--strict"]).exits(0).says("is kept and called");
    sandbox.keyward(&["uninstall"]).exits(0).says("what was there before is back");
    assert_eq!(sandbox.snapshot(&sandbox.repo), before);
    sandbox.keyward(&["uninstall"]).exits(0).says("nothing of keyward's");
}

#[test]
fn a_former_hook_still_runs_and_still_refuses() {
    let sandbox = Sandbox::new();
    tracing(&sandbox, ".git/hooks/pre-commit", "former");
    tracing(&sandbox, "tools/message", "message");
    symlink("../../tools/message", sandbox.hook("commit-msg")).unwrap();
    sandbox.keyward(&["install"]).exits(0);
    sandbox.stage("a", "a\n");
    sandbox.commit("a").exits(0);
    assert_eq!(trace(&sandbox), "former\nmessage\n");
    sandbox.script(".git/hooks/pre-commit.keyward-former", "#!/bin/sh\nexit 3\n");
    sandbox.stage("b", "b\n");
    sandbox.commit("b").exits(1);
}

#[test]
fn a_secret_that_a_former_hook_stages_is_seen() {
    let sandbox = Sandbox::new();
    let add = format!("#!/bin/sh\necho 'token = {}' >made.txt\ngit add made.txt\n", secrets::github_token());
    sandbox.script(".git/hooks/pre-commit", &add);
    sandbox.keyward(&["install"]).exits(0);
    sandbox.stage("a", "a\n");
    sandbox.commit("a").exits(1).says("made.txt");
}

#[test]
fn a_former_hook_that_git_ignored_is_not_started_to_run() {
    let sandbox = Sandbox::new();
    tracing(&sandbox, ".git/hooks/pre-commit", "ignored");
    set_mode(&sandbox.hook("pre-commit"), 0o644);
    sandbox.keyward(&["install"]).exits(0);
    sandbox.stage("a", "a\n");
    sandbox.commit("a").exits(0);
    assert_eq!(trace(&sandbox), "");
}

#[test]
fn a_hook_of_keywards_that_was_changed_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install"]).exits(0);
    let mut text = fs::read(sandbox.hook("pre-commit")).unwrap();
    text.extend_from_slice(b"echo mine\n");
    fs::write(sandbox.hook("pre-commit"), &text).unwrap();
    sandbox.keyward(&["install"]).exits(2).says("changed since");
    sandbox.keyward(&["uninstall"]).exits(2).says("left: it was changed");
    assert_eq!(fs::read(sandbox.hook("pre-commit")).unwrap(), text);
    assert!(!sandbox.hook("commit-msg").exists());
}

#[test]
fn a_hook_that_another_tool_put_over_keywards_stops_an_install_before_anything_is_written() {
    let sandbox = Sandbox::new();
    tracing(&sandbox, ".git/hooks/pre-push", "first");
    sandbox.keyward(&["install"]).exits(0);
    tracing(&sandbox, ".git/hooks/pre-push", "second");
    fs::remove_file(sandbox.hook("pre-commit")).unwrap();
    sandbox.keyward(&["install"]).exits(2).says("is kept already");
    assert!(!sandbox.hook("pre-commit").exists());
    sandbox.keyward(&["uninstall"]).exits(2).says("overwritten");
    assert!(fs::read_to_string(sandbox.hook("pre-push")).unwrap().contains("second"));
}

#[test]
fn a_missing_hooks_folder_is_made() {
    let sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.hook("")).unwrap();
    sandbox.keyward(&["install"]).exits(0);
    assert!(sandbox.hook("pre-commit").is_file());
}

#[test]
fn hooks_go_where_core_hooks_path_says_from_any_folder() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.hooksPath", "my hooks"]).exits(0);
    sandbox.write("deep/er/file", "");
    sandbox.keyward_in(&sandbox.repo.join("deep/er"), &["install"]).exits(0).says("part of the working tree");
    assert!(sandbox.repo.join("my hooks/pre-commit").is_file());
    leak(&sandbox);
    sandbox.commit("leak").exits(1).says("block");
}

#[test]
fn a_hooks_path_that_serves_other_repositories_too_is_said() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "--global", "core.hooksPath", "~/shared"]).exits(0);
    sandbox.keyward(&["install"]).exits(0).says("more than this repository").says(".gitconfig");
    assert!(sandbox.home.join("shared/pre-commit").is_file());
}

#[test]
fn a_linked_worktree_is_guarded_by_the_hooks_of_its_repository() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "a\n");
    let other = sandbox.root().join("other");
    sandbox.git(&["worktree".as_ref(), "add".as_ref(), "--quiet".as_ref(), other.as_os_str()]).exits(0);
    sandbox.keyward_in(&other, &["install"]).exits(0);
    assert!(sandbox.hook("pre-commit").is_file());
    fs::write(other.join("b"), secrets::aws_lines()).unwrap();
    sandbox.git_in(&other, &["add", "b"]).exits(0);
    sandbox.git_in(&other, &["commit", "--quiet", "-m", "b"]).exits(1).says("block");
}

#[test]
fn a_bare_repository_is_told_what_guards_it() {
    let sandbox = Sandbox::new();
    let bare = sandbox.root().join("bare");
    sandbox.git(&["init".as_ref(), "--quiet".as_ref(), "--bare".as_ref(), bare.as_os_str()]).exits(0);
    sandbox.keyward_in(&bare, &["install"]).exits(2).says("bare repository").says("server hooks");
}

#[test]
fn outside_a_repository_the_remedy_is_named() {
    let sandbox = Sandbox::without_repository();
    sandbox.keyward_in(&sandbox.home, &["install"]).exits(2).says("not a git repository").says("--global");
    sandbox.keyward_in(&sandbox.home, &["uninstall"]).exits(2).says("not a git repository");
}

#[test]
fn a_hooks_folder_that_cannot_be_written_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "");
    sandbox.git(&["config", "core.hooksPath", "file/hooks"]).exits(0);
    sandbox.keyward(&["install"]).exits(2).says("file/hooks");
}

#[test]
fn hooks_that_are_switched_off_by_the_setting_are_told() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.hooksPath", ""]).exits(0);
    sandbox.keyward(&["install"]).exits(2).says("git runs no hooks");
    sandbox.git(&["config", "core.hooksPath", "/dev/null"]).exits(0);
    sandbox.keyward(&["install"]).exits(2).says("/dev/null").says("--show-origin");
    sandbox.keyward(&["doctor"]).exits(1).says("no such hook in /dev/null");
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_hooks_folder_is_an_error_with_a_remedy() {
    let sandbox = Sandbox::new();
    // Not even root makes files here.
    sandbox.git(&["config", "core.hooksPath", "/sys/kernel"]).exits(0);
    sandbox.keyward(&["install"]).exits(2).says("/sys/kernel/").says("core.hooksPath");
}

#[test]
fn a_path_with_escape_codes_reaches_no_terminal() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.hooksPath", "a\u{1b}[31mb"]).exits(0);
    sandbox.keyward(&["install"]).exits(0).says("a\\x1b[31mb").hides("\u{1b}");
    leak(&sandbox);
    sandbox.commit("leak").exits(1).says("block");
}

#[test]
fn strict_sees_what_skips_the_hooks_of_a_commit() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "a\n");
    sandbox.keyward(&["install", "--strict"]).exits(0);
    let head = sandbox.id("HEAD");
    leak(&sandbox);
    let token = secrets::github_token();
    let refused: [&[&str]; 4] = [
        &["commit", "--quiet", "--no-verify", "-m", "leak"],
        &["stash"],
        &["tag", "-a", "v1", "-m", &token],
        &["notes", "add", "-m", &token],
    ];
    for words in refused {
        let output = sandbox.git(words).says("block:").hides(&token);
        assert_ne!(output.code, 0, "{words:?}");
    }
    assert_eq!(sandbox.id("HEAD"), head);
    assert_eq!(sandbox.git(&["for-each-ref", "--format=%(refname)"]).stdout, "refs/heads/main\n");
    sandbox.stage("config.txt", "clean\n");
    sandbox.git(&["commit", "--quiet", "--no-verify", "-m", "clean"]).exits(0);
}

#[test]
fn a_secret_in_a_patch_is_refused_by_am() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "a\n");
    leak(&sandbox);
    sandbox.git(&["commit", "--quiet", "--no-verify", "-m", "leak"]).exits(0);
    sandbox.git(&["format-patch", "--quiet", "-1", "-o", "../patches"]).exits(0);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]).exits(0);
    sandbox.keyward(&["install"]).exits(0);
    let output = sandbox.git(&["am", "../patches/0001-leak.patch"]).says("block:");
    assert_ne!(output.code, 0);
}

#[test]
fn a_push_of_a_secret_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet", "--bare", "../remote"]).exits(0);
    sandbox.git(&["remote", "add", "origin", "../remote"]).exits(0);
    sandbox.committed("a", "a\n");
    sandbox.keyward(&["install"]).exits(0);
    sandbox.git(&["push", "--quiet", "origin", "main"]).exits(0);
    sandbox.committed("leak.txt", secrets::github_token());
    let output = sandbox.git(&["push", "--quiet", "origin", "main"]).says("block:");
    assert_ne!(output.code, 0);
}
