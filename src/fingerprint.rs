//! The content-keyed identity of a secret: `kw1:` and 128 bits, see [`Fingerprinter`].

use crate::secret::Secret;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// Under this many bits (length times Shannon entropy a byte) a value could be guessed from its fingerprint,
/// so that Argon2id comes first.
const GUESSABLE_BITS: f64 = 80.0;
const ARGON2_MEMORY_KIB: u32 = 4096;
/// The salt where nobody sets one. Public and fixed: it only separates our HMACs from everyone else's.
const PUBLIC_SALT: &[u8] = b"keyward/kw1/public-salt";

const SHORTEST_SALT: usize = 16;

/// `kw1:` and 32 lower-case hexadecimal digits, made of the secret; or `kwc1:` and as many, made of where regulated data
/// stands and of nothing in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    scheme: Scheme,
    digits: [u8; 16],
}

/// What a fingerprint is made of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Scheme {
    Content,
    Context,
}

impl Scheme {
    fn prefix(self) -> &'static str {
        match self {
            Self::Content => "kw1:",
            Self::Context => "kwc1:",
        }
    }
}

/// A text that is no fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a fingerprint is \"kw1:\" (or \"kwc1:\") and 32 lower-case hexadecimal digits")]
pub struct NotAFingerprint;

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.scheme.prefix(), data_encoding::HEXLOWER.encode(&self.digits))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let of = |scheme: Scheme| Some((scheme, text.strip_prefix(scheme.prefix())?));
        let (scheme, hex) = of(Scheme::Content).or_else(|| of(Scheme::Context)).ok_or(NotAFingerprint)?;
        let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).map_err(|_| NotAFingerprint)?;
        bytes.try_into().map(|digits| Self { scheme, digits }).map_err(|_| NotAFingerprint)
    }
}

impl serde::Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Under whose salt fingerprints are made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Salt {
    /// The fixed public constant.
    #[default]
    Public,
    /// The value of `[fingerprint] salt` in the repository's configuration.
    Repository(SaltBytes),
    /// An organisation's secret key, from the administrator's file.
    Key(SaltBytes),
}

/// A salt of at least 16 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct SaltBytes(Vec<u8>);

impl SaltBytes {
    /// `None` under 16 bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Option<Self> {
        let bytes = bytes.into();
        (bytes.len() >= SHORTEST_SALT).then_some(Self(bytes))
    }
}

impl fmt::Debug for SaltBytes {
    // An organisation's key is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaltBytes(***)")
    }
}

impl Salt {
    /// The name in reports: `public`, `repository` or `key:` and eight digits of the key's SHA-256.
    pub fn name(&self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::Repository(_) => "repository".to_owned(),
            Self::Key(key) => {
                let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&key.0));
                format!("key:{}", digest.chars().take(8).collect::<String>())
            }
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Public => PUBLIC_SALT,
            Self::Repository(salt) | Self::Key(salt) => &salt.0,
        }
    }
}

/// Makes fingerprints: the first 128 bits of HMAC-SHA-256, keyed by the salt, over `kind`, a NUL and the secret;
/// for a value that could be guessed, over its Argon2id hash (4 MiB, one pass, one lane, the same salt) instead.
#[derive(Default)]
pub struct Fingerprinter {
    salt: Salt,
    /// What Argon2id works in, one for each thread that did: memory fresh from the system is dear.
    idle: Mutex<Vec<Vec<Block>>>,
}

impl fmt::Debug for Fingerprinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingerprinter").field("salt", &self.salt).finish_non_exhaustive()
    }
}

impl Fingerprinter {
    /// Fingerprints under `salt`.
    pub fn new(salt: Salt) -> Self {
        Self { salt, idle: Mutex::default() }
    }

    /// The salt in use.
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The fingerprint of a secret of a rule's `kind`.
    pub fn of(&self, kind: &str, secret: &Secret) -> Fingerprint {
        let value = secret.expose();
        let bits = f64::from(entropy::shannon_entropy(value)) * value.len() as f64;
        let mut mac = self.mac();
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        if bits < GUESSABLE_BITS {
            mac.update(&self.stretch(value))
        } else {
            mac.update(value)
        }
        Fingerprint { scheme: Scheme::Content, digits: short(mac) }
    }

    /// Whether fingerprints of regulated data may be made of it: under any other salt than an organisation's key, whoever
    /// reads one could try all card numbers.
    pub fn hides_numbers(&self) -> bool {
        matches!(self.salt, Salt::Key(_))
    }

    /// The fingerprint of regulated data by where it stands: the rule's id, the raw path, and the text around, in which
    /// there is nothing of it. HMAC as ever, over `context`, and the three with a NUL before each.
    pub fn of_context(&self, rule: &str, path: Option<&[u8]>, around: &[u8]) -> Fingerprint {
        let mut mac = self.mac();
        mac.update(b"context");
        for part in [rule.as_bytes(), path.unwrap_or_default(), around] {
            mac.update(&[0]);
            mac.update(part);
        }
        Fingerprint { scheme: Scheme::Context, digits: short(mac) }
    }

    fn mac(&self) -> Hmac<Sha256> {
        match Hmac::new_from_slice(self.salt.bytes()) {
            Ok(mac) => mac,
            Err(_) => unreachable!("HMAC takes a key of any length"),
        }
    }

    fn stretch(&self, value: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let mut memory = kept.unwrap_or_default();
        let done = Params::new(ARGON2_MEMORY_KIB, 1, 1, Some(out.len())).and_then(|params| {
            memory.resize(params.block_count(), Block::new());
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            argon2.hash_password_into_with_memory(value, self.salt.bytes(), &mut out, &mut memory)
        });
        idle().push(memory);
        match done {
            Ok(()) => out,
            Err(_) => unreachable!("fixed parameters and a salt of 16 bytes or more are valid"),
        }
    }
}

fn short(mac: Hmac<Sha256>) -> [u8; 16] {
    let mut short = [0; 16];
    short.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, value: &str) -> String {
        Fingerprinter::default().of(kind, &Secret::new(value)).to_string()
    }

    // Frozen: baselines of users hold these forms. Recomputed with Python's hmac and argon2-cffi.
    #[test]
    fn vectors() {
        assert_eq!(of("token", "0123456789abcdefghijklmnopqrstuvwxyz"), "kw1:f11c8c5cad653d3ecfdf56850fed4279");
        assert_eq!(of("password", "hunter2"), "kw1:c102907101d90da774207024780d5422");
        let again = Fingerprinter::default();
        for value in ["hunter2", "hunter3", "hunter2"] {
            let same = again.of("password", &Secret::new(value)).to_string() == of("password", value);
            assert!(same, "what the memory held before does not matter");
        }
    }

    #[test]
    fn kind_and_salt_change_it() {
        assert_ne!(of("token", "hunter2"), of("password", "hunter2"));
        let salt = SaltBytes::new("another salt of 16 bytes").map(Salt::Repository).unwrap_or_default();
        let other = Fingerprinter::new(salt).of("token", &Secret::new("hunter2")).to_string();
        assert_ne!(other, of("token", "hunter2"));
    }

    // Frozen as well. Recomputed with Python's hmac.
    #[test]
    fn a_context_has_a_form_of_its_own() {
        let made = Fingerprinter::default().of_context("iban", Some(b"a.csv"), b"name #").to_string();
        assert_eq!(made, "kwc1:948e6aee90ff6f5848abc9b5ec128dbe");
        assert_eq!(made.parse::<Fingerprint>().map(|f| f.to_string()), Ok(made.clone()));
        assert_ne!(Fingerprinter::default().of_context("iban", Some(b"b.csv"), b"name #").to_string(), made);
    }

    #[test]
    fn text_and_back() {
        let text = of("token", "hunter2");
        assert_eq!(text.parse::<Fingerprint>().map(|f| f.to_string()), Ok(text));
        assert_eq!("kw1:AB".parse::<Fingerprint>(), Err(NotAFingerprint));
    }
}
