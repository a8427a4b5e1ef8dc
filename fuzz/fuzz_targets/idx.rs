//! Any bytes as the index of a sound pack.
#![no_main]

use flate2::{Compression, write::ZlibEncoder};
use keyward_fuzz::{pack, read};
use libfuzzer_sys::fuzz_target;
use std::io::Write;
use std::sync::LazyLock;

static PACK: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut body = Vec::new();
    for text in [&b"one"[..], b"two", b"three"] {
        body.push(0x30 | text.len() as u8);
        let mut encoder = ZlibEncoder::new(&mut body, Compression::fast());
        encoder.write_all(text).expect("in memory");
        encoder.finish().expect("in memory");
    }
    pack(3, &body)
});

fuzz_target!(|data: &[u8]| {
    read(&PACK, data);
    // The same behind a right head, so that more of it is reached.
    read(&PACK, &[b"\xfftOc\0\0\0\x02", data, &[7; 20], &[9; 20]].concat());
});
