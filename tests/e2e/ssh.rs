//! OpenSSH's own ssh-keygen and ssh-agent: what they sign counts here, and what keyward signs counts for them.
#![cfg(unix)]

use crate::sandbox::{Output, Sandbox};
use crate::secrets::github_token;
use std::fs;
use std::path::{Path, PathBuf};

const ANN: &str = "ann@example.com";

/// A bare repository with keyward's hook, which takes waivers of every key in `keys`, and a clone whose branch `bad` it
/// refuses.
struct Server {
    sandbox: Sandbox,
    bare: PathBuf,
    fingerprint: String,
}

impl Server {
    fn new(keys: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        let bare = sandbox.root().join("server.git");
        sandbox.git_in(&sandbox.root(), &["init", "--quiet", "--bare", "--initial-branch=main", "server.git"]).exits(0);
        sandbox.git_in(&bare, &["config", "receive.advertisePushOptions", "true"]).exits(0);
        sandbox.git(&["remote", "add", "origin", bare.to_str().unwrap()]).exits(0);
        fs::write(sandbox.root().join("admin.toml"), "[waivers]\nallowed-signers = \"signers\"\n").unwrap();
        let config = sandbox.root().join("admin.toml");
        let hook = format!("'{}' hook pre-receive --config '{}'", env!("CARGO_BIN_EXE_keyward"), config.display());
        sandbox.script(bare.join("hooks/pre-receive"), &format!("#!/bin/sh\nexec {hook}\n"));
        let mut signers = String::new();
        for kind in keys {
            let (name, bits) = kind.split_once('-').unwrap_or((kind, "256"));
            let file = sandbox.root().join(kind);
            let words = ["-q", "-t", name, "-b", bits, "-N", "", "-C", kind, "-f", file.to_str().unwrap()];
            sandbox.run_in(&sandbox.root(), "ssh-keygen".as_ref(), &words, b"").exits(0);
            let key = fs::read_to_string(file.with_extension("pub")).unwrap();
            signers.push_str(&format!("{ANN} namespaces=\"keyward-*\" {key}"));
        }
        fs::write(sandbox.root().join("signers"), signers).unwrap();
        sandbox.committed("README", "A project\n");
        sandbox.git(&["push", "--quiet", "origin", "main"]).exits(0);
        sandbox.git(&["checkout", "--quiet", "-b", "bad"]).exits(0);
        sandbox.committed("a.txt", format!("token = {}\n", github_token()));
        let report = sandbox.keyward(&["scan", "--history", "main..bad", "--format", "json"]).json();
        let fingerprint = report["findings"][0]["fingerprint"].as_str().unwrap().to_owned();
        Self { sandbox, bare, fingerprint }
    }

    fn key(&self, name: &str) -> String {
        self.sandbox.root().join(name).to_str().unwrap().to_owned()
    }

    fn waive(&self, more: &[&str]) -> Output {
        let words = ["waive", &self.fingerprint, "--reason", "revoked", "--expires", "1d", "--ref", "refs/heads/*"];
        self.sandbox.keyward(&[&words[..], &["--principal", ANN], more].concat())
    }

    /// The push passes with a waiver; the branch goes away again.
    fn takes(&self, waiver: &str) {
        let option = format!("keyward-waiver={}", waiver.trim());
        self.sandbox.git(&["push", "--quiet", "-o", &option, "origin", "bad"]).exits(0).says("let through by a waiver");
        self.sandbox.git_in(&self.bare, &["update-ref", "-d", "refs/heads/bad"]).exits(0);
        self.sandbox.git_in(&self.bare, &["prune", "--expire=now"]).exits(0);
    }

    fn ssh(&self, program: &str, args: &[&str], stdin: &[u8]) -> Output {
        self.sandbox.run_in(&self.sandbox.repo, program.as_ref(), args, stdin)
    }
}

#[test]
fn what_ssh_keygen_signs_counts() {
    let kinds = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa-2048", "rsa-4096"];
    let server = Server::new(&kinds);
    for kind in kinds {
        let payload = server.sandbox.root().join(format!("{kind}.json"));
        let payload = payload.to_str().unwrap();
        server.waive(&["--print-payload", "--output", payload]).exits(0);
        server
            .ssh("ssh-keygen", &["-q", "-Y", "sign", "-n", "keyward-waiver", "-f", &server.key(kind), payload], b"")
            .exits(0);
        let signature = format!("{payload}.sig");
        let together = ["waive", "--payload", payload, "--signature", &signature];
        let waiver = server.sandbox.keyward(&together).exits(0).stdout;
        // As docs/waivers.md puts it together without keyward.
        let script = "{ cat \"$1\"; grep -v '^-----' \"$1.sig\" | base64 -d; } | base64 -w0 | tr '+/' '-_' | tr -d =";
        let by_hand = server.ssh("sh", &["-c", script, "sh", payload], b"").exits(0).stdout;
        assert_eq!(by_hand.trim(), waiver.trim(), "{kind}");
        server.takes(&waiver);
    }
    let payload = server.key("rsa-2048.json");
    let sign = ["-q", "-Y", "sign", "-n", "git", "-f", &server.key("ed25519"), &payload];
    fs::remove_file(format!("{payload}.sig")).unwrap();
    server.ssh("ssh-keygen", &sign, b"").exits(0);
    let together = ["waive", "--payload", &payload, "--signature", &format!("{payload}.sig")];
    server.sandbox.keyward(&together).exits(2).says("another namespace").says("ssh-keygen -Y sign -n keyward-waiver");
}

#[test]
fn what_keyward_signs_counts_for_ssh_keygen() {
    let kinds = ["ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521"];
    let server = Server::new(&kinds);
    for kind in kinds {
        let waiver = server.waive(&["--key", &server.key(kind)]).exits(0).stdout;
        server.takes(&waiver);
        let raw = data_encoding::BASE64URL_NOPAD.decode(waiver.trim().as_bytes()).unwrap();
        let end = raw.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        let armour = data_encoding::BASE64.encode(&raw[end..]);
        let text = format!("-----BEGIN SSH SIGNATURE-----\n{armour}\n-----END SSH SIGNATURE-----\n");
        server.sandbox.write("waiver.sig", text);
        let signers = server.key("signers");
        let words = ["-Y", "verify", "-f", &signers, "-I", ANN, "-n", "keyward-waiver", "-s", "waiver.sig"];
        server.ssh("ssh-keygen", &words, &raw[..end]).exits(0).says("Good \"keyward-waiver\" signature");
    }
}

/// An agent that ends with the test.
struct Agent {
    server: Server,
    id: String,
}

impl Agent {
    fn of(mut server: Server) -> Self {
        let socket = server.sandbox.root().join("agent");
        let told = server.ssh("ssh-agent", &["-s", "-a", socket.to_str().unwrap()], b"").exits(0).stdout;
        let id = told.split("SSH_AGENT_PID=").nth(1).unwrap().split(';').next().unwrap().to_owned();
        server.sandbox.set("SSH_AUTH_SOCK", socket);
        Self { server, id }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.server.ssh("kill", &[&self.id], b"");
    }
}

#[test]
fn an_agent_signs_with_what_it_holds() {
    let agent = Agent::of(Server::new(&["ed25519", "ecdsa-256", "rsa-2048"]));
    let server = &agent.server;
    for kind in ["ed25519", "ecdsa-256", "rsa-2048"] {
        let public = server.key(&format!("{kind}.pub"));
        server.waive(&["--key", &public]).exits(2).says("does not sign with it");
        server.ssh("ssh-add", &["-q", &server.key(kind)], b"").exits(0);
        server.takes(&server.waive(&["--key", &public]).exits(0).stdout);
    }
    server.takes(&server.waive(&["--key", &server.key("rsa-2048")]).exits(0).stdout);
}

#[test]
fn a_key_that_only_an_agent_can_use_says_so() {
    let mut server = Server::new(&["ed25519", "rsa-2048"]);
    let key = server.key("ed25519");
    let plain = server.sandbox.root().join("plain");
    fs::copy(&key, &plain).unwrap();
    server.ssh("ssh-keygen", &["-q", "-p", "-P", "", "-N", "a long word", "-f", &key], b"").exits(0);
    server.waive(&["--key", &key]).exits(2).says("the key is encrypted").says("ssh-add").hides("a long word");
    server.waive(&["--key", &server.key("rsa-2048")]).exits(2).says("with an RSA key only an agent signs");
    server.waive(&["--key", &server.key("ed25519.pub")]).exits(2).says("SSH_AUTH_SOCK");
    server.waive(&["--key", "README"]).exits(2).says("no key in OpenSSH's format");
    server.waive(&["--key", "nowhere"]).exits(2).says("cannot be read");
    server.sandbox.set("SSH_AUTH_SOCK", Path::new("/nowhere/agent"));
    server.waive(&["--key", &key]).exits(2).says("ssh-agent does not answer");
    server.sandbox.unset("SSH_AUTH_SOCK");
    let agent = Agent::of(server);
    agent.server.ssh("chmod", &["600", plain.to_str().unwrap()], b"").exits(0);
    agent.server.ssh("ssh-add", &["-q", plain.to_str().unwrap()], b"").exits(0);
    agent.server.takes(&agent.server.waive(&["--key", &key]).exits(0).stdout);
}

#[test]
fn allowed_signers_mean_to_keyward_what_they_mean_to_ssh_keygen() {
    let server = Server::new(&["ed25519"]);
    let key = fs::read_to_string(server.key("ed25519.pub")).unwrap();
    let (waiver, payload) = (server.waive(&["--key", &server.key("ed25519")]).exits(0).stdout, server.key("payload"));
    let raw = data_encoding::BASE64URL_NOPAD.decode(waiver.trim().as_bytes()).unwrap();
    let end = raw.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let armour = data_encoding::BASE64.encode(&raw[end..]);
    fs::write(
        format!("{payload}.sig"),
        format!("-----BEGIN SSH SIGNATURE-----\n{armour}\n-----END SSH SIGNATURE-----\n"),
    )
    .unwrap();
    for (principals, options) in [
        (ANN, ""),
        ("*@example.com,!ann@*", ""),
        ("bob@example.com,ann@*", "namespaces=\"keyward-waiver\""),
        ("\"*\"", "namespaces=\"git,file\""),
        ("a??@example.com", "namespaces=\"git,k*,!keyward-w*\""),
        (ANN, "valid-after=\"20200101Z\",valid-before=\"21000101\""),
        (ANN, "valid-before=\"20200101120000Z\""),
        (ANN, "valid-after=\"209901010000\""),
        (ANN, "namespaces=\"keyward-waiver\",Valid-After=\"20200101\""),
    ] {
        fs::write(server.key("signers"), format!("# people\n{principals} {options} {key}")).unwrap();
        let signers = server.key("signers");
        let signature = format!("{payload}.sig");
        let words = ["-Y", "verify", "-f", &signers, "-I", ANN, "-n", "keyward-waiver", "-s", &signature];
        let theirs = server.ssh("ssh-keygen", &words, &raw[..end]).code == 0;
        let option = format!("keyward-waiver={}", waiver.trim());

        if theirs {
            server.takes(&waiver);
        } else {
            let told = server.sandbox.git(&["push", "--quiet", "-o", &option, "origin", "bad"]).exits(1);
            assert!(told.stderr.contains("does not hold"), "{principals} {options}: {told:#?}");
        }
    }
}
