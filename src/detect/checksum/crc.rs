//! Cyclic checksums and hashes written behind the random part of a token.

use super::alphabet::{BASE36, BASE62, digits};
use super::{Checked, Input, proved};
use data_encoding::{BASE32, BASE32_NOPAD, BASE64, HEXLOWER, HEXUPPER};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// GitHub, npm, Vercel: CRC-32 in base62, 6 digits.
/// <https://github.blog/engineering/behind-githubs-new-authentication-token-formats/>
pub(super) fn base62(input: &Input<'_>) -> Checked {
    crc32(input, 6, |sum| digits(sum, BASE62, 6))
}

/// GitLab's routable tokens: CRC-32 over all before it, in base36, 7 digits.
/// GitLab, lib/authn/token_field/generator/routable_token.rb
pub(super) fn base36_gitlab(input: &Input<'_>) -> Checked {
    crc32(input, 7, |sum| digits(sum, BASE36, 7))
}

/// Cloudflare, Zuplo: CRC-32 as 8 lower-case hexadecimal digits.
pub(super) fn hex(input: &Input<'_>) -> Checked {
    crc32(input, 8, |sum| HEXLOWER.encode(&sum.to_be_bytes()).into_bytes())
}

/// Grafana service accounts: CRC-32 as hexadecimal digits of its bytes, the lowest first.
pub(super) fn hex_le(input: &Input<'_>) -> Checked {
    crc32(input, 8, |sum| HEXLOWER.encode(&sum.to_le_bytes()).into_bytes())
}

/// Atlassian and Bitbucket: CRC-32 over all before it, as 8 upper-case hexadecimal digits.
/// The `=` in the token may be written `\=` or `%3D`.
pub(super) fn hex_upper(input: &Input<'_>) -> Checked {
    let Some((body, sum)) = input.split(8) else { return proved(false) };
    let expected = HEXUPPER.encode(&crc32fast::hash(&plain_equals_sign(body)).to_be_bytes());
    proved(expected.as_bytes() == sum)
}

/// Confluent: base64 of the bytes of CRC-32, the lowest first, without padding.
pub(super) fn base64_le(input: &Input<'_>) -> Checked {
    crc32(input, 6, |sum| BASE64.encode(&sum.to_le_bytes()).trim_end_matches('=').as_bytes().to_vec())
}

/// NATS seeds: base32 of a prefix byte, a kind, 32 random bytes and CRC-16/XMODEM, the lower byte first.
/// <https://github.com/nats-io/nkeys>
pub(super) fn nkey(input: &Input<'_>) -> Checked {
    const SEED: u8 = 18 << 3;
    let Ok(bytes) = BASE32_NOPAD.decode(input.subject()) else { return proved(false) };
    let Some((body, sum)) = bytes.len().checked_sub(2).and_then(|at| bytes.split_at_checked(at)) else {
        return proved(false);
    };
    let is_seed = body.first().is_some_and(|first| first & 0xF8 == SEED);
    proved(is_seed && crc16_xmodem(body).to_le_bytes() == sum)
}

/// GitHub's fine-grained tokens: the first 8 digits of SHA-256 in base32.
pub(super) fn sha256_base32(input: &Input<'_>) -> Checked {
    const WIDTH: usize = 8;
    let Some((body, sum)) = input.split(WIDTH) else { return proved(false) };
    let expected = BASE32.encode(&Sha256::digest(body));
    proved(sum.len() == WIDTH && expected.as_bytes().starts_with(sum))
}

fn crc32(input: &Input<'_>, width: usize, encode: impl Fn(u32) -> Vec<u8>) -> Checked {
    let split = input.split(width);
    proved(split.is_some_and(|(body, sum)| !body.is_empty() && encode(crc32fast::hash(body)) == sum))
}

fn plain_equals_sign(body: &[u8]) -> Cow<'_, [u8]> {
    let mut body = Cow::Borrowed(body);
    for escaped in [&b"\\="[..], b"%3D", b"%3d"] {
        if let Some(at) = body.windows(escaped.len()).position(|part| part == escaped) {
            body.to_mut().splice(at..at + escaped.len(), *b"=");
        }
    }
    body
}

fn crc16_xmodem(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(*byte) << 8), |sum, _| (sum << 1) ^ if sum & 0x8000 != 0 { 0x1021 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc16_is_the_xmodem_variant() {
        assert_eq!(crc16_xmodem(b"123456789"), 0x31C3);
    }

    #[test]
    fn an_escaped_equals_sign_is_one() {
        assert_eq!(&*plain_equals_sign(b"ab\\=cd"), b"ab=cd");
        assert_eq!(&*plain_equals_sign(b"ab%3Dcd"), b"ab=cd");
        assert_eq!(&*plain_equals_sign(b"abcd"), b"abcd");
    }
}
