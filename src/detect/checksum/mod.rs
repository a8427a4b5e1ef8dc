//! Offline proofs: what a secret's own bytes tell about whether it is genuine.
//!
//! A true checksum proves (`Passes`) or speaks against (`Fails`) a value. A structure that decodes proves nothing
//! (`Plausible`); one that does not decode speaks against it. Nothing here drops a finding.

mod alphabet;
mod armour;
mod azure;
mod bech32;
mod connection;
mod crc;
mod encoded;
mod jwt;
mod marvin;
mod numbers;
mod openpgp;
mod openssh;
mod private_key;
mod regulated;

pub use connection::password_of_connection;
pub use encoded::password_of_basic;
pub use private_key::identity_of_private_key;

use crate::rule::{Confidence, Severity};

/// What an offline proof says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    /// The checksum is right: the value was made by its issuer.
    Passes,
    /// The checksum is wrong, or the structure is not the issuer's.
    Fails,
    /// The structure is right, or cannot be told; nothing is proved.
    Plausible,
}

/// The result of a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checked {
    /// What the proof says.
    pub proof: Proof,
    /// Stands in for the rule's severity: an encrypted key, a publishable token.
    pub severity: Option<Severity>,
    /// Stands in for the rule's confidence: a placeholder, a token without signature.
    pub confidence: Option<Confidence>,
    /// Why severity or confidence differ, for people.
    pub note: Option<&'static str>,
}

/// Checks `secret` by the algorithm `kind`, one of [`crate::rule::CHECKSUMS`].
///
/// `over` and `equals` are the bytes of the groups that the rule names: what the checksum is computed over, and the
/// expected value. Without them the algorithm finds both in the secret. A name that is not known proves nothing.
pub fn check(kind: &str, secret: &[u8], over: Option<&[u8]>, equals: Option<&[u8]>) -> Checked {
    match ALGORITHMS.iter().find(|(name, _)| *name == kind) {
        Some((_, algorithm)) => algorithm(&Input { secret, over, equals }),
        None => Proof::Plausible.into(),
    }
}

/// The name of the algorithm for HTTP basic authentication.
pub const BASIC: &str = "base64-basic";

type Algorithm = fn(&Input<'_>) -> Checked;

const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("crc32-base62", crc::base62),
    ("crc32-base36-gitlab", crc::base36_gitlab),
    ("crc32-hex", crc::hex),
    ("crc32-hex-le", crc::hex_le),
    ("crc32-hex-upper", crc::hex_upper),
    ("crc32-base64-le", crc::base64_le),
    ("crc16-nkey", crc::nkey),
    ("sha256-base32", crc::sha256_base32),
    ("azure-identifiable", azure::identifiable),
    ("azure-entra", azure::entra),
    ("azure-cask", azure::cask),
    ("azure-devops-pat", azure::devops_pat),
    ("bech32", bech32::check),
    ("base58check", alphabet::base58check),
    ("base58-length-54", alphabet::base58_length_54),
    ("aws-access-key-id", numbers::aws_access_key_id),
    ("luhn", numbers::luhn),
    ("payment-card", regulated::payment_card),
    ("iban", regulated::iban),
    ("wireguard", numbers::wireguard),
    ("jwt", jwt::check),
    ("macaroon-pypi", encoded::macaroon_pypi),
    ("base64-json", encoded::base64_json),
    ("base64-reftkn", encoded::reference_token),
    (BASIC, encoded::basic_auth),
    ("base64-numeric-pat", encoded::numeric_pat),
    ("discord-bot", encoded::discord_bot),
    ("protobuf-08", encoded::protobuf_08),
    ("private-key", private_key::check),
];

/// What an algorithm looks at.
struct Input<'a> {
    secret: &'a [u8],
    over: Option<&'a [u8]>,
    equals: Option<&'a [u8]>,
}

impl<'a> Input<'a> {
    /// What the rule points at, else the whole secret.
    fn subject(&self) -> &'a [u8] {
        self.over.unwrap_or(self.secret)
    }

    /// The bytes to compute over and the expected value, which without a group is the last `width` bytes.
    fn split(&self, width: usize) -> Option<(&'a [u8], &'a [u8])> {
        match (self.over, self.equals) {
            (Some(over), Some(equals)) => Some((over, equals)),
            (None, Some(equals)) => Some((self.secret.strip_suffix(equals).unwrap_or(self.secret), equals)),
            (_, None) => {
                let subject = self.subject();
                subject.split_at_checked(subject.len().checked_sub(width)?)
            }
        }
    }
}

impl From<Proof> for Checked {
    fn from(proof: Proof) -> Self {
        Self { proof, severity: None, confidence: None, note: None }
    }
}

impl Checked {
    fn severity(self, severity: Severity, note: &'static str) -> Self {
        Self { severity: Some(severity), note: Some(note), ..self }
    }

    fn confidence(self, confidence: Confidence, note: &'static str) -> Self {
        Self { confidence: Some(confidence), note: Some(note), ..self }
    }
}

/// For true checksums.
fn proved(passes: bool) -> Checked {
    if passes { Proof::Passes.into() } else { Proof::Fails.into() }
}

/// For structures.
fn decoded(fits: bool) -> Checked {
    if fits { Proof::Plausible.into() } else { Proof::Fails.into() }
}

#[cfg(test)]
mod tests;
