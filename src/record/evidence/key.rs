//! Keys that sign evidence: Ed25519 (RFC 8410) and ECDSA over P-256 with SHA-256 (RFC 5480), in PEM.

use super::sha256;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePublicKey as _, LineEnding};
use std::fmt;

/// A key file that cannot be used. The texts hold nothing of the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    /// It is encrypted.
    #[error("the key is encrypted")]
    Encrypted,
    /// It is in an older form.
    #[error("the key is not in PKCS#8 form")]
    OtherForm,
    /// It is no private key for Ed25519 or P-256.
    #[error("this is no private key for Ed25519 or P-256 (PEM, PKCS#8)")]
    NotPrivate,
    /// It is no public key for Ed25519 or P-256.
    #[error("this is no public key for Ed25519 or P-256 (PEM)")]
    NotPublic,
}

/// A private key.
pub enum Signer {
    /// Ed25519.
    Ed25519(Box<ed25519_dalek::SigningKey>),
    /// ECDSA over P-256, with the nonces of RFC 6979: equal bytes have equal signatures.
    P256(Box<p256::ecdsa::SigningKey>),
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public().key_id())
    }
}

impl Signer {
    /// Reads `-----BEGIN PRIVATE KEY-----`.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(pem).map_err(|_| KeyError::NotPrivate)?;
        let begins = |kind: &str| text.lines().any(|line| line.trim_end() == format!("-----BEGIN {kind}-----"));
        if begins("ENCRYPTED PRIVATE KEY") || begins("ENCRYPTED SIGSTORE PRIVATE KEY") {
            return Err(KeyError::Encrypted);
        }
        if begins("EC PRIVATE KEY") || begins("OPENSSH PRIVATE KEY") {
            return Err(KeyError::OtherForm);
        }
        let text = text.trim();
        let ed25519 = ed25519_dalek::SigningKey::from_pkcs8_pem(text).map(Box::new).map(Self::Ed25519);
        let p256 = || p256::ecdsa::SigningKey::from_pkcs8_pem(text).map(Box::new).map(Self::P256);
        ed25519.or_else(|_| p256()).map_err(|_| KeyError::NotPrivate)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(match self {
            Self::Ed25519(key) => Kind::Ed25519(key.verifying_key()),
            Self::P256(key) => Kind::P256(*key.verifying_key()),
        })
    }

    /// 64 bytes for Ed25519 (RFC 8032), DER for P-256 (RFC 3279).
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Self::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.sign(message);
                signature.as_bytes().to_vec()
            }
        }
    }
}

/// A public key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey(Kind);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Kind {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
}

impl PublicKey {
    /// Reads `-----BEGIN PUBLIC KEY-----`.
    pub fn from_pem(pem: &[u8]) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(pem).map_err(|_| KeyError::NotPublic)?.trim();
        let ed25519 = ed25519_dalek::VerifyingKey::from_public_key_pem(text).map(Kind::Ed25519);
        let p256 = || p256::ecdsa::VerifyingKey::from_public_key_pem(text).map(Kind::P256);
        ed25519.or_else(|_| p256()).map(Self).map_err(|_| KeyError::NotPublic)
    }

    /// The SHA-256 of its SubjectPublicKeyInfo in DER, lower-case hexadecimal.
    pub fn key_id(&self) -> String {
        let der = match &self.0 {
            Kind::Ed25519(key) => key.to_public_key_der(),
            Kind::P256(key) => key.to_public_key_der(),
        };
        // A key that was read can be written.
        der.map(|der| sha256(der.as_bytes())).unwrap_or_default()
    }

    pub(super) fn pem(&self) -> String {
        let pem = match &self.0 {
            Kind::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
            Kind::P256(key) => key.to_public_key_pem(LineEnding::LF),
        };
        pem.unwrap_or_default()
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Kind::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Kind::P256(key) => p256::ecdsa::DerSignature::from_bytes(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}
