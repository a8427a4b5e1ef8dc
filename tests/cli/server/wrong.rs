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
    server.branch("topic", "a.txt", "nothing\n");
    server.script("pre-receive", "kill -KILL $$\n");
    server.refused(&["topic"]);
    // The program itself, while it reads.
    let program = env!("CARGO_BIN_EXE_keyward");
    let script =
        format!("sleep 2 2>/dev/null | '{program}' hook pre-receive & pid=$!\nkill -KILL $pid\nwait $pid\nexit $?\n");
    server.script("pre-receive", &script);
    server.refused(&["topic"]).hides("pass:");
    // Out of memory, out of time, and gone. The clock may strike before the verdict or behind it.
    server.branch("bad", "a.txt", line(&github_token()));
    for (limit, branch) in [("ulimit -v 20000", "topic"), ("ulimit -t 0", "bad")] {
        server.script("pre-receive", &format!("{limit}\n'{program}' hook pre-receive 2>&1 >/dev/null\n"));
        server.refused(&[branch]).hides("pass:");
    }
    server.script("pre-receive", "exec /nowhere/keyward hook pre-receive\n");
    server.refused(&["topic"]);
}

#[test]
fn a_full_disk_lets_nothing_through() {
    let server = Server::founded();
    let program = env!("CARGO_BIN_EXE_keyward");
    server.branch("bad", "a.txt", line(&github_token()));
    // No file can grow: what is judged needs none, and a refusal stays one without its log.
    let script = |more: &str| format!("ulimit -f 0\n'{program}' hook pre-receive {more}\n");
    server.script("pre-receive", &script(""));
    server.blocked(&["bad"]);
    let file = server.administered("[gate]\nmode = \"hidden-word\"\n");
    server.script("pre-receive", &script(&format!("--config '{}'", file.display())));
    server.refused(&["bad"]).hides("hidden-word");
    std::fs::create_dir_all(server.bare.join("keyward")).unwrap();
    _ = fs::remove_file(server.bare.join("keyward/admin.log"));
    std::os::unix::fs::symlink("/dev/full", server.bare.join("keyward/admin.log")).unwrap();
    server.hook("pre-receive", &format!("--config '{}'", file.display()));
    server.refused(&["bad"]).says("its log cannot be written");
}

#[test]
fn two_pushes_at_once_are_judged_each_by_itself() {
    let server = Server::founded();
    server.branch("bad", "a.txt", line(&github_token()));
    server.branch("good", "b.txt", "nothing\n");
    let (bad, good) = std::thread::scope(|scope| {
        let bad = scope.spawn(|| server.push(&["bad"]));
        let good = scope.spawn(|| server.push(&["good"]));
        (bad.join().unwrap(), good.join().unwrap())
    });
    assert_ne!(bad.code, 0);
    drop((bad.says("block:"), good.exits(0).says("pass:")));
    let refs = server.refs();
    assert!(refs.contains("refs/heads/good") && !refs.contains("refs/heads/bad"), "{refs}");
}

#[test]
fn push_options_however_large_let_nothing_through() {
    let server = Server::founded();
    server.sandbox.git_in(&server.bare, &["config", "receive.advertisePushOptions", "true"]).exits(0);
    server.branch("bad", "a.txt", line(&github_token()));
    let option = |length: usize| format!("--push-option=keyward-waiver={}", "A".repeat(length));
    let push = |options: &[String]| {
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let before = (server.refs(), server.objects());
        let output = server.sandbox.git(&[&["push", "--quiet"], options.as_slice(), &["origin", "bad"]].concat());
        assert_ne!(output.code, 0);
        assert!(before == (server.refs(), server.objects()));
    };
    push(&[option(100)]);
    // Longer than a line of git's protocol; and more than fits into any environment.
    push(&[option(70_000)]);
    for _ in 0..40 {
        let value = format!("keyward-waiver={}", "A".repeat(60_000));
        server.git(&["config", "--add", "push.pushOption", &value]);
    }
    push(&[]);
}

#[test]
fn many_references_at_once_are_all_judged() {
    let server = Server::founded();
    let (main, zero) = (server.sandbox.id("main"), "0".repeat(40));
    let missing = "a".repeat(40);
    let many = |last: &str| {
        let clean = (0..10_000).map(|number| format!("{zero} {main} refs/heads/many/{number}\n"));
        clean.chain([format!("{zero} {last} refs/heads/last\n")]).collect::<String>()
    };
    server.call("pre-receive", &[], &many(&main)).exits(0).says("pass:");
    server.call("pre-receive", &[], &many(&missing)).exits(2).says("missing-object");
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
    fs::remove_file(&file).unwrap();
    server.refused(&["topic"]);
    // What is there and cannot be read.
    fs::create_dir(&file).unwrap();
    server.refused(&["topic"]).says("admin.log");
    fs::remove_dir(&file).unwrap();
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
    let output = server.blocked(&["many"]).says("and 4 more findings").says("mark as \"edit\"").says("git rebase");
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
