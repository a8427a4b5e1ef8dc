//! `keyward scan --history --shard I/N` and `keyward merge`.

use crate::sandbox::{Output, Sandbox};
use crate::secrets::{github_token_of, password_line};
use crate::support::{counted, findings};
use serde_json::{Value, json};
use std::path::PathBuf;

fn line(seed: &str) -> String {
    format!("token = \"{}\"\n", github_token_of(seed))
}

/// Many versions of many files, some of them twice, messages, tags, a submodule, an LFS pointer, an excused secret.
fn busy() -> Sandbox {
    let sandbox = Sandbox::new();
    for number in 0..24 {
        let name = format!("dir{}/f{}", number % 3, number % 7);
        let padding = format!("{number} ").repeat(number * 9);
        sandbox.committed(&name, format!("{padding}\n{}", line(&(number % 4).to_string())));
        if number % 9 == 0 {
            sandbox.git(&["repack", "-q", "-d"]).exits(0);
        }
    }
    sandbox.committed("excused", line("5").replace('\n', " # keyward:allow example\n"));
    sandbox.committed("password", password_line());
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", &format!("Use {}", github_token_of("6"))]).exits(0);
    sandbox.git(&["tag", "-a", "v1", "-m", &line("7")]).exits(0);
    let commit = sandbox.id("HEAD");
    let link = format!("160000,{commit},vendor/library");
    sandbox.git(&["update-index", "--add", "--cacheinfo", &link]).exits(0);
    sandbox.commit("submodule").exits(0);
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 7\n", "a".repeat(64));
    sandbox.committed("big.bin", pointer);
    sandbox
}

fn without_timing(output: &Output) -> Value {
    let mut report = output.json();
    report.as_object_mut().unwrap().remove("timing");
    report
}

/// Scans every shard; gives the reports' files.
fn shards(sandbox: &Sandbox, of: usize) -> Vec<PathBuf> {
    let shard = |index: usize| {
        let file = sandbox.root().join(format!("shard-{index}-{of}.json"));
        let which = format!("{index}/{of}");
        let scan = ["scan", "--history", "--shard", &which, "--format", "json", "--output", file.to_str().unwrap()];
        assert!(sandbox.keyward(&scan).code < 2);
        file
    };
    (1..=of).map(shard).collect()
}

fn merge(sandbox: &Sandbox, files: &[PathBuf], more: &[&str]) -> Output {
    let files = files.iter().map(|file| file.to_str().unwrap());
    let args: Vec<&str> = ["merge"].into_iter().chain(files).chain(more.iter().copied()).collect();
    sandbox.keyward(&args)
}

fn edit(file: &PathBuf, change: impl FnOnce(&mut Value)) {
    let mut report: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    change(&mut report);
    std::fs::write(file, report.to_string()).unwrap();
}

#[test]
fn merged_shards_are_the_one_scan_byte_for_byte() {
    let sandbox = busy();
    for of in [1, 2, 3, 7] {
        let files = shards(&sandbox, of);
        for format in ["json", "sarif", "gitlab"] {
            let whole = sandbox.keyward(&["scan", "--history", "--format", format]).exits(1);
            let merged = merge(&sandbox, &files, &["--format", format]).exits(1);
            if format == "json" {
                assert_eq!(without_timing(&merged), without_timing(&whole), "{of} shards");
                let bytes = |output: &Output| output.stdout.split("\"timing\"").next().unwrap().to_owned();
                assert_eq!(bytes(&merged), bytes(&whole), "{of} shards");
            } else if format == "sarif" {
                assert_eq!(merged.json(), whole.json(), "{of} shards");
            } else {
                assert_eq!(merged.json()["vulnerabilities"], whole.json()["vulnerabilities"], "{of} shards");
            }
        }
    }
}

#[test]
fn every_object_is_in_one_shard_and_every_shard_has_some() {
    let sandbox = busy();
    let whole = sandbox.keyward(&["scan", "--history", "--format", "json"]).exits(1).json();
    let blobs = |report: &Value| report["coverage"]["blobs"].as_u64().unwrap();
    let read = |file: PathBuf| -> Value { serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap() };
    let parts: Vec<Value> = shards(&sandbox, 3).into_iter().map(read).collect();
    assert_eq!(parts.iter().map(blobs).sum::<u64>(), blobs(&whole));
    for (number, part) in parts.iter().enumerate() {
        assert!(blobs(part) > 5, "{}", part["coverage"]);
        assert_eq!((&part["shard"]["index"], &part["shard"]["of"]), (&json!(number + 1), &json!(3)));
        assert_eq!(part["shard"]["tips"], parts[0]["shard"]["tips"]);
    }
    assert!(whole.get("shard").is_none() && findings(&whole).all(|finding| finding.get("seam").is_none()));
}

#[test]
fn a_shard_that_is_missing_makes_it_incomplete_and_is_named() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "nothing\n");
    let mut files = shards(&sandbox, 3);
    files.remove(1);
    let report = merge(&sandbox, &files, &["--format", "json"]).exits(2).json();
    assert_eq!((&report["verdict"], counted(&report, "unread", "missing-shard")), (&json!("incomplete"), 1));
    assert!(report["coverage"]["unread"].to_string().contains("shard 2 of 3"));
    merge(&sandbox, &files, &[]).exits(2).says("shard 2 of 3").says("incomplete");
}

#[test]
fn what_does_not_belong_together_is_refused_and_the_file_is_named() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "nothing\n");
    let digest = "0".repeat(64);
    type Change<'c> = (&'c str, &'c dyn Fn(&mut Value));
    let changes: [Change<'_>; 9] = [
        ("the tips", &|report| report["shard"]["tips"] = json!(digest)),
        ("packed in another way", &|report| report["shard"]["plan"] = json!(digest)),
        ("more or fewer shards", &|report| report["shard"]["of"] = json!(4)),
        ("the rules are others", &|report| report["engine"]["rules_digest"] = json!(digest)),
        ("the policy is another", &|report| report["engine"]["policy_digest"] = json!(digest)),
        ("the salt", &|report| report["engine"]["salt"] = json!("repository")),
        ("written by keyward 9.9.9", &|report| report["engine"]["version"] = json!("9.9.9")),
        ("not the report of a shard", &|report| _ = report.as_object_mut().unwrap().remove("shard")),
        ("its format is keyward/report/v2", &|report| report["schema"] = json!("keyward/report/v2")),
    ];
    for (words, change) in changes {
        let files = shards(&sandbox, 2);
        edit(&files[1], |report| change(report));
        merge(&sandbox, &files, &[]).exits(2).says(words).says("shard-2-2.json");
    }
    let files = shards(&sandbox, 2);
    merge(&sandbox, &[files[0].clone(), files[0].clone()], &[]).exits(2).says("so is");
    let text = std::fs::read(&files[1]).unwrap();
    std::fs::write(&files[1], &text[..text.len() / 2]).unwrap();
    let failed = merge(&sandbox, &files, &["--format", "json"]).exits(2);
    assert_eq!(failed.json()["error"]["kind"], "io");
    failed.says("ends in the middle").says("shard-2-2.json");
    std::fs::write(&files[1], "").unwrap();
    merge(&sandbox, &files, &[]).exits(2).says("ends in the middle");
    sandbox.keyward(&["merge", "nosuch.json"]).exits(2).says("nosuch.json");
    sandbox.keyward(&["merge"]).exits(2);
}

#[test]
fn tips_that_moved_between_two_shards_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "nothing\n");
    let before = shards(&sandbox, 2);
    sandbox.committed("b", "more\n");
    let after = sandbox.root().join("after.json");
    let scan = ["scan", "--history", "--shard", "2/2", "--format", "json", "--output", after.to_str().unwrap()];
    sandbox.keyward(&scan).exits(0);
    merge(&sandbox, &[before[0].clone(), after], &[]).exits(2).says("the tips").says("after.json");
}

#[test]
fn a_shard_that_does_not_exist_and_one_of_a_range_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "nothing\n");
    for wrong in ["0/2", "3/2", "1", "a/b", "1/0", "1/99999999"] {
        sandbox.keyward(&["scan", "--history", "--shard", wrong]).exits(2).says("--shard");
    }
    sandbox.keyward(&["scan", "--history", "HEAD", "--shard", "1/2"]).exits(2).says("a range was given");
    sandbox.keyward(&["scan", "--shard", "1/2"]).exits(2).says("--history");
}

#[test]
fn what_is_judged_by_the_number_of_findings_is_not_divided() {
    let sandbox = Sandbox::new();
    sandbox.committed("keyward.toml", "[gate]\nenforce-since = 2026-01-01\n");
    sandbox.keyward(&["scan", "--history", "--shard", "1/2"]).exits(2).says("without --shard");
    sandbox.keyward(&["scan", "--history"]).exits(0);
}

#[test]
fn what_can_not_be_read_is_told_by_one_shard_only() {
    let sandbox = busy();
    let blob = sandbox.id("HEAD:password");
    std::fs::remove_file(sandbox.repo.join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    let whole = without_timing(&sandbox.keyward(&["scan", "--history", "--format", "json"]).exits(1));
    assert_eq!(counted(&whole, "unread", "missing-object"), 1);
    let merged = merge(&sandbox, &shards(&sandbox, 3), &["--format", "json"]).exits(1);
    assert_eq!(without_timing(&merged), whole);
}
