//! Signed approvals of entries of the baseline.

use crate::sandbox::{Output, Sandbox};
use crate::secrets::{github_token, github_token_of};
use keyward::policy::signature::Signature;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{LineEnding, PrivateKey};
use std::fs;

const BOB: &str = "bob@example.com";

fn key(seed: u8) -> PrivateKey {
    PrivateKey::new(KeypairData::from(Ed25519Keypair::from_seed(&[seed; 32])), "").unwrap()
}

/// A repository that asks for signatures, with a secret in its files. Bob may sign with key 1.
fn signed() -> Sandbox {
    let sandbox = Sandbox::new();
    let policy = "[baseline]\napprovals = \"signed\"\n[waivers]\nallowed-signers = \"signers\"\n";
    sandbox.committed("keyward.toml", policy);
    let line = format!("{BOB} namespaces=\"keyward-approval\" {}\n", key(1).public_key().to_openssh().unwrap());
    sandbox.committed("signers", line);
    sandbox.committed("a.txt", format!("token = {}\n", github_token()));
    for seed in [1, 2] {
        let text = key(seed).to_openssh(LineEnding::LF).unwrap();
        fs::write(sandbox.root().join(format!("key-{seed}")), text.as_bytes()).unwrap();
    }
    sandbox
}

fn fingerprint(sandbox: &Sandbox) -> String {
    let report = sandbox.keyward(&["scan", "--format", "json"]).json();
    report["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

fn add(sandbox: &Sandbox, more: &[&str]) -> Output {
    let known = fingerprint(sandbox);
    let words = ["baseline", "add", &known, "--status", "accepted", "--reason", "rotated in Q1", "--owner", "ann"];
    sandbox.keyward(&[&words[..], &["--expires", "30d"], more].concat())
}

#[test]
fn where_signatures_are_asked_for_names_are_not_enough() {
    let sandbox = signed();
    add(&sandbox, &["--approver", BOB]).exits(0);
    sandbox.keyward(&["scan"]).exits(1).says("does not count: it has no signed `approval`");
    add(&sandbox, &["--approver", BOB, "--key", "../key-2"]).exits(0);
    sandbox.keyward(&["scan"]).exits(1).says("not among the allowed signers");
    sandbox
        .keyward(&["baseline", "audit"])
        .exits(0)
        .says("the approval of kw1:")
        .says("by bob@example.com does not count");
    add(&sandbox, &["--approver", "eve@example.com", "--key", "../key-1"]).exits(0);
    sandbox.keyward(&["scan"]).exits(1).says("not one of the principal");
    add(&sandbox, &["--approver", BOB, "--key", "../key-1"]).exits(0);
    sandbox.keyward(&["scan"]).exits(0);
    sandbox.keyward(&["baseline", "audit"]).exits(0).hides("does not count");
    let file = sandbox.repo.join("keyward.baseline");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("rotated in Q1", "rotated in Q9")).unwrap();
    sandbox.keyward(&["scan"]).exits(1).says("it was altered");
}

#[test]
fn an_approval_that_was_signed_elsewhere_is_taken_if_it_fits() {
    let sandbox = signed();
    let payload = add(&sandbox, &["--approver", BOB, "--print-payload"]).exits(0).raw;
    assert!(!sandbox.repo.join("keyward.baseline").exists());
    let sign = |namespace: &str| Signature::sign(&key(1), namespace, &payload).unwrap().to_armour();
    sandbox.write("wrong.sig", sign("keyward-waiver"));
    add(&sandbox, &["--approver", BOB, "--approval", "wrong.sig"]).exits(2).says("another namespace");
    sandbox.write("entry.sig", sign("keyward-approval"));
    add(&sandbox, &["--approver", "eve", "--approval", "entry.sig"]).exits(2).says("--print-payload");
    add(&sandbox, &["--approver", BOB, "--approval", "entry.sig"]).exits(0);
    sandbox.keyward(&["scan"]).exits(0);
    sandbox.write("b.txt", format!("token = {}\n", github_token_of("b")));
    sandbox.keyward(&["scan"]).exits(1);
}
