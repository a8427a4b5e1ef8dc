//! Any bytes as the body of a pack, with an index that points anywhere into it.
#![no_main]

use keyward_fuzz::{index, pack, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&count, rest)) = data.split_first() else { return };
    let count = usize::from(count % 16) + 1;
    if rest.len() < 2 * count {
        return;
    }
    let (places, body) = rest.split_at(2 * count);
    let offsets: Vec<u32> = places.chunks(2).map(|two| 12 + u32::from(u16::from_be_bytes([two[0], two[1]]))).collect();
    let pack = pack(count as u32, body);
    read(&pack, &index(&pack, &offsets));
});
