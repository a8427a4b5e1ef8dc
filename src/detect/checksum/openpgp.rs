//! OpenPGP's armour checksum and secret-key packet (RFC 9580, sections 5.5.3 and 6.1.1; RFC 4880).

/// CRC-24 over the decoded body.
pub(super) fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0xB7_04CE, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 16, |sum, _| {
            let shifted = sum << 1;
            if shifted & 0x100_0000 == 0 { shifted } else { shifted ^ 0x186_4CFB }
        })
    })
}

/// Whether a message that begins with a secret key of version 4 has it encrypted; `None` if it is something else.
pub(super) fn is_encrypted(bytes: &[u8]) -> Option<bool> {
    const SECRET_KEY: u8 = 5;
    let (tag, rest) = bytes.split_first()?;
    let (kind, length_bytes) = match (tag & 0x40, rest.first()?) {
        (0, _) => (tag >> 2 & 0x0F, 1 << (tag & 3)),
        (_, 0..=191) => (tag & 0x3F, 1),
        (_, 192..=223) => (tag & 0x3F, 2),
        (_, _) => (tag & 0x3F, 5),
    };
    let [4, _, _, _, _, algorithm, public @ ..] = rest.get(length_bytes..)? else { return None };
    if tag & 0x80 == 0 || kind != SECRET_KEY {
        return None;
    }
    let behind_public = match algorithm {
        1..=3 => integers(public, 2)?,
        16 => integers(public, 3)?,
        17 => integers(public, 4)?,
        18 => short_string(integers(short_string(public)?, 1)?)?,
        19 | 22 => integers(short_string(public)?, 1)?,
        _ => return None,
    };
    Some(*behind_public.first()? != 0)
}

fn integers(mut rest: &[u8], count: usize) -> Option<&[u8]> {
    for _ in 0..count {
        let (bits, tail) = rest.split_first_chunk::<2>()?;
        rest = tail.get(usize::from(u16::from_be_bytes(*bits)).div_ceil(8)..)?;
    }
    Some(rest)
}

fn short_string(rest: &[u8]) -> Option<&[u8]> {
    let (length, tail) = rest.split_first()?;
    tail.get(usize::from(*length)..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc24_is_that_of_openpgp() {
        assert_eq!(crc24(b"123456789"), 0x21_CF02);
    }

    #[test]
    fn the_octet_behind_the_public_key_tells_encryption() {
        let key = |usage: u8| [0xC5, 11, 4, 0, 0, 0, 0, 1, 0, 8, 0xFF, 0, 2, 3, usage];
        assert_eq!(is_encrypted(&key(0)), Some(false));
        assert_eq!(is_encrypted(&key(254)), Some(true));
        assert_eq!(is_encrypted(&[0xC6, 3, 4, 0, 0]), None);
    }
}
