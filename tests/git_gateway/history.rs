//! Ranges and histories: attribution, merges, tags, what is added and removed again.

use crate::record::{Recorded, record};
use crate::sandbox::Sandbox;
use keyward::blob::{ObjectId, ObjectKind};
use keyward::coverage::Unread;
use keyward::source::{History, Range};

fn range(sandbox: &Sandbox, include: &[&str], exclude: &[&str]) -> Recorded {
    let [library, program] = sandbox.both().map(|repository| {
        let ids = |names: &[&str]| names.iter().map(|name| repository.resolve(name, false).unwrap()).collect();
        record(Range::new(&repository, ids(include), ids(exclude)))
    });
    assert_eq!(library, program);
    library
}

#[test]
fn what_one_commit_adds_and_the_next_removes_is_judged() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "base\n");
    let added = sandbox.commit("s", "secret\n");
    sandbox.git(&["rm", "-q", "s"]);
    sandbox.git(&["commit", "-q", "-m", "gone"]);
    let recorded = range(&sandbox, &["HEAD"], &["HEAD~2"]);
    assert_eq!((recorded.files(), recorded.commits), (vec![("s", "secret\n")], 2));
    let seen = recorded.seen.iter().find(|seen| seen.path == "s").unwrap();
    assert_eq!(seen.commit, ObjectId::from_hex(added.as_bytes()));
    assert!(recorded.seen.iter().any(|seen| seen.kind == ObjectKind::Commit && seen.text.ends_with("\n\ngone\n")));
}

#[test]
fn what_is_put_back_after_it_was_removed_is_judged_against_what_it_then_replaces() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "secret\n");
    sandbox.commit("a", "secret\nmore\n");
    sandbox.commit("a", "clean\n");
    sandbox.commit("a", "secret\nmore\n");
    let recorded = range(&sandbox, &["HEAD"], &["HEAD~3"]);
    let mut of: Vec<_> =
        recorded.seen.iter().filter(|seen| seen.text == "secret\nmore\n").map(|seen| &seen.before).collect();
    of.sort();
    assert_eq!(of, [&["a: clean\n".to_owned()], &["a: secret\n".to_owned()]]);
}

#[test]
fn in_a_merge_commit_only_what_no_parent_has_is_judged() {
    let sandbox = Sandbox::new(&[]);
    let base = sandbox.commit("both", "base\n");
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.commit("both", "side\n");
    sandbox.commit("theirs", "theirs\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("both", "main\n");
    sandbox.try_git_in(&sandbox.top, &["merge", "-q", "side"]);
    sandbox.stage("both", "resolved\n");
    sandbox.stage("evil", "evil\n");
    sandbox.git(&["commit", "-q", "-m", "merged"]);
    let merge = ObjectId::from_hex(sandbox.git(&["rev-parse", "HEAD"]).as_bytes());
    let recorded = range(&sandbox, &["HEAD"], &[&base]);
    let of_merge: Vec<_> =
        recorded.seen.iter().filter(|seen| seen.commit == merge).map(|seen| seen.path.as_str()).collect();
    assert_eq!(of_merge, ["both", "evil", "", "evil"]);
    let resolved = recorded.seen.iter().find(|seen| seen.text == "resolved\n").unwrap();
    assert_eq!(resolved.before, ["both: main\n", "both: side\n"]);
    assert_eq!(recorded.files().len(), 5);
}

#[test]
fn a_range_leaves_out_all_that_the_other_side_reaches() {
    let sandbox = Sandbox::new(&[]);
    for number in 0..20 {
        sandbox.commit(&format!("f{number}"), format!("{number}\n"));
    }
    sandbox.git(&["checkout", "-q", "-b", "side", "HEAD~10"]);
    sandbox.commit("side", "side\n");
    let recorded = range(&sandbox, &["side"], &["main"]);
    assert_eq!((recorded.files(), recorded.commits), (vec![("side", "side\n")], 1));
    assert_eq!(range(&sandbox, &["main"], &["side"]).commits, 10);
    assert_eq!(range(&sandbox, &["side", "main"], &[]).commits, 21);
    assert_eq!(range(&sandbox, &["main~3"], &["main"]).commits, 0);
}

#[test]
fn tags_are_judged_and_followed_also_to_trees_and_blobs() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("dir/a", "one\n");
    sandbox.git(&["tag", "-a", "-m", "outer", "outer", &sandbox.git(&["rev-parse", "HEAD^{tree}"])]);
    sandbox.git(&["tag", "-a", "-m", "twice", "twice", "outer"]);
    sandbox.write("loose", "blob only\n");
    let blob = sandbox.git(&["hash-object", "-w", "loose"]);
    sandbox.git(&["update-ref", "refs/tags/blob", &blob]);
    let recorded = range(&sandbox, &["twice", "blob"], &[]);
    assert_eq!(recorded.files(), [("", "blob only\n"), ("dir/a", "one\n")]);
    assert_eq!(recorded.seen.iter().filter(|seen| seen.kind == ObjectKind::Tag).count(), 2);
    let history = record(History::new(&sandbox.open()));
    assert_eq!(history.files(), recorded.files());
}

#[test]
fn a_history_shows_an_object_at_every_path_and_once_at_each() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "same\n");
    sandbox.commit("b", "same\n");
    sandbox.commit("c", "other\n");
    let history = record(History::new(&sandbox.open()));
    assert_eq!(history.files(), [("a", "same\n"), ("b", "same\n"), ("c", "other\n")]);
    assert_eq!(history.paths(), ["a", "b", "c"]);
}

#[test]
fn a_missing_commit_tree_or_blob_is_unread() {
    for name in ["HEAD~1", "HEAD~1^{tree}", "HEAD~1:a"] {
        let sandbox = Sandbox::new(&[]);
        sandbox.commit("a", "one\n");
        sandbox.commit("a", "two\n");
        sandbox.commit("a", "three\n");
        let id = sandbox.git(&["rev-parse", name]);
        std::fs::remove_file(sandbox.top.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
        let example = if name.ends_with(":a") { "a".to_owned() } else { id };
        let head = sandbox.git(&["rev-parse", "HEAD"]);
        let [library, program] = sandbox.both().map(|repository| {
            let head = ObjectId::from_hex(head.as_bytes()).unwrap();
            [record(Range::new(&repository, vec![head], Vec::new())), record(History::new(&repository))]
        });
        assert_eq!(library, program);
        for recorded in library {
            assert_eq!(recorded.unread, [(Unread::MissingObject, example.clone())], "{name}");
        }
    }
}

#[test]
fn a_parent_line_in_a_strange_place_is_no_parent() {
    let sandbox = Sandbox::new(&[]);
    let hidden = sandbox.commit("a", "secret\n");
    let tree = sandbox.git(&["rev-parse", "HEAD^{tree}"]);
    let who = "A <a@example.com> 1700000000 +0000";
    let raw = format!("tree {tree}\nauthor {who}\nparent {hidden}\ncommitter {who}\n\nforged\n");
    sandbox.write("raw", raw);
    let forged = sandbox.git(&["hash-object", "-w", "-t", "commit", "--literally", "raw"]);
    let recorded = range(&sandbox, &[&forged], &[]);
    assert_eq!((recorded.files(), recorded.commits), (vec![("a", "secret\n")], 1));
    assert!(recorded.before("a").is_empty());
}
