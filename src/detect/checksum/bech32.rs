//! Bech32 (BIP-173), in which age keys and others are written.
//! <https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki>, <https://age-encryption.org/v1>

use super::{Checked, Input, proved};

const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

/// The checksum of the whole text, which stands in one case. Its length is not limited, as age does not.
pub(super) fn check(input: &Input<'_>) -> Checked {
    proved(is_bech32(input.subject()))
}

fn is_bech32(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    if text != lower && text != text.to_ascii_uppercase() {
        return false;
    }
    let Some(at) = lower.iter().rposition(|b| *b == b'1') else { return false };
    let (prefix, rest) = lower.split_at(at);
    let Some(data) = rest.get(1..).and_then(values) else { return false };
    if prefix.is_empty() || data.len() < 6 {
        return false;
    }
    let high = prefix.iter().map(|b| b >> 5);
    let low = prefix.iter().map(|b| b & 31);
    polymod(high.chain([0]).chain(low).chain(data)) == 1
}

fn values(text: &[u8]) -> Option<Vec<u8>> {
    text.iter().map(|b| DIGITS.iter().position(|digit| digit == b).map(|at| at as u8)).collect()
}

fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let shifted = (sum & 0x1ff_ffff) << 5 ^ u32::from(value);
        GENERATOR
            .iter()
            .enumerate()
            .fold(shifted, |sum, (bit, term)| if top >> bit & 1 == 1 { sum ^ term } else { sum })
    })
}
