//! The pusher's own side.

use super::{Server, line};
use crate::secrets::github_token;

/// A clone whose own pre-push is keyward, and a server that judges nothing.
fn guarded() -> Server {
    let server = Server::founded();
    std::fs::remove_file(server.bare.join("hooks/pre-receive")).unwrap();
    server.sandbox.script(
        ".git/hooks/pre-push",
        &format!("#!/bin/sh\nexec '{}' hook pre-push \"$@\"\n", env!("CARGO_BIN_EXE_keyward")),
    );
    server
}

#[test]
fn every_reference_of_a_push_is_judged() {
    let server = guarded();
    server.branch("bad", "a.txt", line(&github_token()));
    server.branch("good", "b.txt", "nothing\n");
    server.blocked(&["good", "bad"]);
    server.blocked(&["good", &format!("good:refs/heads/{}", github_token())]);
    server.push(&["good"]).exits(0);
    server.push(&[":good"]).exits(0);
    server.git(&["tag", "--annotate", "--message", &line(&github_token()), "leaky", "main"]);
    server.blocked(&["leaky"]);
    server.git(&["tag", "--annotate", "--message", "around it", "around", "leaky"]);
    server.blocked(&["around"]);
    server.blocked(&["bad^{tree}:refs/keep/tree"]);
    server.blocked(&["bad:a.txt:refs/keep/blob"]);
    server.blocked(&["HEAD^{/README}:refs/heads/x", "bad"]);
}

#[test]
fn only_what_this_remote_has_is_left_out() {
    let server = guarded();
    server.unguarded_clone(|server| {
        server.branch("side", "a.txt", line(&github_token()));
        server.push(&["side"]).exits(0);
    });
    server.sandbox.committed("b.txt", "nothing\n");
    server.push(&["side"]).exits(0);
    server.push(&["side:refs/heads/again"]).exits(0);
    let other = server.sandbox.root().join("other.git");
    let other = other.to_str().unwrap();
    server.git(&["init", "--quiet", "--bare", other]);
    server.git(&["remote", "add", "other", other]);
    server.sandbox.git(&["push", "other", "side"]).exits(1).says("block:");
    server.sandbox.git(&["push", other, "side"]).exits(1).says("block:");
    // The same name, pushed to another place.
    server.git(&["remote", "set-url", "--push", "origin", other]);
    server.sandbox.git(&["push", "origin", "side"]).exits(1).says("block:");
    // A remote whose name begins like the other's.
    server.git(&["remote", "add", "origin/side", other]);
    server.sandbox.git(&["push", "origin/side", "side"]).exits(1).says("block:");
}

#[test]
fn what_a_broken_glass_let_through_may_be_pushed() {
    let mut server = guarded();
    let script = format!("#!/bin/sh\nexec '{}' hook pre-commit\n", env!("CARGO_BIN_EXE_keyward"));
    server.sandbox.script(".git/hooks/pre-commit", &script);
    server.sandbox.stage("a.txt", line(&github_token()));
    server.sandbox.commit("an emergency").exits(1);
    server.sandbox.set("KEYWARD_BREAK_GLASS", "the pager is on fire");
    server.sandbox.commit("an emergency").exits(0);
    server.sandbox.unset("KEYWARD_BREAK_GLASS");
    let log = server.sandbox.repo.join(".git/keyward/audit.jsonl");
    let whole = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, whole.replacen("pager", "phone", 1) + &whole).unwrap();
    server.blocked(&["main"]).says("nothing in it counts");
    std::fs::write(&log, &whole).unwrap();
    server.push(&["main"]).exits(0).says("break-glass");
    server.sandbox.committed("b.txt", line(&github_token()));
    server.blocked(&["main"]);
}

#[test]
fn malformed_input_is_refused() {
    let server = guarded();
    let (a, zero) = ("a".repeat(40), "0".repeat(40));
    for input in ["garbage\n", &format!("x {a} refs/heads/x\n"), &format!("x {a} refs/heads/x {zero}0\n")] {
        server.sandbox.keyward_fed(&["hook", "pre-push", "origin", "/x"], input.as_bytes()).exits(2);
    }
    let missing = format!("x {a} refs/heads/x {zero}\n");
    let output = server.sandbox.keyward_fed(&["hook", "pre-push", "origin", "/x"], missing.as_bytes());
    output.exits(2).says("incomplete:");
    server.sandbox.keyward_fed(&["hook", "--budget", "1s", "pre-push"], b"").exits(2).says("--budget");
}

impl Server {
    /// Runs `work` without the clone's hooks.
    fn unguarded_clone(&self, work: impl FnOnce(&Self)) {
        let hooks = self.sandbox.repo.join(".git/hooks");
        std::fs::rename(&hooks, hooks.with_extension("away")).unwrap();
        work(self);
        std::fs::rename(hooks.with_extension("away"), &hooks).unwrap();
    }
}
