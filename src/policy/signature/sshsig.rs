//! SSHSIG, the signatures of `ssh-keygen -Y sign` (OpenSSH's PROTOCOL.sshsig), over the ssh-key crate.
//!
//! Verified are Ed25519, ECDSA over P-256, P-384 and P-521, RSA with SHA-2 from 2048 bits on, and the two kinds of
//! security keys. Signed is with the first two; with an RSA or a security key through an agent.

use ssh_key::encoding::{Decode as _, Encode as _, Reader as _};
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, Error, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

/// RSA keys below this many bits count nothing, as in what git hosts take today.
const SHORTEST_RSA: u32 = 2048;
/// What follows the signature proper of a security key: flags (one byte) and a counter (OpenSSH's PROTOCOL.u2f).
const TRAILER: usize = 5;
const TOUCHED: u8 = 0x01;
const VERIFIED: u8 = 0x04;
/// Longer than any signature with any key that counts.
const LONGEST: usize = 16 << 10;

/// A signature, together with the public key and the namespace that it was made for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature(SshSig);

/// What a signature of a security key has to say of the one who made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Touch {
    /// That somebody touched it.
    pub(super) needed: bool,
    /// That it knew who it was, by a PIN or the like.
    pub(super) verified: bool,
}

/// What is wrong with a signature. The texts speak of what was signed as "it".
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignatureFault {
    /// It is no SSH signature.
    #[error("its signature is none that ssh-keygen -Y sign writes")]
    Malformed,
    /// It was made for another purpose, which it names.
    #[error("it is signed for another namespace")]
    Namespace(String),
    /// The kind of key, or its way of hashing, is not known here.
    #[error("it is signed with a kind of key or hash that does not count here")]
    Algorithm,
    /// RSA of too few bits.
    #[error("it is signed with an RSA key under {SHORTEST_RSA} bits")]
    Weak,
    /// Nobody touched the security key.
    #[error("its security key was not touched, and its signer's line does not say `no-touch-required`")]
    Untouched,
    /// The security key did not ask who it was.
    #[error("its security key asked for no PIN, and its signer's line says `verify-required`")]
    Unverified,
    /// What is signed is something else.
    #[error("its signature does not fit what it says: it was altered")]
    Altered,
}

impl Signature {
    /// From its binary form; nothing may follow it, and there is one way only to write it.
    pub fn from_bytes(raw: &[u8]) -> Result<Self, SignatureFault> {
        if raw.len() > LONGEST {
            return Err(SignatureFault::Malformed);
        }
        let mut rest = raw;
        let read = SshSig::decode(&mut rest).map_err(|_| SignatureFault::Malformed)?;
        let whole = rest.is_finished() && read.reserved().is_empty() && read.version() == SshSig::VERSION;
        let same = read.encode_vec().is_ok_and(|bytes| bytes == raw);
        if whole && same { Ok(Self(read)) } else { Err(SignatureFault::Malformed) }
    }

    /// From the file that `ssh-keygen -Y sign` writes: its binary form in base64 between two lines.
    pub fn from_armour(text: &[u8]) -> Result<Self, SignatureFault> {
        let text = std::str::from_utf8(text).map_err(|_| SignatureFault::Malformed)?;
        let inner = text.trim().strip_prefix("-----BEGIN SSH SIGNATURE-----");
        let inner = inner.and_then(|rest| rest.strip_suffix("-----END SSH SIGNATURE-----"));
        let base64: String = inner.ok_or(SignatureFault::Malformed)?.split_ascii_whitespace().collect();
        Self::from_base64(&base64)
    }

    /// From its binary form in base64 without line feeds.
    pub fn from_base64(text: &str) -> Result<Self, SignatureFault> {
        let raw = data_encoding::BASE64.decode(text.as_bytes()).map_err(|_| SignatureFault::Malformed)?;
        Self::from_bytes(&raw)
    }

    /// The binary form.
    pub fn to_bytes(&self) -> Vec<u8> {
        // What was decoded or signed can be encoded.
        self.0.encode_vec().unwrap_or_default()
    }

    /// The form of a file.
    pub fn to_armour(&self) -> String {
        self.0.to_pem(LineEnding::LF).unwrap_or_default()
    }

    /// What it was made for.
    pub fn namespace(&self) -> &str {
        self.0.namespace()
    }

    /// The key that it says made it.
    pub(super) fn public_key(&self) -> &KeyData {
        self.0.public_key()
    }

    /// Whether its key made it over a message in a namespace. Says nothing of whose key that is.
    pub(super) fn verify(&self, namespace: &str, message: &[u8], touch: Touch) -> Result<(), SignatureFault> {
        let key = self.0.public_key();
        if !self.0.signature().algorithm().is_of(key) {
            return Err(SignatureFault::Algorithm);
        }
        if key.rsa().is_some_and(|rsa| rsa.key_size() < SHORTEST_RSA) {
            return Err(SignatureFault::Weak);
        }
        PublicKey::from(key.clone()).verify(namespace, message, &self.0).map_err(|error| match error {
            Error::Namespace => SignatureFault::Namespace(self.namespace().to_owned()),
            Error::AlgorithmUnsupported { .. } | Error::AlgorithmUnknown => SignatureFault::Algorithm,
            _ => SignatureFault::Altered,
        })?;
        self.touched(touch)
    }

    fn touched(&self, touch: Touch) -> Result<(), SignatureFault> {
        if !matches!(self.0.public_key(), KeyData::SkEd25519(_) | KeyData::SkEcdsaSha2NistP256(_)) {
            return Ok(());
        }
        let flags = self.0.signature_bytes().iter().rev().nth(TRAILER - 1).copied().unwrap_or(0);
        match () {
            () if touch.needed && flags & TOUCHED == 0 => Err(SignatureFault::Untouched),
            () if touch.verified && flags & VERIFIED == 0 => Err(SignatureFault::Unverified),
            () => Ok(()),
        }
    }

    /// Signs a message with a private key that is not encrypted; not with RSA, whose arithmetic here could be timed.
    pub fn sign(key: &PrivateKey, namespace: &str, message: &[u8]) -> Result<Self, SignatureFault> {
        if key.is_encrypted() || key.algorithm().is_rsa() {
            return Err(SignatureFault::Algorithm);
        }
        key.sign(namespace, HashAlg::Sha512, message).map(Self).map_err(|_| SignatureFault::Algorithm)
    }

    /// The bytes that an agent signs for a message.
    pub fn to_be_signed(namespace: &str, message: &[u8]) -> Result<Vec<u8>, SignatureFault> {
        SshSig::signed_data(namespace, HashAlg::Sha512, message).map_err(|_| SignatureFault::Malformed)
    }

    /// Puts together what an agent signed: `signature` is the blob of its answer.
    pub fn of_agent(key: &PublicKey, namespace: &str, signature: &[u8]) -> Result<Self, SignatureFault> {
        let signature = ssh_key::Signature::try_from(signature).map_err(|_| SignatureFault::Malformed)?;
        SshSig::new(key.key_data().clone(), namespace, HashAlg::Sha512, signature)
            .map(Self)
            .map_err(|_| SignatureFault::Malformed)
    }

    /// Whether it is what its key makes of a message; for one's own, before it is handed out.
    pub fn fits(&self, namespace: &str, message: &[u8]) -> Result<(), SignatureFault> {
        self.verify(namespace, message, Touch { needed: false, verified: false })
    }
}

/// Whether a signature's algorithm is one of a kind of key.
trait IsOf {
    fn is_of(&self, key: &KeyData) -> bool;
}

impl IsOf for Algorithm {
    fn is_of(&self, key: &KeyData) -> bool {
        match (self, key) {
            // Only with SHA-2: `ssh-rsa` is SHA-1.
            (Self::Rsa { hash: Some(_) }, KeyData::Rsa(_)) => true,
            (Self::Rsa { .. } | Self::Dsa | Self::Other(_), _) => false,
            (own, key) => *own == key.algorithm(),
        }
    }
}
