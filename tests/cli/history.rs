//! `keyward scan --history`: what it says of a secret that many versions of a file hold.

use crate::sandbox::Sandbox;
use crate::secrets::github_token_of;
use serde_json::{Value, json};

fn line(seed: &str) -> String {
    format!("token = \"{}\"\n", github_token_of(seed))
}

fn findings(sandbox: &Sandbox, code: i32) -> Vec<Value> {
    let report = sandbox.keyward(&["scan", "--history", "--format", "json"]).exits(code).json();
    assert_eq!(report["coverage"]["complete"], true, "{report:#}");
    report["findings"].as_array().unwrap().clone()
}

#[test]
fn a_secret_in_many_versions_of_a_file_is_one_finding_with_its_first_commit() {
    let sandbox = Sandbox::new();
    sandbox.committed("other", "nothing\n");
    sandbox.committed("a", line("a"));
    let first = sandbox.id("HEAD");
    for number in 0..5 {
        sandbox.committed("a", format!("{number}\n\n{}", line("a")));
    }
    sandbox.git(&["repack", "-q", "-adf", "--depth=50"]).exits(0);
    sandbox.committed("a", format!("last\n{}{}", line("a"), line("a")));
    let found = findings(&sandbox, 1);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((&found[0]["commit"], &found[0]["path"]), (&json!(first), &json!("a")));
    assert_eq!((&found[0]["occurrences"], &found[0]["in_head"]), (&json!(7), &json!(true)));
    assert_eq!(found[0]["line_start"], 1);
}

#[test]
fn what_head_no_longer_holds_is_told_at_each_path() {
    let sandbox = Sandbox::new();
    sandbox.committed("gone", line("a"));
    let first = sandbox.id("HEAD");
    sandbox.committed("kept", line("a"));
    let second = sandbox.id("HEAD");
    sandbox.committed("gone", "clean\n");
    sandbox.git(&["rm", "--quiet", "gone"]).exits(0);
    sandbox.commit("gone").exits(0);
    let found = findings(&sandbox, 1);
    let told: Vec<_> = found.iter().map(|one| (&one["path"], &one["commit"], &one["in_head"])).collect();
    let want = [("gone", first, false), ("kept", second, true)];
    let want: Vec<_> = want.map(|(path, commit, in_head)| (json!(path), json!(commit), json!(in_head))).into();
    assert_eq!(told, want.iter().map(|(a, b, c)| (a, b, c)).collect::<Vec<_>>());
    assert!(found.iter().all(|one| one["occurrences"] == 1));
}

#[test]
fn the_first_commit_is_the_oldest_whatever_the_branches_are_called() {
    let mut sandbox = Sandbox::new();
    sandbox.committed("base", "base\n");
    let dated = |sandbox: &mut Sandbox, hour: u32| {
        sandbox.set("GIT_COMMITTER_DATE", format!("2026-01-03T{hour:02}:00:00Z"));
    };
    sandbox.git(&["checkout", "--quiet", "-b", "a-later-branch"]).exits(0);
    dated(&mut sandbox, 9);
    sandbox.committed("a", line("a"));
    sandbox.git(&["checkout", "--quiet", "main"]).exits(0);
    dated(&mut sandbox, 7);
    sandbox.committed("a", format!("{}more\n", line("a")));
    let first = sandbox.id("HEAD");
    let found = findings(&sandbox, 1);
    assert_eq!((found.len(), &found[0]["commit"]), (1, &json!(first)));
    assert_eq!(found[0]["occurrences"], 2);
}

#[test]
fn an_excuse_in_one_version_hides_nothing_in_another() {
    let sandbox = Sandbox::new();
    let plain = line("a");
    let excused = plain.replace('\n', " # keyward:allow example\n");
    sandbox.committed("a", &excused);
    let found = findings(&sandbox, 0);
    assert_eq!((found.len(), &found[0]["verdict"]), (1, &json!("suppressed")));
    sandbox.committed("a", &plain);
    let bare = sandbox.id("HEAD");
    sandbox.committed("a", &excused);
    let found = findings(&sandbox, 1);
    assert_eq!((found.len(), &found[0]["verdict"]), (1, &json!("block")));
    assert_eq!((&found[0]["commit"], &found[0]["occurrences"]), (&json!(bare), &json!(2)));
}

#[test]
fn one_thread_and_many_loose_and_packed_say_the_same() {
    let sandbox = Sandbox::new();
    for number in 0..30 {
        let name = format!("dir{}/f{}", number % 3, number % 7);
        sandbox.committed(&name, format!("{number}\n{}", line(&(number % 4).to_string())));
    }
    let report = |args: &[&str]| {
        let all = [&["scan", "--history", "--format", "json"], args].concat();
        let mut report = sandbox.keyward(&all).exits(1).json();
        report.as_object_mut().unwrap().remove("timing");
        report
    };
    let loose = report(&["--jobs", "1"]);
    assert!(loose["findings"].as_array().unwrap().len() > 10);
    assert_eq!(report(&["--jobs", "4"]), loose);
    for how in [&["repack", "-q", "-ad"][..], &["repack", "-q", "-adf", "--depth=3", "--window=4"]] {
        sandbox.git(how).exits(0);
        assert_eq!(report(&["--jobs", "1"]), loose);
        assert_eq!(report(&["--jobs", "4"]), loose);
    }
}

#[test]
fn a_damaged_pack_makes_the_scan_incomplete_and_is_named() {
    let sandbox = Sandbox::new();
    for number in 0..4 {
        sandbox.committed("a", format!("{number}\n"));
    }
    sandbox.git(&["repack", "-q", "-adf"]).exits(0);
    let folder = sandbox.repo.join(".git/objects/pack");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let pack = files.into_iter().find(|file| file.extension().is_some_and(|end| end == "pack")).unwrap();
    let listed = sandbox.git(&["verify-pack", "-v", pack.to_str().unwrap()]).stdout;
    let blob = sandbox.id("HEAD~2:a");
    let offset = listed.lines().find(|line| line.starts_with(&blob)).unwrap().split_whitespace().last().unwrap();
    let mut bytes = std::fs::read(&pack).unwrap();
    bytes[offset.parse::<usize>().unwrap() + 5] ^= 1;
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, bytes).unwrap();
    let report = sandbox.keyward(&["scan", "--history", "--format", "json"]).exits(2).json();
    assert_eq!(report["verdict"], "incomplete");
    let unread = report["coverage"]["unread"].to_string();
    let name = pack.file_name().unwrap().to_str().unwrap();
    for words in ["corrupt-object", name, &format!("offset {offset}: "), "checksum"] {
        assert!(unread.contains(words), "{words} in {unread}");
    }
}

#[test]
fn a_loose_object_with_another_id_is_told_and_verifying_says_the_same() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "one\n");
    sandbox.committed("b", "another\n");
    let object = |id: &str| sandbox.repo.join(".git/objects").join(&id[..2]).join(&id[2..]);
    let (one, another) = (object(&sandbox.id("HEAD:a")), object(&sandbox.id("HEAD:b")));
    std::fs::remove_file(&one).unwrap();
    std::fs::copy(&another, &one).unwrap();
    for more in [&[][..], &["--verify-objects"]] {
        let scan = [&["scan", "--history", "--format", "json"], more].concat();
        let report = sandbox.keyward(&scan).exits(2).json();
        assert!(report["coverage"]["unread"].to_string().contains("the bytes have another id"), "{report:#}");
    }
}
