//! Signed waivers: exactly their own push passes, and everything else is refused with the reason.

use super::{Server, line};
use crate::sandbox::{Output, Sandbox};
use crate::secrets::{github_token, github_token_of};
use jiff::{SignedDuration, Timestamp};
use keyward::policy::signature::Signature;
use keyward::policy::waiver::{Kind, NAMESPACE, Payload};
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{LineEnding, PrivateKey};
use std::fs;
use std::path::PathBuf;

pub const ANN: &str = "ann@example.com";

/// The same key for the same number.
pub fn key(seed: u8) -> PrivateKey {
    PrivateKey::new(KeypairData::from(Ed25519Keypair::from_seed(&[seed; 32])), "").unwrap()
}

/// Writes a private key beside the repository.
pub fn key_file(sandbox: &Sandbox, seed: u8) -> String {
    let path = sandbox.root().join(format!("key-{seed}"));
    fs::write(&path, key(seed).to_openssh(LineEnding::LF).unwrap().as_bytes()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A line of allowed-signers for key 1.
pub fn ann(options: &str) -> String {
    format!("{ANN} {options} {}\n", key(1).public_key().to_openssh().unwrap())
}

/// A server that takes waivers of Ann, with a first commit.
fn server(more: &str) -> Server {
    let server = Server::founded();
    fs::write(server.sandbox.root().join("signers"), ann("namespaces=\"keyward-waiver\"")).unwrap();
    server.administered(&format!("[waivers]\nallowed-signers = \"signers\"\n{more}"));
    server.sandbox.git_in(&server.bare, &["config", "receive.advertisePushOptions", "true"]).exits(0);
    server
}

/// The fingerprint of what the last commit brings in.
fn fingerprint(sandbox: &Sandbox) -> String {
    let report = sandbox.keyward(&["scan", "--history", "HEAD~1..HEAD", "--format", "json"]).json();
    report["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
}

/// A waiver of Ann for what the last commit brings in.
fn waive(server: &Server, pattern: &str, more: &[&str]) -> String {
    let (key, fingerprint) = (key_file(&server.sandbox, 1), fingerprint(&server.sandbox));
    let words = ["waive", &fingerprint, "--reason", "revoked", "--expires", "1d", "--ref", pattern];
    let words = [&words[..], &["--principal", ANN, "--key", &key], more].concat();
    server.sandbox.keyward(&words).exits(0).stdout.trim().to_owned()
}

/// A payload that would count for what the last commit brings to a branch.
fn payload(server: &Server, branch: &str) -> Payload {
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let (issued, expires) = (now - SignedDuration::from_hours(2), now + SignedDuration::from_hours(1));
    let mut payload = Payload::new(Kind::Findings, vec![format!("refs/heads/{branch}")], issued, expires);
    payload.fingerprints = vec![fingerprint(&server.sandbox).parse().unwrap()];
    payload.salt = Some("public".to_owned());
    payload.commit = server.sandbox.id("HEAD");
    payload.server_id = Some("git-1".to_owned());
    payload.principal = ANN.to_owned();
    payload.reason = "revoked".to_owned();
    payload
}

fn text(bytes: &[u8], signature: &Signature) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&[bytes, &signature.to_bytes()].concat())
}

fn signed(payload: &Payload, seed: u8, namespace: &str) -> String {
    let bytes = payload.to_bytes().unwrap();
    text(&bytes, &Signature::sign(&key(seed), namespace, &bytes).unwrap())
}

impl Server {
    fn push_with(&self, waiver: &str, refs: &[&str]) -> Output {
        let option = format!("keyward-waiver={waiver}");
        self.sandbox.git(&[&["push", "--quiet", "--push-option", &option, "origin"], refs].concat())
    }

    fn log(&self) -> PathBuf {
        self.bare.join("keyward/audit.jsonl")
    }
}

#[test]
fn a_waiver_lets_exactly_its_own_push_pass_and_is_written_down() {
    let server = server("");
    server.branch("bad", "a.txt", line(&github_token()));
    server
        .blocked(&["bad"])
        .says("keyward waive kw1:")
        .says("--ref refs/heads/bad")
        .says("git push -o keyward-waiver=");
    let waiver = waive(&server, "refs/heads/bad", &[]);
    assert!(waiver.len() < 32_768 && !waiver.contains(['=', '\n']), "{waiver}");
    server.push_with(&waiver, &["bad:refs/heads/other"]).says("another reference");
    server.push_with(&waiver, &["bad", "main:refs/heads/more"]).says("push its reference by itself");
    server.push_with(&waiver, &["bad"]).exits(0).says("pass:").says("let through by a waiver of ann@example.com");
    let log = fs::read_to_string(server.log()).unwrap();
    let event: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!((&event["event"], &event["actor"]), (&"waiver".into(), &ANN.into()), "{log}");
    assert_eq!((log.lines().count(), &event["reason"]), (1, &"revoked".into()), "{log}");
    assert_eq!(event["waiver"]["changes"][0][0], "refs/heads/bad", "{log}");
    assert_eq!(event["findings"].as_array().map(Vec::len), Some(1), "{log}");
    server.sandbox.committed("b.txt", line(&github_token_of("b")));
    server.push_with(&waiver, &["bad"]).says("it is for another commit").says("block:");
    server.git(&["checkout", "--quiet", "-B", "bad", "bad~1"]);
    server.git(&["checkout", "--quiet", "main"]);
    server.git(&["merge", "--quiet", "bad"]);
    server.push_with(&waiver, &["main"]).says("it is for another reference").says("block:");
}

#[test]
fn what_does_not_hold_is_refused_with_its_reason() {
    let server = server("server-id = \"git-1\"\n");
    server.branch("bad", "a.txt", line(&github_token()));
    let good = payload(&server, "bad");
    let edited = |edit: &dyn Fn(&mut Payload)| {
        let mut payload = good.clone();
        edit(&mut payload);
        signed(&payload, 1, NAMESPACE)
    };
    let bytes = good.to_bytes().unwrap();
    let signature = Signature::sign(&key(1), NAMESPACE, &bytes).unwrap();
    let altered = String::from_utf8(bytes).unwrap().replace("revoked", "invoked");
    let other = |payload: &mut Payload| payload.fingerprints = vec![format!("kw1:{}", "0".repeat(32)).parse().unwrap()];
    let expired = |payload: &mut Payload| payload.expires = payload.issued + SignedDuration::from_hours(1);
    let cases = [
        (edited(&other), "it names other secrets than those that block"),
        (edited(&|payload| payload.refs = vec!["refs/heads/good".to_owned()]), "it is for another reference"),
        (edited(&|payload| payload.server_id = Some("git-2".to_owned())), "it is for another server"),
        (edited(&|payload| payload.server_id = None), "it names no server"),
        (edited(&|payload| payload.commit = server.sandbox.id("main")), "it is for another commit"),
        (edited(&expired), "it expired on"),
        (edited(&|payload| payload.principal = "bob@example.com".to_owned()), "not one of the principal"),
        (edited(&|payload| payload.salt = Some("repository".to_owned())), "another salt"),
        (signed(&good, 2, NAMESPACE), "its signer is not among the allowed signers"),
        (signed(&good, 1, "git"), "it is signed for another namespace"),
        (text(altered.as_bytes(), &signature), "it was altered"),
        ("no waiver".to_owned(), "it is not a waiver"),
        ("A".repeat(40_000), "it is longer than 32 KiB"),
    ];
    for (waiver, reason) in &cases {
        let output = server.push_with(waiver, &["bad"]);
        assert_ne!(output.code, 0, "{reason}: {output:#?}");
        // git hands long lines on in pieces.
        let told = output.stderr.replace("remote: ", "").replace('\n', " ");
        assert!(told.contains("does not hold: ") && told.contains(reason), "{reason}: {output:#?}");
    }
    assert!(!server.log().exists());
    server.push_with(&signed(&good, 1, NAMESPACE), &["bad"]).exits(0).says("pass:");
}

#[test]
fn messages_names_of_files_and_tags_can_be_waived_and_the_name_of_a_reference_cannot() {
    let server = server("");
    server.branch("bad", &format!("{}.txt", github_token_of("path")), "nothing\n");
    server.git(&["commit", "--quiet", "--amend", "--message", &line(&github_token_of("message"))]);
    server.git(&["tag", "--annotate", "v1", "--message", &line(&github_token_of("tag")), "main"]);
    let name = format!("HEAD:refs/heads/{}", github_token_of("name"));
    for (spec, pattern, commit, passes) in [
        ("bad", "refs/heads/bad", "HEAD", true),
        ("v1", "refs/tags/v1", "main", false),
        ("v1", "refs/tags/v1", "v1", true),
        (name.as_str(), "refs/heads/*", "HEAD", false),
    ] {
        let told = server.blocked(&[spec]).stderr;
        let known = told.split_whitespace().filter(|word| word.starts_with("kw1:") && word.len() == 36);
        let known: std::collections::BTreeSet<&str> = known.collect();
        let (key, known) = (key_file(&server.sandbox, 1), known.into_iter().collect::<Vec<_>>());
        let words = ["--reason", "revoked", "--expires", "1h", "--ref", pattern, "--commit", commit];
        let words = [&["waive"], &known[..], &words[..], &["--principal", ANN, "--key", &key]].concat();
        let waiver = server.sandbox.keyward(&words).exits(0).stdout;
        assert_eq!(server.push_with(waiver.trim(), &[spec]).code == 0, passes, "{spec} {commit}");
    }
}

#[test]
fn of_several_options_the_one_that_counts_is_enough_and_without_signers_none_does() {
    let server = server("");
    server.branch("bad", "a.txt", line(&github_token()));
    let waiver = waive(&server, "refs/heads/bad", &[]);
    let options = ["garbage=1".to_owned(), "keyward-waiver=".to_owned(), format!("keyward-waiver={waiver}")];
    let words: Vec<&str> = options.iter().flat_map(|option| ["-o", option.as_str()]).collect();
    server.administered("");
    let push = || server.sandbox.git(&[&["push", "--quiet"], &words[..], &["origin", "bad"]].concat());
    push().exits(1).says("this server takes no waivers");
    server.administered("[waivers]\nallowed-signers = \"signers\"\n");
    push().exits(0).says("it is not a waiver").says("pass:");
}

#[test]
fn a_file_of_the_administrators_folder_counts() {
    let server = server("folder = \"waivers\"\n");
    server.branch("bad", "a.txt", line(&github_token()));
    server.refused(&["bad"]).says("a file on the server cannot be read");
    let folder = server.sandbox.root().join("waivers");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("old.waiver"), "no waiver").unwrap();
    server.blocked(&["bad"]).hides("does not hold");
    fs::write(folder.join("bad.waiver"), waive(&server, "refs/heads/bad", &["--single-use"]) + "\n").unwrap();
    server.passes(&["bad"]);
    server.blocked(&["bad:refs/tags/v1"]).says("it is for another reference");
}

#[test]
fn a_waiver_reference_counts_from_the_next_push_on_and_is_never_changed() {
    let server = server("");
    server.branch("bad", "a.txt", line(&github_token()));
    let waiver = waive(&server, "refs/heads/bad", &["--output", "waiver"]);
    assert!(waiver.is_empty());
    let blob = server.git(&["hash-object", "-w", "waiver"]).stdout.trim().to_owned();
    let reference = format!("{blob}:refs/keyward/waivers/1");
    server.blocked(&["bad", &reference]);
    server.passes(&[&reference]);
    let other = server.id_of("something else\n");
    server.refused(&[&format!("+{other}:refs/keyward/waivers/1")]).says("waivers are only added");
    server.refused(&[":refs/keyward/waivers/1"]).says("waivers are only added");
    server.passes(&["bad"]);
    server.branch("leak", "b.txt", line(&github_token_of("b")));
    let blob = server.id_of(&line(&github_token_of("b")));
    server.blocked(&[&format!("{blob}:refs/keyward/waivers/2")]);
}

impl Server {
    fn id_of(&self, text: &str) -> String {
        self.sandbox.write("content", text);
        self.git(&["hash-object", "-w", "content"]).stdout.trim().to_owned()
    }
}

#[test]
fn a_signer_that_comes_with_the_push_does_not_count() {
    let server = server("");
    fs::write(server.sandbox.root().join("signers"), "").unwrap();
    server.branch("bad", "a.txt", line(&github_token()));
    let waiver = waive(&server, "refs/heads/bad", &["--commit", "any"]);
    server.sandbox.committed("keyward.toml", "[waivers]\nallowed-signers = \"signers\"\n");
    server.sandbox.committed("signers", ann(""));
    server.push_with(&waiver, &["bad"]).says("not among the allowed signers").says("block:");
    server.git(&["checkout", "--quiet", "main"]);
    server.git(&["checkout", "bad", "--", "keyward.toml", "signers"]);
    server.git(&["commit", "--quiet", "--message", "signers"]);
    server.refused(&["main"]).says("loosens").says("waivers.allowed-signers");
    server.administered("[server]\naccept-loosening = true\n");
    server.passes(&["main"]);
    server.push_with(&waiver, &["bad"]).says("this server takes no waivers").says("block:");
    server.administered("");
    fs::write(server.sandbox.repo.join("signers"), format!("{}{}", ann(""), ann(""))).unwrap();
    server.git(&["commit", "--quiet", "--all", "--message", "another signer"]);
    server.refused(&["main"]).says("the file of waivers.allowed-signers");
}

#[test]
fn a_broken_file_of_signers_stops_every_push_and_the_pusher_learns_its_place_only() {
    let server = server("");
    let file = server.sandbox.root().join("signers");
    fs::write(&file, format!("{}ann nonsense\n", ann(""))).unwrap();
    server.branch("good", "a.txt", "nothing\n");
    server.refused(&["good"]).says("signers").hides("nonsense");
    assert!(fs::read_to_string(server.bare.join("keyward/admin.log")).unwrap().contains("signers:2"));
    fs::remove_file(file).unwrap();
    server.refused(&["good"]).says("a file on the server cannot be read");
}

#[test]
fn a_waiver_that_counts_once_is_used_up_by_the_push_that_is_taken() {
    let server = server("");
    let file = server.sandbox.root().join("administrator.toml");
    let keyward = format!("'{}' hook pre-receive --config '{}'", env!("CARGO_BIN_EXE_keyward"), file.display());
    server.script("pre-receive", &format!("{keyward} || exit 1\n[ ! -e refuse ] || exit 1\n"));
    server.branch("bad", "a.txt", line(&github_token()));
    let waiver = waive(&server, "refs/heads/*", &["--single-use"]);
    fs::write(server.bare.join("refuse"), "").unwrap();
    server.push_with(&waiver, &["bad"]).exits(1);
    server.push_with(&waiver, &["bad:refs/heads/second"]).exits(1).hides("does not hold");
    fs::remove_file(server.bare.join("refuse")).unwrap();
    server.push_with(&waiver, &["bad"]).exits(0);
    server.push_with(&waiver, &[":bad"]).exits(0);
    server.push_with(&waiver, &["bad"]).exits(1).says("it counts once, and is used up");
    assert!(!server.refs().contains("refs/heads/bad"));
}

#[test]
fn of_two_pushes_at_once_one_gets_a_waiver_that_counts_once() {
    let server = server("");
    let file = server.sandbox.root().join("administrator.toml");
    let keyward = format!("'{}' hook pre-receive --config '{}'", env!("CARGO_BIN_EXE_keyward"), file.display());
    let wait = "mv first seen 2>/dev/null || exit 0\necho >reserved\nread line <go\n";
    server.script("pre-receive", &format!("{keyward} || exit 1\n{wait}"));
    for pipe in ["reserved", "go"] {
        server.sandbox.run_in(&server.bare, "mkfifo".as_ref(), &[pipe], b"").exits(0);
    }
    fs::write(server.bare.join("first"), "").unwrap();
    server.branch("bad", "a.txt", line(&github_token()));
    let waiver = waive(&server, "refs/*", &["--single-use"]);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| server.push_with(&waiver, &["bad"]));
        fs::read(server.bare.join("reserved")).unwrap();
        server.push_with(&waiver, &["bad:refs/heads/second"]).exits(1).says("another push has it at this moment");
        fs::write(server.bare.join("go"), "\n").unwrap();
        first.join().unwrap().exits(0);
    });
    server.push_with(&waiver, &["bad:refs/tags/second"]).exits(1).says("is used up");
}

#[test]
fn the_installed_post_receive_uses_a_waiver_up_and_calls_the_former_one() {
    let server = server("");
    fs::remove_file(server.bare.join("hooks/pre-receive")).unwrap();
    server.script("post-receive", "cat >seen\n");
    server.sandbox.keyward(&["install", "--server", "../server.git"]).exits(0).says("post-receive");
    let system = server.sandbox.root().join("gitconfig");
    let administrator = server.sandbox.root().join("administrator.toml");
    fs::write(&system, format!("[keyward]\n\tconfig = {}\n", administrator.display())).unwrap();
    let mut server = server;
    server.sandbox.unset("GIT_CONFIG_NOSYSTEM").set("GIT_CONFIG_SYSTEM", &system);
    server.branch("bad", "a.txt", line(&github_token()));
    let waiver = waive(&server, "refs/heads/bad", &["--single-use"]);
    server.push_with(&waiver, &["bad"]).exits(0);
    assert!(fs::read_to_string(server.bare.join("seen")).unwrap().contains("refs/heads/bad"));
    let folder = fs::read_dir(server.bare.join("keyward/single-use")).unwrap();
    let records = folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some());
    let records: Vec<String> = records.map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(records.len() == 1 && records[0].contains("\"used\":true"), "{records:?}");
    server.call("post-receive", &[], "garbage\n").exits(2);
}

#[test]
fn the_update_hook_takes_waivers_but_none_that_counts_once() {
    let server = server("folder = \"waivers\"\n");
    fs::remove_file(server.bare.join("hooks/pre-receive")).unwrap();
    let file = server.sandbox.root().join("administrator.toml");
    let keyward = format!("'{}' hook update --config '{}'", env!("CARGO_BIN_EXE_keyward"), file.display());
    server.script("update", &format!("exec {keyward} \"$@\"\n"));
    let folder = server.sandbox.root().join("waivers");
    fs::create_dir(&folder).unwrap();
    server.branch("bad", "a.txt", line(&github_token()));
    fs::write(folder.join("one"), waive(&server, "refs/heads/bad", &["--single-use"])).unwrap();
    server.push(&["bad"]).exits(1).says("it counts once, which only a server's pre-receive hook can count");
    fs::write(folder.join("two"), waive(&server, "refs/heads/bad", &[])).unwrap();
    server.passes(&["bad"]);
}

#[test]
fn a_commit_that_the_server_has_already_is_let_into_a_protected_branch_once() {
    let server = server("");
    server.branch("bad", "a.txt", line(&github_token()));
    server.unguarded(|server| _ = server.push(&["bad"]).exits(0));
    server.git(&["checkout", "--quiet", "main"]);
    server.git(&["merge", "--quiet", "bad"]);
    server.blocked(&["main"]);
    let waiver = waive(&server, "refs/heads/main", &["--single-use"]);
    server.push_with(&waiver, &["main"]).exits(0);
    server.sandbox.git_in(&server.bare, &["update-ref", "refs/heads/main", "main~1"]).exits(0);
    server.push_with(&waiver, &["main"]).exits(1).says("another push has it at this moment");
    let folder = server.bare.join("keyward/single-use");
    let mut records = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let record = records.find(|path| path.extension().is_some()).unwrap();
    let long_ago = fs::read_to_string(&record).unwrap().replacen("\"at\":\"20", "\"at\":\"19", 1);
    fs::write(&record, &long_ago).unwrap();
    server.push_with(&waiver, &["main"]).exits(1).says("it counts once, and is used up");
    // Where post-receive tells of pushes that are taken, one that it did not tell of was refused.
    fs::write(&record, &long_ago).unwrap();
    fs::write(folder.join("told"), "").unwrap();
    server.push_with(&waiver, &["main"]).exits(0);
}

#[test]
fn where_the_use_cannot_be_written_down_nothing_passes() {
    let server = server("");
    server.branch("bad", "a.txt", line(&github_token()));
    let waiver = waive(&server, "refs/heads/bad", &["--single-use"]);
    fs::create_dir_all(server.bare.join("keyward")).unwrap();
    std::os::unix::fs::symlink("/dev/full", server.log()).unwrap();
    server.push_with(&waiver, &["bad"]).exits(1).says("a file on the server cannot be read or written");
    fs::remove_file(server.log()).unwrap();
    server.push_with(&waiver, &["bad"]).exits(0);
}

#[test]
fn a_signed_loosening_is_taken_with_the_entries_that_it_brings() {
    let server = server("");
    let loosen = |more: &[&str]| {
        let key = key_file(&server.sandbox, 1);
        let words = ["waive", "--loosening", "--reason", "agreed", "--expires", "1d", "--ref", "refs/heads/main"];
        let words = [&words[..], &["--principal", ANN, "--key", &key], more].concat();
        server.sandbox.keyward(&words).exits(0).stdout.trim().to_owned()
    };
    server.sandbox.committed("keyward.toml", "[[allow]]\npaths = [\"leaks/**\"]\nreason = \"a test\"\n");
    let early = loosen(&[]);
    server.sandbox.committed("leaks/a.txt", line(&github_token()));
    server.push_with(&early, &["main"]).exits(1).says("loosens").says("it is for another commit");
    let waiver = loosen(&[]);
    server.push_with(&waiver, &["main:refs/heads/side"]).exits(1).says("block:");
    server.push_with(&waiver, &["main"]).exits(0).says("a weaker policy");
    assert!(fs::read_to_string(server.log()).unwrap().contains("\"event\":\"loosening\""));
    server.sandbox.committed("b.txt", line(&github_token_of("b")));
    let entry = ["--status", "false-positive", "--reason", "a test", "--owner", "a", "--approver", "b"];
    let known = fingerprint(&server.sandbox);
    server.sandbox.keyward(&[&["baseline", "add", &known], &entry[..]].concat()).exits(0);
    server.git(&["add", "keyward.baseline"]);
    server.git(&["commit", "--quiet", "--message", "an entry"]);
    server.blocked(&["main"]);
    server.push_with(&loosen(&[]), &["main"]).exits(0).says("pass:");
}

#[test]
fn in_ci_the_signers_of_the_base_count_for_the_reference_that_the_range_goes_to() {
    let sandbox = Sandbox::new();
    sandbox.committed("keyward.toml", "[waivers]\nallowed-signers = \"trusted/signers\"\n");
    sandbox.committed("trusted/signers", ann("namespaces=\"keyward-waiver\""));
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]).exits(0);
    sandbox.committed("a.txt", line(&github_token()));
    let (fingerprint, ann_key, bob_key) = (fingerprint(&sandbox), key_file(&sandbox, 1), key_file(&sandbox, 2));
    let waive = |key: &str, more: &[&str]| {
        let words = ["waive", &fingerprint, "--reason", "revoked", "--expires", "2h", "--ref", "refs/heads/topic"];
        let words = [&words[..], &["--principal", ANN, "--key", key], more].concat();
        sandbox.keyward(&words).exits(0).stdout
    };
    let scan = |waiver: &str, more: &[&str]| {
        let words = ["scan", "--history", "main..topic", "--trust", "main", "--format", "json", "--waiver", "-"];
        sandbox.keyward_fed(&[&words[..], more].concat(), waiver.as_bytes())
    };
    let report = scan(&format!("# a comment\n\n{}", waive(&ann_key, &[])), &[]).exits(0).json();
    let suppression = &report["findings"][0]["suppression"];
    assert_eq!((&suppression["by"], &suppression["owner"]), (&"waiver".into(), &ANN.into()), "{report:#}");
    assert_eq!((&suppression["reason"], report["verdict"].as_str()), (&"revoked".into(), Some("pass")));
    scan(&waive(&ann_key, &[]), &["--ref", "refs/heads/main"]).exits(1).says("it is for another reference");
    scan(&waive(&bob_key, &[]), &[]).exits(1).says("not among the allowed signers");
    scan(&waive(&ann_key, &["--single-use"]), &[]).exits(1).says("it counts once, which only a server");
    scan("garbage", &[]).exits(1).says("it is not a waiver");
    sandbox.committed("trusted/signers", format!("{ANN} {}\n", key(2).public_key().to_openssh().unwrap()));
    scan(&waive(&bob_key, &[]), &[]).exits(1).says("not among the allowed signers");
    let untrusted = ["scan", "--history", "main..topic", "--waiver", "-"];
    sandbox.keyward_fed(&untrusted, waive(&bob_key, &[]).as_bytes()).exits(1).says("no waiver counts");
    let missing = ["scan", "--history", "main..topic", "--trust", "main", "--waiver", "nowhere"];
    sandbox.keyward(&missing).exits(2).says("nowhere");
}
