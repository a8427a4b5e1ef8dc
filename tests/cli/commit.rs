//! Every way to make a commit, with the hooks installed and real git.
#![cfg(unix)]

use crate::sandbox::Sandbox;
use crate::secrets;
use crate::support::{guarded, leak, leak_of};
use std::fs;

fn commits(sandbox: &Sandbox) -> String {
    sandbox.git(&["rev-list", "--count", "--all"]).exits(0).stdout.trim().to_owned()
}

#[test]
fn an_aws_pair_and_a_jwt_are_refused_and_without_them_the_commit_goes_through() {
    let sandbox = guarded();
    let (id, secret) = secrets::aws_pair();
    let with = format!("{}\njwt: {}\nregion = eu-central-1\n", secrets::aws_lines(), secrets::jwt());
    sandbox.stage("settings.ini", with);
    let refused = sandbox.commit("settings").exits(1).says("block").says("settings.ini");
    let refused = refused.says("aws-access-key-pair").says("jwt");
    refused.hides(&id).hides(&secret).hides(&secrets::jwt());
    assert_eq!(commits(&sandbox), "1");
    sandbox.stage("settings.ini", "region = eu-central-1\n");
    sandbox.commit("settings").exits(0);
    assert_eq!(commits(&sandbox), "2");
}

#[test]
fn the_first_commit_of_a_repository_is_judged() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install"]).exits(0);
    sandbox.stage("a.txt", leak());
    sandbox.commit("first").exits(1).says("a.txt");
    sandbox.stage("a.txt", "nothing\n");
    sandbox.commit("first").exits(0);
}

#[test]
fn commit_all_judges_what_it_stages_itself() {
    let sandbox = guarded();
    sandbox.write("README", leak());
    sandbox.git(&["commit", "--quiet", "--all", "--message", "all"]).exits(1).says("README");
    sandbox.write("README", "read me again\n");
    sandbox.git(&["commit", "--quiet", "--all", "--message", "all"]).exits(0);
}

#[test]
fn commit_of_named_files_judges_only_those() {
    let sandbox = guarded();
    sandbox.committed("clean.txt", "one\n");
    sandbox.stage("leak.txt", leak());
    sandbox.write("clean.txt", "two\n");
    sandbox.git(&["commit", "--quiet", "--message", "named", "clean.txt"]).exits(0);
    assert_eq!(sandbox.git(&["show", "--name-only", "--format="]).stdout.trim(), "clean.txt");
    sandbox.git(&["commit", "--quiet", "--message", "named", "leak.txt"]).exits(1).says("leak.txt");
}

#[test]
fn amend_judges_what_it_adds() {
    let sandbox = guarded();
    sandbox.stage("more.txt", leak());
    let before = sandbox.id("HEAD");
    sandbox.git(&["commit", "--quiet", "--amend", "--no-edit"]).exits(1).says("more.txt");
    assert_eq!(sandbox.id("HEAD"), before);
}

#[test]
fn a_commit_from_a_subfolder_and_in_a_linked_worktree_is_judged() {
    let sandbox = guarded();
    sandbox.write("deep/er/clean.txt", "clean\n");
    sandbox.stage("leak.txt", leak());
    let deep = sandbox.repo.join("deep/er");
    sandbox.git_in(&deep, &["commit", "--quiet", "--message", "sub"]).exits(1).says("leak.txt");
    let linked = sandbox.root().join("linked");
    sandbox.git(&["worktree", "add", "--quiet", linked.to_str().unwrap()]).exits(0);
    fs::write(linked.join("other.txt"), leak_of("linked")).unwrap();
    sandbox.git_in(&linked, &["add", "other.txt"]).exits(0);
    let refused = sandbox.git_in(&linked, &["commit", "--quiet", "--message", "linked"]).exits(1);
    refused.says("other.txt").hides("leak.txt");
}

#[test]
fn a_bare_repository_with_a_work_tree_of_its_own_is_judged() {
    let mut sandbox = Sandbox::new();
    let bare = sandbox.root().join("files.git");
    sandbox.git_in(&sandbox.root(), &["init", "--quiet", "--bare", "files.git"]).exits(0);
    let home = sandbox.home.clone();
    sandbox.set("GIT_DIR", &bare).set("GIT_WORK_TREE", &home);
    sandbox.keyward_in(&home, &["install"]).exits(0);
    fs::write(home.join("leak.txt"), leak()).unwrap();
    sandbox.git_in(&home, &["add", "leak.txt"]).exits(0);
    sandbox.git_in(&home, &["commit", "--quiet", "--message", "dot files"]).exits(1).says("leak.txt");
    fs::write(home.join("leak.txt"), "clean\n").unwrap();
    sandbox.git_in(&home, &["add", "leak.txt"]).exits(0);
    sandbox.git_in(&home, &["commit", "--quiet", "--message", "dot files"]).exits(0);
}

#[test]
fn another_index_file_is_the_one_that_is_judged() {
    let mut sandbox = guarded();
    sandbox.stage("leak.txt", leak());
    let other = sandbox.root().join("other-index");
    sandbox.set("GIT_INDEX_FILE", &other);
    sandbox.git(&["read-tree", "HEAD"]).exits(0);
    sandbox.stage("clean.txt", "clean\n");
    sandbox.commit("other index").exits(0);
    sandbox.stage("second.txt", leak_of("second"));
    sandbox.commit("other index").exits(1).says("second.txt").hides("leak.txt");
}

#[test]
fn the_staged_half_of_a_file_is_judged_not_the_working_file() {
    let sandbox = guarded();
    sandbox.stage("a.txt", "clean\n");
    sandbox.write("a.txt", leak());
    sandbox.commit("clean half").exits(0);
    sandbox.stage("b.txt", leak());
    sandbox.write("b.txt", "clean\n");
    sandbox.commit("leaking half").exits(1).says("b.txt");
}

#[test]
fn a_merge_is_judged_against_all_its_parents() {
    let sandbox = guarded();
    sandbox.git(&["checkout", "--quiet", "-b", "side"]).exits(0);
    sandbox.committed("known.txt", leak());
    sandbox.committed("both.txt", "side\n");
    sandbox.git(&["checkout", "--quiet", "main"]).exits(0);
    sandbox.committed("mine.txt", "mine\n");
    // What the other branch holds is not new.
    sandbox.git(&["merge", "--quiet", "--no-ff", "side"]).exits(0);
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD^1"]).exits(0);
    // What comes with the resolution is.
    sandbox.committed("both.txt", "main\n");
    sandbox.git(&["merge", "--quiet", "--no-ff", "side"]).exits(1);
    sandbox.stage("both.txt", format!("both\n{}", leak_of("resolution")));
    sandbox.commit("merge").exits(1).says("both.txt").hides("known.txt");
    sandbox.stage("both.txt", "both\n");
    sandbox.commit("merge").exits(0);
}

#[test]
fn a_secret_that_a_clean_merge_makes_is_stopped_before_the_merge_is_committed() {
    let sandbox = guarded();
    // A merge driver stands for any merge whose result neither side holds.
    sandbox.script("../driver", &format!("#!/bin/sh\nprintf 'token = %s\\n' '{}' >\"$1\"\n", secrets::github_token()));
    let driver = format!("{} %A", sandbox.root().join("driver").display());
    sandbox.git(&["config", "merge.made.driver", &driver]).exits(0);
    sandbox.committed(".gitattributes", "both.txt merge=made\n");
    sandbox.committed("both.txt", "base\n");
    sandbox.git(&["checkout", "--quiet", "-b", "side"]).exits(0);
    sandbox.committed("both.txt", "side\n");
    sandbox.git(&["checkout", "--quiet", "main"]).exits(0);
    sandbox.committed("both.txt", "main\n");
    let before = sandbox.id("HEAD");
    let refused = sandbox.git(&["merge", "--quiet", "side"]);
    assert_ne!(refused.code, 0);
    refused.says("block").says("both.txt");
    assert_eq!(sandbox.id("HEAD"), before);
}

#[test]
fn a_patch_of_git_am_is_judged_content_and_message() {
    let sandbox = guarded();
    sandbox.git(&["checkout", "--quiet", "-b", "side"]).exits(0);
    sandbox.committed("content.txt", leak());
    sandbox.stage("word.txt", "clean\n");
    let message = format!("the key is {}", secrets::github_token_of("message"));
    sandbox.git(&["commit", "--quiet", "--no-verify", "--message", &message]).exits(0);
    sandbox.committed("fine.txt", "clean\n");
    let patches = sandbox.root().join("patches");
    sandbox.git(&["format-patch", "--quiet", "-3", "-o", patches.to_str().unwrap()]).exits(0);
    sandbox.git(&["checkout", "--quiet", "main"]).exits(0);
    let before = sandbox.id("HEAD");
    let mut names: Vec<_> = fs::read_dir(&patches).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let apply = |number: usize| sandbox.git(&["am", "--quiet", names[number].to_str().unwrap()]);
    let content = apply(0);
    assert_ne!(content.code, 0);
    content.says("content.txt").says("block").hides(&secrets::github_token());
    sandbox.git(&["am", "--abort"]).exits(0);
    let word = apply(1);
    assert_ne!(word.code, 0);
    word.says("block");
    sandbox.git(&["am", "--abort"]).exits(0);
    assert_eq!(sandbox.id("HEAD"), before);
    apply(2).exits(0);
}

#[test]
fn a_secret_in_the_message_is_refused_and_what_git_cuts_off_is_not_judged() {
    let mut sandbox = guarded();
    let token = secrets::github_token();
    let empty = ["commit", "--quiet", "--allow-empty"];
    let refused = sandbox.git(&[&empty[..], &["--message", &format!("use {token}")]].concat()).exits(1);
    refused.says("message").says("block").hides(&token);
    // With an editor, git takes comment lines and what stands below the scissors away.
    sandbox.write("../text", format!("a subject\n\n# {token}\n# ---- >8 ----\n"));
    let text = sandbox.root().join("text");
    let editor = |text: &std::path::Path| format!("cp '{}'", text.display());
    sandbox.set("GIT_EDITOR", editor(&text));
    sandbox.git(&empty).exits(0);
    let scissors = format!("a subject\n# ------------------------ >8 ------------------------\n{token}\n");
    fs::write(&text, scissors).unwrap();
    sandbox.git(&[&empty[..], &["--cleanup=scissors"]].concat()).exits(0);
    sandbox.git(&[&empty[..], &["--verbose"]].concat()).exits(0);
    let log = sandbox.git(&["log", "--format=%B"]);
    log.hides(&token);
    fs::write(&text, format!("a subject\n\n{token}\n")).unwrap();
    sandbox.git(&empty).exits(1).says("block");
    // Where the configuration keeps every line, every line is judged.
    fs::write(&text, format!("a subject\n\n# {token}\n")).unwrap();
    sandbox.git(&["config", "commit.cleanup", "verbatim"]).exits(0);
    sandbox.git(&empty).exits(1).says("block");
}

#[test]
fn another_comment_character_is_honoured() {
    let mut sandbox = guarded();
    let token = secrets::github_token();
    sandbox.git(&["config", "core.commentChar", ";"]).exits(0);
    sandbox.write("../text", format!("a subject\n\n; {token}\n"));
    let text = sandbox.root().join("text");
    sandbox.set("GIT_EDITOR", format!("cp '{}'", text.display()));
    sandbox.git(&["commit", "--quiet", "--allow-empty"]).exits(0).hides(&token);
    fs::write(&text, format!("a subject\n\n# {token}\n")).unwrap();
    sandbox.git(&["commit", "--quiet", "--allow-empty"]).exits(1).says("block");
}
