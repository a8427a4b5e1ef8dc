//! Deltas (git's documentation, "gitformat-pack"): the sizes of base and result, then copies and insertions.

use super::bytes::varint;
use super::fault::Fault;
use super::inflate::Buffer;
use crate::blob::Piece;

/// What a copy without a size copies.
const WHOLE: usize = 0x10000;

/// The sizes of base and result that `delta` begins with; `delta` is what follows.
pub(super) fn sizes(delta: &mut &[u8]) -> Option<(u64, u64)> {
    Some((varint(delta, 0, 0)?, varint(delta, 0, 0)?))
}

/// The size of the result of a delta, from the beginning of its deflated data.
pub(super) fn size_of_result(data: &[u8]) -> Result<u64, Fault> {
    // Two numbers of ten bytes at most.
    let mut head = [0; 20];
    let mut stream = flate2::Decompress::new(true);
    let status = stream.decompress(data, &mut head, flate2::FlushDecompress::None);
    status.map_err(|_| Fault::Inflate)?;
    let there = usize::try_from(stream.total_out()).unwrap_or(0);
    sizes(&mut head.get(..there).unwrap_or_default()).map(|sizes| sizes.1).ok_or(Fault::Delta)
}

/// Makes the result of `delta` on `base`, and tells of which pieces: neighbours in both contents are one. No memory is
/// taken for a result over `limit`.
pub(super) fn apply_and_tell(
    delta: &[u8],
    base: &[u8],
    limit: u64,
    out: &mut Buffer,
    pieces: &mut Vec<Piece>,
) -> Result<(), Fault> {
    pieces.clear();
    make(delta, base, limit, out, |piece| match pieces.last_mut() {
        Some(last) if last.from.map(|from| from.saturating_add(last.len)) == piece.from => last.len += piece.len,
        _ => pieces.push(piece),
    })
}

/// Makes the result of `delta` on `base`. No memory is taken for a result over `limit`.
pub(super) fn apply(delta: &[u8], base: &[u8], limit: u64, out: &mut Buffer) -> Result<(), Fault> {
    make(delta, base, limit, out, |_| {})
}

fn make(mut delta: &[u8], base: &[u8], limit: u64, out: &mut Buffer, tell: impl FnMut(Piece)) -> Result<(), Fault> {
    let (from, size) = sizes(&mut delta).ok_or(Fault::Delta)?;
    if from != base.len() as u64 {
        return Err(Fault::Delta);
    }
    if size > limit {
        return Err(Fault::TooLarge { size });
    }
    let room = out.room(usize::try_from(size).map_err(|_| Fault::TooLarge { size })?);
    fill(delta, base, room, tell).ok_or(Fault::Delta)
}

fn fill(mut delta: &[u8], base: &[u8], mut room: &mut [u8], mut tell: impl FnMut(Piece)) -> Option<()> {
    while let Some((&op, rest)) = delta.split_first() {
        let (piece, from);
        if op & 0x80 == 0 {
            // Zero is reserved.
            (piece, delta) = rest.split_at_checked(usize::from(op)).filter(|_| op != 0)?;
            from = None;
        } else {
            let (at, len, behind) = copy(op, rest)?;
            piece = base.get(at..at.checked_add(len)?)?;
            (from, delta) = (Some(at), behind);
        }
        let (here, behind) = room.split_at_mut_checked(piece.len())?;
        here.copy_from_slice(piece);
        room = behind;
        tell(Piece { from, len: piece.len() });
    }
    room.is_empty().then_some(())
}

/// Offset and length of a copy, and what follows it: the bits of `op` tell which of their bytes are there.
fn copy(op: u8, rest: &[u8]) -> Option<(usize, usize, &[u8])> {
    let (bytes, behind) = rest.split_at_checked((op & 0x7f).count_ones() as usize)?;
    let mut next = rest.first_chunk().map_or_else(
        || bytes.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte)),
        |chunk| u64::from_le_bytes(*chunk),
    );
    // Without branches: which bytes are there is as good as random.
    let mut number = |bits: std::ops::Range<u32>| {
        let mut value = 0;
        for (place, bit) in bits.enumerate() {
            let there = u64::from(op >> bit & 1);
            value |= (next & (0xff * there)) << (8 * place);
            next >>= 8 * there;
        }
        usize::try_from(value).ok()
    };
    let (at, len) = (number(0..4)?, number(4..7)?);
    Some((at, if len == 0 { WHOLE } else { len }, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(delta: &[u8], base: &[u8], limit: u64) -> Result<Vec<u8>, Fault> {
        let mut out = Buffer::default();
        apply(delta, base, limit, &mut out).map(|()| out.get().to_vec())
    }

    #[test]
    fn copies_and_insertions_make_the_result() {
        let delta = [5, 6, 0x91, 1, 3, 2, b'x', b'y', 0x90, 1];
        assert_eq!(result(&delta, b"abcde", 100).unwrap(), b"bcdxya");
        let delta = [&[0x80, 0x80, 0x04, 0x80, 0x80, 0x04, 0x80][..]].concat();
        assert_eq!(result(&delta, &[7; 0x10000], 0x10000).unwrap(), [7; 0x10000]);
    }

    #[test]
    fn pieces_are_those_of_the_result() {
        let delta = [6, 8, 0x91, 1, 3, 0x91, 4, 1, 1, b'x', 1, b'y', 0x90, 2];
        let (mut out, mut found) = (Buffer::default(), Vec::new());
        apply_and_tell(&delta, b"abcdef", 100, &mut out, &mut found).unwrap();
        let piece = |from, len| Piece { from, len };
        assert_eq!(out.get(), b"bcdexyab");
        assert_eq!(found, [piece(Some(1), 4), piece(None, 2), piece(Some(0), 2)]);
        assert_eq!(result(&delta, b"abcdef", 100).unwrap(), b"bcdexyab");
    }

    #[test]
    fn a_copy_is_read_whichever_of_its_bytes_are_there() {
        for op in 0x80..=0xff_u8 {
            let values = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77];
            let there = |bit: &usize| op >> bit & 1 == 1;
            let bytes: Vec<u8> = (0..7).filter(there).map(|bit| values[bit]).collect();
            let sum = |bits: std::ops::Range<usize>| {
                let first = bits.start;
                bits.filter(there).fold(0, |sum, bit| sum | usize::from(values[bit]) << (8 * (bit - first)))
            };
            let expected = (sum(0..4), if sum(4..7) == 0 { WHOLE } else { sum(4..7) });
            for behind in [&[][..], &[9; 20]] {
                let rest = [&bytes, behind].concat();
                assert_eq!(copy(op, &rest), Some((expected.0, expected.1, behind)), "{op:x}");
            }
            assert!(bytes.split_last().is_none_or(|(_, cut)| copy(op, cut).is_none()), "{op:x}");
        }
    }

    #[test]
    fn whatever_does_not_fit_is_refused() {
        for delta in [
            &[][..],
            &[5],
            &[4, 1, 1, b'x'],
            &[5, 1, 0],
            &[5, 1, 2, b'x', b'y'],
            &[5, 2, 1, b'x'],
            &[5, 3, 0x91, 3, 3],
            &[5, 3, 0x91, 3],
            &[5, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert_eq!(result(delta, b"abcde", 100), Err(Fault::Delta), "{delta:x?}");
        }
    }

    #[test]
    fn a_result_over_the_limit_takes_no_memory() {
        let delta = [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x90, 1];
        assert_eq!(result(&delta, b"a", 100), Err(Fault::TooLarge { size: (1 << 56) - 1 }));
    }
}
