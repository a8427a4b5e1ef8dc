//! The engine in bytes a second, on source text: that of the folder in `KEYWARD_BENCH_TEXT`, else our own.
//!
//! `cargo bench --bench engine`

#![allow(clippy::expect_used, reason = "a test or bench may fail loudly")]

use divan::Bencher;
use divan::counter::BytesCount;
use keyward::blob::{Blob, Origin};
use keyward::detect::{DecodeLimits, Detector};
use keyward::rule::Catalogue;
use std::path::Path;
use std::{env, fs};

fn main() {
    divan::main();
}

/// The text files below the folder, each with its path.
fn texts() -> Vec<(Vec<u8>, Vec<u8>)> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let folder = env::var_os("KEYWARD_BENCH_TEXT").map_or(own, Into::into);
    let mut files = Vec::new();
    for entry in ignore::Walk::new(folder).flatten().filter(|entry| entry.path().is_file()) {
        if let Ok(text) = fs::read(entry.path())
            && !text.contains(&0)
        {
            files.push((entry.path().as_os_str().as_encoded_bytes().to_vec(), text));
        }
    }
    files
}

fn detector() -> Detector {
    Detector::new(&Catalogue::builtin().expect("rules"), DecodeLimits::default()).expect("rules compile")
}

#[divan::bench]
fn start_up(bencher: Bencher) {
    bencher.bench(detector);
}

#[divan::bench(sample_count = 10)]
fn source_text(bencher: Bencher) {
    let detector = detector();
    let texts = texts();
    let size: usize = texts.iter().map(|(_, text)| text.len()).sum();
    bencher.counter(BytesCount::new(size)).bench(|| {
        let mut found = 0;
        for (path, text) in &texts {
            let blob = Blob { bytes: text.as_slice().into(), origin: Origin::file(path.as_slice()) };
            found += detector.scan(&blob).expect("rules work").candidates.len();
        }
        found
    });
}
