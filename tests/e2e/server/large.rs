//! Pushes that are large in one way or another: bounded in memory, and never a pass by omission.

use super::{Server, line};
use crate::secrets::github_token;
use std::io::Write;

/// Makes the hook run with this much memory of its own at most, in MiB.
fn bounded(server: &Server, megabytes: u32) {
    let kib = megabytes * 1024;
    let program = env!("CARGO_BIN_EXE_keyward");
    server.script("pre-receive", &format!("ulimit -d {kib}\nexec '{program}' hook pre-receive\n"));
}

#[test]
fn ten_thousand_references_in_one_push() {
    let server = Server::founded();
    bounded(&server, 512);
    server.branch("bad", "a.txt", line(&github_token()));
    let main = server.sandbox.id("main");
    let lines: String = (0..10_000).map(|number| format!("create refs/heads/many/{number} {main}\n")).collect();
    let words = ["update-ref", "--stdin"];
    server.sandbox.run_in(&server.sandbox.repo, "git".as_ref(), &words, lines.as_bytes()).exits(0);
    server.blocked(&["refs/heads/many/*", "bad"]);
    server.passes(&["refs/heads/many/*"]);
}

#[test]
fn a_commit_of_a_hundred_thousand_files() {
    let server = Server::founded();
    bounded(&server, 1024);
    let commit = |secret: &str| {
        let mut stream = b"commit refs/heads/files\ncommitter A <a@b> 1 +0000\ndata 1\nx\n".to_vec();
        for number in 0..100_000 {
            let text = if number == 77_777 { line(secret) } else { format!("file {number}\n") };
            write!(stream, "M 100644 inline d{}/f{number}\ndata {}\n{text}\n", number % 300, text.len()).unwrap();
        }
        let words = ["fast-import", "--quiet", "--force"];
        server.sandbox.run_in(&server.sandbox.repo, "git".as_ref(), &words, &stream).exits(0);
    };
    commit(&github_token());
    server.blocked(&["files"]).says("f77777");
    commit("nothing");
    server.passes(&["files"]);
    // All of them under other names: what is deleted is compared with what is new, once.
    server.git(&["checkout", "--quiet", "files"]);
    server.git(&["mv", "d0", "e0"]);
    server.git(&["commit", "--quiet", "--message", "moved"]);
    server.passes(&["files"]);
}

/// Stores `gigabytes` of zeros as a blob of its own and commits it; the pack of it is a thousandth of that.
fn zeros(server: &Server, gigabytes: u64) {
    // A file with a hole: git packs it piece by piece, where it would hold what comes through a pipe in memory.
    let script = format!(
        "truncate -s {gigabytes}G ../zeros && git checkout --quiet -B zeros main\n\
         git update-index --add --cacheinfo 100644,$(git hash-object -w ../zeros),zeros.bin\n\
         git commit --quiet --message zeros",
    );
    server.sandbox.git(&["config", "core.bigFileThreshold", "1m"]).exits(0);
    server.sandbox.run_in(&server.sandbox.repo, "sh".as_ref(), &["-ec", &script], b"").exits(0);
}

#[test]
fn a_small_pack_that_inflates_to_ten_gigabytes_is_too_large_and_costs_no_memory() {
    let server = Server::founded();
    server.sandbox.git_in(&server.bare, &["config", "core.bigFileThreshold", "1m"]).exits(0);
    bounded(&server, 512);
    zeros(&server, 10);
    server.refused(&["zeros"]).says("incomplete:").says("too-large").says("zeros.bin");
}

#[test]
fn a_pack_of_two_gigabytes() {
    let server = Server::founded();
    bounded(&server, 1024);
    server.git(&["checkout", "--quiet", "-B", "large", "main"]);
    let script = "for number in $(seq 1 21); do head -c 100000000 /dev/urandom >$number.bin; done; git add . && \
                  git commit --quiet --message large";
    server.git(&["config", "core.compression", "0"]);
    // Random bytes have no deltas to look for.
    server.git(&["config", "core.bigFileThreshold", "1m"]);
    server.sandbox.run_in(&server.sandbox.repo, "sh".as_ref(), &["-ec", script], b"").exits(0);
    server.passes(&["large"]);
    server.sandbox.committed("z.txt", line(&github_token()));
    server.blocked(&["large"]);
}
