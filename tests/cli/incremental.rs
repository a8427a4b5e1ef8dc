//! `keyward scan --history --incremental` says what a full scan says, whatever happened to the history in between.

use crate::sandbox::Sandbox;
use crate::secrets::{github_token_of, password_line};
use crate::support::{counted, findings, leak_of};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

const FULL: [&str; 4] = ["scan", "--history", "--format", "json"];

fn without_timing(mut report: Value) -> Value {
    report.as_object_mut().unwrap().remove("timing");
    report
}

/// Scans with and without the state; gives the report and what the incremental run says on standard error.
#[track_caller]
fn same(sandbox: &Sandbox, more: &[&str], what: &str) -> (Value, String) {
    let full = sandbox.keyward(&[&FULL, more].concat());
    let quick = sandbox.keyward(&[&FULL, more, &["--incremental"]].concat());
    assert_eq!(quick.code, full.code, "{what}: {quick:#?}");
    let (full, told) = (without_timing(full.json()), without_timing(quick.json()));
    assert_eq!(told, full, "{what}");
    (told, quick.stderr)
}

fn state(sandbox: &Sandbox) -> PathBuf {
    sandbox.repo.join(".git/keyward/history-state")
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 += 1;
        let digest = Sha256::digest(self.0.to_be_bytes());
        u64::from_be_bytes(digest[..8].try_into().unwrap()) % sides
    }
}

fn git(sandbox: &Sandbox, args: &[&str]) {
    // Not all of it can be done at any time.
    sandbox.git(args);
}

/// One thing that happens to a history.
fn happen(sandbox: &mut Sandbox, dice: &mut Dice, things: u64, step: u64) -> String {
    let day = dice.roll(27) + 1;
    sandbox.set("GIT_COMMITTER_DATE", format!("2026-01-{day:02}T12:00:00Z"));
    let (file, secret) = (format!("d{}/f{}", dice.roll(2), dice.roll(4)), dice.roll(5).to_string());
    let what = dice.roll(things);
    match what {
        0..=2 => {
            let padding = format!("{step} ").repeat(dice.roll(300) as usize);
            sandbox.write(&file, format!("{padding}\n{}", leak_of(&secret)));
            git(sandbox, &["add", "."]);
            git(sandbox, &["commit", "--quiet", "--allow-empty", "-m", "change"]);
        }
        3 => {
            sandbox.write(&file, "clean\n");
            git(sandbox, &["add", "."]);
            git(sandbox, &["commit", "--quiet", "--allow-empty", "-m", "clean"]);
        }
        4 => {
            git(sandbox, &["mv", "-f", &file, &format!("moved{}", dice.roll(3))]);
            git(sandbox, &["commit", "--quiet", "--allow-empty", "-m", "move"]);
        }
        5 => git(sandbox, &["commit", "--quiet", "--allow-empty", "-m", &leak_of(&secret)]),
        6 => git(sandbox, &["checkout", "--quiet", "-B", &format!("b{}", dice.roll(3))]),
        7 => git(sandbox, &["checkout", "--quiet", &format!("b{}", dice.roll(3))]),
        8 => git(sandbox, &["merge", "--quiet", "-X", "ours", "-m", "merge", &format!("b{}", dice.roll(3))]),
        9 => git(sandbox, &["reset", "--quiet", "--hard", "HEAD~2"]),
        10 => git(sandbox, &["commit", "--quiet", "--amend", "--allow-empty", "-m", "amended"]),
        11 => git(sandbox, &["branch", "-D", &format!("b{}", dice.roll(3))]),
        12 => {
            git(sandbox, &["reflog", "expire", "--expire=now", "--all"]);
            git(sandbox, &["gc", "--quiet", "--prune=now"]);
        }
        13 => git(sandbox, &["tag", "-f", "-a", "v1", "-m", &leak_of(&secret)]),
        14 => git(sandbox, &["revert", "--no-edit", "HEAD~1"]),
        15 => {
            sandbox.write(format!("dir/{}", github_token_of(&secret)), leak_of(&secret));
            git(sandbox, &["add", "."]);
            git(sandbox, &["commit", "--quiet", "-m", "a name"]);
        }
        _ => {
            let link = format!("160000,{},sub{}", sandbox.id("HEAD"), dice.roll(2));
            git(sandbox, &["update-index", "--add", "--cacheinfo", &link]);
            git(sandbox, &["commit", "--quiet", "-m", "submodule"]);
        }
    }
    format!("step {step}: {what}")
}

#[test]
fn whatever_happens_to_a_history_it_says_what_a_full_scan_says() {
    // The last two things that can happen keep a run from walking only what is new.
    for (seed, things) in [(0, 15), (1_000, 17), (2_000, 15)] {
        let mut sandbox = Sandbox::new();
        sandbox.committed("a", "clean\n");
        sandbox.committed("b", leak_of("0"));
        sandbox.committed("c", "clean\n");
        let mut dice = Dice(seed);
        for step in 0..20 {
            let mut what = happen(&mut sandbox, &mut dice, things, step);
            if step % 3 == 2 {
                what += &happen(&mut sandbox, &mut dice, things, step);
            }
            let (_, said) = same(&sandbox, &[], &format!("seed {seed}, {what}"));
            assert!(!said.contains("everything is scanned"), "{said}");
        }
    }
}

#[test]
fn what_was_judged_is_not_read_again() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", leak_of("1"));
    let blob = sandbox.id("HEAD:a");
    sandbox.committed("b", "clean\n");
    let old = sandbox.id("HEAD:b");
    same(&sandbox, &[], "first");
    sandbox.committed("c", leak_of("2"));
    // Of what was judged before only the file with the finding is looked at, for comments beside it.
    let object = |id: &str| sandbox.repo.join(".git/objects").join(&id[..2]).join(&id[2..]);
    let damage = |id: &str| {
        std::fs::remove_file(object(id)).unwrap();
        std::fs::write(object(id), "damaged").unwrap();
    };
    damage(&old);
    // Nor is the tree of a commit that no new one follows.
    damage(&sandbox.id("HEAD~2^{tree}"));
    let quick = sandbox.keyward(&[&FULL[..], &["--incremental"]].concat()).exits(1).json();
    assert_eq!((findings(&quick).count(), &quick["coverage"]["complete"]), (2, &json!(true)));
    assert_eq!(sandbox.keyward(&FULL).exits(1).json()["coverage"]["complete"], false);
    damage(&blob);
    let quick = sandbox.keyward(&[&FULL[..], &["--incremental"]].concat()).exits(1).json();
    assert_eq!(counted(&quick, "unread", "corrupt-object"), 1, "{quick:#}");
}

#[test]
fn a_commit_that_comes_late_and_is_older_becomes_the_first() {
    let mut sandbox = Sandbox::new();
    let dated = |sandbox: &mut Sandbox, day: u32| {
        sandbox.set("GIT_COMMITTER_DATE", format!("2026-01-{day:02}T12:00:00Z"));
    };
    dated(&mut sandbox, 2);
    sandbox.committed("base", "clean\n");
    dated(&mut sandbox, 9);
    sandbox.committed("a", leak_of("1"));
    sandbox.committed("b", leak_of("2"));
    same(&sandbox, &[], "first");
    // The same content at the same path, once from before and once from behind.
    sandbox.git(&["checkout", "--quiet", "-b", "old", "HEAD~2"]).exits(0);
    dated(&mut sandbox, 4);
    sandbox.committed("a", leak_of("1"));
    let older = sandbox.id("HEAD");
    dated(&mut sandbox, 20);
    sandbox.committed("b", leak_of("2"));
    let later = sandbox.id("HEAD");
    let (report, _) = same(&sandbox, &[], "late");
    let commits: Vec<&Value> = findings(&report).map(|finding| &finding["commit"]).collect();
    assert!(commits.contains(&&json!(older)) && !commits.contains(&&json!(later)), "{report:#}");
    same(&sandbox, &[], "nothing new");
    sandbox.git(&["rm", "--quiet", "a"]).exits(0);
    sandbox.commit("gone").exits(0);
    same(&sandbox, &[], "gone");
    sandbox.committed("a", leak_of("1"));
    same(&sandbox, &[], "back");
}

#[test]
fn another_policy_judges_what_was_found_before_anew() {
    let mut sandbox = Sandbox::new();
    sandbox.committed("a", leak_of("1"));
    sandbox.committed("b", leak_of("2").replace('\n', " # keyward:allow example\n"));
    sandbox.committed("c", password_line());
    let verdicts = |report: &Value| -> Vec<String> {
        findings(report).map(|finding| finding["verdict"].as_str().unwrap().to_owned()).collect()
    };
    let (first, _) = same(&sandbox, &[], "first");
    assert_eq!(verdicts(&first)[..2], ["block", "suppressed"]);
    sandbox.keyward(&["baseline", "create"]).exits(0);
    sandbox.git(&["add", "."]).exits(0);
    sandbox.commit("baseline").exits(0);
    let (excused, said) = same(&sandbox, &[], "baseline");
    assert_eq!((verdicts(&excused)[0].as_str(), said.as_str()), ("suppressed", ""));
    sandbox.committed("keyward.toml", "[pragmas]\nkeyward = false\n");
    let (strict, _) = same(&sandbox, &[], "no comments");
    assert!(verdicts(&strict).iter().any(|verdict| verdict == "block"), "{strict:#}");
    same(&sandbox, &["--mode", "audit"], "audit");
    sandbox.committed("keyward.toml", "[gate]\nenforce-since = 2999-01-01\n");
    let (later, _) = same(&sandbox, &[], "enforced one day");
    assert_eq!(later["verdict"], "pass", "{later:#}");
    sandbox.committed("keyward.toml", "[pragmas]\nkeyward = false\n");
    same(&sandbox, &["--block-on", "critical"], "critical only");
    // What expires does so without any change.
    sandbox.set("TZ", "UTC");
    let (_, said) = same(&sandbox, &[], "again");
    assert_eq!(said, "");
}

#[test]
fn other_rules_and_settings_of_detection_scan_everything_and_say_so() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", format!("{}ACME-{}\n", leak_of("1"), "7".repeat(12)));
    same(&sandbox, &[], "first");
    let rule = "[[rule]]\nid = \"acme-token\"\nprovider = \"acme\"\nkind = \"token\"\ndescription = \"Acme\"\n\
                severity = \"high\"\nconfidence = \"high\"\nkeywords = [\"acme-\"]\n\
                pattern = '(?P<secret>ACME-[0-9]{12})'\n[rule.examples]\nmatch = [[\"ACME-\", \"123456789012\"]]\n\
                no-match = [[\"ACME\"]]\n";
    sandbox.write("acme.toml", rule);
    sandbox.write("keyward.toml", "[rules]\ninclude = [\"acme.toml\"]\n");
    sandbox.git(&["add", "."]).exits(0);
    sandbox.commit("rules").exits(0);
    let (report, said) = same(&sandbox, &[], "another rule");
    assert!(findings(&report).any(|finding| finding["rule"] == "acme-token"), "{report:#}");
    assert!(said.contains("the rules changed; everything is scanned"), "{said}");
    let (_, said) = same(&sandbox, &["--min-confidence", "low"], "less sure");
    assert!(said.contains("settings that decide what is found changed"), "{said}");
    let (_, said) = same(&sandbox, &["--min-confidence", "low"], "again");
    assert_eq!(said, "");
}

#[test]
fn a_state_that_was_cut_off_or_changed_scans_everything_and_says_so() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", leak_of("1"));
    same(&sandbox, &[], "first");
    let sound = std::fs::read(state(&sandbox)).unwrap();
    let mut changed = sound.clone();
    *changed.last_mut().unwrap() ^= 1;
    for damaged in [&sound[..0], &sound[..10], &sound[..sound.len() / 2], &changed] {
        std::fs::write(state(&sandbox), damaged).unwrap();
        let (_, said) = same(&sandbox, &[], "damaged");
        assert!(said.contains("cut off or changed; everything is scanned"), "{said}");
        assert_eq!(std::fs::read(state(&sandbox)).unwrap(), sound);
    }
}

#[test]
fn a_newer_state_and_a_file_of_another_kind_are_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", leak_of("1"));
    let run = |path: &Path| {
        let option = format!("--incremental={}", path.display());
        sandbox.keyward(&[&FULL[..], &[&option]].concat())
    };
    for (text, words) in [("keyward/history-state/v9 1 2\nx", "newer keyward"), ("# Read me\n", "no state")] {
        let path = sandbox.root().join("state");
        std::fs::write(&path, text).unwrap();
        let output = run(&path).exits(2).says(words).says("state");
        assert_eq!(output.json()["verdict"], "incomplete");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    run(&sandbox.repo.join("a/b")).exits(2).says("a/b");
    sandbox.keyward(&["scan", "--history", "HEAD", "--incremental"]).exits(2).says("a range was given");
    sandbox.keyward(&["scan", "--incremental"]).exits(2).says("--history");
}

#[test]
fn a_state_that_another_run_holds_is_left_alone() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", leak_of("1"));
    same(&sandbox, &[], "first");
    let before = std::fs::read(state(&sandbox)).unwrap();
    let lock = std::fs::File::open(sandbox.repo.join(".git/keyward/history-state.lock")).unwrap();
    lock.lock().unwrap();
    sandbox.committed("b", leak_of("2"));
    let (_, said) = same(&sandbox, &[], "held");
    assert!(said.contains("another run uses it"), "{said}");
    assert_eq!(std::fs::read(state(&sandbox)).unwrap(), before);
    drop(lock);
    let (_, said) = same(&sandbox, &[], "free");
    assert_eq!(said, "");
    assert_ne!(std::fs::read(state(&sandbox)).unwrap(), before);
}

#[test]
fn what_could_not_be_read_is_tried_again_until_it_can() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", leak_of("1"));
    let content = leak_of("2");
    let oid = data_encoding::HEXLOWER.encode(&Sha256::digest(&content));
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {}\n", content.len());
    sandbox.committed("big", pointer);
    let (report, _) = same(&sandbox, &[], "no content");
    assert_eq!((findings(&report).count(), counted(&report, "skipped", "lfs-pointer")), (1, 1));
    sandbox.write(format!(".git/lfs/objects/{}/{}/{oid}", &oid[..2], &oid[2..4]), &content);
    let (report, _) = same(&sandbox, &[], "content");
    assert_eq!(findings(&report).count(), 2);
    let blob = sandbox.id("HEAD:a");
    let object = sandbox.repo.join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    let bytes = std::fs::read(&object).unwrap();
    std::fs::remove_file(&object).unwrap();
    std::fs::remove_file(state(&sandbox)).unwrap();
    let (report, _) = same(&sandbox, &[], "gone");
    assert_eq!(counted(&report, "unread", "missing-object"), 1);
    std::fs::write(&object, bytes).unwrap();
    let (report, _) = same(&sandbox, &[], "back");
    assert_eq!((findings(&report).count(), &report["coverage"]["complete"]), (2, &json!(true)));
}

#[test]
fn the_state_holds_no_secret_and_no_name_that_is_one() {
    let sandbox = Sandbox::new();
    let name = format!("dir/{}", github_token_of("3"));
    sandbox.committed(&name, leak_of("1"));
    sandbox.committed("password", password_line());
    for _ in 0..2 {
        same(&sandbox, &[], "a name");
        let held = String::from_utf8_lossy(&std::fs::read(state(&sandbox)).unwrap()).into_owned();
        for secret in [github_token_of("1"), github_token_of("3"), password_line()] {
            let secret = secret.trim_end().trim_end_matches('"').rsplit('"').next().unwrap().to_owned();
            assert!(!held.contains(&secret));
        }
    }
}

#[test]
fn a_shallow_clone_that_is_deepened_is_judged_to_its_depth() {
    let sandbox = Sandbox::new();
    sandbox.committed("deep", leak_of("1"));
    sandbox.git(&["rm", "--quiet", "deep"]).exits(0);
    sandbox.commit("gone").exits(0);
    sandbox.committed("a", "clean\n");
    let clone = sandbox.root().join("clone");
    let url = format!("file://{}", sandbox.repo.display());
    sandbox.git(&["clone", "--quiet", "--depth=1", &url, clone.to_str().unwrap()]).exits(0);
    let run = |code: i32, more: &[&str]| {
        let output = sandbox.keyward_in(&clone, &[&FULL[..], more].concat()).exits(code);
        without_timing(output.json())
    };
    assert_eq!(run(2, &["--incremental"]), run(2, &[]));
    sandbox.git_in(&clone, &["fetch", "--quiet", "--unshallow"]).exits(0);
    assert_eq!(run(1, &["--incremental"]), run(1, &[]));
}
