//! Finds secrets in bytes: keywords, then a rule's expression around each, then checks of the value, its
//! neighbours and its overlaps. Encoded runs are opened and searched in the same way.

//!
//! A content is looked at in steps, each in its own file: `look` tells what comes of one keyword, and on which bytes
//! that depends; `settle` makes candidates of what came of all; `content` does so for a content and what is encoded in
//! it; `version` does it for one whose base was searched before, and looks only at what a `change` touches.

mod aspect;
mod assigned;
mod change;
pub mod checksum;
mod compiled;
mod content;
mod decode;
mod folder;
pub mod generic;
mod known;
mod layer;
mod look;
mod matched;
mod matcher;
mod near;
mod overlap;
mod password;
mod prefilter;
mod regexes;
mod settle;
mod trace;
mod value;
mod version;

pub use aspect::Aspect;
pub use trace::Trace;

use crate::blob::Blob;
use crate::candidate::Candidate;
use crate::rule::{Catalogue, Confidence, GenericKind, Rule, Shape};
use crate::text::Mask;
use compiled::Compiled;
use content::Place;
use prefilter::Prefilter;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The target of keywords that call the generic tier instead of a rule.
const GENERIC: u32 = u32::MAX;

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
    /// Sorted by place, without overlaps.
    pub candidates: Vec<Candidate>,
    /// Encoded text was left closed because of the limits.
    pub limited: bool,
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

/// All rules, ready to search. Shared by threads; a rule's expression is compiled when it is first needed.
#[derive(Debug)]
pub struct Detector {
    rules: Vec<Arc<Rule>>,
    prefilter: Prefilter,
    /// By keyword: its length, and the rules (by index) that it calls.
    targets: Vec<(usize, Vec<u32>)>,
    /// The rules of the generic tier, by what they stand for.
    generics: Vec<(GenericKind, u32)>,
    compiled: Vec<OnceLock<Result<Compiled, String>>>,
    limits: DecodeLimits,
    /// Bytes of the longest keyword.
    longest: usize,
}

impl Detector {
    /// A detector for the rules of `catalogue`.
    pub fn new(catalogue: &Catalogue, limits: DecodeLimits) -> Result<Self, DetectError> {
        let rules = catalogue.rules().to_vec();
        let mut index: HashMap<&str, u32> = HashMap::new();
        let mut keywords: Vec<Vec<u8>> = Vec::new();
        let mut targets: Vec<(usize, Vec<u32>)> = Vec::new();
        let own = |rule: &Arc<Rule>| !matches!(rule.shape, Shape::Generic(_));
        let called = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| own(rule))
            .flat_map(|(number, rule)| rule.keywords.iter().map(move |word| (word.as_str(), number as u32)));
        let generics: Vec<(GenericKind, u32)> = rules
            .iter()
            .enumerate()
            .filter_map(|(number, rule)| match rule.shape {
                Shape::Generic(kind) => Some((kind, number as u32)),
                Shape::Pattern(_) | Shape::Assigned(_) => None,
            })
            .collect();
        let tier = if generics.is_empty() { &[] } else { generic::KEYWORDS };
        for (word, target) in called.chain(tier.iter().map(|word| (*word, GENERIC))) {
            let id = *index.entry(word).or_insert_with(|| {
                keywords.push(word.as_bytes().to_vec());
                targets.push((word.len(), Vec::new()));
                targets.len() as u32 - 1
            });
            if let Some((_, called)) = targets.get_mut(id as usize) {
                called.push(target);
            }
        }
        let prefilter = Prefilter::new(&keywords)?;
        let compiled = rules.iter().map(|_| OnceLock::new()).collect();
        let longest = targets.iter().map(|(length, _)| *length).max().unwrap_or(0);
        Ok(Self { prefilter, targets, generics, compiled, limits, rules, longest })
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
        let compiled = slot.get_or_init(|| Compiled::new(rule).map_err(|error| error.to_string()));
        compiled.as_ref().map_err(|why| DetectError::Rule { rule: rule.id.clone(), why: why.clone() })
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
