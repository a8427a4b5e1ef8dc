//! The ways in, over whatever a server is reached by.

use super::{Server, line};
use crate::secrets::{github_token, github_token_of};

/// New branch, update, force, delete, ref name, added then removed, message, merge, tags, many references, an object
/// that none reaches, a replace ref: each blocks or passes as it should, and nothing of a refused push stays.
pub fn every_way(server: Server) {
    server.found();
    branches(&server);
    commits(&server);
    tags(&server);
    many(&server);
    unreachable(&server);
    replaced(&server);
}

fn branches(server: &Server) {
    server.branch("new", "a.txt", line(&github_token()));
    server.blocked(&["new"]).hides(&github_token()).says("github-personal-access-token").says("a.txt");
    server.branch("topic", "a.txt", "nothing\n");
    server.passes(&["topic"]);
    server.sandbox.committed("a.txt", line(&github_token()));
    server.blocked(&["topic"]);
    server.branch("topic", "b.txt", line(&github_token()));
    server.blocked(&["+topic"]);
    server.branch("topic", "b.txt", "something else\n");
    server.passes(&["+topic"]);
    server.push(&[":topic"]).exits(0);
    let name = format!("new:refs/heads/{}", github_token());
    server.git(&["branch", "--force", "new", "main"]);
    server.blocked(&[&name]);
}

fn commits(server: &Server) {
    server.branch("removed", "a.txt", line(&github_token()));
    server.git(&["rm", "--quiet", "a.txt"]);
    server.git(&["commit", "--quiet", "--message", "take it out"]);
    server.blocked(&["removed"]);
    server.branch("message", "a.txt", "nothing\n");
    server.git(&["commit", "--quiet", "--allow-empty", "--message", &line(&github_token())]);
    server.blocked(&["message"]);
    server.branch("one", "one.txt", "one\n");
    server.branch("two", "two.txt", "two\n");
    server.git(&["merge", "--quiet", "--no-commit", "--no-ff", "one"]);
    server.sandbox.stage("one.txt", line(&github_token()));
    server.git(&["commit", "--quiet", "--message", "merge"]);
    server.blocked(&["two"]);
}

fn tags(server: &Server) {
    server.git(&["checkout", "--quiet", "main"]);
    server.git(&["tag", "--annotate", "--message", &line(&github_token()), "leaky"]);
    server.blocked(&["leaky"]);
    server.git(&["tag", "--annotate", "--message", "fine", "v1"]);
    server.git(&["tag", "--annotate", "--message", "a tag of a tag", "v1-again", "v1"]);
    server.passes(&["v1-again"]);
    server.git(&["tag", "--annotate", "--message", "around it", "around", "leaky"]);
    server.blocked(&["around"]);
    server.passes(&["v1"]);
}

/// 30 references in one push, the secret behind the last one.
fn many(server: &Server) {
    let clean: Vec<String> = (0..29).map(|number| format!("main:refs/heads/many/{number}")).collect();
    let mut all: Vec<&str> = clean.iter().map(String::as_str).collect();
    server.branch("last", "z.txt", line(&github_token_of("last")));
    all.push("last:refs/heads/many/last");
    server.blocked(&all);
    all.pop();
    server.passes(&all);
}

/// A pack that holds more than the reference reaches, as no git would send it.
fn unreachable(server: &Server) {
    server.branch("beside", "beside.txt", "nothing\n");
    let stray = |text: &str| {
        let words = ["hash-object", "-w", "--stdin"];
        let output = server.sandbox.run_in(&server.sandbox.repo, "git".as_ref(), &words, text.as_bytes());
        output.exits(0).stdout.trim().to_owned()
    };
    let before = (server.refs(), server.objects());
    // git unpacks a small push, and keeps the pack of a large one.
    for limit in ["100", "1"] {
        server.sandbox.git_in(&server.bare, &["config", "receive.unpackLimit", limit]).exits(0);
        let output = raw_push(server, "beside", &stray(&line(&github_token_of("stray"))));
        assert!(output.contains("block:"), "{output}");
        assert!(before == (server.refs(), server.objects()));
    }
    let output = raw_push(server, "beside", &stray("a stray\n"));
    assert!(output.contains("pass:"), "{output}");
    assert!(server.refs().contains("refs/heads/beside"));
}

/// Posts standard input as git does (gitprotocol-http(5)).
const POST: &str = "\
import sys, urllib.request
kind = {'Content-Type': 'application/x-git-receive-pack-request'}
request = urllib.request.Request(sys.argv[1] + '/git-receive-pack', sys.stdin.buffer.read(), kind)
sys.stdout.buffer.write(urllib.request.urlopen(request).read())
";

/// Speaks git's protocol (gitprotocol-pack(5)): one update, then a pack of the branch and one more object.
fn raw_push(server: &Server, branch: &str, more: &str) -> String {
    let sandbox = &server.sandbox;
    let new = sandbox.id(branch);
    let list = sandbox.git(&["rev-list", "--objects", "--no-object-names", branch, "^main"]).exits(0).stdout;
    let pack = sandbox.run_in(
        &sandbox.repo,
        "git".as_ref(),
        &["pack-objects", "--quiet", "--stdout"],
        format!("{list}{more}\n").as_bytes(),
    );
    let format = if new.len() == 64 { "sha256" } else { "sha1" };
    let command = format!(
        "{} {new} refs/heads/{branch}\0report-status side-band-64k object-format={format}",
        "0".repeat(new.len())
    );
    let mut input = format!("{:04x}{command}0000", command.len() + 4).into_bytes();
    input.extend(pack.exits(0).raw);
    if let Some(address) = &server.address {
        let words = ["-c", POST, address];
        return sandbox.run_in(&sandbox.root(), "python3".as_ref(), &words, &input).text();
    }
    let words = ["receive-pack", server.bare.to_str().unwrap()];
    sandbox.run_in(&sandbox.root(), "git".as_ref(), &words, &input).text()
}

fn replaced(server: &Server) {
    server.branch("other", "other.txt", "other\n");
    server.git(&["replace", "main", "other"]);
    let name = format!("refs/replace/{}", server.git(&["rev-parse", "refs/heads/main"]).stdout.trim());
    server.refused(&[&name]).says("incomplete:").says("replace-ref");
    server.administered("[server]\nreplace-refs = true\n");
    server.passes(&[&name]);
    server.git(&["replace", "--delete", "main"]);
}
