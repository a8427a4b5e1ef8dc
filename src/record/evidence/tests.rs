//! What the binary cannot show: other clocks, many bundles, an interruption between two writes.

use super::*;
use jiff::Timestamp;

fn draft(number: u64) -> Draft {
    let commit = format!("{number:040x}");
    Draft {
        place: Place::Commit { service: "shop".to_owned(), commit: commit.clone() },
        subject: Some(Subject { name: crate::text::Shown::fixed("shop"), digests: vec![("gitCommit", commit)] }),
        kind: EVIDENCE,
        predicate: serde_json::json!({ "service": "shop", "scope": "commit", "verdict": "pass" }),
        files: vec![("report.json", number.to_string().into_bytes())],
    }
}

fn write(root: &Path, numbers: impl IntoIterator<Item = u64>, seconds: i64) {
    let mut archive = Archive::open(root, None).unwrap();
    numbers.into_iter().for_each(|number| assert!(archive.put(&draft(number)).unwrap().new));
    archive.close(Timestamp::from_second(1_800_000_000 + seconds).unwrap()).unwrap();
}

#[test]
fn a_clock_that_runs_backwards_is_noted_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), [1], 0);
    write(folder.path(), [2], -60);
    write(folder.path(), [3], 60);
    let found = verify(folder.path(), None).unwrap();
    assert_eq!((found.problems.as_slice(), found.bundles, found.lines), (&[][..], 3, 3));
    let [note] = found.notes.as_slice() else { panic!("{:?}", found.notes) };
    assert!(note.file == Path::new(LOG) && note.what.starts_with("line 2: "), "{note:?}");
}

#[test]
fn many_bundles_are_written_and_verified_in_one_go() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), 0..60, 0);
    write(folder.path(), 60..62, 1);
    assert_eq!(verify(folder.path(), None).unwrap().problems, []);
    let part = folder.path().join("service/shop/commit").join(format!("{:040x}", 7));
    let found = verify(&part, None).unwrap();
    assert_eq!((found.bundles, found.lines), (1, 62));
}

#[test]
fn what_an_interrupted_writer_left_is_told_and_is_mended_by_the_same_command() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), [1], 0);
    // Between a bundle and its line in the log.
    let mut archive = Archive::open(folder.path(), None).unwrap();
    let put = archive.put(&draft(2)).unwrap();
    drop(archive);
    let problems = verify(folder.path(), None).unwrap().problems;
    assert_eq!(problems.last().unwrap().file, Path::new(&put.path).join(STATEMENT));
    assert!(problems.iter().any(|problem| problem.what == "log.jsonl has no line for this bundle"), "{problems:?}");
    let mut archive = Archive::open(folder.path(), None).unwrap();
    assert!(!archive.put(&draft(2)).unwrap().new);
    archive.close(Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(verify(folder.path(), None).unwrap().problems, []);
    // In the middle of a bundle.
    let half = folder.path().join("service/shop/commit/.keyward-0123456789abcdef.tmp");
    std::fs::create_dir(&half).unwrap();
    let problems = verify(folder.path(), None).unwrap().problems;
    assert!(problems[0].what.contains("interrupted"), "{problems:?}");
}

#[test]
fn a_bundle_of_one_commit_is_none_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(folder.path(), None).unwrap();
    let moved = Draft { place: draft(2).place, ..draft(1) };
    archive.put(&moved).unwrap();
    archive.close(Timestamp::UNIX_EPOCH).unwrap();
    let problems = verify(folder.path(), None).unwrap().problems;
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].what, "it is about something else");
}
