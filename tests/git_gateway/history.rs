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

/// A history of `count` commits with one or two parents among those before, made without a clock; `dates` gives each
/// commit's time.
fn tangle(count: u64, dates: impl Fn(u64) -> u64, mut random: impl FnMut(u64) -> u64) -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::new(&[]);
    let tree = sandbox.git(&["write-tree"]);
    let mut ids: Vec<String> = Vec::new();
    for number in 0..count {
        let mut raw = format!("tree {tree}\n");
        let parents = if number == 0 { 0 } else { 1 + random(2) };
        for _ in 0..parents {
            let back = 1 + random(number.min(6));
            raw += &format!("parent {}\n", ids[(number - back) as usize]);
        }
        let date = dates(number);
        raw += &format!("author A <a@b> {date} +0000\ncommitter A <a@b> {date} +0000\n\n{number}\n");
        sandbox.write("raw", raw);
        ids.push(sandbox.git(&["hash-object", "-w", "-t", "commit", "raw"]));
    }
    (sandbox, ids)
}

#[test]
fn a_range_holds_what_git_lists_and_with_wrong_clocks_never_less() {
    let mut state = 12345_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below.max(1)
    };
    for skewed in [false, true] {
        let dates = |number: u64| if skewed { 1_700_000_000 + number * 7919 % 1000 } else { 1_700_000_000 + number };
        let (sandbox, ids) = tangle(60, dates, &mut random);
        let repository = sandbox.open();
        for _ in 0..25 {
            let mut pick = || ids[random(60) as usize].clone();
            let (include, exclude, more) = (pick(), pick(), pick());
            let id = |hex: &str| ObjectId::from_hex(hex.as_bytes()).unwrap();
            let walk = repository.walk(&[id(&include), id(&more)], &[id(&exclude)]);
            let got: Vec<String> = walk.commits.iter().map(|commit| commit.info.id.to_string()).collect();
            let listed = sandbox.git(&["rev-list", &include, &more, "--not", &exclude]);
            for want in listed.lines() {
                assert!(got.iter().any(|id| id == want), "{want} is missing");
            }
            assert!(skewed || got.len() == listed.lines().count(), "{got:?} {listed}");
            for (at, commit) in walk.commits.iter().enumerate() {
                let later = |parent: &ObjectId| walk.commits[at..].iter().any(|other| other.info.id == *parent);
                assert!(!commit.parents.iter().any(later), "a parent comes behind its child");
            }
        }
    }
}

#[test]
fn a_history_holds_every_file_of_every_commit_and_nothing_else() {
    let sandbox = Sandbox::new(&[]);
    let mut state = 4711_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below.max(1)
    };
    // Names that sort differently as files and as folders, and contents that come back.
    let names = ["a", "a.c", "a-b", "b/a", "b/c/d", "b.c", "b/c.d", "z"];
    for number in 0..60 {
        for _ in 0..1 + random(3) {
            let name = names[random(8) as usize];
            if random(4) == 0 {
                sandbox.try_git_in(&sandbox.top, &["rm", "-q", "-r", "--ignore-unmatch", "--", name]);
            } else {
                sandbox.stage(name, format!("{}\n", random(12)));
            }
        }
        sandbox.git(&["commit", "-q", "--allow-empty", "-m", &number.to_string()]);
        if random(5) == 0 {
            let back = format!("HEAD~{}", random(number.min(4) + 1));
            sandbox.try_git_in(&sandbox.top, &["checkout", "-q", "-B", &format!("b{number}"), &back]);
        }
        if number == 30 {
            sandbox.git(&["repack", "-q", "-adf"]);
        }
    }
    let mut want = std::collections::BTreeSet::new();
    for commit in sandbox.git(&["rev-list", "--all", "HEAD"]).lines() {
        let listed = sandbox.git(&["ls-tree", "-r", commit]);
        let files = listed.lines().map(|line| line.split_once('\t').unwrap());
        want.extend(files.map(|(about, path)| (path.to_owned(), about.split(' ').nth(2).unwrap().to_owned())));
    }
    let history = record(History::new(&sandbox.open()));
    let blobs = history.seen.iter().filter(|seen| seen.kind == ObjectKind::Blob);
    let got: Vec<_> = blobs.map(|seen| (seen.path.clone(), seen.id.unwrap().to_string())).collect();
    assert_eq!(got.len(), want.len());
    assert_eq!(got.into_iter().collect::<std::collections::BTreeSet<_>>(), want);
    for seen in history.seen.iter().filter(|seen| seen.kind == ObjectKind::Blob) {
        // No parent of the first commit that has it there, and none before those, has it.
        let commit = seen.commit.unwrap().to_string();
        let log = sandbox.git(&["log", "--format=%H", "--no-abbrev", "--raw", "-m", &commit, "--", &seen.path]);
        let id = seen.id.unwrap().to_string();
        let born: Vec<&str> = log.lines().filter(|line| line.split(' ').nth(3) == Some(id.as_str())).collect();
        assert_eq!(born.len(), 1, "{} {id} {commit}\n{log}", seen.path);
    }
}
