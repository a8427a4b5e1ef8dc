//! What of a history is looked at: reflogs, what nothing reaches, `--since`, ranges; and who is named.

use crate::sandbox::Sandbox;
use crate::secrets::github_token_of;
use crate::support::{counted, findings, leak_of};
use serde_json::{Value, json};

fn scan(sandbox: &Sandbox, more: &[&str], code: i32) -> Value {
    let args = [&["scan", "--format", "json", "--history"], more].concat();
    sandbox.keyward(&args).exits(code).json()
}

/// `path` or the object's kind of every finding, sorted.
fn places(report: &Value) -> Vec<String> {
    let place = |finding: &Value| finding["path"].as_str().or(finding["object"].as_str()).unwrap().to_owned();
    let mut places: Vec<String> = findings(report).map(place).collect();
    places.sort();
    places
}

fn repository(format: &str) -> Sandbox {
    let sandbox = Sandbox::without_repository();
    std::fs::create_dir(&sandbox.repo).unwrap();
    let format = format!("--ref-format={format}");
    sandbox.git(&["init", "--quiet", "--initial-branch=main", &format]).exits(0);
    sandbox
}

#[test]
fn a_reflog_gives_what_was_reset_amended_and_replaced_in_every_worktree() {
    for format in ["files", "reftable"] {
        let sandbox = repository(format);
        sandbox.git(&["config", "core.logAllRefUpdates", "always"]).exits(0);
        sandbox.committed("a", "clean\n");
        sandbox.committed("reset", leak_of("1"));
        sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]).exits(0);
        sandbox.git(&["tag", "-a", "v1", "-m", &leak_of("2")]).exits(0);
        sandbox.git(&["tag", "-f", "-a", "v1", "-m", "clean", "HEAD"]).exits(0);
        let tree = sandbox.root().join("tree");
        sandbox.git(&["worktree", "add", "--quiet", "--detach", tree.to_str().unwrap()]).exits(0);
        std::fs::write(tree.join("worktree"), leak_of("3")).unwrap();
        sandbox.git_in(&tree, &["add", "."]).exits(0);
        sandbox.git_in(&tree, &["commit", "--quiet", "-m", "x"]).exits(0);
        sandbox.git_in(&tree, &["reset", "--quiet", "--hard", "HEAD~1"]).exits(0);
        assert_eq!(places(&scan(&sandbox, &[], 0)), [""; 0]);
        let report = scan(&sandbox, &["--reflog"], 1);
        assert_eq!(places(&report), ["reset", "tag", "worktree"], "{format}");
        assert_eq!(report["coverage"]["complete"], true, "{report:#}");
    }
}

#[test]
fn a_reflog_whose_objects_are_gone_is_told() {
    let sandbox = repository("files");
    sandbox.committed("a", "clean\n");
    let lost = "c".repeat(40);
    let head = sandbox.repo.join(".git/logs/HEAD");
    let log = std::fs::read_to_string(&head).unwrap();
    std::fs::write(&head, format!("{log}{lost} {} A <a@b> 1 +0000\treset\n", sandbox.id("HEAD"))).unwrap();
    let report = scan(&sandbox, &["--reflog"], 2);
    assert_eq!(counted(&report, "unread", "unresolvable-ref"), 1, "{report:#}");
}

#[test]
fn what_nothing_reaches_is_found_with_its_commit_or_without_and_marked() {
    for packed in [false, true] {
        let sandbox = Sandbox::new();
        sandbox.committed("a", leak_of("0"));
        sandbox.git(&["checkout", "--quiet", "--detach"]).exits(0);
        sandbox.committed("deep/dangling", leak_of("1"));
        let dangling = sandbox.id("HEAD");
        sandbox.git(&["checkout", "--quiet", "main"]).exits(0);
        std::fs::write(sandbox.repo.join("staged"), leak_of("2")).unwrap();
        sandbox.git(&["add", "staged"]).exits(0);
        std::fs::create_dir(sandbox.repo.join("sub")).unwrap();
        std::fs::write(sandbox.repo.join("sub/intree"), leak_of("3")).unwrap();
        sandbox.git(&["add", "sub"]).exits(0);
        sandbox.git(&["write-tree"]).exits(0);
        sandbox.git(&["tag", "-a", "gone", "-m", &leak_of("4")]).exits(0);
        sandbox.git(&["tag", "-d", "gone"]).exits(0);
        std::fs::write(sandbox.repo.join("blob"), leak_of("5")).unwrap();
        sandbox.git(&["hash-object", "-w", "blob"]).exits(0);
        if packed {
            let all = sandbox.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).exits(0).stdout;
            let git = sandbox.repo.join(".git/objects/pack/pack");
            let pack = ["pack-objects", "-q", git.to_str().unwrap()];
            sandbox.run_in(&sandbox.repo, "git".as_ref(), &pack, all.as_bytes()).exits(0);
            sandbox.git(&["prune-packed"]).exits(0);
        }
        assert_eq!(places(&scan(&sandbox, &[], 1)), ["a"]);
        let report = scan(&sandbox, &["--unreachable"], 1);
        assert_eq!(places(&report), ["a", "blob", "deep/dangling", "staged", "sub/intree", "tag"], "{packed}");
        for finding in findings(&report) {
            let stray = finding["path"] != "a";
            assert_eq!(finding.get("unreferenced"), stray.then_some(&json!(true)), "{finding:#}");
        }
        let with_commit = findings(&report).find(|finding| finding["path"] == "deep/dangling").unwrap();
        assert_eq!(with_commit["commit"], json!(dangling));
        assert_eq!(report["coverage"]["complete"], true, "{report:#}");
    }
}

#[test]
fn what_nothing_reaches_may_lack_what_it_names_and_alternates_count() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "clean\n");
    let other = sandbox.root().join("other");
    sandbox.git(&["clone", "--quiet", "--bare", ".", other.to_str().unwrap()]).exits(0);
    std::fs::write(sandbox.repo.join("b"), leak_of("1")).unwrap();
    let blob = sandbox.git_in(&other, &["hash-object", "-w", sandbox.repo.join("b").to_str().unwrap()]).exits(0);
    std::fs::write(sandbox.repo.join(".git/objects/info/alternates"), format!("{}/objects\n", other.display()))
        .unwrap();
    let tree = format!("100644 blob {}\tb\n", "d".repeat(40));
    let made = sandbox.run_in(&sandbox.repo, "git".as_ref(), &["mktree", "--missing"], tree.as_bytes()).exits(0);
    assert_eq!(made.stdout.trim().len(), 40);
    let report = scan(&sandbox, &["--unreachable"], 1);
    assert_eq!(
        findings(&report).map(|finding| finding["blob"].clone()).collect::<Vec<_>>(),
        [json!(blob.stdout.trim())]
    );
    assert_eq!(report["coverage"]["complete"], true, "{report:#}");
}

#[test]
fn since_takes_what_a_commit_of_that_day_or_later_first_brought_in() {
    let mut sandbox = Sandbox::new();
    let dated = |sandbox: &mut Sandbox, day: u32| {
        sandbox.set("GIT_COMMITTER_DATE", format!("2026-01-{day:02}T12:00:00Z"));
    };
    dated(&mut sandbox, 3);
    sandbox.committed("old", leak_of("1"));
    sandbox.committed("moved", leak_of("2"));
    dated(&mut sandbox, 5);
    sandbox.committed("new", leak_of("3"));
    sandbox.git(&["mv", "moved", "here"]).exits(0);
    sandbox.commit("move").exits(0);
    assert_eq!(places(&scan(&sandbox, &[], 1)), ["here", "moved", "new", "old"]);
    let report = scan(&sandbox, &["--since", "2026-01-04"], 1);
    assert_eq!((places(&report), &report["coverage"]["commits"]), (vec!["here".to_owned(), "new".into()], &json!(2)));
    assert_eq!(places(&scan(&sandbox, &["--since", "2026-01-05T12:00:00Z"], 1)), ["here", "new"]);
    assert_eq!(places(&scan(&sandbox, &["--since=2026-01-05T12:00:01Z"], 0)), [""; 0]);
    for wrong in ["soon", "2999-01-01", ""] {
        sandbox.keyward(&["scan", "--history", "--since", wrong]).exits(2).says("--since");
    }
}

#[test]
fn a_range_is_taken_in_every_form_that_git_takes() {
    let sandbox = Sandbox::new();
    sandbox.committed("base", leak_of("0"));
    sandbox.git(&["tag", "base"]).exits(0);
    sandbox.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]).exits(0);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]).exits(0);
    sandbox.committed("topic1", leak_of("1"));
    std::fs::write(sandbox.repo.join("topic2"), leak_of("2")).unwrap();
    sandbox.git(&["add", "."]).exits(0);
    sandbox.git(&["commit", "--quiet", "-m", "Find the words"]).exits(0);
    sandbox.git(&["checkout", "--quiet", "main"]).exits(0);
    sandbox.committed("main1", leak_of("3"));
    let all = ["main1", "topic1", "topic2"];
    for (words, want) in [
        (&["main..topic"][..], &["topic1", "topic2"][..]),
        (&["main...topic"], &all),
        (&["topic", "^main"], &["topic1", "topic2"]),
        (&["topic ^main"], &["topic1", "topic2"]),
        (&["^main", "topic"], &["topic1", "topic2"]),
        (&["topic", "main", "^base"], &all),
        (&["topic~1..topic"], &["topic2"]),
        (&["main..:/Find the words"], &["topic1", "topic2"]),
        (&["main..topic^{/Find the words}"], &["topic1", "topic2"]),
        (&["--", "--all", "--not", "--remotes"], &all),
        (&["--", "--branches=to*", "--not", "--remotes=origin/*"], &["topic1", "topic2"]),
        (&["--", "topic", "--not", "main"], &["topic1", "topic2"]),
        (&["topic^!"], &["topic2"]),
    ] {
        assert_eq!(places(&scan(&sandbox, words, 1)), want, "{words:?}");
    }
    assert_eq!(places(&scan(&sandbox, &["main..base"], 0)), [""; 0]);
    for wrong in
        [&["nosuch"][..], &["main..nosuch"], &["^main"], &["--", "--walk-reflogs"], &["--", "--output=x"], &[""]]
    {
        let args = [&["scan", "--history"], wrong].concat();
        sandbox.keyward(&args).exits(2).says("revision");
    }
    for only_whole in ["--reflog", "--unreachable", "--since=1d"] {
        sandbox.keyward(&["scan", "--history", "main..topic", only_whole]).exits(2).says("range");
    }
}

#[test]
fn people_are_called_as_the_mailmap_says_in_a_bare_repository_too() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", leak_of("1"));
    let author = findings(&scan(&sandbox, &[], 1)).next().unwrap()["author"].as_str().unwrap().to_owned();
    let (_, mail) = author.split_once('<').unwrap();
    sandbox.committed(".mailmap", format!("Proper Name <proper@example.com> <{mail}\n"));
    let bare = sandbox.root().join("bare");
    sandbox.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]).exits(0);
    for folder in [&sandbox.repo, &bare] {
        for range in [&["--history"][..], &["--history", "HEAD"]] {
            let args = [&["scan"], range, &["--format", "json"]].concat();
            let report = sandbox.keyward_in(folder, &args).exits(1).json();
            let one = findings(&report).find(|finding| finding["path"] == "a").unwrap().clone();
            assert_eq!(one["author"], "Proper Name <proper@example.com>", "{args:?}");
        }
    }
    std::fs::write(sandbox.repo.join(".mailmap"), format!("{} <proper@example.com> <{mail}\n", github_token_of("9")))
        .unwrap();
    sandbox
        .keyward(&["scan", "--history", "--format", "json"])
        .exits(1)
        .says("*** <proper")
        .hides(&github_token_of("9"));
}

#[test]
fn remotes_notes_the_stash_and_tags_of_tags_count() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "clean\n");
    sandbox.git(&["notes", "add", "-m", &leak_of("1")]).exits(0);
    std::fs::write(sandbox.repo.join("a"), leak_of("2")).unwrap();
    sandbox.git(&["stash", "--quiet"]).exits(0);
    sandbox.git(&["tag", "-a", "inner", "-m", &leak_of("3")]).exits(0);
    sandbox.git(&["tag", "-a", "outer", "-m", "outer", "inner"]).exits(0);
    sandbox.git(&["tag", "-d", "inner"]).exits(0);
    sandbox.git(&["checkout", "--quiet", "-b", "theirs"]).exits(0);
    sandbox.committed("theirs", leak_of("4"));
    sandbox.git(&["update-ref", "refs/remotes/origin/theirs", "HEAD"]).exits(0);
    sandbox.git(&["checkout", "--quiet", "main"]).exits(0);
    sandbox.git(&["branch", "-D", "theirs"]).exits(0);
    let note = sandbox.id("HEAD");
    assert_eq!(places(&scan(&sandbox, &[], 1)), [note.as_str(), "a", "tag", "theirs"].map(str::to_owned).to_vec());
}
