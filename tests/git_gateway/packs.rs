//! The reader of packs, against libgit2 on the stores that git makes, and on stores that nobody should make.

use crate::sandbox::Sandbox;
use keyward::blob::ObjectId;
use keyward::git::{Fault, Kind, Objects, Spot, Store, Visit};
use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Mutex;

const LIMIT: u64 = 1 << 20;

pub(crate) type All = BTreeMap<ObjectId, (Kind, Vec<u8>)>;

/// Everything that a visit gives, and everything that it says it could not read. Panics where an object comes twice.
pub(crate) fn visited(store: &Store, limit: u64) -> (All, Vec<(ObjectId, Fault)>) {
    let spots: HashSet<Spot> = store.ids().map(|(spot, _)| spot).collect();
    let all = Mutex::new(All::new());
    let failed = store.visit_all(&Visit {
        wanted: &|spot| spots.contains(&spot),
        limit,
        see: &|found| {
            assert_eq!(store.find(&found.id), Some(found.spot));
            let twice = all.lock().unwrap().insert(found.id, (found.kind, found.bytes.to_vec()));
            assert!(twice.is_none(), "{} came twice", found.id);
            ControlFlow::Continue(None)
        },
    });
    (all.into_inner().unwrap(), failed.into_iter().map(|failed| (failed.id, failed.fault)).collect())
}

/// Everything that git lists, read by libgit2.
fn by_libgit2(sandbox: &Sandbox) -> All {
    let [library, _] = sandbox.both();
    let listed = sandbox.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    let ids = listed.lines().map(|line| ObjectId::from_hex(line.as_bytes()).unwrap());
    ids.map(|id| {
        let mut object = None;
        library.objects().visit(&id, u64::MAX, &mut |kind, bytes| object = Some((kind, bytes.to_vec()))).unwrap();
        (id, object.unwrap())
    })
    .collect()
}

/// The same objects in every way of asking; the store, for more.
fn check(sandbox: &Sandbox) -> Store {
    let want = by_libgit2(sandbox);
    let store = sandbox.open().store(true);
    assert_eq!(store.damage(), []);
    let (all, failed) = visited(&store, LIMIT);
    assert_eq!(failed, []);
    assert!(all == want, "a visit of {} objects, of {}", all.len(), want.len());
    assert_eq!(store.ids().count(), want.len());
    for (id, (kind, bytes)) in &want {
        let header = store.header(id).unwrap();
        assert_eq!((header.kind, header.size), (*kind, bytes.len() as u64));
        store.visit(id, LIMIT, &mut |_, read| assert!(read == bytes)).unwrap();
    }
    store
}

/// Numbers that are the same in every run.
pub(crate) fn numbers(mut state: u64) -> impl FnMut(u64) -> u64 {
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below.max(1)
    }
}

/// A history of files that change a little each time.
fn fill(sandbox: &Sandbox, commits: u64) {
    let mut random = numbers(commits);
    let mut files: Vec<Vec<String>> =
        (0..4).map(|file| (0..200).map(|line| format!("{file} {line} {}", random(1 << 30))).collect()).collect();
    for number in 0..commits {
        for _ in 0..2 {
            let file = random(4) as usize;
            let line = random(200) as usize;
            files[file][line] = format!("{number} {}", random(1 << 30));
            sandbox.write(&format!("dir{}/file{file}", file % 2), files[file].join("\n"));
        }
        sandbox.git(&["add", "."]);
        sandbox.git(&["commit", "-q", "--allow-empty", "-m", &number.to_string()]);
    }
    sandbox.stage("empty", "");
    sandbox.git(&["commit", "-q", "-m", "empty"]);
    sandbox.git(&["tag", "-a", "-m", "tagged", "v1"]);
}

fn files(sandbox: &Sandbox, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(sandbox.top.join(".git/objects/pack")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == ending));
    files.sort();
    files
}

/// Puts the objects of `list` into a pack of their own.
fn pack(sandbox: &Sandbox, options: &[&str], list: &str) -> String {
    let run = format!("printf '{list}\\n' | git pack-objects -q {} .git/objects/pack/pack", options.join(" "));
    sandbox.sh(&run)
}

#[test]
fn every_store_that_git_makes_is_read_as_libgit2_reads_it() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let sandbox = Sandbox::new(options);
        fill(&sandbox, 40);
        check(&sandbox);
        sandbox.git(&["repack", "-q", "-adf", "--depth=250", "--window=50"]);
        check(&sandbox);
        // One more pack, and loose objects beside them.
        sandbox.commit("more", "more\n");
        sandbox.git(&["repack", "-q"]);
        sandbox.commit("loose", "loose\n");
        assert_eq!(files(&sandbox, "pack").len(), 2);
        check(&sandbox);
        // Deltas that name their bases.
        let all = sandbox.git(&["rev-list", "--objects", "--no-object-names", "--all"]).replace('\n', "\\n");
        pack(&sandbox, &["--window=50", "--depth=50"], &all);
        check(&sandbox);
        sandbox.git(&["multi-pack-index", "write"]);
        check(&sandbox);
    }
}

#[test]
fn an_index_of_the_first_version_is_read() {
    let sandbox = Sandbox::new(&[]);
    fill(&sandbox, 10);
    sandbox.git(&["-c", "pack.indexVersion=1", "repack", "-q", "-adf"]);
    assert!(!std::fs::read(&files(&sandbox, "idx")[0]).unwrap().starts_with(b"\xfftOc"));
    check(&sandbox);
}

#[test]
fn objects_that_are_stored_several_times_come_once() {
    let sandbox = Sandbox::new(&[]);
    fill(&sandbox, 10);
    sandbox.git(&["repack", "-q", "-a"]);
    let head = sandbox.git(&["rev-parse", "HEAD", "HEAD^{tree}", "HEAD:empty"]).replace('\n', "\\n");
    pack(&sandbox, &[], &head);
    assert_eq!(files(&sandbox, "pack").len(), 2);
    check(&sandbox);
}

#[test]
fn alternates_are_read_however_they_are_named() {
    let mut sandbox = Sandbox::new(&[]);
    fill(&sandbox, 5);
    sandbox.git(&["repack", "-q", "-ad"]);
    let lender = sandbox.top.clone();
    let borrower = sandbox.root().join("borrower");
    sandbox.git(&["clone", "-q", "--shared", ".", borrower.to_str().unwrap()]);
    sandbox.top = borrower;
    sandbox.commit("own", "own\n");
    let want = check(&sandbox).ids().count();
    let alternates = sandbox.top.join(".git/objects/info/alternates");
    let folder = lender.join(".git/objects");
    for line in [
        "../../../repo/.git/objects\n".to_owned(),
        format!("# none\n\n{}\n/not/there\n", folder.display()),
        format!("{0}\n{0}/../objects\n../objects\n", folder.display()),
    ] {
        std::fs::write(&alternates, line).unwrap();
        assert_eq!(visited(&sandbox.open().store(true), LIMIT).0.len(), want);
    }
    std::fs::remove_file(&alternates).unwrap();
    assert!(visited(&sandbox.open().store(true), LIMIT).0.len() < want);
    sandbox.set("GIT_ALTERNATE_OBJECT_DIRECTORIES", "../repo/.git/objects");
    assert_eq!(visited(&sandbox.open().store(true), LIMIT).0.len(), want);
}
