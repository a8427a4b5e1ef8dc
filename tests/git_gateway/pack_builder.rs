//! Packs put together entry by entry: any type, any size, any data.

use flate2::{Compression, write::ZlibEncoder};
use keyward::blob::ObjectId;
use sha1::{Digest, Sha1};
use std::io::Write;
use std::path::Path;

pub(crate) fn id(text: &[u8]) -> ObjectId {
    let head = format!("blob {}\0", text.len());
    ObjectId::from_bytes(&Sha1::new().chain_update(head).chain_update(text).finalize()).unwrap()
}

pub(crate) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        out.push((value & 0x7f) as u8 | if value > 0x7f { 0x80 } else { 0 });
        value >>= 7;
        if value == 0 {
            return out;
        }
    }
}

/// A delta that inserts `text` before all of a base of `from` bytes.
pub(crate) fn delta(from: u64, text: &[u8]) -> Vec<u8> {
    let mut delta = [varint(from), varint(from + text.len() as u64)].concat();
    for part in text.chunks(127) {
        delta.push(part.len() as u8);
        delta.extend(part);
    }
    let mut at = 0_u64;
    while at < from {
        let len = (from - at).min(0xffff);
        delta.push(0xbf);
        delta.extend(&(at as u32).to_le_bytes());
        delta.extend(&(len as u16).to_le_bytes());
        at += len;
    }
    delta
}

/// What a test puts into a pack: any type, any size, any data.
pub(crate) struct Builder {
    pack: Vec<u8>,
    entries: Vec<(ObjectId, usize)>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self { pack: b"PACK\0\0\0\x02\0\0\0\0".to_vec(), entries: Vec::new() }
    }

    /// An entry of a type and a declared size; `base` stands before the data. Gives its offset.
    pub(crate) fn raw(&mut self, id: ObjectId, form: u8, size: u64, base: &[u8], data: &[u8]) -> usize {
        let at = self.pack.len();
        self.entries.push((id, at));
        let low = (size & 15) as u8 | form << 4;
        match size >> 4 {
            0 => self.pack.push(low),
            rest => {
                self.pack.push(low | 0x80);
                self.pack.extend(varint(rest));
            }
        }
        self.pack.extend(base);
        self.pack.extend(data);
        at
    }

    pub(crate) fn whole(&mut self, text: &[u8]) -> usize {
        self.raw(id(text), 3, text.len() as u64, &[], &zlib(text))
    }

    /// A delta to the entry at `base`, which makes `text` (or says so).
    pub(crate) fn offset(&mut self, text: ObjectId, base: usize, delta: &[u8]) -> usize {
        let mut back = self.pack.len() - base;
        let mut bytes = vec![(back & 0x7f) as u8];
        while back > 0x7f {
            back = (back >> 7) - 1;
            bytes.insert(0, 0x80 | (back & 0x7f) as u8);
        }
        self.raw(text, 6, delta.len() as u64, &bytes, &zlib(delta))
    }

    pub(crate) fn named(&mut self, text: ObjectId, base: ObjectId, delta: &[u8]) -> usize {
        self.raw(text, 7, delta.len() as u64, base.as_bytes(), &zlib(delta))
    }

    /// The pack and its index.
    pub(crate) fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        let count = self.entries.len() as u32;
        self.pack[8..12].copy_from_slice(&count.to_be_bytes());
        let end = self.pack.len();
        self.pack.extend([7; 20]);
        let ends: Vec<usize> = self.entries.iter().skip(1).map(|one| one.1).chain([end]).collect();
        let mut sorted: Vec<_> = self.entries.iter().zip(ends).map(|((id, at), end)| (*id, *at, end)).collect();
        sorted.sort();
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for byte in 0..=255 {
            let upto = sorted.iter().filter(|one| one.0.as_bytes()[0] <= byte).count() as u32;
            index.extend(upto.to_be_bytes());
        }
        sorted.iter().for_each(|one| index.extend(one.0.as_bytes()));
        sorted.iter().for_each(|one| index.extend(crc32fast::hash(&self.pack[one.1..one.2]).to_be_bytes()));
        sorted.iter().for_each(|one| index.extend((one.1 as u32).to_be_bytes()));
        index.extend([7; 20]);
        index.extend([0; 20]);
        (self.pack, index)
    }

    /// The pack and an index of the first version, which holds no checksums of entries.
    pub(crate) fn finish_unchecked(self) -> (Vec<u8>, Vec<u8>) {
        let mut entries = self.entries.clone();
        entries.sort();
        let (pack, second) = self.finish();
        let mut index = second[8..8 + 1024].to_vec();
        for (id, at) in entries {
            index.extend((at as u32).to_be_bytes());
            index.extend(id.as_bytes());
        }
        index.extend([7; 20]);
        index.extend([0; 20]);
        (pack, index)
    }

    pub(crate) fn store(self, name: &str, folder: &Path) {
        let (pack, index) = self.finish();
        write(folder, name, &pack, &index);
    }
}

pub(crate) fn write(folder: &Path, name: &str, pack: &[u8], index: &[u8]) {
    std::fs::create_dir_all(folder.join("pack")).unwrap();
    std::fs::write(folder.join("pack").join(name).with_extension("pack"), pack).unwrap();
    std::fs::write(folder.join("pack").join(name).with_extension("idx"), index).unwrap();
}
