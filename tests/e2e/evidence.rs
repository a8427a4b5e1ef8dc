//! Evidence as others read it: openssl makes the keys, Python's securesystemslib and in-toto-attestation verify
//! (`tests/setup/evidence` installs them). And every byte of it changed, one at a time.
#![cfg(unix)]

use crate::made::Made;
use crate::sandbox::Sandbox;
use crate::secrets;
use std::path::{Path, PathBuf};
use std::process::Command;

const TOP: &str = env!("CARGO_MANIFEST_DIR");

fn bundles(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("manifest.json").is_file() {
        return found.push(folder.to_owned());
    }
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        bundles(&entry, found);
    }
}

#[test]
fn strangers_verify_statements_and_signatures_of_both_kinds_of_keys() {
    let python = Path::new(TOP).join("target/test-tools/evidence/bin/python");
    assert!(python.is_file(), "{} is missing: bash tests/setup/evidence", python.display());
    for algorithm in [&["-algorithm", "ed25519"][..], &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]] {
        let sandbox = Sandbox::new();
        sandbox.committed("a.txt", "one\n");
        sandbox.committed("b.txt", format!("token = {}\n", secrets::github_token()));
        sandbox.git(&["tag", "-m", "first", "v1"]).exits(0);
        let (private, public) = (sandbox.root().join("key.pem"), sandbox.root().join("key.pub.pem"));
        let (private, public) = (private.to_str().unwrap(), public.to_str().unwrap());
        let openssl = |words: &[&str]| sandbox.run_in(&sandbox.root(), "openssl".as_ref(), words, b"").exits(0);
        openssl(&[&["genpkey"], algorithm, &["-out", private]].concat());
        openssl(&["pkey", "-in", private, "-pubout", "-out", public]);
        let out = sandbox.root().join("evidence");
        let create = ["evidence", "create", "--service", "shop", "--output", out.to_str().unwrap(), "--key", private];
        sandbox.keyward(&[&create[..], &["--range", "HEAD"]].concat()).exits(1);
        sandbox.keyward(&[&create[..], &["--tag", "v1"]].concat()).exits(1);
        sandbox.keyward(&["drill", "--record", out.to_str().unwrap(), "--key", private]).exits(0);
        sandbox.keyward(&["evidence", "verify", out.to_str().unwrap(), "--key", public]).exits(0).says("authentic");
        let mut folders = Vec::new();
        bundles(&out, &mut folders);
        assert_eq!(folders.len(), 5);
        let script = Path::new(TOP).join("tests/e2e/envelopes.py");
        let output = Command::new(&python).arg(script).arg(public).args(&folders).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), folders.len());
    }
}

#[test]
fn the_templates_of_drills_are_yaml_and_record_where_they_keep() {
    let python = Path::new(TOP).join("target/test-tools/evidence/bin/python");
    let program = "import sys, yaml\n\
        gitlab = yaml.safe_load(open(sys.argv[1]))['keyward-drill']\n\
        assert gitlab['artifacts']['paths'] == ['evidence'] and gitlab['artifacts']['when'] == 'always'\n\
        assert any('drill --record evidence' in line for line in gitlab['script'])\n\
        github = yaml.safe_load(open(sys.argv[2]))\n\
        # YAML 1.1 reads the key `on` as true.\n\
        assert github[True]['schedule'][0]['cron'] == '0 6 1 1,4,7,10 *'\n\
        steps = github['jobs']['drill']['steps']\n\
        assert steps[-1]['with']['path'] == 'evidence' and steps[-1]['if'] == 'always()'\n\
        assert any('drill --record evidence' in step.get('run', '') for step in steps)\n";
    let files = ["integrations/gitlab/keyward-drill.gitlab-ci.yml", "integrations/github/keyward-drill.yml"];
    let files = files.map(|name| Path::new(TOP).join(name));
    let output = Command::new(python).args(["-c", program]).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Every byte of every file with one bit changed, in the whole folder; and all eight bits, each by itself, of what no
/// digest beside it protects: the log and its signature, and the manifest of a bundle that stands alone.
#[track_caller]
fn every_flip_is_seen(kind: &str) {
    let made = Made::new(kind);
    let mut count = 0_u64;
    for (folder, whole) in made.folders.iter().zip([true, false, false, false, false]) {
        for (file, (name, length)) in folder.files().enumerate() {
            let bits = match name.to_str().unwrap() {
                "log.jsonl" | "log.sig" | "manifest.json" => 8,
                _ => usize::from(whole),
            };
            for (at, turn) in (0..length).flat_map(|at| (0..bits).map(move |turn| (at, turn))) {
                let bit = 1 << ((at + turn) % 8);
                let how = [(at + turn) % 2 == 0, (at / 2 + turn) % 2 == 0];
                folder.flip(file, at, bit, how).unwrap_or_else(|told| panic!("{kind}: {told}"));
                count += 1;
            }
        }
        folder.is_intact();
    }
    assert!(count > 50_000, "{kind}: {count} changes");
}

#[test]
fn every_byte_changed_in_unsigned_evidence_is_seen() {
    every_flip_is_seen("none");
}

#[test]
fn every_byte_changed_in_evidence_signed_with_ed25519_is_seen() {
    every_flip_is_seen("ed25519");
}

#[test]
fn every_byte_changed_in_evidence_signed_with_p256_is_seen() {
    every_flip_is_seen("p256");
}
