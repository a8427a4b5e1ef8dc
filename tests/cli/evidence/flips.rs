//! One byte of one file is another: verifying fails and names the file. tests/e2e does it to every byte there is.

use super::made::Made;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Any file, any byte, any of the 255 other values; with the key and without it; in place and copied out.
#[track_caller]
fn any_flip_is_seen(kind: &str) {
    let made = Made::new(kind);
    let index = any::<prop::sample::Index>;
    let mut runner = TestRunner::new(Config { cases: 512, failure_persistence: None, ..Config::default() });
    let place = (any::<bool>(), index(), index(), index(), 1..=u8::MAX, any::<[bool; 2]>());
    let result = runner.run(&place, |(whole, folder, file, at, bits, how)| {
        let folder = if whole { &made.folders[0] } else { folder.get(&made.folders) };
        let file = file.index(folder.files().len());
        let (_, length) = folder.files().nth(file).unwrap();
        prop_assert!(length > 0, "an empty file");
        folder.flip(file, at.index(length), bits, how).map_err(TestCaseError::fail)
    });
    result.unwrap_or_else(|error| panic!("{kind}: {error}"));
    made.folders.iter().for_each(|folder| folder.is_intact());
}

#[test]
fn any_byte_changed_in_unsigned_evidence_is_seen_and_names_the_file() {
    any_flip_is_seen("none");
}

#[test]
fn any_byte_changed_in_evidence_signed_with_ed25519_is_seen_and_names_the_file() {
    any_flip_is_seen("ed25519");
}

#[test]
fn any_byte_changed_in_evidence_signed_with_p256_is_seen_and_names_the_file() {
    any_flip_is_seen("p256");
}
