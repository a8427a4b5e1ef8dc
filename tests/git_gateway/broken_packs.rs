//! Packs that are damaged, and packs that are made to do harm: an error or the right bytes, and no memory or time lost.

use crate::pack_builder::{Builder, delta, id, varint, write, zlib};
use crate::packs::{All, visited};
use keyward::blob::ObjectId;
use keyward::git::{Fault, Kind, Objects, Store};
use std::collections::BTreeMap;
use std::path::Path;

const LIMIT: u64 = 1 << 20;

fn open(folder: &Path, verify: bool) -> Store {
    Store::open(folder, None, folder, false, verify)
}

/// One blob, a delta to it by offset and one by name, and a commit.
fn small() -> (Builder, All) {
    let mut builder = Builder::new();
    let (first, second, third) =
        (&b"the first text\n"[..], &b"more: the first text\n"[..], &b"most: more: the first text\n"[..]);
    let base = builder.whole(first);
    builder.offset(id(second), base, &delta(first.len() as u64, b"more: "));
    builder.named(id(third), id(second), &delta(second.len() as u64, b"most: "));
    builder.whole(b"another");
    let all = [first, second, third, b"another"].map(|text| (id(text), (Kind::Blob, text.to_vec())));
    (builder, BTreeMap::from(all))
}

/// What is given is right; and if something is not given, somebody is told.
fn holds(folder: &Path, verify: bool, want: &All, how: &str) {
    let store = open(folder, verify);
    let (all, failed) = visited(&store, LIMIT);
    for (id, object) in &all {
        assert_eq!(Some(object), want.get(id), "{how}: {id}");
    }
    let unknown = want.keys().any(|id| store.find(id).is_none());
    assert!(all.len() == want.len() || unknown || !failed.is_empty(), "{how}: something is lost in silence");
    for (id, (_, bytes)) in want {
        let told = store.visit(id, LIMIT, &mut |_, read| assert_eq!(read, bytes, "{how}"));
        assert!(told.is_ok() || store.find(id).is_none() || failed.iter().any(|one| one.0 == *id), "{how}");
    }
}

#[test]
fn a_flipped_bit_anywhere_gives_an_error_or_the_right_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (builder, want) = small();
    let (pack, index) = builder.finish();
    write(folder.path(), "whole", &pack, &index);
    let store = open(folder.path(), true);
    assert_eq!((store.damage(), visited(&store, LIMIT)), (&[][..], (want.clone(), vec![])));
    for at in 0..pack.len() {
        let mut broken = pack.clone();
        broken[at] ^= 1 << (at % 8);
        write(folder.path(), "whole", &broken, &index);
        // The index holds a checksum of every entry, so that no id need be computed.
        holds(folder.path(), at % 2 == 0, &want, &format!("pack, byte {at}"));
    }
    let (unchecked, first) = small().0.finish_unchecked();
    for at in 0..unchecked.len() {
        let mut broken = unchecked.clone();
        broken[at] ^= 1 << (at % 8);
        write(folder.path(), "whole", &broken, &first);
        holds(folder.path(), true, &want, &format!("pack without checksums, byte {at}"));
    }
    for at in 0..index.len() {
        let mut broken = index.clone();
        broken[at] ^= 1 << (at % 8);
        write(folder.path(), "whole", &pack, &broken);
        holds(folder.path(), true, &want, &format!("index, byte {at}"));
    }
}

#[test]
fn a_file_cut_anywhere_gives_an_error_or_the_right_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (builder, want) = small();
    let (pack, index) = builder.finish();
    for length in 0..pack.len() {
        write(folder.path(), "cut", &pack[..length], &index);
        holds(folder.path(), false, &want, &format!("pack of {length} bytes"));
        assert!(!open(folder.path(), false).damage().is_empty());
    }
    for length in 0..index.len() {
        write(folder.path(), "cut", &pack, &index[..length]);
        holds(folder.path(), true, &want, &format!("index of {length} bytes"));
        assert!(!open(folder.path(), false).damage().is_empty());
    }
}

#[test]
fn a_broken_copy_is_made_up_for_by_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let (builder, want) = small();
    let (pack, index) = builder.finish();
    write(folder.path(), "good", &pack, &index);
    let mut broken = pack.clone();
    broken[20] ^= 1;
    write(folder.path(), "bad", &broken, &index);
    let store = open(folder.path(), true);
    assert_eq!(visited(&store, LIMIT), (want, vec![]));
}

#[test]
fn a_base_in_another_pack_is_found_and_a_missing_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (base, text) = (&b"base\n"[..], &b"new base\n"[..]);
    let mut thin = Builder::new();
    let at = thin.named(id(text), id(base), &delta(5, b"new "));
    thin.offset(id(b"a new base\n"), at, &delta(9, b"a "));
    thin.store("thin", folder.path());
    let store = open(folder.path(), true);
    let (all, failed) = visited(&store, LIMIT);
    assert_eq!((all.len(), failed.len()), (0, 2));
    assert_eq!(failed.iter().find(|one| one.0 == id(text)).unwrap().1, Fault::Base);
    let mut other = Builder::new();
    other.whole(base);
    other.store("other", folder.path());
    let (all, failed) = visited(&open(folder.path(), true), LIMIT);
    assert_eq!((all.len(), failed), (3, vec![]));
    // And as a loose object.
    for ending in ["pack", "idx"] {
        std::fs::remove_file(folder.path().join("pack/other").with_extension(ending)).unwrap();
    }
    let name = id(base).to_string();
    std::fs::create_dir(folder.path().join(&name[..2])).unwrap();
    std::fs::write(folder.path().join(&name[..2]).join(&name[2..]), zlib(b"blob 5\0base\n")).unwrap();
    let (all, failed) = visited(&open(folder.path(), true), LIMIT);
    assert_eq!((all.len(), failed), (3, vec![]));
}

#[test]
fn deltas_in_a_circle_are_told_within_a_pack_and_across_packs() {
    let (a, b, c) = (id(b"a"), id(b"b"), id(b"c"));
    let folder = tempfile::tempdir().unwrap();
    let mut one = Builder::new();
    let first = one.named(a, b, &delta(1, b"x"));
    one.named(b, a, &delta(1, b"x"));
    one.named(c, c, &delta(1, b"x"));
    one.offset(id(b"d"), first, &delta(1, b"y"));
    one.store("one", folder.path());
    let store = open(folder.path(), false);
    let (all, failed) = visited(&store, LIMIT);
    assert_eq!((all.len(), failed.len()), (0, 4));
    assert!(failed.iter().all(|one| one.1 == Fault::Circle), "{failed:?}");
    assert!(store.header(&a).is_err());
    let folder = tempfile::tempdir().unwrap();
    for (name, of, to) in [("one", a, b), ("two", b, a)] {
        let mut builder = Builder::new();
        builder.named(of, to, &delta(1, b"x"));
        builder.store(name, folder.path());
    }
    let failed = visited(&open(folder.path(), false), LIMIT).1;
    assert_eq!(failed.iter().map(|one| one.1).collect::<Vec<_>>(), [Fault::Circle; 2]);
}

#[test]
fn a_chain_of_many_thousand_deltas_is_walked_without_recursion() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new();
    let mut text = b"0\n".to_vec();
    let mut at = builder.whole(&text);
    for number in 1..12_000_u64 {
        let more = format!("{number}\n");
        // Replaces all: a copy of nothing, an insertion.
        let delta = [varint(text.len() as u64), varint(more.len() as u64), vec![more.len() as u8], more.clone().into()];
        text = more.into();
        at = builder.offset(id(&text), at, &delta.concat());
    }
    builder.store("deep", folder.path());
    let store = open(folder.path(), true);
    let (all, failed) = visited(&store, LIMIT);
    assert_eq!((all.len(), failed), (12_000, vec![]));
    store.visit(&id(&text), LIMIT, &mut |_, read| assert_eq!(read, text)).unwrap();
    assert_eq!(store.header(&id(&text)).unwrap().size, text.len() as u64);
}

#[test]
fn sizes_that_lie_and_bombs_are_told_before_memory_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new();
    let base = builder.whole(b"base");
    let names: Vec<ObjectId> = (0..8_u8).map(|number| id(&[number])).collect();
    builder.raw(names[0], 3, 1 << 50, &[], &zlib(b"x"));
    builder.raw(names[1], 3, 900_000, &[], &zlib(b"x"));
    builder.raw(names[2], 3, 1, &[], &zlib(b"longer"));
    builder.raw(names[3], 3, 9, &[], &zlib(b"short"));
    // A result of 2 to the 50 bytes, of a few.
    builder.offset(names[4], base, &[varint(4), varint(1 << 50), vec![0x90, 4]].concat());
    builder.offset(names[5], base, &[varint(4), varint(9), vec![0x90, 4]].concat());
    builder.offset(names[6], base, &[varint(5), varint(5), vec![0x90, 5]].concat());
    builder.raw(names[7], 5, 1, &[], &zlib(b"x"));
    builder.store("lies", folder.path());
    let (all, failed) = visited(&open(folder.path(), false), LIMIT);
    assert_eq!(all.len(), 1);
    let faults: BTreeMap<_, _> = failed.into_iter().collect();
    let size = 1 << 50;
    let want = [
        Fault::TooLarge { size },
        Fault::Size,
        Fault::Size,
        Fault::Size,
        Fault::TooLarge { size },
        Fault::Delta,
        Fault::Delta,
        Fault::Header,
    ];
    assert_eq!(names.iter().map(|name| faults[name]).collect::<Vec<_>>(), want);
}

#[test]
fn what_is_over_the_limit_is_not_given_and_still_a_base() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new();
    let large = vec![b'x'; 5000];
    let base = builder.whole(&large);
    let end = [varint(5000), varint(10), vec![0x90, 10]].concat();
    builder.offset(id(&large[..10]), base, &end);
    builder.store("large", folder.path());
    let store = open(folder.path(), true);
    let (all, failed) = visited(&store, 100);
    assert_eq!(all.keys().copied().collect::<Vec<_>>(), [id(&large[..10])]);
    assert_eq!(failed, [(id(&large), Fault::TooLarge { size: 5000 })]);
    assert!(store.visit(&id(&large), 4999, &mut |_, _| {}).is_err());
    store.visit(&id(&large), 5000, &mut |_, read| assert_eq!(read, large)).unwrap();
}

#[test]
fn bases_that_wait_too_long_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut builder = Builder::new();
    // Each is 600 kB and has two deltas to it, so that more waits than is held.
    let mut text: Vec<u8> = (0..600_000_u32).map(|byte| (byte % 251) as u8).collect();
    let mut at = builder.whole(&text);
    let mut want = vec![id(&text)];
    for number in 0..40_u8 {
        let aside = [&[b'a', number][..], &text].concat();
        let more = delta(text.len() as u64, &aside[..2]);
        let left = builder.offset(id(&aside), at, &more);
        let further = [&b"z"[..], &aside].concat();
        builder.offset(id(&further), left, &delta(aside.len() as u64, b"z"));
        want.extend([id(&aside), id(&further)]);
        text.insert(0, number);
        let more = delta(text.len() as u64 - 1, &[number]);
        at = builder.offset(id(&text), at, &more);
        want.push(id(&text));
    }
    builder.store("wide", folder.path());
    want.sort();
    let (all, failed) = visited(&open(folder.path(), true), LIMIT);
    assert_eq!((all.into_keys().collect::<Vec<_>>(), failed), (want, vec![]));
}

#[test]
fn broken_loose_objects_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let good = zlib(b"blob 5\0base\n");
    let name = id(b"base\n");
    let hex = name.to_string();
    let file = folder.path().join(&hex[..2]).join(&hex[2..]);
    std::fs::create_dir(folder.path().join(&hex[..2])).unwrap();
    std::fs::write(file.with_extension("tmp"), b"").unwrap();
    let fault = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        let (all, failed) = visited(&open(folder.path(), true), LIMIT);
        assert_eq!(all.len() + failed.len(), 1);
        failed.first().map(|one| one.1)
    };
    assert_eq!(fault(&good), None);
    for length in 0..good.len() {
        assert!(fault(&good[..length]).is_some(), "{length}");
    }
    for (text, want) in [
        (&b"blob 6\0base\n"[..], Fault::Size),
        (b"blob 4\0base\n", Fault::Size),
        (b"blob 5\0BASE\n", Fault::Id),
        (b"tree 5\0base\n", Fault::Id),
        (b"blob +5\0base\n", Fault::Header),
        (b"blob 5", Fault::Header),
        (b"blob 18446744073709551616\0", Fault::Header),
        (b"blob 18446744073709551615\0", Fault::TooLarge { size: u64::MAX }),
    ] {
        assert_eq!(fault(&zlib(text)), Some(want), "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn bytes_with_another_id_are_told_on_request_and_always_where_the_index_holds_no_checksums() {
    let folder = tempfile::tempdir().unwrap();
    let forged = || {
        let mut builder = Builder::new();
        builder.raw(id(b"promised"), 3, 5, &[], &zlib(b"given"));
        builder
    };
    let given = |verify: bool| visited(&open(folder.path(), verify), LIMIT);
    forged().store("forged", folder.path());
    assert_eq!(given(false).0.len(), 1);
    assert_eq!(given(true), (All::new(), vec![(id(b"promised"), Fault::Id)]));
    let (pack, index) = forged().finish_unchecked();
    write(folder.path(), "forged", &pack, &index);
    assert_eq!(given(false), (All::new(), vec![(id(b"promised"), Fault::Id)]));
}
