//! `keyward evidence`: bundles, their log, and what is seen of every change to them.

mod flips;
mod made;

use crate::sandbox::{Output, Sandbox};
use crate::secrets;
use made::{create, excused, files, keys, out, repository};
use std::fs;
use std::path::{Path, PathBuf};

fn check(sandbox: &Sandbox, more: &[&str]) -> Output {
    let out = out(sandbox);
    sandbox.keyward(&[&["evidence", "verify", out.to_str().unwrap()], more].concat())
}

fn only(folder: &Path) -> PathBuf {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.remove(0)
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_bundle_says_what_was_judged_by_what_and_a_repeat_changes_nothing() {
    let sandbox = excused();
    create(&sandbox, &[]).exits(0).says("pass: bundles: 1, new: 1");
    let head = sandbox.id("HEAD");
    let bundle = only(&out(&sandbox).join(format!("service/shop/commit/{head}")));
    let names: Vec<_> = files(&bundle).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    let expected =
        ["exceptions.jsonl", "manifest.json", "policy.toml", "report.json", "report.sarif", "statement.json"];
    assert_eq!(names, expected);
    let statement = json(&bundle.join("statement.json"));
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "urn:keyward:evidence:v1");
    assert_eq!(statement["subject"][0]["digest"]["gitCommit"], *head);
    let predicate = &statement["predicate"];
    let values = ["service", "scope", "verdict", "mode", "edge", "actor"].map(|key| predicate[key].as_str().unwrap());
    assert_eq!(values[..5], ["shop", "tree", "pass", "enforce", "local"]);
    assert_eq!(predicate["trust"]["commit"], *head);
    let report = json(&bundle.join("report.json"));
    assert_eq!(report["verdict"], "pass");
    assert!(report.get("timing").is_none());
    assert_eq!(predicate["engine"]["policyDigest"], report["engine"]["policy_digest"]);
    let exceptions = fs::read_to_string(bundle.join("exceptions.jsonl")).unwrap();
    assert!(exceptions.contains("\"kind\":\"baseline\"") && exceptions.contains("\"by\":\"baseline\""), "{exceptions}");
    check(&sandbox, &[]).exits(0).says("intact: bundles: 1");

    let before = sandbox.snapshot(&out(&sandbox));
    create(&sandbox, &[]).exits(0).says("new: 0");
    assert_eq!(sandbox.snapshot(&out(&sandbox)), before);
}

#[cfg(target_os = "linux")]
#[test]
fn the_program_is_that_which_ran_even_if_its_file_is_gone() {
    let sandbox = excused();
    let (program, top) = (env!("CARGO_BIN_EXE_keyward"), out(&sandbox));
    let script = "cp \"$1\" gone && exec 3<gone && rm gone && cd repo && \
                  exec /proc/self/fd/3 evidence create --service shop --output \"$2\"";
    let words = ["-c", script, "sh", program, top.to_str().unwrap()];
    sandbox.run_in(&sandbox.root(), "sh".as_ref(), &words, b"").exits(0);
    let statement = files(&top).into_iter().find(|path| path.ends_with("statement.json")).unwrap();
    let digest = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(fs::read(program).unwrap()));
    assert_eq!(json(&statement)["predicate"]["engine"]["binary"]["sha256"], digest);
}

#[test]
fn a_range_has_a_bundle_for_each_commit_and_one_that_ties_them_and_no_secret_in_any() {
    let sandbox = repository();
    create(&sandbox, &["--range", "HEAD", "--actor", &secrets::github_token()]).exits(1).says("block: bundles: 4");
    check(&sandbox, &[]).exits(0).says("bundles: 4");
    let token = secrets::github_token();
    for path in files(&out(&sandbox)) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&token[8..]), "{}", path.display());
    }
    let tied =
        json(&only(&out(&sandbox).join(format!("service/shop/range/{}", sandbox.id("HEAD")))).join("range.json"));
    let verdicts: Vec<_> = tied["commits"].as_array().unwrap().iter().map(|one| one["verdict"].clone()).collect();
    assert_eq!(verdicts, ["pass", "block", "pass"]);
    let leak = sandbox.id("HEAD^");
    assert_eq!(tied["commits"][1]["commit"], *leak);
    let folder = out(&sandbox).join(format!("service/shop/commit/{leak}"));
    assert_eq!(only(&folder).file_name().unwrap().to_str(), tied["commits"][1]["run_id"].as_str());
    // What lies below is looked at alone, its line of the log too.
    sandbox.keyward(&["evidence".as_ref(), "verify".as_ref(), folder.as_os_str()]).exits(0).says("bundles: 1");
}

#[test]
fn a_range_between_annotated_tags_is_that_of_their_commits() {
    let sandbox = excused();
    sandbox.git(&["tag", "-a", "-m", "first", "v1", "HEAD~2"]).exits(0);
    sandbox.git(&["tag", "-a", "-m", "second", "v2"]).exits(0);
    create(&sandbox, &["--range", "v1..v2"]).exits(0).says("bundles: 3");
    let tied =
        json(&only(&out(&sandbox).join(format!("service/shop/range/{}", sandbox.id("HEAD")))).join("range.json"));
    let range = &tied["range"];
    assert_eq!(range["include"], serde_json::json!([sandbox.id("HEAD")]));
    assert_eq!(range["exclude"], serde_json::json!([sandbox.id("HEAD~2")]));
    create(&sandbox, &["--range", "HEAD^{tree}"]).exits(2).says("which is no commit");
}

#[test]
fn a_release_lists_the_commits_that_lack_evidence() {
    let sandbox = excused();
    sandbox.git(&["tag", "v1", "HEAD^^^"]).exits(0);
    sandbox.git(&["tag", "-a", "-m", "second", "v2"]).exits(0);
    create(&sandbox, &["--tag", "v2"]).exits(2).says("incomplete:").says("0 of 3 commits");
    create(&sandbox, &["--range", "HEAD^..HEAD"]).exits(0);
    let output = create(&sandbox, &["--tag", "v2", "--format", "json"]).exits(2);
    let missing = [sandbox.id("HEAD^^"), sandbox.id("HEAD^")];
    assert_eq!(output.json()["release"]["missing"], serde_json::json!(missing));
    // Since another revision there are others; what blocks there wins.
    create(&sandbox, &["--tag", "v2", "--since", "HEAD^"]).exits(0).says("1 of 1 commits of the release have evidence");
    create(&sandbox, &["--range", "v1..HEAD"]).exits(0);
    create(&sandbox, &["--tag", "v2"]).exits(0).says("3 of 3 commits");
    check(&sandbox, &[]).exits(0);

    let folder = out(&sandbox).join("service/shop/release/v2");
    let complete =
        files(&folder).into_iter().filter(|path| path.ends_with("completeness.json")).map(|path| json(&path));
    assert_eq!(complete.filter(|file| file["complete"] == true).count(), 2);
    let statement = files(&folder).into_iter().find(|path| path.ends_with("statement.json")).unwrap();
    let digests = &json(&statement)["subject"][0]["digest"];
    assert_eq!((&digests["gitCommit"], &digests["gitTag"]), (&sandbox.id("v2^{}").into(), &sandbox.id("v2").into()));
}

#[test]
fn damaged_evidence_does_not_count_for_a_release() {
    let sandbox = excused();
    sandbox.git(&["tag", "v1"]).exits(0);
    create(&sandbox, &["--range", "HEAD"]).exits(0);
    create(&sandbox, &["--tag", "v1"]).exits(0);
    let bundle = only(&out(&sandbox).join(format!("service/shop/commit/{}", sandbox.id("HEAD"))));
    fs::write(bundle.join("report.json"), "{}").unwrap();
    create(&sandbox, &["--tag", "v1"]).exits(2).says("3 of 4 commits");
}

#[test]
fn whatever_is_removed_added_swapped_or_cut_is_seen() {
    let sandbox = excused();
    create(&sandbox, &["--range", "HEAD"]).exits(0);
    let root = fs::canonicalize(out(&sandbox)).unwrap();
    let kept = sandbox.root().join("kept");
    let copy = |from: &Path, to: &Path| {
        let words = ["-r".as_ref(), from.as_os_str(), to.as_os_str()];
        sandbox.run_in(&sandbox.root(), "cp".as_ref(), &words, b"").exits(0);
    };
    copy(&root, &kept);
    let bundles: Vec<PathBuf> = ["HEAD~3", "HEAD~2"]
        .map(|revision| only(&root.join(format!("service/shop/commit/{}", sandbox.id(revision)))))
        .to_vec();
    let log = root.join("log.jsonl");
    let lines = |order: &[usize]| {
        let text = fs::read_to_string(&log).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        fs::write(&log, order.iter().map(|at| format!("{}\n", lines[*at])).collect::<String>()).unwrap();
    };
    let changes: [(&str, &dyn Fn(), &str); 9] = [
        ("a file less", &|| fs::remove_file(bundles[0].join("report.sarif")).unwrap(), "report.sarif: it is missing"),
        ("a file more", &|| fs::write(bundles[0].join("more.txt"), "x").unwrap(), "more.txt: it was added"),
        (
            "a file beside",
            &|| fs::write(root.join("service/notes.txt"), "x").unwrap(),
            "service/notes.txt: it was added",
        ),
        ("a bundle less", &|| fs::remove_dir_all(&bundles[0]).unwrap(), "manifest.json: it is missing"),
        (
            "bundles swapped",
            &|| {
                let between = root.join("between");
                fs::rename(&bundles[0], &between).unwrap();
                fs::rename(&bundles[1], &bundles[0]).unwrap();
                fs::rename(&between, &bundles[1]).unwrap();
            },
            "manifest.json: it was changed",
        ),
        ("lines swapped", &|| lines(&[1, 0, 2, 3, 4]), "log.jsonl: line 1"),
        ("a line less", &|| lines(&[0, 2, 3, 4]), "log.jsonl: line 2"),
        ("the last line less", &|| lines(&[0, 1, 2, 3]), "log.jsonl has no line for this bundle"),
        (
            "the log cut",
            &|| {
                let text = fs::read(&log).unwrap();
                fs::write(&log, &text[..text.len() - 9]).unwrap();
            },
            "log.jsonl: line 5: the line is cut off",
        ),
    ];
    for (what, change, words) in changes {
        change();
        let output = check(&sandbox, &[]);
        assert_eq!(output.code, 1, "{what}: {output:#?}");
        output.says(words).says("not intact:");
        fs::remove_dir_all(&root).unwrap();
        copy(&kept, &root);
        check(&sandbox, &[]).exits(0);
    }
}

#[test]
fn a_bundle_alone_is_verified_by_itself_and_its_signature() {
    let sandbox = excused();
    let (private, public) = keys(&sandbox, "ed25519", 7);
    create(&sandbox, &["--key", private.to_str().unwrap()]).exits(0);
    let bundle = only(&out(&sandbox).join(format!("service/shop/commit/{}", sandbox.id("HEAD"))));
    let alone = sandbox.root().join(bundle.file_name().unwrap());
    fs::rename(&bundle, &alone).unwrap();
    let check = |more: &[&str]| sandbox.keyward(&[&["evidence", "verify", alone.to_str().unwrap()], more].concat());
    check(&[]).exits(0).says("intact:").hides("authentic:");
    check(&["--key", public.to_str().unwrap()]).exits(0).says("intact and authentic:");
    let (_, other) = keys(&sandbox, "ed25519", 8);
    check(&["--key", other.to_str().unwrap()]).exits(1).says("statement.dsse.json: it is not signed with the key");
    fs::write(alone.join("policy.toml"), "x").unwrap();
    check(&[]).exits(1).says("policy.toml: it was changed");
    // Another manifest has another name, and accuses no other file.
    let manifest = fs::read_to_string(alone.join("manifest.json")).unwrap();
    fs::write(alone.join("manifest.json"), manifest.replacen("\"sha256\": \"", "\"sha256\": \"0", 1)).unwrap();
    check(&[]).exits(1).says("manifest.json: it or the folder's name was changed").hides("policy.toml");
}

#[test]
fn a_signed_log_proves_who_wrote_it_and_stays_signed() {
    for kind in ["ed25519", "p256"] {
        let sandbox = excused();
        let (private, public) = keys(&sandbox, kind, 7);
        let (private, public) = (private.to_str().unwrap(), public.to_str().unwrap());
        create(&sandbox, &["--range", "HEAD~1..HEAD", "--key", private]).exits(0);
        check(&sandbox, &["--key", public]).exits(0).says("intact and authentic:");
        check(&sandbox, &[]).exits(0).says("intact:").says("--key PUBLIC.pem proves who signed it");
        create(&sandbox, &["--range", "HEAD", "--key", private]).exits(0);
        check(&sandbox, &["--key", public]).exits(0);
        // Equal keys sign equal bytes alike.
        let before = sandbox.snapshot(&out(&sandbox));
        create(&sandbox, &["--range", "HEAD", "--key", private]).exits(0).says("new: 0");
        assert_eq!(sandbox.snapshot(&out(&sandbox)), before);
        // Kept in a repository it is no finding of its own.
        let top = out(&sandbox);
        sandbox.keyward_in(&top, &["scan", "."]).exits(0).says("no findings");
        // Nobody adds to it without the key.
        let (other, other_public) = keys(&sandbox, kind, 9);
        create(&sandbox, &[]).exits(2).says("this log is signed, and no key was given");
        create(&sandbox, &["--key", other.to_str().unwrap()]).exits(2).says("signed with another key");
        check(&sandbox, &["--key", other_public.to_str().unwrap()]).exits(1).says("log.sig: it is by another key");
        fs::remove_file(out(&sandbox).join("log.sig")).unwrap();
        check(&sandbox, &[]).exits(1).says("log.sig: it is missing");
        create(&sandbox, &["--key", private]).exits(2).says("the signature is missing");
    }
}

#[test]
fn an_unsigned_log_stays_unsigned_and_a_key_does_not_find_it_authentic() {
    let sandbox = excused();
    let (private, public) = keys(&sandbox, "p256", 7);
    create(&sandbox, &[]).exits(0);
    create(&sandbox, &["--range", "HEAD", "--key", private.to_str().unwrap()]).exits(2).says("begun without a key");
    check(&sandbox, &["--key", public.to_str().unwrap()]).exits(1).says("it is not signed");
}

#[test]
fn a_writer_that_was_interrupted_before_it_signed_is_mended_by_the_next_and_strangers_lines_are_not() {
    let sandbox = excused();
    let (private, public) = keys(&sandbox, "ed25519", 7);
    let (private, public) = (private.to_str().unwrap(), public.to_str().unwrap());
    create(&sandbox, &["--range", "HEAD~1..HEAD", "--key", private]).exits(0);
    let old = fs::read(out(&sandbox).join("log.sig")).unwrap();
    create(&sandbox, &["--range", "HEAD~2..HEAD", "--key", private]).exits(0);
    fs::write(out(&sandbox).join("log.sig"), old).unwrap();
    check(&sandbox, &["--key", public]).exits(1).says("nobody signed the lines behind line 2");
    create(&sandbox, &["--key", private]).exits(0);
    check(&sandbox, &["--key", public]).exits(0);
    // A line for a bundle that this key did not sign is not taken over.
    let log = out(&sandbox).join("log.jsonl");
    let unsigned = sandbox.root().join("other");
    let words = ["evidence", "create", "--service", "shop", "--output", unsigned.to_str().unwrap()];
    sandbox.keyward(&words).exits(0);
    let line = fs::read(unsigned.join("log.jsonl")).unwrap();
    fs::write(&log, [fs::read(&log).unwrap(), line].concat()).unwrap();
    create(&sandbox, &["--range", "HEAD", "--key", private]).exits(2).says("nothing was added");
}

#[test]
fn writers_at_once_lose_nothing() {
    let sandbox = excused();
    let revisions = ["HEAD", "HEAD~1", "HEAD~2", "HEAD~3"];
    std::thread::scope(|scope| {
        for revision in revisions {
            let sandbox = &sandbox;
            scope.spawn(move || create(sandbox, &["--range", &format!("{revision}^!"), "--trust", "HEAD"]));
        }
    });
    check(&sandbox, &[]).exits(0).says("bundles: 8, lines of the log: 8");
}

#[test]
fn a_log_that_was_edited_gets_nothing_more() {
    let sandbox = excused();
    create(&sandbox, &[]).exits(0);
    let log = out(&sandbox).join("log.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, text.replace("\"time\":\"20", "\"time\":\"19")).unwrap();
    let before = sandbox.snapshot(&out(&sandbox));
    create(&sandbox, &["--range", "HEAD"]).exits(2).says("log.jsonl: line 1").says("keyward evidence verify");
    assert_eq!(sandbox.snapshot(&out(&sandbox)), before);
}

#[test]
fn wrong_input_is_told_and_is_no_pass() {
    let sandbox = excused();
    let out = out(&sandbox);
    let create = |service: &str, more: &[&str]| {
        let words = ["evidence", "create", "--service", service, "--output", out.to_str().unwrap()];
        sandbox.keyward(&[&words, more].concat())
    };
    create("../up", &[]).exits(2).says("the name of a service");
    create("shop", &["--range", "nosuch..HEAD"]).exits(2);
    create("shop", &["--range", "HEAD..HEAD"]).exits(2).says("no commits");
    create("shop", &["--tag", "nosuch"]).exits(2).says("git tag");
    create("shop", &["--trust", "nosuch"]).exits(2);
    assert!(!out.exists() || files(&out).is_empty());
    let key = sandbox.root().join("key.pem");
    let key = key.to_str().unwrap();
    create("shop", &["--key", key]).exits(2).says("key.pem");
    for (kind, words) in [
        ("ENCRYPTED PRIVATE KEY", "openssl pkcs8 -in"),
        ("EC PRIVATE KEY", "openssl pkcs8 -topk8"),
        ("PRIVATE KEY", "openssl genpkey"),
    ] {
        fs::write(key, format!("-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n")).unwrap();
        create("shop", &["--key", key]).exits(2).says(words);
    }
    let nothing = sandbox.root().join("nothing");
    let verify = |folder: &Path| sandbox.keyward(&["evidence".as_ref(), "verify".as_ref(), folder.as_os_str()]);
    verify(&nothing).exits(2);
    fs::create_dir(&nothing).unwrap();
    verify(&nothing).exits(2).says("there is no evidence here");
    fs::create_dir(nothing.join("service")).unwrap();
    verify(&nothing).exits(1).says("log.jsonl: it is missing");
}
