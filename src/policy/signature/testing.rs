//! Keys and signatures for tests: made at run time from a number, so that no file of ours holds one.

use super::{AllowedSigners, Signature};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ssh_key::PrivateKey;
use ssh_key::private::{Ed25519Keypair, KeypairData};

/// The same key for the same number.
pub(in crate::policy) fn key(seed: u8) -> PrivateKey {
    PrivateKey::new(KeypairData::from(Ed25519Keypair::from_seed(&[seed; 32])), "").unwrap()
}

/// A line of allowed-signers.
pub(in crate::policy) fn line(principals: &str, options: &str, seed: u8) -> String {
    format!("{principals} {options} {}\n", key(seed).public_key().to_openssh().unwrap())
}

pub(in crate::policy) fn signers(text: &str) -> AllowedSigners {
    AllowedSigners::parse("signers", text.as_bytes(), &TimeZone::UTC).unwrap()
}

pub(in crate::policy) fn sign(seed: u8, namespace: &str, message: &[u8]) -> Signature {
    Signature::sign(&key(seed), namespace, message).unwrap()
}

pub(in crate::policy) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
