//! Every kind of repository, through both back ends: the same content as in a plain one, or a counted gap.

use crate::record::{Recorded, record};
use crate::sandbox::Sandbox;
use keyward::blob::ObjectKind;
use keyward::coverage::Unread;
use keyward::git::{Backend, GitError, Repository};
use keyward::source::{History, Range, Staged, Tree};

/// What every source sees, after a check that both back ends see the same.
fn everything(sandbox: &Sandbox) -> [Recorded; 4] {
    let [library, program] = sandbox.both().map(|repository| {
        let head = repository.head().unwrap().into_iter().collect();
        let tree =
            Tree { repository: Some(&repository), current: &sandbox.top, paths: vec![".".into()], no_ignore: false };
        [
            record(Staged::new(&repository, &[])),
            record(tree),
            record(Range::new(&repository, head, Vec::new())),
            record(History::new(&repository)),
        ]
    });
    assert_eq!(library, program);
    library
}

/// Some commits, a branch, an annotated tag, a note, and something staged.
fn fill(sandbox: &Sandbox) {
    sandbox.commit("a", "one\n");
    sandbox.commit("dir/sub/b", "two\n");
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.commit("side", "side\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("a", "three\n");
    sandbox.git(&["tag", "-a", "-m", "tagged", "v1"]);
    sandbox.git(&["notes", "add", "-m", "noted"]);
    sandbox.stage("dir/sub/b", "staged\n");
}

fn check(sandbox: &Sandbox) -> [Recorded; 4] {
    let all = everything(sandbox);
    let [staged, tree, range, history] = &all;
    assert_eq!(staged.files(), [("dir/sub/b", "staged\n")]);
    assert_eq!(staged.before("dir/sub/b"), ["dir/sub/b: two\n"]);
    assert_eq!(tree.files(), [("a", "three\n"), ("dir/sub/b", "staged\n")]);
    assert_eq!(range.files(), [("a", "one\n"), ("a", "three\n"), ("dir/sub/b", "two\n")]);
    assert_eq!((range.commits, range.paths()), (3, vec!["a", "dir/sub/b"]));
    let texts: Vec<&str> = history.files().iter().map(|(_, text)| *text).collect();
    for text in ["one\n", "two\n", "three\n", "side\n", "noted\n"] {
        assert!(texts.contains(&text), "{text} in {texts:?}");
    }
    assert!(!texts.contains(&"staged\n"));
    let of =
        |kind| history.seen.iter().filter(|seen| seen.kind == kind).map(|seen| seen.text.clone()).collect::<Vec<_>>();
    let names = ["refs/heads/main", "refs/heads/side", "refs/notes/commits", "refs/tags/v1"];
    assert_eq!(of(ObjectKind::RefName), names);
    assert!(of(ObjectKind::Tag)[0].ends_with("\n\ntagged\n"));
    assert_eq!((history.refs, history.commits), (4, 5));
    for recorded in &all {
        assert_eq!(recorded.unread, [], "{recorded:?}");
    }
    all
}

#[test]
fn loose_and_packed_objects_of_both_formats_are_read() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let sandbox = Sandbox::new(options);
        fill(&sandbox);
        let loose = check(&sandbox);
        sandbox.git(&["repack", "-q", "-a", "-d"]);
        sandbox.git(&["pack-refs", "--all"]);
        assert_eq!(check(&sandbox), loose);
        sandbox.git(&["multi-pack-index", "write"]);
        sandbox.git(&["commit-graph", "write", "--reachable"]);
        assert_eq!(check(&sandbox), loose);
    }
}

#[test]
fn a_reftable_is_read() {
    for options in [&["--ref-format=reftable"][..], &["--ref-format=reftable", "--object-format=sha256"]] {
        let sandbox = Sandbox::new(options);
        assert!(sandbox.open().layout().reftable);
        assert_eq!(sandbox.open().head().unwrap(), None);
        fill(&sandbox);
        check(&sandbox);
    }
}

#[test]
fn declared_extensions_are_taken() {
    let sandbox = Sandbox::new(&[]);
    sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["config", "extensions.refStorage", "files"]);
    sandbox.git(&["config", "extensions.worktreeConfig", "true"]);
    fill(&sandbox);
    check(&sandbox);
}

#[test]
fn split_sparse_and_version_4_indexes_are_read() {
    for how in [
        &["update-index", "--split-index"][..],
        &["update-index", "--index-version", "4"],
        &["update-index", "--untracked-cache"],
    ] {
        let sandbox = Sandbox::new(&[]);
        fill(&sandbox);
        sandbox.git(how);
        check(&sandbox);
    }
    let sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    sandbox.commit("left/out/c", "four\n");
    sandbox.git(&["sparse-checkout", "init", "--cone", "--sparse-index"]);
    sandbox.git(&["sparse-checkout", "set", "dir"]);
    assert!(sandbox.git(&["ls-files", "--sparse"]).lines().any(|line| line == "left/"));
    sandbox.stage("a", "five\n");
    let [staged, tree, ..] = everything(&sandbox);
    assert_eq!(staged.files(), [("a", "five\n")]);
    assert!(tree.files().iter().all(|(path, _)| !path.starts_with("left")));
    assert_eq!((staged.unread.len(), tree.unread.len()), (0, 0));
}

#[test]
fn a_linked_worktree_has_its_own_index_and_head() {
    let mut sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    let linked = sandbox.root().join("linked");
    sandbox.git(&["worktree", "add", "-q", "--detach", linked.to_str().unwrap(), "main"]);
    let detached = sandbox.git_in(&linked, &["commit-tree", "-m", "detached", "-p", "HEAD", "HEAD^{tree}"]);
    sandbox.git_in(&linked, &["reset", "-q", "--soft", &detached]);
    let [.., history] = everything(&sandbox);
    assert!(history.seen.iter().any(|seen| seen.id.is_some_and(|id| id.to_string() == detached)));
    sandbox.top = linked;
    sandbox.stage("linked", "linked\n");
    let [staged, ..] = everything(&sandbox);
    assert_eq!(staged.files(), [("linked", "linked\n")]);
    let layout = sandbox.open().layout().clone();
    assert_ne!(layout.git_dir, layout.common_dir);
    assert_eq!(layout.hooks, layout.common_dir.join("hooks"));
}

#[test]
fn what_a_hook_sets_is_honoured() {
    let mut sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    let other = sandbox.root().join("other index");
    std::fs::copy(sandbox.top.join(".git/index"), &other).unwrap();
    sandbox.set("GIT_INDEX_FILE", &other);
    sandbox.stage("only here", "other\n");
    let [staged, ..] = everything(&sandbox);
    assert_eq!(staged.files(), [("dir/sub/b", "staged\n"), ("only here", "other\n")]);
    assert_eq!(sandbox.open().layout().index, other);
    sandbox.set("GIT_DIR", sandbox.top.join(".git"));
    sandbox.set("GIT_WORK_TREE", sandbox.top.clone());
    assert_eq!(everything(&sandbox)[0], staged);
}

#[test]
fn a_quarantine_is_read_with_its_alternates() {
    for name in ["plain", "with:colon"] {
        let mut sandbox = Sandbox::new(&[]);
        fill(&sandbox);
        let objects = sandbox.root().join(name);
        std::fs::rename(sandbox.top.join(".git/objects"), &objects).unwrap();
        let quarantine = sandbox.root().join("incoming");
        for folder in [&quarantine, &sandbox.top.join(".git/objects")] {
            std::fs::create_dir(folder).unwrap();
        }
        sandbox.set("GIT_OBJECT_DIRECTORY", &quarantine);
        sandbox.set("GIT_ALTERNATE_OBJECT_DIRECTORIES", format!("\"{}\"", objects.to_str().unwrap()));
        sandbox.stage("new", "in quarantine\n");
        let [staged, .., history] = everything(&sandbox);
        assert_eq!(staged.files(), [("dir/sub/b", "staged\n"), ("new", "in quarantine\n")]);
        assert_eq!((staged.unread.len(), history.unread.len()), (0, 0));
    }
}

#[test]
fn alternates_that_libgit2_would_pass_over_are_left_to_git() {
    let sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    let lent = sandbox.top.join(".git/lent");
    std::fs::rename(sandbox.top.join(".git/objects"), &lent).unwrap();
    std::fs::create_dir_all(sandbox.top.join(".git/objects/info")).unwrap();
    let alternates = sandbox.top.join(".git/objects/info/alternates");
    std::fs::write(&alternates, format!("{}\n", lent.to_str().unwrap())).unwrap();
    check(&sandbox);
    std::fs::create_dir(sandbox.top.join(".git/objects/inner")).unwrap();
    std::fs::write(&alternates, "inner/../../lent\n").unwrap();
    let repository = sandbox.open();
    assert_eq!(repository.objects().backend(), Backend::Program);
    assert_eq!(record(Staged::new(&repository, &[])).files(), [("dir/sub/b", "staged\n")]);
    assert!(Repository::open_with(&sandbox.top, &sandbox.environment(), Some(Backend::Library)).is_err());
}

#[test]
fn replacements_are_ignored() {
    let sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    let id = sandbox.git(&["rev-parse", ":dir/sub/b"]);
    let other = sandbox.git(&["rev-parse", "HEAD:a"]);
    sandbox.git(&["replace", &id, &other]);
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.git(&["replace", "--graft", &head]);
    let [staged, _, range, history] = everything(&sandbox);
    assert_eq!(staged.files(), [("dir/sub/b", "staged\n")]);
    assert_eq!(range.commits, 3);
    assert!(history.unread.is_empty());
}

#[test]
fn a_graft_is_not_followed_and_counted() {
    let sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    sandbox.write(".git/info/grafts", format!("{head}\n"));
    let [_, _, range, history] = everything(&sandbox);
    assert_eq!(range.commits, 3);
    assert_eq!(range.unread, [(Unread::Graft, head)]);
    assert_eq!(history.unread, range.unread);
}

#[test]
fn a_shallow_clone_is_counted_only_where_the_boundary_is_in_the_range() {
    let mut sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    let shallow = sandbox.root().join("shallow");
    let url = format!("file://{}", sandbox.top.to_str().unwrap());
    sandbox.git(&["clone", "-q", "--depth=2", &url, shallow.to_str().unwrap()]);
    sandbox.top = shallow;
    let boundary = sandbox.git(&["rev-parse", "HEAD~1"]);
    let [staged, tree, range, history] = everything(&sandbox);
    assert_eq!((staged.unread.len(), tree.unread.len()), (0, 0));
    assert_eq!(range.unread, [(Unread::Shallow, boundary)]);
    assert_eq!(history.unread, range.unread);
    let repository = sandbox.open();
    let id = |name| repository.resolve(name, true).unwrap();
    let recorded = record(Range::new(&repository, vec![id("HEAD")], vec![id("HEAD~1")]));
    assert_eq!((recorded.files(), recorded.unread.len()), (vec![("a", "three\n")], 0));
}

#[test]
fn what_a_partial_clone_lacks_is_unread_and_not_fetched() {
    for filter in ["blob:none", "tree:0"] {
        let mut sandbox = Sandbox::new(&[]);
        fill(&sandbox);
        sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
        let partial = sandbox.root().join("partial");
        let url = format!("file://{}", sandbox.top.to_str().unwrap());
        let filter = format!("--filter={filter}");
        sandbox.git(&["clone", "-q", "--no-checkout", &filter, &url, partial.to_str().unwrap()]);
        sandbox.top = partial;
        let packs = || std::fs::read_dir(sandbox.top.join(".git/objects/pack")).unwrap().count();
        let before = packs();
        let [_, _, range, history] = everything(&sandbox);
        assert!(range.files().is_empty() && history.files().is_empty());
        assert!(!range.unread.is_empty() && !history.unread.is_empty());
        for (reason, _) in range.unread.iter().chain(&history.unread) {
            assert_eq!(*reason, Unread::MissingObject);
        }
        assert_eq!(packs(), before);
    }
}

#[test]
fn a_bare_repository_has_history_and_no_top() {
    let mut sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    let bare = sandbox.root().join("bare.git");
    sandbox.git(&["clone", "-q", "--mirror", ".", bare.to_str().unwrap()]);
    sandbox.top = bare;
    for repository in sandbox.both() {
        let layout = repository.layout();
        assert_eq!((layout.bare, &layout.top), (true, &None));
        let history = record(History::new(&repository));
        assert_eq!((history.refs, history.commits, history.unread.len()), (4, 5, 0));
    }
}

#[test]
fn an_unborn_head_is_not_an_error_and_a_broken_one_is() {
    let sandbox = Sandbox::new(&[]);
    sandbox.stage("a", "one\n");
    let [staged, tree, range, history] = everything(&sandbox);
    assert_eq!((staged.files(), tree.files()), (vec![("a", "one\n")], vec![("a", "one\n")]));
    assert_eq!((range.commits, history.commits, history.unread.len()), (0, 0, 0));
    sandbox.write(".git/refs/heads/main", "nonsense\n");
    assert!(sandbox.open().head().is_err());
    let history = record(History::new(&sandbox.open()));
    assert!(history.unread.iter().any(|(reason, _)| *reason == Unread::UnresolvableRef), "{history:?}");
}

#[test]
fn a_store_that_must_hold_refs_and_gives_none_is_unreadable() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "one\n");
    sandbox.git(&["checkout", "-q", "--detach"]);
    std::fs::rename(sandbox.top.join(".git/refs/heads/main"), sandbox.top.join(".git/refs/heads/..main")).unwrap();
    let history = record(History::new(&sandbox.open()));
    assert!(history.unread.iter().any(|(reason, _)| *reason == Unread::UnreadableRefs), "{history:?}");
}

#[test]
fn an_unknown_extension_is_an_error_that_names_it() {
    let sandbox = Sandbox::new(&[]);
    sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["config", "extensions.fromTheFuture", "1"]);
    let Err(error) = sandbox.try_open() else { panic!("opened") };
    assert!(matches!(error, GitError::UnknownExtension(_)), "{error:?}");
    assert_eq!(error.detail().unwrap(), b"fromthefuture");
    sandbox.write(".git/config", "[core]\nrepositoryformatversion = 7\n");
    assert!(matches!(sandbox.try_open(), Err(GitError::UnknownVersion(_))));
}

#[test]
fn a_repository_of_another_user_is_an_error_with_the_remedy() {
    let mut sandbox = Sandbox::new(&[]);
    sandbox.set("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    let Err(error) = sandbox.try_open() else { panic!("opened") };
    assert!(matches!(error, GitError::Untrusted(_)), "{error:?}");
    assert!(error.to_string().contains("safe.directory"));
    let path = sandbox.top.to_str().unwrap();
    std::fs::write(sandbox.root().join("gitconfig"), format!("[safe]\ndirectory = {path}\n")).unwrap();
    assert!(sandbox.try_open().is_ok());
}

#[test]
fn no_repository_no_folder_and_no_git_are_told_apart() {
    let mut sandbox = Sandbox::bare_folder();
    assert!(matches!(sandbox.try_open(), Err(GitError::NoFolder(_))));
    std::fs::create_dir(&sandbox.top).unwrap();
    sandbox.set("GIT_CEILING_DIRECTORIES", sandbox.root());
    assert!(matches!(sandbox.try_open(), Err(GitError::NotARepository)));
    sandbox.set("PATH", sandbox.root());
    assert!(matches!(sandbox.try_open(), Err(GitError::NoGit(_))));
}

#[test]
fn a_damaged_pack_is_unread_and_never_a_pass() {
    let sandbox = Sandbox::new(&[]);
    fill(&sandbox);
    sandbox.git(&["repack", "-q", "-a", "-d", "-F"]);
    let entries = std::fs::read_dir(sandbox.top.join(".git/objects/pack")).unwrap();
    let pack =
        entries.map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|end| end == "pack"));
    let pack = pack.unwrap();
    let undamaged = record(History::new(&sandbox.open()));
    let whole = std::fs::read(&pack).unwrap();
    std::fs::remove_file(&pack).unwrap();
    for at in (12..whole.len() - 20).step_by(29) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        std::fs::write(&pack, damaged).unwrap();
        for repository in sandbox.both() {
            let backend = repository.objects().backend();
            let history = record(History::new(&repository));
            // A checksum that is damaged itself takes nothing from the content.
            let lossless = history.unread.is_empty() && history == undamaged;
            assert!(lossless || !history.unread.is_empty(), "byte {at} through {backend:?}");
        }
    }
    std::fs::write(&pack, whole).unwrap();
    assert!(everything(&sandbox)[3].unread.is_empty());
}
