//! Servers as they are set up: what is pushed over http, by git's own protocol, over ssh, and to gitolite.
#![cfg(unix)]

#[path = "server/gitolite.rs"]
mod gitolite;
#[path = "../cli/server/host.rs"]
mod host;
#[path = "server/large.rs"]
mod large;
#[path = "../cli/server/ways.rs"]
mod ways;

pub use host::{Server, line};

use crate::secrets::github_token;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A program that runs as long as this lives.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// Starts a program in the server's folder with nothing of the user's settings.
fn start(server: &Server, program: &str, args: &[&str]) -> (Running, Option<String>) {
    let mut command = Command::new(program);
    command.args(args).env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", &server.sandbox.home);
    command.env("GIT_CONFIG_NOSYSTEM", "1").current_dir(server.sandbox.root());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let first = BufReader::new(child.stdout.take().unwrap()).lines().next().map(Result::unwrap);
    (Running(child), first)
}

/// The same server, reached through `git http-backend`.
fn over_http(mut server: Server) -> (Server, Running) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/http_backend.py");
    let root = server.sandbox.root();
    let (running, port) = start(&server, "python3", &[script.to_str().unwrap(), root.to_str().unwrap()]);
    let address = format!("http://127.0.0.1:{}/server.git", port.unwrap());
    server.git(&["remote", "set-url", "origin", &address]);
    server.address = Some(address);
    (server, running)
}

#[test]
fn every_way_in_over_http_with_sha1_and_files() {
    let (server, _running) = over_http(Server::of("sha1", "files"));
    ways::every_way(server);
}

#[test]
fn every_way_in_over_http_with_sha1_and_a_reftable() {
    let (server, _running) = over_http(Server::of("sha1", "reftable"));
    ways::every_way(server);
}

#[test]
fn every_way_in_over_http_with_sha256_and_files() {
    let (server, _running) = over_http(Server::of("sha256", "files"));
    ways::every_way(server);
}

#[test]
fn every_way_in_over_http_with_sha256_and_a_reftable() {
    let (server, _running) = over_http(Server::of("sha256", "reftable"));
    ways::every_way(server);
}

#[test]
fn gits_own_daemon() {
    let server = Server::of("sha1", "files");
    let root = server.sandbox.root();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let base = format!("--base-path={}", root.display());
    let port_word = format!("--port={port}");
    let words = ["daemon", "--reuseaddr", "--listen=127.0.0.1", &port_word, "--export-all", "--enable=receive-pack"];
    let mut command = Command::new("git");
    command.args(words).args([&base, root.to_str().unwrap()]).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", &server.sandbox.home);
    let _running = Running(command.spawn().unwrap());
    let address = format!("git://127.0.0.1:{port}/server.git");
    server.git(&["remote", "set-url", "origin", &address]);
    while server.sandbox.git(&["ls-remote", "origin"]).code != 0 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    leaks_and_passes(&server);
}

#[test]
fn over_ssh() {
    let mut server = Server::of("sha1", "files");
    let proxy = sshd(&server);
    let key = server.sandbox.root().join("key");
    let command = format!(
        "ssh -F none -i '{}' -o ProxyCommand='{proxy}' -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
         -o LogLevel=ERROR",
        key.display()
    );
    server.sandbox.set("GIT_SSH_COMMAND", command);
    let user = Command::new("id").arg("-un").output().unwrap().stdout;
    let user = String::from_utf8(user).unwrap();
    let address = format!("ssh://{}@server{}", user.trim(), server.bare.display());
    server.git(&["remote", "set-url", "origin", &address]);
    leaks_and_passes(&server);
}

/// A server on the other end of a pipe instead of a port; gives the command that is that end.
fn sshd(server: &Server) -> String {
    let root = server.sandbox.root();
    for name in ["key", "host"] {
        let words = ["-q", "-t", "ed25519", "-N", "", "-f", name];
        server.sandbox.run_in(&root, "ssh-keygen".as_ref(), &words, b"").exits(0);
    }
    let config = format!(
        "HostKey {0}/host\nAuthorizedKeysFile {0}/key.pub\nStrictModes no\nUsePAM no\nPidFile none\nPrintMotd no\n\
         SetEnv PATH={1} GIT_CONFIG_NOSYSTEM=1\n",
        root.display(),
        std::env::var("PATH").unwrap()
    );
    std::fs::write(root.join("sshd_config"), config).unwrap();
    let program = PathBuf::from("/usr/sbin/sshd");
    assert!(program.is_file(), "sshd is missing: run the tests with `bash tests/run`");
    format!("{} -i -e -f {}/sshd_config", program.display(), root.display())
}

/// A clean push passes, a secret does not, and nothing of it stays.
fn leaks_and_passes(server: &Server) {
    server.found();
    server.branch("bad", "a.txt", line(&github_token()));
    server.blocked(&["bad"]).hides(&github_token()).says("a.txt");
    server.branch("good", "b.txt", "nothing\n");
    server.passes(&["good"]);
    server.blocked(&["good:refs/heads/again", "bad"]);
}
