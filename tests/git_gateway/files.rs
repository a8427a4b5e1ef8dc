//! Files of the system and standard input.

use crate::record::{Recorded, record, record_up_to};
use crate::sandbox::Sandbox;
use keyward::coverage::{Skip, Unread};
use keyward::source::{Files, SourceError, Stdin, Tree};
use std::path::PathBuf;

fn tree(sandbox: &Sandbox, paths: &[&str], no_ignore: bool) -> Recorded {
    let repository = sandbox.open();
    let paths = paths.iter().map(PathBuf::from).collect();
    record(Tree { repository: Some(&repository), current: &sandbox.top, paths, no_ignore })
}

fn names(recorded: &Recorded) -> Vec<&str> {
    recorded.files().into_iter().map(|(path, _)| path).collect()
}

#[test]
fn inside_git_tracked_and_untracked_files_are_read_but_not_ignored_ones() {
    let sandbox = Sandbox::new(&[]);
    sandbox.stage(".gitignore", "*.log\n");
    sandbox.commit("src/a", "a\n");
    sandbox.write("src/kept.log", "tracked all the same\n");
    sandbox.git(&["add", "-f", "src/kept.log"]);
    sandbox.write("src/b.log", "ignored\n");
    sandbox.write(".hidden/c", "untracked\n");
    let recorded = tree(&sandbox, &["."], false);
    assert_eq!(names(&recorded), [".gitignore", ".hidden/c", "src/a", "src/kept.log"]);
    assert_eq!(recorded.paths(), names(&recorded));
    assert_eq!(names(&tree(&sandbox, &["."], true)).len(), 5);
    assert_eq!(names(&tree(&sandbox, &["src"], false)), ["src/a", "src/kept.log"]);
    assert_eq!(names(&tree(&sandbox, &["src/b.log", "src/../src/a"], false)), ["src/a", "src/b.log"]);
}

#[test]
fn from_a_folder_inside_paths_are_those_of_the_top_level() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("src/a", "a\n");
    sandbox.commit("b", "b\n");
    sandbox.write("src/c", "c\n");
    let current = sandbox.top.join("src");
    let repository = keyward::git::Repository::open(&current, &sandbox.environment()).unwrap();
    let read = |path: &str| {
        let paths = vec![path.into()];
        record(Tree { repository: Some(&repository), current: &current, paths, no_ignore: false })
    };
    assert_eq!(names(&read(".")), ["src/a", "src/c"]);
    assert_eq!(names(&read("..")), ["b", "src/a", "src/c"]);
    assert_eq!(names(&read("../b")), ["b"]);
}

#[test]
fn an_ignored_folder_that_is_named_is_read() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit(".gitignore", "target/\n");
    sandbox.write("target/a", "a\n");
    assert_eq!(names(&tree(&sandbox, &["."], false)), [".gitignore"]);
    assert_eq!(names(&tree(&sandbox, &["target"], false)), ["target/a"]);
}

#[test]
fn a_nested_repository_is_counted_and_not_entered() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "a\n");
    let nested = sandbox.top.join("nested");
    std::fs::create_dir(&nested).unwrap();
    sandbox.git_in(&nested, &["init", "-q"]);
    sandbox.write("nested/b", "b\n");
    let recorded = tree(&sandbox, &["."], false);
    assert_eq!(names(&recorded), ["a"]);
    assert_eq!(recorded.skipped, [(Skip::NestedRepository, "nested".to_owned())]);
    assert_eq!(names(&tree(&sandbox, &["nested"], false)), ["nested/b"]);
}

#[test]
fn outside_git_a_folder_is_read_without_dot_git() {
    let sandbox = Sandbox::bare_folder();
    sandbox.write("a", "a\n");
    sandbox.write(".env", "b\n");
    sandbox.write(".gitignore", "ignored\n");
    sandbox.write("ignored", "c\n");
    sandbox.write(".git/config", "d\n");
    let read =
        |no_ignore| record(Tree { repository: None, current: &sandbox.top, paths: vec!["./.".into()], no_ignore });
    assert_eq!(names(&read(false)), [".env", ".gitignore", "a"]);
    assert_eq!(names(&read(true)), [".env", ".gitignore", "a", "ignored"]);
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    let sandbox = Sandbox::bare_folder();
    std::fs::create_dir(&sandbox.top).unwrap();
    let mut source = Tree { repository: None, current: &sandbox.top, paths: vec!["gone".into()], no_ignore: false };
    struct Never;
    impl keyward::source::Sink for Never {
        fn blob(&self, _: keyward::blob::Blob<'_>, _: &dyn keyward::source::Before) -> std::ops::ControlFlow<()> {
            panic!("nothing may be judged")
        }
        fn skip(&self, _: Skip, _: &[u8]) {}
        fn unread(&self, _: Unread, _: &[u8], _: Option<keyward::blob::ObjectId>) {}
        fn refs(&self, _: u64) {}
        fn commits(&self, _: u64) {}
        fn largest(&self) -> u64 {
            0
        }
    }
    let error = keyward::source::Source::read(&mut source, &Never).unwrap_err();
    assert!(matches!(error, SourceError::NoSuchPath(path) if path.as_os_str() == "gone"));
}

#[cfg(unix)]
#[test]
fn links_are_text_and_special_files_are_counted() {
    let sandbox = Sandbox::bare_folder();
    sandbox.write("a", "a\n");
    std::os::unix::fs::symlink("a target", sandbox.top.join("link")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(sandbox.top.join("socket")).unwrap();
    let read = |path: &str| {
        record(Tree { repository: None, current: &sandbox.top, paths: vec![path.into()], no_ignore: false })
    };
    let recorded = read(".");
    assert_eq!(recorded.files(), [("a", "a\n"), ("link", "a target")]);
    assert_eq!(recorded.skipped, [(Skip::SpecialFile, "socket".to_owned())]);
    assert_eq!(read("socket").unread, [(Unread::UnreadableFile, "socket".to_owned())], "named, so not left out");
}

#[cfg(unix)]
#[test]
fn named_files_are_read_even_if_ignored_and_links_not_followed() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit(".gitignore", "b\n");
    sandbox.write("b", "b\n");
    std::os::unix::fs::symlink("b", sandbox.top.join("link")).unwrap();
    let repository = sandbox.open();
    let paths = vec!["b".into(), "link".into()];
    let recorded = record(Files { repository: Some(&repository), current: &sandbox.top, paths });
    assert_eq!(recorded.files(), [("b", "b\n"), ("link", "b")]);
}

#[test]
fn a_file_over_the_limit_is_unread() {
    let sandbox = Sandbox::bare_folder();
    sandbox.write("big", "0123456789");
    let source = Tree { repository: None, current: &sandbox.top, paths: vec![".".into()], no_ignore: false };
    let recorded = record_up_to(source, 9);
    assert_eq!(recorded.unread, [(Unread::TooLarge, "big".to_owned())]);
    assert!(recorded.files().is_empty());
}

#[test]
fn standard_input_is_one_content_under_the_same_limit() {
    assert_eq!(record(Stdin::new(&b"text"[..])).files(), [("", "text")]);
    assert_eq!(record_up_to(Stdin::new(&b"0123456789"[..]), 9).unread[0].0, Unread::TooLarge);
}

#[cfg(unix)]
#[test]
fn what_a_tracked_file_has_become_is_neither_followed_nor_waited_for() {
    let sandbox = Sandbox::new(&[]);
    for name in ["file", "folder", "gone", "link", "pipe"] {
        sandbox.stage(name, "tracked\n");
    }
    for name in ["folder", "gone", "link", "pipe"] {
        std::fs::remove_file(sandbox.top.join(name)).unwrap();
    }
    sandbox.write("folder/inside", "untracked\n");
    std::os::unix::fs::symlink("file", sandbox.top.join("link")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(sandbox.top.join("pipe")).status().unwrap().success());
    let recorded = tree(&sandbox, &["."], false);
    assert_eq!(recorded.files(), [("file", "tracked\n"), ("folder/inside", "untracked\n"), ("link", "file")]);
    assert_eq!(recorded.skipped, [(Skip::SpecialFile, "pipe".to_owned())]);
    assert!(recorded.unread.is_empty());
}

#[test]
fn a_file_that_is_in_conflict_is_read_once() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "base\n");
    sandbox.git(&["checkout", "-q", "-b", "other"]);
    sandbox.commit("a", "theirs\n");
    sandbox.git(&["checkout", "-q", "-"]);
    sandbox.commit("a", "ours\n");
    assert!(!sandbox.try_git_in(&sandbox.top, &["merge", "-q", "other"]).status.success());
    let recorded = tree(&sandbox, &["."], false);
    assert_eq!(recorded.files().len(), 1);
    assert!(recorded.files()[0].1.contains("<<<<<<<"));
}
