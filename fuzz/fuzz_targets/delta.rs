//! Any bytes as a chain of deltas to a base.
#![no_main]

use flate2::{Compression, write::ZlibEncoder};
use keyward_fuzz::{index, pack, read};
use libfuzzer_sys::fuzz_target;
use std::io::Write;

fn deflated(bytes: &[u8], out: &mut Vec<u8>) {
    let mut encoder = ZlibEncoder::new(out, Compression::fast());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory");
}

/// The head of an entry of a type and a size.
fn head(kind: u8, size: usize, out: &mut Vec<u8>) {
    let mut byte = kind << 4 | (size & 15) as u8;
    let mut rest = size >> 4;
    while rest > 0 {
        out.push(byte | 0x80);
        byte = (rest & 0x7f) as u8;
        rest >>= 7;
    }
    out.push(byte);
}

fuzz_target!(|data: &[u8]| {
    let Some((&width, rest)) = data.split_first() else { return };
    let (base, deltas) = rest.split_at(usize::from(width).min(rest.len()));
    let mut body = Vec::new();
    let mut offsets = vec![12];
    head(3, base.len(), &mut body);
    deflated(base, &mut body);
    for delta in deltas.split(|byte| *byte == 0xfe).take(8) {
        let here = 12 + body.len() as u32;
        let back = here - offsets.last().copied().unwrap_or(12);
        head(6, delta.len(), &mut body);
        // The distance to the base, in 7 bits a byte, each but the last counted from one.
        let mut bytes = vec![(back & 0x7f) as u8];
        let mut more = back >> 7;
        while more > 0 {
            more -= 1;
            bytes.insert(0, 0x80 | (more & 0x7f) as u8);
            more >>= 7;
        }
        body.extend(bytes);
        deflated(delta, &mut body);
        offsets.push(here);
    }
    let pack = pack(offsets.len() as u32, &body);
    read(&pack, &index(&pack, &offsets));
});
