//! What a rule matched, before a policy judges it.

use crate::rule::{Confidence, Rule, Severity};
use crate::secret::Secret;
use std::ops::Range;
use std::sync::Arc;

/// How a secret was wrapped in the text that holds it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Encoding {
    /// Base64, either alphabet.
    Base64,
    /// Hexadecimal digits.
    Hex,
    /// Percent escapes of a URL.
    Percent,
    /// Backslash escapes with code points.
    Escape,
    /// UTF-16, or ASCII interleaved with NUL.
    Utf16,
    /// Gzip.
    Gzip,
    /// A member of a zip, jar, docx or the like.
    Zip,
    /// A member of a tar.
    Tar,
}

impl Encoding {
    /// Every one.
    pub const ALL: [Self; 8] =
        [Self::Base64, Self::Hex, Self::Percent, Self::Escape, Self::Utf16, Self::Gzip, Self::Zip, Self::Tar];

    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Percent => "percent",
            Self::Escape => "escape",
            Self::Utf16 => "utf-16",
            Self::Gzip => "gzip",
            Self::Zip => "zip",
            Self::Tar => "tar",
        }
    }
}

/// One match of a rule in a blob.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The whole match, in bytes of the blob as it is stored.
    pub span: Range<usize>,
    /// The secret's place, in bytes of the blob as it is stored; for decoded text, that of the outer text.
    pub place: Range<usize>,
    /// The secret, decoded.
    pub secret: Secret,
    /// What the fingerprint is taken of: the secret, or its part that survives reformatting
    /// (a private key's base64 body, a connection string's password).
    pub identity: Secret,
    /// How it was wrapped, outermost first.
    pub decoded: Vec<Encoding>,
    /// The rule's confidence, after checksum and neighbours.
    pub confidence: Confidence,
    /// The rule's severity, or less (an encrypted key, a publishable one).
    pub severity: Severity,
    /// Why it is a secret, for generic rules.
    pub because: Option<String>,
}
