//! Wrong input, and what goes wrong: never a pass.

use super::{Server, line};
use crate::secrets::{github_token, github_token_of};
use std::fs;

#[test]
fn garbage_on_standard_input_is_refused() {
    let server = Server::founded();
    let (a, zero) = ("a".repeat(40), "0".repeat(40));
    for input in ["", "\n", "garbage\n", &format!("{zero} {a}\n"), &format!("{zero} {a} refs/heads/x y\n")] {
        server.call("pre-receive", &[], input).exits(2);
    }
    server.call("update", &["refs/heads/x", &zero], "").exits(2);
    server.call("update", &["refs/heads/x", "x", "y"], "").exits(2);
}

#[test]
fn a_missing_object_is_incomplete_and_blocks() {
    let server = Server::founded();
    let (missing, zero) = ("a".repeat(40), "0".repeat(40));
    let input = format!("{zero} {missing} refs/heads/x\n");
    server.call("pre-receive", &[], &input).exits(2).says("incomplete:").says("missing-object");
    server.call("update", &["refs/heads/x", &zero, &missing], "").exits(2).says("incomplete:");
}

#[test]
fn a_deletion_passes_with_zeros_of_either_length() {
    let server = Server::founded();
    let main = server.sandbox.id("main");
    for zero in ["0".repeat(40), "0".repeat(64)] {
        server.call("pre-receive", &[], &format!("{main} {zero} refs/heads/old\n")).exits(0);
    }
}

#[test]
fn a_killed_hook_lets_nothing_through() {
    let server = Server::founded();
    server.script("pre-receive", "kill -KILL $$\n");
    server.branch("topic", "a.txt", "nothing\n");
    server.refused(&["topic"]);
}

#[test]
fn a_broken_file_of_the_administrator_blocks_and_its_text_stays_on_the_server() {
    let server = Server::founded();
    let file = server.administered("[gate]\nmode = \"hidden-word\"\n");
    server.branch("topic", "a.txt", "nothing\n");
    let told = server.refused(&["topic"]).says(":2:8").hides("hidden-word");
    drop(told.says("admin.log"));
    let log = fs::read_to_string(server.bare.join("keyward/admin.log")).unwrap();
    assert!(log.contains("hidden-word"), "{log}");
    fs::remove_file(file).unwrap();
    server.refused(&["topic"]);
    server.administered("");
    server.passes(&["topic"]);
}

#[test]
fn a_broken_policy_on_the_trust_ref_blocks() {
    let server = Server::founded();
    server.unguarded(|server| {
        server.sandbox.committed("keyward.toml", "[gate]\nmode = 1\n");
        server.push(&["main"]).exits(0);
    });
    server.branch("topic", "a.txt", "nothing\n");
    server.refused(&["topic"]).says("keyward.toml:2:8");
    // The way out of it.
    server.git(&["checkout", "--quiet", "main"]);
    server.sandbox.committed("keyward.toml", "");
    server.refused(&["main"]);
}

#[test]
fn a_shallow_push_is_incomplete_where_the_server_lacks_what_lies_behind() {
    let server = Server::founded();
    let (sandbox, root) = (&server.sandbox, server.sandbox.root());
    sandbox.committed("a.txt", "a\n");
    sandbox.committed("b.txt", "b\n");
    let origin = format!("file://{}", sandbox.repo.display());
    sandbox.git_in(&root, &["clone", "--quiet", "--depth=1", &origin, "shallow"]).exits(0);
    let bare = server.bare.to_str().unwrap();
    let before = server.refs();
    let output = sandbox.git_in(&root.join("shallow"), &["push", "--quiet", bare, "main:refs/heads/shallow"]);
    assert_ne!(output.code, 0, "{output:#?}");
    assert_eq!(server.refs(), before);
}

#[test]
fn hostile_names_do_no_harm() {
    let server = Server::founded();
    server.branch("x", "a\u{1b}[31m\"\\\n'$(touch pwned)`.txt", line(&github_token()));
    server.blocked(&["x:refs/heads/$(touch%pwned)'\"|x"]).hides("\u{1b}[31m");
    assert!(!server.bare.join("pwned").exists());
}

#[test]
fn ten_findings_are_shown_and_the_rest_is_counted() {
    let server = Server::founded();
    let text: String = (0..14).map(|number| line(&github_token_of(&number.to_string()))).collect();
    server.branch("many", "many.txt", text);
    let output = server.blocked(&["many"]).says("and 4 more findings").says("mark as \"edit\"");
    assert_eq!(output.stderr.matches("fingerprint").count() - output.stderr.matches("each fingerprint").count(), 10);
    assert!(output.stderr.lines().filter(|line| line.contains("keyward")).all(|line| line.starts_with("remote: ")));
}

#[test]
fn gitlab_is_given_marked_lines() {
    let mut server = Server::founded();
    server.sandbox.set("GL_REPOSITORY", "project-1");
    server.branch("bad", "a.txt", line(&github_token()));
    server.blocked(&["bad"]).says("remote: GL-HOOK-ERR: block:").hides("remote: block:");
    server.call("pre-receive", &[], "garbage\n").exits(2).says("GL-HOOK-ERR: error:");
}
