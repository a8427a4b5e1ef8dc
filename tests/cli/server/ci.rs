//! CI on a pull request: the base says what holds, whatever the pull request brings.

use super::line;
use crate::sandbox::Sandbox;
use crate::secrets::{github_token, github_token_of};

const LOOSE: &str = "[[allow]]\npaths = [\"leaks/**\"]\nreason = \"a test\"\n";

fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.committed("README", "A project\n");
    sandbox
}

fn judged(sandbox: &Sandbox, base: &str, head: &str, code: i32) {
    let range = format!("{base}..{head}");
    sandbox.keyward(&["scan", "--history", &range, "--trust", base]).exits(code);
}

#[test]
fn loosened_in_one_push_and_leaked_in_the_next_on_the_same_branch() {
    let sandbox = project();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]).exits(0);
    sandbox.committed("keyward.toml", LOOSE);
    judged(&sandbox, "main", "topic", 0);
    sandbox.committed("leaks/a.txt", line(&github_token()));
    judged(&sandbox, "main", "topic", 1);
    // On a branch from it.
    sandbox.git(&["checkout", "--quiet", "-b", "from-it"]).exits(0);
    sandbox.committed("leaks/b.txt", line(&github_token_of("b")));
    judged(&sandbox, "main", "from-it", 1);
    // Without the word of the base the branch would say what holds.
    sandbox.keyward(&["scan", "--history", "main..from-it"]).exits(0);
}

#[test]
fn what_the_default_branch_has_taken_holds_from_the_next_push_on() {
    let sandbox = project();
    sandbox.committed("keyward.toml", LOOSE);
    sandbox.committed("leaks/a.txt", line(&github_token()));
    // One push to main of both: judged by what main said before.
    judged(&sandbox, "main~2", "main", 1);
    judged(&sandbox, "main~1", "main", 0);
}

#[test]
fn an_entry_of_the_baseline_does_not_excuse_what_comes_with_it() {
    let sandbox = project();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]).exits(0);
    sandbox.committed("a.txt", line(&github_token()));
    let report = sandbox.keyward(&["scan", "--format", "json"]).json();
    let fingerprint = report["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
    let words = ["baseline", "add", &fingerprint, "--status", "false-positive", "--reason", "a test"];
    sandbox.keyward(&[&words[..], &["--owner", "a", "--approver", "b"]].concat()).exits(0);
    sandbox.git(&["add", "--all"]).exits(0);
    sandbox.git(&["commit", "--quiet", "--message", "an entry"]).exits(0);
    sandbox.keyward(&["scan", "--history", "main..topic"]).exits(0);
    judged(&sandbox, "main", "topic", 1);
    // Once the entry alone is in the base it counts.
    sandbox.git(&["checkout", "--quiet", "main"]).exits(0);
    sandbox.git(&["checkout", "topic", "--", "keyward.baseline"]).exits(0);
    sandbox.git(&["commit", "--quiet", "--message", "an entry, looked at by others"]).exits(0);
    judged(&sandbox, "main", "topic", 0);
}

#[test]
fn a_policy_in_the_pull_request_that_cannot_be_read_changes_nothing() {
    let sandbox = project();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]).exits(0);
    sandbox.committed("keyward.toml", "[gate\n");
    sandbox.committed("a.txt", line(&github_token()));
    judged(&sandbox, "main", "topic", 1);
}
