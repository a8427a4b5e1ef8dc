//! Base64 of either alphabet, and hexadecimal digits, which are of it too.

use super::{Decoded, behind_name, gzip, hex, plain};
use crate::candidate::Encoding;
use data_encoding::{Encoding as Alphabet, Specification};
use std::ops::Range;
use std::sync::LazyLock;

/// A shorter run is not worth a look: 24 characters are 18 bytes.
const SHORTEST: usize = 24;
/// So many characters are decoded first, to see whether text comes out.
const TASTE: usize = 32;
/// Bytes that are looked at together.
const BLOCK: usize = 64;
/// Each run of the shortest length holds two words, wherever they begin.
const WORD: usize = 8;
const WORDS: usize = BLOCK / WORD;

static PLAIN: LazyLock<Option<Alphabet>> = LazyLock::new(|| lenient("+/"));
static URL: LazyLock<Option<Alphabet>> = LazyLock::new(|| lenient("-_"));

/// Bits that pad the last character are not checked, padding is stripped before.
fn lenient(last: &str) -> Option<Alphabet> {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    specification.symbols.push_str(last);
    specification.check_trailing_bits = false;
    specification.encoding().ok()
}

/// From where on a run that touches `start` is looked for.
pub(super) fn from(start: usize) -> usize {
    start.saturating_sub(SHORTEST)
}

/// Shows the runs from `at` on that touch what ends at `end`, and moves `at` behind them. False if `take` stopped it.
pub(super) fn find(
    text: &[u8],
    at: &mut usize,
    end: usize,
    most: usize,
    take: &mut dyn FnMut(Decoded) -> bool,
) -> bool {
    let end = text.len().min(end.saturating_add(SHORTEST));
    let first = *at;
    let (blocks, rest) = text.get(first..end).unwrap_or_default().as_chunks::<BLOCK>();
    let mut last = [0; BLOCK];
    last.iter_mut().zip(rest).for_each(|(slot, &byte)| *slot = byte);
    // A bit for each word of nothing but base64, the first one's lowest; before them that of the block before.
    let mut clean = 0;
    for (number, block) in blocks.iter().chain([&last]).enumerate() {
        clean = clean >> WORDS & 1 | clean_words(block) << 1;
        let mut pairs = clean & clean >> 1;
        while pairs != 0 {
            // The first word of a pair, counted from the block before's last.
            let word = first + number * BLOCK + pairs.trailing_zeros() as usize * WORD - WORD;
            pairs &= pairs - 1;
            if word < *at {
                continue;
            }
            let run = run_start(text, word)..run_end(text, word + 2 * WORD);
            *at = run.end;
            let found = if run.len() < SHORTEST { None } else { open(text, &run, most) };
            if !found.is_none_or(&mut *take) {
                return false;
            }
        }
    }
    true
}

/// A bit for each word without a foreign byte.
fn clean_words(block: &[u8; BLOCK]) -> u32 {
    let marks = foreign(block);
    let words = marks.as_chunks::<WORD>().0.iter().enumerate();
    words.fold(0, |clean, (at, marks)| clean | u32::from(u64::from_le_bytes(*marks) == 0) << at)
}

/// Which bytes are not base64. By arithmetic and apart, so that it is done for many at once.
#[inline(never)]
fn foreign(block: &[u8; BLOCK]) -> [u8; BLOCK] {
    block.map(|byte| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        // `+`, `-`, `/` and `1` are two apart.
        let sign = (byte.wrapping_sub(b'+') & !6 == 0) | (byte == b'_');
        u8::from(!(letter | digit | sign))
    })
}

/// Where the run that goes on to `at` begins.
fn run_start(text: &[u8], at: usize) -> usize {
    let back = text.get(..at).unwrap_or_default().iter().rev();
    at - back.take_while(|byte| is_base64(**byte)).count()
}

/// Where the run that goes on from `at` ends.
fn run_end(text: &[u8], at: usize) -> usize {
    let ahead = text.get(at..).unwrap_or_default().iter();
    at + ahead.take_while(|byte| is_base64(**byte)).count()
}

fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_')
}

fn open(text: &[u8], run: &Range<usize>, most: usize) -> Option<Decoded> {
    let encoded = text.get(run.clone())?;
    if encoded.iter().skip(2).take(4).all(u8::is_ascii_hexdigit)
        && let Some(decoded) = hex::open(text, run)
    {
        return Some(decoded);
    }
    let (taste, _) = encoded.get(..TASTE.min(encoded.len()))?.as_chunks::<4>();
    let packed = taste.first().is_some_and(|group| decoded(group) == gzip::MAGIC);
    if !packed && !tastes_of_text(taste) {
        return None;
    }
    let url = encoded.iter().any(|&b| matches!(b, b'-' | b'_'));
    let alphabet = if url { URL.as_ref()? } else { PLAIN.as_ref()? };
    // One character left over is no byte.
    let usable = if encoded.len() % 4 == 1 { encoded.len() - 1 } else { encoded.len() };
    let inner = alphabet.decode(encoded.get(..usable)?).ok()?;
    if packed {
        let inner = gzip::text(&inner, most)?;
        return behind_name(text, run, inner, None, &[Encoding::Base64, Encoding::Gzip]);
    }
    behind_name(text, run, inner, Some((4, 3)), &[Encoding::Base64])
}

/// Whether groups of four stand for text, as [`super::is_text`] has it.
fn tastes_of_text(groups: &[[u8; 4]]) -> bool {
    let bytes = groups.len() * 3;
    let (mut strange, mut nuls) = (0, 0);
    for group in groups {
        let decoded = decoded(group);
        nuls += decoded.iter().filter(|&&byte| byte == 0).count();
        strange += decoded.iter().filter(|&&byte| !plain(byte) && byte != 0).count();
        if strange * 20 > bytes {
            return false;
        }
    }
    bytes > 0 && nuls * 2 <= bytes
}

fn decoded(group: &[u8; 4]) -> [u8; 3] {
    let bits = group.iter().fold(0, |bits, &byte| bits << 6 | u32::from(VALUES[usize::from(byte)]));
    let [_, decoded @ ..] = bits.to_be_bytes();
    decoded
}

/// What each byte stands for, in either alphabet.
static VALUES: [u8; 256] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let (mut values, mut at) = ([0; 256], 0);
    while at < alphabet.len() {
        values[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    (values[b'+' as usize], values[b'-' as usize], values[b'/' as usize], values[b'_' as usize]) = (62, 62, 63, 63);
    values
};

#[cfg(test)]
mod tests {
    use super::super::is_text;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_bytes_are_told_apart_alike() {
        let bytes: Vec<u8> = (0..=255).collect();
        for block in bytes.as_chunks::<BLOCK>().0 {
            assert_eq!(foreign(block), block.map(|byte| u8::from(!is_base64(byte))));
        }
    }

    proptest! {
        #[test]
        fn a_run_is_found_wherever_it_begins_and_ends(before in "[ .]{0,90}", run in "[a-zA-Z0-9+/]{22,90}", behind in "[ .]{0,90}") {
            let value = data_encoding::BASE64_NOPAD.encode(run.as_bytes());
            let text = format!("{before}{value}{behind}");
            let mut found = Vec::new();
            find(text.as_bytes(), &mut 0, text.len(), 0, &mut |decoded| {
                found.push(decoded.start());
                true
            });
            prop_assert_eq!(found, [before.len()]);
        }

        #[test]
        fn text_tastes_as_it_is(bytes in proptest::collection::vec(prop_oneof![9 => 32u8..127, 1 => any::<u8>(), 2 => Just(0)], 24)) {
            let encoded = data_encoding::BASE64.encode(&bytes);
            prop_assert_eq!(tastes_of_text(encoded.as_bytes().as_chunks::<4>().0), is_text(&bytes));
        }
    }
}
