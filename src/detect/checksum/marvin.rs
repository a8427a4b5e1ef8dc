//! Marvin32, the keyed checksum of Microsoft's identifiable keys.
//! <https://github.com/microsoft/SymCrypt/blob/main/lib/marvin32.c>

/// The 64 bits of the checksum folded to 32.
pub(super) fn marvin32(data: &[u8], seed: u64) -> u32 {
    let (low, high) = state(data, seed);
    low ^ high
}

fn state(data: &[u8], seed: u64) -> (u32, u32) {
    let mut state = (seed as u32, (seed >> 32) as u32);
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        state = mix(state, little_endian(word));
    }
    let rest = words.remainder();
    let last = little_endian(rest) | 0x80 << (8 * rest.len());
    mix(mix(state, last), 0)
}

fn mix((low, high): (u32, u32), word: u32) -> (u32, u32) {
    let (mut a, mut b) = (low.wrapping_add(word), high);
    b ^= a;
    a = a.rotate_left(20).wrapping_add(b);
    b = b.rotate_left(9) ^ a;
    a = a.rotate_left(27).wrapping_add(b);
    b = b.rotate_left(19);
    (a, b)
}

/// The value of up to 4 bytes.
fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    // SymCrypt's own vectors.
    #[test]
    fn symcrypt_vectors() {
        let full = |data: &[u8], seed| {
            let (low, high) = state(data, seed);
            u64::from(high) << 32 | u64::from(low)
        };
        assert_eq!(full(b"abc", 0xd53c_d9ce_cd08_93b7), 0x22c7_4339_4927_69bf);
        assert_eq!(full(b"abcdefghijklmnopqrstuvwxyz", 0x0ddd_deee_efff_f000), 0xa128_eb7e_7260_aca2);
    }
}
