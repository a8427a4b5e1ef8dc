//! Alphabets that no crate here reads the way that issuers write them.

use super::{Checked, Input, decoded, proved};
use data_encoding::{Encoding, Specification};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

pub(super) const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(super) const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Decoding base58 is quadratic; the longest value with a checksum (an extended key) has 111 digits.
const LONGEST_BASE58: usize = 256;

static ANY_BASE64: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    spec.translate.from.push_str("-_");
    spec.translate.to.push_str("+/");
    spec.check_trailing_bits = false;
    spec.encoding().ok()
});

/// Decodes base64 of either alphabet, padded or not.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|b| *b != b'=').map_or(0, |last| last + 1);
    ANY_BASE64.as_ref()?.decode(text.get(..end)?).ok()
}

/// The digits of `value` in an alphabet, most significant first, filled up to `width` with its zero on the left.
pub(super) fn digits(mut value: u32, alphabet: &[u8], width: usize) -> Vec<u8> {
    let base = alphabet.len() as u32;
    let mut text = Vec::with_capacity(width);
    while value > 0 && base > 1 {
        text.extend(alphabet.get((value % base) as usize));
        value /= base;
    }
    let missing = width.saturating_sub(text.len());
    text.extend(std::iter::repeat_n(alphabet.first().copied().unwrap_or_default(), missing));
    text.reverse();
    text
}

/// Bitcoin's base58check (WIF, BIP-32 extended keys): the last 4 bytes begin SHA-256 of SHA-256 of the rest.
pub(super) fn base58check(input: &Input<'_>) -> Checked {
    proved(base58(input.subject()).is_some_and(|bytes| {
        let body_and_sum = bytes.len().checked_sub(4).and_then(|at| bytes.split_at_checked(at));
        body_and_sum.is_some_and(|(body, sum)| Sha256::digest(Sha256::digest(body)).starts_with(sum))
    }))
}

/// JFrog API keys: base58 of 54 bytes.
pub(super) fn base58_length_54(input: &Input<'_>) -> Checked {
    decoded(base58(input.subject()).is_some_and(|bytes| bytes.len() == 54))
}

fn base58(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST_BASE58 {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::new();
    for symbol in text {
        let mut carry = BASE58.iter().position(|b| b == symbol)? as u32;
        for byte in &mut bytes {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push(carry as u8);
            carry >>= 8;
        }
    }
    let zeros = text.iter().take_while(|b| **b == b'1').count();
    bytes.extend(std::iter::repeat_n(0, zeros));
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_reads_both_alphabets_with_and_without_padding() {
        assert_eq!(base64(b"-_8="), base64(b"+/8"));
        assert_eq!(base64(b"aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(base64(b"a"), None);
        assert_eq!(base64(b"a b c"), None);
    }

    #[test]
    fn digits_are_filled_on_the_left() {
        assert_eq!(digits(0x3610_a686, BASE62, 6), b"0zNvy2");
        assert_eq!(digits(0, BASE62, 6), b"000000");
        assert_eq!(digits(35, BASE36, 2), b"0z");
    }

    #[test]
    fn base58_keeps_leading_zeros() {
        assert_eq!(base58(b"11z"), Some(vec![0, 0, 57]));
        assert_eq!(base58(b"0"), None);
    }
}
