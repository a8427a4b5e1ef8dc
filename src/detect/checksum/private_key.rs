//! Armoured private keys: whether one is whole, encrypted, or only a placeholder; and what identifies it.

use super::alphabet::base64;
use super::armour::{Armour, PUTTY};
use super::openssh::{self, Key};
use super::{Checked, Input, Proof, decoded, openpgp, proved};
use crate::rule::{Confidence, Severity};

/// The shortest private key, of Ed25519 in PKCS #8, has 48 bytes.
const SHORTEST_BODY: usize = 64;
/// 64 random digits of base64 have about 41 different ones.
const FEWEST_DIGITS: usize = 16;

/// Reads the armour and what it holds. A key that is cut off stays plausible.
pub(super) fn check(input: &Input<'_>) -> Checked {
    let Some(armour) = Armour::read(input.secret) else { return decoded(false) };
    if is_placeholder(&armour) {
        return decoded(false).confidence(Confidence::Low, "the key is left out or a placeholder");
    }
    let bytes = decode(&armour.body);
    let (proof, encrypted) = match armour.label.as_slice() {
        b"OPENSSH PRIVATE KEY" => openssh_key(&bytes, armour.complete),
        // People put OpenSSH's format under the label of RSA.
        _ if bytes.starts_with(openssh::MAGIC) => openssh_key(&bytes, armour.complete),
        b"PGP PRIVATE KEY BLOCK" | b"PGP SECRET KEY BLOCK" => openpgp_key(&bytes, &armour),
        PUTTY => (Proof::Plausible, armour.header(b"Encryption").is_some_and(|cipher| cipher != b"none")),
        b"ENCRYPTED PRIVATE KEY" => (der(&bytes, armour.complete), true),
        label if ends_in_private_key(label) => pem_key(&bytes, &armour),
        label => (Proof::Plausible, label.windows(9).any(|word| word == b"ENCRYPTED")),
    };
    let checked = Checked::from(proof);
    if encrypted { checked.severity(Severity::Medium, "the key is encrypted under a passphrase") } else { checked }
}

/// What a private key's fingerprint is taken of: the base64 digits of its body, without armour, white space, quotes,
/// and escapes, so that one key has one identity in every format. Text that is no armour is only trimmed.
pub fn identity_of_private_key(secret: &[u8]) -> Vec<u8> {
    let body = Armour::read(secret).map(|armour| armour.body).unwrap_or_default();
    if body.is_empty() {
        secret.iter().filter(|b| !b.is_ascii_whitespace() && !matches!(b, b'"' | b'\'' | b'`')).copied().collect()
    } else {
        body
    }
}

fn is_placeholder(armour: &Armour) -> bool {
    let mut seen = [false; 256];
    armour.body.iter().for_each(|b| seen[usize::from(*b)] = true);
    let different = seen.iter().filter(|seen| **seen).count();
    armour.elided || armour.body.len() < SHORTEST_BODY || different < FEWEST_DIGITS
}

/// The bytes of a body that may be cut off anywhere.
fn decode(body: &[u8]) -> Vec<u8> {
    let end = body.iter().position(|b| *b == b'=').unwrap_or(body.len());
    let whole = if end % 4 == 1 { end - 1 } else { end };
    body.get(..whole).and_then(base64).unwrap_or_default()
}

/// `PRIVATE KEY` by itself, or behind the name of an algorithm. Other labels have other contents.
fn ends_in_private_key(label: &[u8]) -> bool {
    matches!(label, b"PRIVATE KEY" | b"RSA PRIVATE KEY" | b"EC PRIVATE KEY" | b"DSA PRIVATE KEY")
}

fn pem_key(bytes: &[u8], armour: &Armour) -> (Proof, bool) {
    let encrypted = armour.header(b"Proc-Type").is_some_and(|value| value.ends_with(b"ENCRYPTED"))
        || armour.header(b"DEK-Info").is_some();
    if encrypted { (Proof::Plausible, true) } else { (der(bytes, armour.complete), false) }
}

/// A SEQUENCE that is as long as it says, or longer than what is there of it (X.690, section 8.1).
fn der(bytes: &[u8], complete: bool) -> Proof {
    let length = match bytes {
        [0x30, length @ 0..=0x7F, ..] => Some(2 + usize::from(*length)),
        [0x30, 0x81, length, ..] => Some(3 + usize::from(*length)),
        [0x30, 0x82, high, low, ..] => Some(4 + usize::from(u16::from_be_bytes([*high, *low]))),
        _ => None,
    };
    let fits = length.is_some_and(|length| if complete { length == bytes.len() } else { length >= bytes.len() });
    decoded(fits).proof
}

fn openssh_key(bytes: &[u8], complete: bool) -> (Proof, bool) {
    match openssh::read(bytes) {
        Key::Checked => (Proof::Passes, false),
        Key::Encrypted => (Proof::Plausible, true),
        Key::CutOff => (decoded(!complete).proof, false),
        Key::Wrong => (Proof::Fails, false),
    }
}

fn openpgp_key(bytes: &[u8], armour: &Armour) -> (Proof, bool) {
    let sum = armour.sum.as_deref().filter(|_| armour.complete).and_then(base64);
    let proof = match sum.as_deref() {
        Some([a, b, c]) => proved(openpgp::crc24(bytes) == u32::from_be_bytes([0, *a, *b, *c])).proof,
        _ => Proof::Plausible,
    };
    (proof, openpgp::is_encrypted(bytes) == Some(true))
}

#[cfg(test)]
mod tests;
