//! gitolite as Debian packages it: one repository guarded, and all of them.

use super::{Server, leaks_and_passes};
use std::fs;
use std::path::{Path, PathBuf};

const PROGRAM: &str = "/usr/bin/gitolite";

/// A server whose bare repository gitolite has made, reached through gitolite's own shell.
fn served() -> (Server, PathBuf) {
    assert!(Path::new(PROGRAM).is_file(), "gitolite is missing: run the tests with `bash tests/run`");
    let mut server = Server::of("sha1", "files");
    let (root, home) = (server.sandbox.root(), server.sandbox.home.clone());
    let words = ["-q", "-t", "ed25519", "-N", "", "-f", "admin"];
    server.sandbox.run_in(&root, "ssh-keygen".as_ref(), &words, b"").exits(0);
    let words = ["setup", "-pk", "../admin.pub"];
    server.sandbox.run_in(&home, PROGRAM.as_ref(), &words, b"").exits(0);
    // What sshd does with the line that gitolite has written into authorized_keys.
    let shell = server.sandbox.script(
        root.join("shell"),
        "#!/bin/sh\nshift\nSSH_ORIGINAL_COMMAND=\"$*\" SSH_CONNECTION='127.0.0.1 1 127.0.0.1 22' \\\n\
         exec /usr/share/gitolite3/gitolite-shell admin\n",
    );
    server.sandbox.set("GIT_SSH_COMMAND", shell);
    server.sandbox.set("GIT_SSH_VARIANT", "simple");
    server.git(&["remote", "set-url", "origin", "git@server:testing"]);
    server.bare = home.join("repositories/testing.git");
    (server, home)
}

#[test]
fn one_repository_of_gitolite() {
    let (server, _) = served();
    let bare = server.bare.to_str().unwrap();
    server.sandbox.keyward(&["install", "--server", bare]).exits(0);
    leaks_and_passes(&server);
    server.sandbox.keyward(&["doctor", "--server", bare]).exits(0).says("guarded");
}

#[test]
fn all_repositories_of_gitolite() {
    let (server, home) = served();
    let common = home.join(".gitolite/hooks/common");
    server.sandbox.keyward(&["install", "--server", common.to_str().unwrap()]).exits(0).says("gitolite setup");
    server.sandbox.run_in(&home, PROGRAM.as_ref(), &["setup", "--hooks-only"], b"").exits(0);
    assert!(fs::symlink_metadata(server.bare.join("hooks/pre-receive")).unwrap().is_symlink());
    leaks_and_passes(&server);
    server.sandbox.keyward(&["doctor", "--server", server.bare.to_str().unwrap()]).exits(0).says("guarded");
}
