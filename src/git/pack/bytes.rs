//! Numbers out of bytes that may end anywhere.

/// Four bytes, the highest first.
pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Eight bytes, the highest first.
pub(super) fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// Seven bits a byte, the lowest first, behind `start` with its `shift` bits; 64 bits at most.
pub(super) fn varint(bytes: &mut &[u8], mut start: u64, mut shift: u32) -> Option<u64> {
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        if shift > 63 || part.leading_zeros() < shift {
            return None;
        }
        start |= part << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_over_64_bits_or_without_an_end_is_none() {
        assert_eq!(varint(&mut &[0x81, 0x01][..], 0, 0), Some(129));
        assert_eq!(varint(&mut &[0xff; 9][..], 0, 0), None);
        assert_eq!(varint(&mut &[&[0xff; 9][..], &[1]].concat()[..], 0, 0), Some(u64::MAX));
        assert_eq!(varint(&mut &[&[0xff; 9][..], &[2]].concat()[..], 0, 0), None);
    }
}
