//! Finds secrets in bytes: keywords, then a rule's expression around each, then checks of the value, its
//! neighbours and its overlaps. Encoded runs are opened and searched in the same way.

//!
//! A content is looked at in steps, each in its own file: `look` tells what comes of one keyword, and on which bytes
//! that depends; `settle` makes candidates of what came of all; `content` does so for a content and what is encoded in
//! it; `version` does it for one whose base was searched before, and looks only at what a `change` touches.

mod archive;
mod aspect;
mod assigned;
mod buffers;
mod change;
pub mod checksum;
mod compiled;
mod content;
mod decode;
mod folder;
pub mod generic;
mod hints;
mod known;
mod layer;
mod look;
mod made_up;
mod malformed;
mod matched;
mod matcher;
mod member;
mod near;
mod opening;
mod overlap;
mod password;
mod prefilter;
mod published;
mod regexes;
mod rules;
mod set;
mod settle;
mod stretch;
mod take;
mod targets;
mod trace;
mod value;
mod version;

pub use aspect::Aspect;
pub use trace::Trace;

use crate::blob::Blob;
use crate::candidate::Candidate;
use crate::rule::{Catalogue, Confidence, GENERIC, GenericKind, Rule, Shape};
use crate::text::Mask;
use buffers::Idle;
use compiled::Compiled;
use content::Place;
use hints::Hints;
use prefilter::Prefilter;
use regexes::Broken;
use rules::Rules;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use targets::Targets;

/// How far decoding goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DecodeLimits {
    /// Decoded bytes of one content at most.
    pub bytes: usize,
    /// Encodings within encodings at most.
    pub depth: u32,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self { bytes: 16 << 20, depth: 3 }
    }
}

/// What was found in one content.
#[derive(Clone, Debug, Default)]
pub struct Detection {
    /// Sorted by place, without overlaps; then those of an archive's members.
    pub candidates: Vec<Candidate>,
    /// Encoded text, or members of an archive, were left closed because of the limits.
    pub limited: bool,
    /// Members of an archive were left closed because they are encrypted, damaged, or packed in an unknown way.
    pub closed: bool,
}

/// The rules cannot be made to work.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// Too many keywords.
    #[error(transparent)]
    Keywords(#[from] prefilter::TooManyKeywords),
    /// An expression or glob that does not compile. The loader checks them, so this is a fault of ours.
    #[error("rule {rule:?} does not compile: {why}")]
    Rule {
        /// The rule's id.
        rule: String,
        /// The engine's word.
        why: String,
    },
}

impl DetectError {
    fn broken(rule: &Rule, Broken(why): Broken) -> Self {
        Self::Rule { rule: rule.id.clone(), why }
    }
}

/// All rules, ready to search. Shared by threads; a rule's expression is compiled when it is first needed.
#[derive(Debug)]
pub struct Detector {
    rules: Rules,
    prefilter: Prefilter,
    targets: Targets,
    /// The rules of the generic tier, by what they stand for.
    generics: Vec<(GenericKind, u32)>,
    compiled: Vec<OnceLock<Result<Box<Compiled>, String>>>,
    limits: DecodeLimits,
    /// Bytes of the longest keyword.
    longest: usize,
    hints: Hints,
    buffers: Idle,
}

impl Detector {
    /// A detector for the rules of `catalogue`.
    pub fn new(catalogue: &Catalogue, limits: DecodeLimits) -> Result<Self, DetectError> {
        let kind = |(number, rule): (u32, &Arc<Rule>)| match rule.shape {
            Shape::Generic(kind) => Some((kind, number)),
            Shape::Pattern(_) | Shape::Assigned(_) => None,
        };
        let generics = catalogue.generics().filter_map(kind).collect();
        let (targets, prefilter) = Targets::of(catalogue)?;
        let rules = Rules(catalogue.clone());
        let compiled = (0..rules.numbers()).map(|_| OnceLock::new()).collect();
        let longest = targets.longest();
        let (hints, buffers) = (Hints::default(), Idle::default());
        Ok(Self { prefilter, targets, generics, compiled, limits, rules, longest, hints, buffers })
    }

    /// Everything that looks like a secret in `blob`, whatever its confidence.
    pub fn scan(&self, blob: &Blob<'_>) -> Result<Detection, DetectError> {
        let place = Place::of(&blob.origin);
        Ok(self.whole(&blob.bytes, &place, false)?.0)
    }

    fn compiled(&self, number: u32) -> Result<&Compiled, DetectError> {
        let missing = || DetectError::Rule { rule: number.to_string(), why: "no such rule".to_owned() };
        let slot = self.compiled.get(number as usize).ok_or_else(missing)?;
        let rule = self.rules.get(number as usize).ok_or_else(missing)?;
        let compiled = slot.get_or_init(|| Compiled::new(rule).map(Box::new).map_err(|error| error.to_string()));
        compiled.as_deref().map_err(|why| DetectError::Rule { rule: rule.id.clone(), why: why.clone() })
    }
}

impl Mask for Detector {
    fn secrets_in(&self, text: &[u8]) -> Vec<Range<usize>> {
        let blob = Blob { bytes: text.into(), origin: crate::blob::Origin::default() };
        match self.scan(&blob) {
            Ok(detection) => detection
                .candidates
                .into_iter()
                .filter(|candidate| candidate.confidence >= Confidence::Medium)
                .map(|candidate| candidate.place)
                .collect(),
            // What cannot be searched is not shown.
            Err(_) => std::iter::once(0..text.len()).collect(),
        }
    }
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}
