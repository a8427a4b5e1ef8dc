//! Puts packs on disk (in memory, where there is `/dev/shm`) and reads them in every way that keyward does.

use keyward::blob::ObjectId;
use keyward::git::{Objects, Store, Visit};
use std::any::Any;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that an object may have; more must be refused before memory is taken for them.
const LIMIT: u64 = 1 << 20;
const WIDTH: usize = 20;

/// The folder of this process.
pub fn folder() -> PathBuf {
    let top = if Path::new("/dev/shm").is_dir() { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
    let folder = top.join(format!("keyward-fuzz-{}", std::process::id()));
    fs::create_dir_all(folder.join("pack")).expect("a folder for packs");
    folder
}

/// The id of the entry of a number.
pub fn id(number: u8) -> [u8; WIDTH] {
    let mut id = [number; WIDTH];
    id[WIDTH - 1] = 1;
    id
}

/// A pack of `count` entries with this body, and its last bytes.
pub fn pack(count: u32, body: &[u8]) -> Vec<u8> {
    [b"PACK\0\0\0\x02", &count.to_be_bytes()[..], body, &[7; WIDTH]].concat()
}

/// An index, version 2, of entries at these offsets, with the checksums of what lies there.
pub fn index(pack: &[u8], offsets: &[u32]) -> Vec<u8> {
    let mut out = b"\xfftOc\0\0\0\x02".to_vec();
    for byte in 0..256usize {
        let upto = (byte + 1).min(offsets.len()) as u32;
        out.extend(upto.to_be_bytes());
    }
    (0..offsets.len()).for_each(|number| out.extend(id(number as u8)));
    for offset in offsets {
        let start = (*offset as usize).min(pack.len());
        let next = offsets.iter().filter(|other| **other > *offset).min();
        let end = next.map_or(pack.len() - WIDTH, |next| (*next as usize).min(pack.len() - WIDTH)).max(start);
        out.extend(crc32fast::hash(&pack[start..end]).to_be_bytes());
    }
    offsets.iter().for_each(|offset| out.extend((offset & 0x7fff_ffff).to_be_bytes()));
    out.extend([7; WIDTH]);
    out.extend([9; WIDTH]);
    out
}

/// Reads everything that a folder with this pack and index holds, in the order of the pack and by name.
pub fn read(pack: &[u8], index: &[u8]) {
    let folder = folder();
    fs::write(folder.join("pack/pack-1.pack"), pack).expect("room for a pack");
    fs::write(folder.join("pack/pack-1.idx"), index).expect("room for an index");
    for verify in [false, true] {
        let store = Store::open(&folder, None, &folder, false, verify);
        let failed = store.visit_all(&Visit {
            wanted: &|_| true,
            limit: LIMIT,
            see: &|found| {
                assert!(found.bytes.len() as u64 <= LIMIT);
                // What is remembered of a base brings the pieces of the delta with the next one.
                let memory = || Arc::new(found.bytes.len()) as Arc<dyn Any + Send + Sync>;
                ControlFlow::Continue((found.bytes.len() % 2 == 0).then(memory))
            },
        });
        drop(failed);
        let ids: Vec<ObjectId> = store.ids().map(|(_, id)| id).take(64).collect();
        for id in ids {
            _ = store.header(&id);
            _ = store.visit(&id, LIMIT, &mut |_, bytes| assert!(bytes.len() as u64 <= LIMIT));
        }
    }
}
