//! Ids and keys that are numbers.

use super::alphabet::base64;
use super::{Checked, Input, decoded};
use data_encoding::BASE32_NOPAD;

/// An AWS access key id: 16 digits of base32 behind the prefix; all but the oldest ones hold the number of the account.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
pub(super) fn aws_access_key_id(input: &Input<'_>) -> Checked {
    const ACCOUNT_BITS: u64 = 0x7fff_ffff_ff80;
    const ACCOUNTS: u64 = 1_000_000_000_000;
    let id = input.subject().get(4..).unwrap_or_default();
    let Some(bytes) = BASE32_NOPAD.decode(id).ok().filter(|bytes| bytes.len() == 10) else { return decoded(false) };
    let number = bytes.iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte));
    let holds_account = !matches!(id.first(), Some(b'I' | b'J'));
    decoded(!holds_account || (number & ACCOUNT_BITS) >> 7 < ACCOUNTS)
}

/// A payment card number (ISO/IEC 7812): 12 to 19 digits, spaces and hyphens between them. One number in ten fits.
pub(super) fn luhn(input: &Input<'_>) -> Checked {
    let digits = input.subject().iter().filter(|b| !matches!(b, b' ' | b'-'));
    let Some(digits) = digits.map(|b| char::from(*b).to_digit(10)).collect::<Option<Vec<u32>>>() else {
        return decoded(false);
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, by)| digit * by)
        .map(|n| n / 10 + n % 10)
        .sum();
    decoded((12..=19).contains(&digits.len()) && sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != 0))
}

/// A WireGuard private key: base64 of 32 bytes, clamped as Curve25519 wants it (RFC 7748, section 5).
pub(super) fn wireguard(input: &Input<'_>) -> Checked {
    let key = base64(input.subject()).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    decoded(key.is_some_and(|key| key[0] & 7 == 0 && key[31] & 0xC0 == 0x40))
}
