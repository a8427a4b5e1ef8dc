//! Policy comes from the trusted side, and what is pushed can only make it stricter.

use super::{Server, line};
use crate::sandbox::Sandbox;
use crate::secrets::{github_token, password_line};

const LOOSE: &str = "[[allow]]\npaths = [\"leaks/**\"]\nreason = \"a test\"\n";

#[test]
fn a_branch_that_loosens_leaks_nothing() {
    let server = Server::founded();
    server.branch("loose", "keyward.toml", LOOSE);
    server.passes(&["loose"]);
    server.sandbox.committed("leaks/a.txt", line(&github_token()));
    server.blocked(&["loose"]);
    server.git(&["checkout", "--quiet", "-b", "from-it"]);
    server.blocked(&["from-it"]);
    server.branch("both", "keyward.toml", "[gate]\nmode = \"audit\"\n");
    server.sandbox.committed("b.txt", line(&github_token()));
    server.blocked(&["both"]).says("`gate.mode` is ignored");
}

#[test]
fn the_default_branch_is_not_loosened_without_the_administrator() {
    let server = Server::founded();
    server.sandbox.committed("keyward.toml", LOOSE);
    server.refused(&["main"]).says("loosens").says("allow");
    server.administered("[server]\naccept-loosening = true\n");
    server.passes(&["main"]);
    server.sandbox.committed("leaks/a.txt", line(&github_token()));
    server.passes(&["main"]);
    server.administered("");
    server.sandbox.git_in(&server.bare, &["config", "receive.denyDeleteCurrent", "ignore"]).exits(0);
    server.refused(&[":main"]).says("the whole policy");
    server.sandbox.committed("keyward.toml", "[gate]\nblock-on = \"medium\"\n");
    server.passes(&["main"]);
    server.git(&["revert", "--no-edit", "HEAD"]);
    server.refused(&["main"]).says("gate.block-on");
}

#[test]
fn a_trust_ref_without_a_policy_is_not_taken_away_to_be_founded_anew() {
    let server = Server::founded();
    server.sandbox.git_in(&server.bare, &["config", "receive.denyDeleteCurrent", "ignore"]).exits(0);
    server.refused(&[":main"]).says("the whole policy");
    server.sandbox.committed("keyward.toml", LOOSE);
    server.refused(&["main"]).says("loosens");
}

#[test]
fn a_policy_that_cannot_be_read_does_not_reach_the_trust_ref() {
    let server = Server::founded();
    server.sandbox.committed("keyward.toml", "[gate]\nblokc-on = \"high\"\n");
    let told = server.refused(&["main"]).says("keyward.toml").says(":2:1").hides("blokc-on");
    drop(told);
    server.sandbox.committed("keyward.toml", "");
    server.sandbox.committed("keyward.baseline", "no JSON\n");
    server.refused(&["main"]);
}

#[test]
fn the_trust_ref_may_be_another_than_head() {
    let server = Server::founded();
    server.unguarded(|server| {
        server.branch("policy", "keyward.toml", LOOSE);
        server.push(&["policy"]).exits(0);
    });
    server.branch("leak", "leaks/a.txt", line(&github_token()));
    server.blocked(&["leak"]);
    server.administered("[server]\ntrust-ref = \"refs/heads/policy\"\n");
    server.passes(&["leak"]);
}

#[test]
fn what_is_pushed_can_make_it_stricter() {
    let server = Server::founded();
    let excused = format!("{} # keyward:allow a test\n", password_line().trim_end());
    server.unguarded(|server| {
        server.sandbox.committed("keyward.toml", "[gate]\npragmas-up-to = \"certain\"\n");
        server.push(&["main"]).exits(0);
    });
    server.branch("excused", "settings.py", &excused);
    server.passes(&["excused"]);
    server.branch("strict", "settings.py", format!("{excused}\n"));
    server.sandbox.committed("keyward.toml", "[pragmas]\nkeyward = false\n");
    server.blocked(&["strict"]);
}

#[test]
fn a_comment_excuses_no_sure_finding_on_a_server() {
    let server = Server::founded();
    server.branch("excused", "a.txt", format!("token = {} # keyward:allow a test\n", github_token()));
    server.blocked(&["excused"]).says("up to confidence medium only").hides("say so in a comment");
}

#[test]
fn an_entry_of_the_baseline_does_not_count_with_its_own_secret() {
    let server = Server::founded();
    server.branch("known", "a.txt", line(&github_token()));
    accept_all(&server.sandbox);
    server.blocked(&["known"]);
    server.git(&["checkout", "--quiet", "main"]);
    server.git(&["checkout", "known", "--", "keyward.baseline"]);
    server.git(&["commit", "--quiet", "--message", "an entry, looked at by others"]);
    server.passes(&["main"]);
    server.passes(&["known"]);
}

/// Writes an entry for every finding and commits it.
fn accept_all(sandbox: &Sandbox) {
    let report = sandbox.keyward(&["scan", "--format", "json"]).json();
    for finding in report["findings"].as_array().unwrap() {
        let fingerprint = finding["fingerprint"].as_str().unwrap();
        let words = ["baseline", "add", fingerprint, "--status", "false-positive", "--reason", "a test"];
        sandbox.keyward(&[&words[..], &["--owner", "a", "--approver", "b"]].concat()).exits(0);
    }
    sandbox.git(&["add", "keyward.baseline"]).exits(0);
    sandbox.git(&["commit", "--quiet", "--message", "an entry"]).exits(0);
}

#[test]
fn what_cannot_be_judged_is_let_through_by_the_administrator_only() {
    let server = Server::founded();
    let limits = "[limits]\nobject = \"10 kB\"\n";
    server.unguarded(|server| {
        server.sandbox.committed("keyward.toml", format!("{limits}[gate]\non-incomplete = \"warn\"\n"));
        server.push(&["main"]).exits(0);
    });
    server.branch("large", "large.txt", "x".repeat(20_000));
    server.refused(&["large"]).says("incomplete:").says("too-large");
    server.administered("[gate]\non-incomplete = { default = \"block\", too-large = \"warn\" }\n");
    server.push(&["large"]).exits(0).says("incomplete:");
}

#[test]
fn no_glass_is_broken_on_a_server() {
    let mut server = Server::founded();
    server.sandbox.set("KEYWARD_BREAK_GLASS", "let me in");
    server.branch("bad", "a.txt", line(&github_token()));
    server.blocked(&["bad"]);
    server.blocked(&["bad"]);
}

#[test]
fn in_ci_the_base_says_what_holds() {
    let sandbox = Sandbox::new();
    sandbox.committed("README", "A project\n");
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]).exits(0);
    sandbox.committed("keyward.toml", LOOSE);
    sandbox.committed("leaks/a.txt", line(&github_token()));
    sandbox.keyward(&["scan", "--history", "main..HEAD"]).exits(0);
    sandbox.keyward(&["scan", "--history", "main..HEAD", "--trust", "main"]).exits(1).says("block:");
    sandbox.keyward(&["scan", "--history", "main..HEAD", "--trust", "nowhere"]).exits(2);
}
