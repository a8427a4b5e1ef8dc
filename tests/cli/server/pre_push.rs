//! The pusher's own side.

use super::{Server, line};
use crate::secrets::{github_token, github_token_of};

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
fn a_refusal_tells_which_commit_to_write_anew_and_the_commands() {
    let mut server = guarded();
    server.branch("topic", "a.txt", line(&github_token()));
    let bad = server.sandbox.id("HEAD");
    server.blocked(&["topic"]).says("git add -- a.txt && git commit --amend");
    server.sandbox.committed("b.txt", "nothing\n");
    let rebase = format!("git rebase --interactive --rebase-merges {}^", &bad[..12]);
    server.blocked(&["topic", ":refs/heads/nothing-there"]).says(&rebase).says(&format!("\"edit\": {};", &bad[..12]));
    // As it says.
    let editor = server
        .sandbox
        .script("../editor", "#!/bin/sh\nsed 's/^pick /edit /' \"$1\" >\"$1.new\" && mv \"$1.new\" \"$1\"\n");
    server.sandbox.set("GIT_SEQUENCE_EDITOR", editor);
    server.git(&["rebase", "--quiet", "--interactive", "--rebase-merges", &format!("{bad}^")]);
    server.sandbox.write("a.txt", "taken out\n");
    server.git(&["add", "--update"]);
    server.git(&["commit", "--quiet", "--amend", "--no-edit"]);
    server.git(&["-c", "advice.all=false", "rebase", "--continue"]);
    server.git(&["rebase", "--continue"]);
    server.push(&["topic"]).exits(0);
    server.git(&["tag", "--annotate", "--message", &line(&github_token()), "leaky", "main"]);
    server.blocked(&["leaky"]).says("git tag --force --annotate leaky leaky^{}");
    server.git(&["branch", "--quiet", "plain", "main"]);
    server.blocked(&[&format!("plain:refs/heads/{}", github_token())]).says("git branch --move").hides(&github_token());
}

#[test]
fn ten_findings_are_shown_and_the_command_for_all_of_them_works() {
    let server = guarded();
    let text: String = (0..14).map(|number| line(&github_token_of(&number.to_string()))).collect();
    server.branch("many", "many.txt", text);
    let told = server.blocked(&["many"]).says("and 4 more findings; all of them: keyward scan --history ");
    let command = told.stderr.split_once("all of them: keyward ").unwrap().1.lines().next().unwrap().to_owned();
    let all = server.sandbox.keyward(&command.split_whitespace().collect::<Vec<_>>()).exits(1);
    assert_eq!(all.stdout.matches("many.txt:").count(), 14, "{all:#?}");
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
