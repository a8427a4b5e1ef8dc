//! The index against HEAD, through both back ends.

use crate::record::{Recorded, record, record_up_to};
use crate::sandbox::Sandbox;
use keyward::blob::ObjectId;
use keyward::coverage::{Skip, Unread};
use keyward::source::Staged;

/// What is staged, after a check that both back ends see the same.
pub(crate) fn staged(sandbox: &Sandbox) -> Recorded {
    let [library, program] = sandbox.both().map(|repository| record(Staged::new(&repository, &[])));
    assert_eq!(library, program);
    library
}

#[test]
fn content_comes_from_the_index_and_not_from_the_working_file() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("kept", "kept\n");
    sandbox.commit("a", "old\n");
    sandbox.stage("a", "staged\n");
    sandbox.write("a", "working\n");
    sandbox.stage("new", "new\n");
    let recorded = staged(&sandbox);
    assert_eq!(recorded.files(), [("a", "staged\n"), ("new", "new\n")]);
    assert_eq!(recorded.paths(), ["new"]);
    assert_eq!(recorded.before("a"), ["a: old\n"]);
    assert!(recorded.before("new").is_empty());
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let sandbox = Sandbox::new(&[]);
    sandbox.stage("a", "one\n");
    let recorded = staged(&sandbox);
    assert_eq!((recorded.files(), recorded.paths()), (vec![("a", "one\n")], vec!["a"]));
    assert_eq!(sandbox.open().head().unwrap(), None);
}

#[test]
fn a_moved_file_is_compared_with_the_path_that_it_leaves() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("from", "text\n");
    sandbox.git(&["mv", "from", "to"]);
    let recorded = staged(&sandbox);
    assert_eq!(recorded.files(), [("to", "text\n")]);
    assert_eq!(recorded.before("to"), ["from: text\n"]);
}

#[test]
fn an_entry_added_with_intent_is_no_content() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "a\n");
    sandbox.write("later", "later\n");
    sandbox.git(&["add", "-N", "later"]);
    assert_eq!(staged(&sandbox).seen, []);
}

#[test]
fn a_changed_mode_is_no_new_content() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "a\n");
    sandbox.git(&["update-index", "--chmod=+x", "a"]);
    assert_eq!(staged(&sandbox).seen, []);
}

#[test]
fn in_a_merge_only_what_no_parent_has_is_new() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("both", "base\n");
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.commit("theirs", "theirs\n");
    let side = sandbox.commit("both", "side\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("both", "main\n");
    sandbox.try_git_in(&sandbox.top, &["merge", "-q", "--no-commit", "side"]);
    let conflict = staged(&sandbox);
    assert_eq!(conflict.files(), [("both", "base\n")], "of the sides of a conflict only the base is in no parent");
    sandbox.stage("both", "resolved\n");
    let recorded = staged(&sandbox);
    assert_eq!(recorded.files(), [("both", "resolved\n")]);
    assert_eq!(recorded.before("both"), ["both: main\n", "both: side\n"]);
    assert!(recorded.paths().is_empty());
    std::fs::remove_file(sandbox.top.join(".git/MERGE_HEAD")).unwrap();
    assert_eq!(staged(&sandbox).files().len(), 2);
    let given = [ObjectId::from_hex(side.as_bytes()).unwrap()];
    assert_eq!(record(Staged::new(&sandbox.open(), &given)), recorded);
}

#[test]
fn another_parent_that_is_no_commit_is_an_error() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "a\n");
    let blob = ObjectId::from_hex(sandbox.git(&["rev-parse", "HEAD:a"]).as_bytes()).unwrap();
    struct Never;
    impl keyward::source::Sink for Never {
        fn blob(&self, _: keyward::blob::Blob<'_>, _: &dyn keyward::source::Before) -> std::ops::ControlFlow<()> {
            panic!("nothing may be judged")
        }
        fn skip(&self, _: Skip, _: &[u8]) {}
        fn unread(&self, _: Unread, _: &[u8], _: Option<ObjectId>) {}
        fn refs(&self, _: u64) {}
        fn commits(&self, _: u64) {}
        fn largest(&self) -> u64 {
            0
        }
    }
    let repository = sandbox.open();
    assert!(keyward::source::Source::read(&mut Staged::new(&repository, &[blob]), &Never).is_err());
}

#[test]
fn links_are_text_and_submodules_are_counted() {
    let sandbox = Sandbox::new(&[]);
    let id = sandbox.commit("a", "a\n");
    sandbox.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{id},module")]);
    let link = sandbox.git(&["hash-object", "-w", "a"]);
    sandbox.git(&["update-index", "--add", "--cacheinfo", &format!("120000,{link},link")]);
    let recorded = staged(&sandbox);
    assert_eq!(recorded.files(), [("link", "a\n")]);
    assert_eq!(recorded.skipped, [(Skip::Submodule, "module".to_owned())]);
}

#[test]
fn a_pointer_is_followed_to_content_that_is_here_and_counted_otherwise() {
    let sandbox = Sandbox::new(&[]);
    let oid = "0123456789abcdef".repeat(4);
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 5\n");
    sandbox.stage("big", &pointer);
    assert_eq!(staged(&sandbox).skipped, [(Skip::LfsPointer, "big".to_owned())]);
    sandbox.write(&format!(".git/lfs/objects/01/23/{oid}"), "large");
    let recorded = staged(&sandbox);
    assert_eq!(recorded.files(), [("big", "large"), ("big", &pointer)]);
    assert!(recorded.skipped.is_empty());
}

#[test]
fn what_is_over_the_limit_is_unread_and_not_read() {
    let sandbox = Sandbox::new(&[]);
    sandbox.stage("big", "0123456789");
    sandbox.stage("small", "012345678");
    for repository in sandbox.both() {
        let recorded = record_up_to(Staged::new(&repository, &[]), 9);
        assert_eq!(recorded.files(), [("small", "012345678")]);
        assert_eq!(recorded.unread, [(Unread::TooLarge, "big".to_owned())]);
    }
}

#[cfg(unix)]
#[test]
fn paths_may_hold_anything_but_nul() {
    let sandbox = Sandbox::new(&[]);
    let odd = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"new\nline\x1b\xff");
    std::fs::write(sandbox.top.join(odd), "odd\n").unwrap();
    sandbox.git(&["add", "-A"]);
    let recorded = staged(&sandbox);
    assert_eq!(recorded.paths(), ["new\nline\u{1b}\u{fffd}"]);
}

#[test]
fn a_corrupt_index_is_unread() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "a\n");
    std::fs::write(sandbox.top.join(".git/index"), "DIRC and no more than that, which is too little").unwrap();
    let recorded = staged(&sandbox);
    assert_eq!(recorded.unread.len(), 1);
    assert_eq!(recorded.unread[0].0, Unread::UnreadableIndex);
}

#[test]
fn a_corrupt_object_is_unread() {
    let sandbox = Sandbox::new(&[]);
    sandbox.stage("a", "some text to be broken\n");
    let id = sandbox.git(&["rev-parse", ":a"]);
    let file = sandbox.top.join(".git/objects").join(&id[..2]).join(&id[2..]);
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, "not deflated").unwrap();
    assert_eq!(staged(&sandbox).unread, [(Unread::CorruptObject, "a".to_owned())]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(staged(&sandbox).unread, [(Unread::MissingObject, "a".to_owned())]);
}

#[test]
fn an_object_under_another_name_is_corrupt() {
    let sandbox = Sandbox::new(&[]);
    sandbox.stage("a", "one\n");
    sandbox.stage("b", "two\n");
    let place = |name: &str| {
        let id = sandbox.git(&["rev-parse", name]);
        sandbox.top.join(".git/objects").join(&id[..2]).join(&id[2..])
    };
    std::fs::remove_file(place(":a")).unwrap();
    std::fs::copy(place(":b"), place(":a")).unwrap();
    assert_eq!(staged(&sandbox).unread, [(Unread::CorruptObject, "a".to_owned())]);
}

#[test]
fn a_head_that_cannot_be_read_is_unread() {
    let sandbox = Sandbox::new(&[]);
    let id = sandbox.commit("a", "a\n");
    sandbox.stage("a", "b\n");
    std::fs::remove_file(sandbox.top.join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    assert_eq!(staged(&sandbox).unread, [(Unread::MissingObject, id)]);
}
