//! `keyward install` and `keyward uninstall` on real repositories.
#![cfg(unix)]

use crate::sandbox::{Sandbox, set_mode};
use crate::secrets;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

const GUARDED: [&str; 6] =
    ["pre-commit", "commit-msg", "pre-merge-commit", "pre-applypatch", "applypatch-msg", "pre-push"];

/// A hook that leaves a trace in the file `trace` of the sandbox.
fn tracing(sandbox: &Sandbox, path: impl AsRef<Path>, word: &str) {
    let trace = sandbox.root().join("trace");
    sandbox.script(path, &format!("#!/bin/sh\necho {word} >>'{}'\n", trace.display()));
}

fn trace(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.root().join("trace")).unwrap_or_default()
}

fn leak(sandbox: &Sandbox) {
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
fn husky_gets_a_block_in_the_files_that_it_keeps() {
    let sandbox = husky();
    sandbox.write(".husky/pre-commit", "echo lint");
    sandbox.write(".husky/pre-push", "#!/bin/sh\ncat >>../pushed\n");
    let before = sandbox.snapshot(&sandbox.repo);
    sandbox.keyward(&["install"]).exits(0).says("added to what is there").says("on PATH");
    let after = sandbox.snapshot(&sandbox.repo);
    sandbox.keyward(&["install"]).exits(0).says("installed already");
    assert_eq!(sandbox.snapshot(&sandbox.repo), after);
    leak(&sandbox);
    sandbox.commit("leak").exits(1).says("block");
    sandbox.git(&["reset", "--quiet"]);
    fs::remove_file(sandbox.repo.join("config.txt")).unwrap();
    sandbox.keyward(&["uninstall"]).exits(0);
    sandbox.git(&["reset", "--quiet"]);
    fs::remove_file(sandbox.repo.join(".git/index")).ok();
    let left: Vec<_> = sandbox.snapshot(&sandbox.repo.join(".husky"));
    let before: Vec<_> =
        before.into_iter().filter(|(path, ..)| path.starts_with(sandbox.repo.join(".husky"))).collect();
    assert_eq!(left, before);
}

#[test]
fn a_husky_pre_push_of_the_users_still_gets_what_git_says() {
    let mut sandbox = husky();
    sandbox.write(".husky/pre-push", "#!/bin/sh\ncat >>../pushed\n");
    sandbox.keyward(&["install"]).exits(0);
    let stand_in = sandbox.script("../bin/keyward", "#!/bin/sh\ncat >>../judged\n");
    sandbox.set("PATH", format!("{}:/usr/bin:/bin", stand_in.parent().unwrap().display()));
    let hook = sandbox.repo.join(".husky/_/pre-push");
    sandbox.run_in(&sandbox.repo, hook.as_os_str(), &["origin", "url"], b"one\\n\ntwo\n").exits(0);
    for file in ["../judged", "../pushed"] {
        assert_eq!(fs::read_to_string(sandbox.repo.join(file)).unwrap(), "one\\n\ntwo\n", "{file}");
    }
}

/// A repository that husky 9 has set up: it runs `.husky/NAME` from hooks of its own making.
fn husky() -> Sandbox {
    let mut sandbox = Sandbox::new();
    for hook in GUARDED {
        let text = format!("#!/bin/sh\n[ ! -f .husky/{hook} ] || exec sh -e .husky/{hook} \"$@\"\n");
        sandbox.script(format!(".husky/_/{hook}"), &text);
    }
    sandbox.git(&["config", "core.hooksPath", ".husky/_"]).exits(0);
    let folder = Path::new(env!("CARGO_BIN_EXE_keyward")).parent().unwrap();
    sandbox.set("PATH", format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()));
    sandbox
}

#[test]
fn lefthook_users_are_told_what_to_add() {
    let sandbox = Sandbox::new();
    sandbox.script(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\ncall_lefthook run \"pre-commit\" \"$@\"\n");
    sandbox.keyward(&["install"]).exits(0).says("lefthook.yml").says("run: keyward hook pre-commit");
    sandbox.write("lefthook.yml", "pre-commit:\n  commands:\n    keyward:\n      run: keyward hook pre-commit\n");
    sandbox.keyward(&["install"]).exits(0).hides("lefthook.yml");
}

#[test]
fn the_pre_commit_frameworks_hook_may_be_put_over_keywards_without_a_loop() {
    let sandbox = Sandbox::new();
    // What `pre-commit install` writes, shortened: it calls the hook that it found as NAME.legacy.
    let framework = "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\nif [ -n \"$PRE_COMMIT_RUNNING_LEGACY\" ]; then echo bug; exit 1; fi\nlegacy=\"${0%/*}/pre-commit.legacy\"\n[ ! -x \"$legacy\" ] || PRE_COMMIT_RUNNING_LEGACY=1 \"$legacy\" \"$@\"\n";
    sandbox.script(".git/hooks/pre-commit", framework);
    sandbox.keyward(&["install"]).exits(0);
    fs::rename(sandbox.hook("pre-commit"), sandbox.hook("pre-commit.legacy")).unwrap();
    sandbox.script(".git/hooks/pre-commit", framework);
    for _ in 0..2 {
        leak(&sandbox);
        sandbox.commit("leak").exits(1).says("block").hides("bug");
        sandbox.stage("config.txt", "nothing\n");
        sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "clean"]).exits(0);
        sandbox.keyward(&["install"]).exits(0);
    }
}

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
