//! What a waiver says: the bytes that are signed. docs/waivers.md has them byte for byte.

use crate::blob::ObjectId;
use crate::fingerprint::Fingerprint;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The namespace of its signature.
pub const NAMESPACE: &str = "keyward-waiver";
/// The form, which stands first.
const VERSION: &str = "keyward/waiver/v1";
/// For `commit`: any.
pub(super) const ANY: &str = "any";
/// No text of it is longer, in bytes.
const LONGEST_TEXT: usize = 1000;
/// It names no more fingerprints.
const MOST_FINGERPRINTS: usize = 400;
/// It names no more patterns.
const MOST_REFS: usize = 64;

/// What a waiver lets through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Findings of the secrets that it names.
    Findings,
    /// A weaker policy on the trust ref, and entries of the baseline together with the commits that they excuse.
    Loosening,
}

/// What a waiver says. The fields stand in this order; those without a value are left out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Payload {
    /// `keyward/waiver/v1`.
    schema: String,
    /// What it lets through.
    pub kind: Kind,
    /// The secrets, sorted, each once; none for a loosening.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fingerprints: Vec<Fingerprint>,
    /// The name of the salt that they are made under; not for a loosening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Patterns of full names of references, `*` standing for anything.
    pub refs: Vec<String>,
    /// What the reference shall name: a full id in lower-case hexadecimal, or `any`.
    pub commit: String,
    /// The server that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<String>,
    /// Whether it counts once only.
    pub single_use: bool,
    /// Who signs, as allowed-signers names them.
    pub principal: String,
    /// Why.
    pub reason: String,
    /// When it was made, in whole seconds.
    pub issued: Timestamp,
    /// From when on it no longer holds, in whole seconds.
    pub expires: Timestamp,
}

/// Why something is no payload.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct PayloadError(&'static str);

impl Payload {
    /// A payload for any commit and any server, that counts as often as it is used; the caller narrows it.
    pub fn new(kind: Kind, refs: Vec<String>, issued: Timestamp, expires: Timestamp) -> Self {
        Self {
            schema: VERSION.to_owned(),
            kind,
            fingerprints: Vec::new(),
            salt: None,
            refs,
            commit: ANY.to_owned(),
            server_id: None,
            single_use: false,
            principal: String::new(),
            reason: String::new(),
            issued,
            expires,
        }
    }

    /// The bytes that are signed: one JSON object without white space, and a line feed.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PayloadError> {
        self.sound()?;
        let mut bytes = serde_json::to_vec(self).map_err(|_| PayloadError("it cannot be written"))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// From the bytes that are signed. There is one way only to write a payload.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PayloadError> {
        let unread = PayloadError("it is no keyward/waiver/v1 of the documented form");
        let payload: Self = serde_json::from_slice(bytes).map_err(|_| unread.clone())?;
        if payload.to_bytes()? == bytes { Ok(payload) } else { Err(unread) }
    }

    fn sound(&self) -> Result<(), PayloadError> {
        let commit = ObjectId::from_hex(self.commit.as_bytes());
        let whole = commit.is_some_and(|id| !id.is_zero() && id.to_string() == self.commit);
        let texts = [Some(&self.principal), Some(&self.reason), self.server_id.as_ref(), self.salt.as_ref()];
        let findings = self.kind == Kind::Findings;
        let wrong = [
            (self.schema != VERSION, "it is of another version than keyward/waiver/v1"),
            (findings && self.fingerprints.is_empty(), "it names no fingerprint"),
            (self.fingerprints.len() > MOST_FINGERPRINTS, "it names more than 400 fingerprints"),
            (!self.fingerprints.is_sorted_by(|a, b| a < b), "its fingerprints are not sorted, or one stands twice"),
            (!findings && !self.fingerprints.is_empty(), "a loosening names no fingerprints"),
            (findings != self.salt.is_some(), "it names no salt, or is a loosening with one"),
            (self.refs.is_empty() || self.refs.len() > MOST_REFS, "it names no reference, or more than 64"),
            (!self.refs.iter().all(|name| is_ref(name)), "a pattern of a reference begins with `refs/`"),
            (self.commit != ANY && !whole, "`commit` is the full id of a commit, or `any`"),
            (
                !texts.iter().flatten().all(|text| is_text(text)),
                "a text of it is empty, too long or has control characters",
            ),
            (
                self.issued.subsec_nanosecond() != 0 || self.expires.subsec_nanosecond() != 0,
                "its times are not whole seconds",
            ),
            (self.expires <= self.issued, "it expires before it is issued"),
        ];
        wrong.iter().find(|(is_so, _)| *is_so).map_or(Ok(()), |(_, what)| Err(PayloadError(what)))
    }
}

fn is_ref(name: &str) -> bool {
    name.starts_with("refs/") && name.len() <= LONGEST_TEXT && !name.chars().any(|c| c.is_control() || c == ' ')
}

/// Without control characters JSON escapes nothing but the quote and the backslash, so that other programs write the
/// same bytes.
fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control)
}
