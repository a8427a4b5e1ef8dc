//! What stands before the data of a packed object (git's documentation, "gitformat-pack").

use super::bytes::varint;
use crate::blob::ObjectId;
use crate::git::object::Kind;

/// How an object is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is.
    Whole(Kind),
    /// As a delta to what stands at this offset of the same pack.
    Offset(u64),
    /// As a delta to an object.
    Named(ObjectId),
}

/// The head of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) form: Form,
    /// Bytes of the inflated data: of the object, or of the delta.
    pub(super) size: u64,
    /// The deflated data, and perhaps what follows it.
    pub(super) data: &'a [u8],
}

/// Reads the head of the entry that `bytes` begin with, which stand at `offset` of their pack.
pub(super) fn parse(bytes: &[u8], offset: u64, width: usize) -> Option<Entry<'_>> {
    let (&first, mut rest) = bytes.split_first()?;
    let low = u64::from(first & 15);
    let size = if first & 0x80 == 0 { low } else { varint(&mut rest, low, 4)? };
    let form = match (first >> 4) & 7 {
        1 => Form::Whole(Kind::Commit),
        2 => Form::Whole(Kind::Tree),
        3 => Form::Whole(Kind::Blob),
        4 => Form::Whole(Kind::Tag),
        6 => {
            let back = distance(&mut rest)?;
            Form::Offset(offset.checked_sub(back).filter(|base| *base != offset)?)
        }
        7 => {
            let (id, behind) = rest.split_at_checked(width)?;
            rest = behind;
            Form::Named(ObjectId::from_bytes(id)?)
        }
        _ => return None,
    };
    Some(Entry { form, size, data: rest })
}

/// Seven bits a byte, the highest first, one added for every byte that follows.
fn distance(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value = value.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_every_form_are_read() {
        assert_eq!(parse(&[0x35, 9], 0, 20), Some(Entry { form: Form::Whole(Kind::Blob), size: 5, data: &[9] }));
        assert_eq!(parse(&[0xb5, 1, 9], 0, 20).map(|entry| entry.size), Some(21));
        // Two bytes of distance begin at 128.
        let back = parse(&[0x61, 0x80, 0x00, 9], 1000, 20);
        assert_eq!(back, Some(Entry { form: Form::Offset(872), size: 1, data: &[9] }));
        let named = [&[0x71][..], &[7; 20], &[9]].concat();
        let id = ObjectId::from_bytes(&[7; 20]);
        assert_eq!(parse(&named, 0, 20).map(|entry| entry.form), id.map(Form::Named));
    }

    #[test]
    fn a_head_that_is_cut_or_leads_out_of_the_pack_is_none() {
        for bytes in [&[][..], &[0x05], &[0x55], &[0x80], &[0x61, 0x80], &[0x61, 0x00], &[0x61, 0x05], &[0x71, 1]] {
            assert_eq!(parse(bytes, 4, 20), None, "{bytes:x?}");
        }
    }
}
