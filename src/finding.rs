//! A candidate with its place, its fingerprint and its masked value: what policies judge and reports show.

pub use crate::blob::{ObjectId, ObjectKind};

use crate::blob::Origin;
use crate::candidate::{Candidate, Encoding};
use crate::fingerprint::Fingerprint;
use crate::rule::{Confidence, Kind, Rule, Severity};
use crate::secret::{Preview, Secret};
use crate::text::{Lines, Location};
use std::ops::Range;
use std::sync::Arc;

/// A secret at a place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Arc<Rule>,
    /// How bad, for this very match.
    pub severity: Severity,
    /// How sure, for this very match.
    pub confidence: Confidence,
    /// Where the bytes come from.
    pub origin: Origin,
    /// The secret's place.
    pub location: Location,
    /// The secret's place in bytes of the blob.
    pub span: Range<usize>,
    /// The value.
    pub secret: Secret,
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// Its masked form.
    pub preview: Preview,
    /// How it was wrapped, outermost first.
    pub decoded_from: Vec<Encoding>,
    /// Why it is a secret, for generic rules.
    pub because: Option<String>,
    /// In a history: how many blobs hold it.
    pub occurrences: Option<u64>,
    /// In a history: whether HEAD still holds it.
    pub in_head: Option<bool>,
}

impl Finding {
    /// Places a candidate of a blob whose lines are `lines`; `fingerprint` is that of its identity.
    pub fn new(candidate: Candidate, origin: Origin, lines: &Lines<'_>, fingerprint: Fingerprint) -> Self {
        let kind = candidate.rule.kind;
        let whole = kind == Kind::PrivateKey || kind == Kind::Regulated;
        let preview = if whole { Preview::hidden() } else { candidate.secret.preview() };
        Self {
            rule: candidate.rule,
            severity: candidate.severity,
            confidence: candidate.confidence,
            origin,
            location: lines.locate(&candidate.place),
            span: candidate.place,
            secret: candidate.secret,
            fingerprint,
            preview,
            decoded_from: candidate.decoded,
            because: candidate.because,
            occurrences: None,
            in_head: None,
        }
    }
}
