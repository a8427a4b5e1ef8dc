//! Finds secrets in bytes: keywords, then a rule's expression around each, then checks of the value, its
//! neighbours and its overlaps. Encoded runs are opened and searched in the same way.

mod assigned;
pub mod checksum;
mod decode;
mod folder;
pub mod generic;
mod known;
mod layer;
mod malformed;
mod matched;
mod matcher;
mod near;
mod overlap;
mod password;
mod prefilter;
mod regexes;
mod value;

use crate::blob::{Blob, ObjectKind};
use crate::candidate::Candidate;
use crate::rule::{AppliesTo, Catalogue, Confidence, GenericKind, Kind, Rule, Severity, Shape};
use crate::secret::Secret;
use crate::text::Mask;
use decode::Decoded;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use known::Beginnings;
use layer::Layer;
use malformed::Nearly;
use matched::Match;
use matcher::Matcher;
use near::{Company, Neighbours};
use prefilter::{Hit, Prefilter};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use value::{Assessed, Checks};

/// Bytes at the beginning of a content in which a NUL makes it a binary, as git has it.
const BINARY_PROBE: usize = 8000;

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
#[derive(Debug, Default)]
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
}

#[derive(Debug)]
struct Compiled {
    matcher: Option<Matcher>,
    checks: Checks,
    neighbours: Neighbours,
    nearly: OnceLock<Nearly>,
    only: Option<GlobSet>,
    not: Option<GlobSet>,
}

/// A match that passed the checks of its value, in offsets of its layer.
struct Found {
    rule: u32,
    span: Range<usize>,
    secret: Range<usize>,
    assessed: Assessed,
    because: Option<String>,
}

/// What a whole content has in common with the texts inside it.
struct Run<'b> {
    blob: &'b Blob<'b>,
    binary: bool,
    /// The file is there to test or to show something.
    shows: bool,
    decoded: usize,
    limited: bool,
    candidates: Vec<Candidate>,
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
        Ok(Self { prefilter, targets, generics, compiled, limits, rules })
    }

    /// Everything that looks like a secret in `blob`, whatever its confidence.
    pub fn scan(&self, blob: &Blob<'_>) -> Result<Detection, DetectError> {
        let bytes = blob.bytes.as_ref();
        let nul = memchr::memchr(0, bytes.get(..BINARY_PROBE.min(bytes.len())).unwrap_or_default()).is_some();
        let shows = blob.origin.path.as_deref().is_some_and(folder::for_show);
        let mut run = Run { blob, binary: nul, shows, decoded: 0, limited: false, candidates: Vec::new() };
        let root = Layer::root(bytes);
        self.layer(&mut run, &root)?;
        if memchr::memchr(0, bytes).is_some() {
            self.inner(&mut run, &root, decode::folded)?;
        }
        Ok(Detection { candidates: overlap::resolve(run.candidates), limited: run.limited })
    }

    fn layer(&self, run: &mut Run<'_>, layer: &Layer<'_>) -> Result<(), DetectError> {
        let mut hits = Vec::new();
        self.prefilter.find(layer.text, &mut hits);
        let found = self.matches(run, layer, &hits)?;
        self.keep(run, layer, found)?;
        if run.binary && layer.outer.is_none() {
            return Ok(());
        }
        self.inner(run, layer, decode::runs)
    }

    /// Searches what `find` brings out of `layer`.
    fn inner(
        &self,
        run: &mut Run<'_>,
        layer: &Layer<'_>,
        find: fn(&[u8], &mut dyn FnMut(Decoded) -> bool),
    ) -> Result<(), DetectError> {
        let mut outcome = Ok(());
        find(layer.text, &mut |decoded| {
            if layer.depth() >= self.limits.depth || run.decoded + decoded.text.len() > self.limits.bytes {
                run.limited = true;
                return false;
            }
            run.decoded += decoded.text.len();
            outcome = self.layer(run, &decoded.layer(layer));
            outcome.is_ok()
        });
        outcome
    }

    fn matches(&self, run: &Run<'_>, layer: &Layer<'_>, hits: &[Hit]) -> Result<Vec<Found>, DetectError> {
        let mut found: Vec<Found> = Vec::new();
        let mut matches: Vec<Match> = Vec::new();
        let mut generics = Vec::new();
        // Values that a rule knows not to be secrets: the generic tier has no say in them.
        let mut settled: Vec<Range<usize>> = Vec::new();
        let mut beginnings = Beginnings::default();
        for hit in hits {
            let Some((length, called)) = self.targets.get(hit.keyword as usize) else { continue };
            let place = hit.end - length..hit.end;
            for &number in called {
                if number == GENERIC {
                    if !run.binary || layer.outer.is_some() {
                        let path = run.blob.origin.path.as_deref();
                        generic::at(layer.text, place.clone(), path, &mut generics);
                    }
                    continue;
                }
                let Some(rule) = self.rules.get(number as usize) else { continue };
                if !applies(rule, run, layer) {
                    continue;
                }
                beginnings.note(rule, layer.text, &place);
                let compiled = self.compiled(number)?;
                if !compiled.looks_at(run.blob.origin.path.as_deref()) {
                    continue;
                }
                if let Some(matcher) = &compiled.matcher {
                    matcher.at(layer.text, place.clone(), &mut matches);
                }
                for m in matches.drain(..) {
                    if !layer.touches_decoded(&m.secret) {
                        continue;
                    }
                    if compiled.checks.known(layer.text, &m) {
                        settled.push(m.secret);
                        continue;
                    }
                    let assessed = compiled.checks.assess(rule, layer.text, &m, run.shows);
                    let Some(mut assessed) = assessed else { continue };
                    if assessed.placeholder || assessed.note.is_some() && assessed.confidence == Confidence::Low {
                        settled.push(m.secret.clone());
                    }
                    if !m.close {
                        assessed.confidence = assessed.confidence.min(Confidence::Medium);
                    }
                    let because = assessed.note.map(str::to_owned);
                    let new = Found { rule: number, span: m.span, secret: m.secret, assessed, because };
                    // Several keywords can lead to one value: the surest way counts.
                    match found.iter_mut().rev().take(8).find(|f| f.rule == number && f.secret == new.secret) {
                        Some(known) if known.assessed.confidence < new.assessed.confidence => *known = new,
                        Some(_) => {}
                        None => found.push(new),
                    }
                }
            }
        }
        generics.retain(|generic| !settled.iter().any(|known| overlaps(known, &generic.value)));
        generics.iter_mut().for_each(|generic| generic.confidence = beginnings.judge(generic));
        self.doubt(layer.text, hits, &mut generics)?;
        found.extend(generics.into_iter().filter_map(|generic| self.generic(run, layer, generic)));
        Ok(found)
    }

    /// A finding of the generic tier, under the rule of its kind.
    fn generic(&self, run: &Run<'_>, layer: &Layer<'_>, generic: generic::Generic) -> Option<Found> {
        let &(_, number) = self.generics.iter().find(|(kind, _)| *kind == generic.kind)?;
        let rule = self.rules.get(number as usize)?;
        if !layer.touches_decoded(&generic.value) {
            return None;
        }
        let most = if run.shows { Confidence::Medium } else { Confidence::Certain };
        let confidence = generic.confidence.min(most);
        let severity = if confidence >= Confidence::High { Severity::High } else { rule.severity };
        let assessed = Assessed { confidence, severity, note: None, placeholder: false };
        let because = Some(generic.because);
        Some(Found { rule: number, span: generic.span, secret: generic.value, assessed, because })
    }

    /// Asks the neighbours, and brings what is left to the offsets of the stored text.
    fn keep(&self, run: &mut Run<'_>, layer: &Layer<'_>, found: Vec<Found>) -> Result<(), DetectError> {
        let mut by_rule: HashMap<&str, Vec<Range<usize>>> = HashMap::new();
        for f in &found {
            if let Some(rule) = self.rules.get(f.rule as usize) {
                by_rule.entry(&rule.id).or_default().push(f.span.clone());
            }
        }
        for f in found {
            let Some(rule) = self.rules.get(f.rule as usize) else { continue };
            let others = |id: &str| by_rule.get(id).map(Vec::as_slice).unwrap_or_default().iter();
            let confidence = match self.compiled(f.rule)?.neighbours.judge(rule, layer.text, &f.span, others) {
                Company::Dropped => continue,
                Company::Good => f.assessed.confidence,
                Company::Demoted => f.assessed.confidence.demoted(),
                Company::Paired => f.assessed.confidence.raised(),
            };
            let value = layer.text.get(f.secret.clone()).unwrap_or_default();
            run.candidates.push(Candidate {
                rule: Arc::clone(rule),
                span: layer.to_root(&f.span),
                place: layer.to_root(&f.secret),
                secret: Secret::new(value),
                identity: identity(rule.kind, value),
                decoded: layer.encodings(),
                confidence,
                severity: f.assessed.severity,
                because: f.because,
            });
        }
        Ok(())
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

impl Compiled {
    fn new(rule: &Rule) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self {
            matcher: Matcher::new(rule)?,
            checks: Checks::new(rule)?,
            neighbours: Neighbours::new(rule)?,
            nearly: OnceLock::new(),
            only: globs(&rule.path.only)?,
            not: globs(&rule.path.not)?,
        })
    }

    fn looks_at(&self, path: Option<&[u8]>) -> bool {
        let within = |set: &GlobSet| path.is_some_and(|path| set.is_match(bstr::ByteSlice::to_path_lossy(path)));
        self.only.as_ref().is_none_or(within) && !self.not.as_ref().is_some_and(within)
    }
}

fn globs(patterns: &[String]) -> Result<Option<GlobSet>, globset::Error> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // As in .gitignore: a bare name matches in every folder, and `*` stops at a slash.
        let anywhere = if pattern.contains('/') { pattern.clone() } else { format!("**/{pattern}") };
        set.add(GlobBuilder::new(&anywhere).literal_separator(true).build()?);
    }
    set.build().map(Some)
}

/// Rules about paths look at paths only; a binary as it is stored is searched for distinctive tokens only.
fn applies(rule: &Rule, run: &Run<'_>, layer: &Layer<'_>) -> bool {
    if rule.applies_to == AppliesTo::Path && run.blob.origin.kind != ObjectKind::Path {
        return false;
    }
    let distinctive = matches!(rule.shape, Shape::Pattern(_)) && rule.confidence >= Confidence::High;
    !run.binary || layer.outer.is_some() || distinctive
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// What survives reformatting.
fn identity(kind: Kind, value: &[u8]) -> Secret {
    match kind {
        Kind::PrivateKey => Secret::new(checksum::identity_of_private_key(value)),
        Kind::Connection => Secret::new(checksum::password_of_connection(value).unwrap_or_else(|| value.to_vec())),
        Kind::Token | Kind::Password | Kind::Regulated => Secret::new(value),
    }
}
