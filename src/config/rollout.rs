//! `[[gate.override]]` and `[[gate.ratchet]]`: a gate that tightens step by step.

use super::error::Faults;
use super::glob::Globs;
use super::parse::{MODES, SEVERITIES, globs, plain};
use super::read::Section;
use super::setting::{Mode, Setting};
use crate::rule::Severity;
use jiff::civil::Date;

/// An `[[gate.override]]` entry: another mode or another severity for some findings. Of several that speak of a finding
/// the last one counts, for each of the two by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Override {
    /// Ids of rules; empty is every rule.
    pub rules: Vec<String>,
    /// The severities it speaks of; empty is every one.
    pub severities: Vec<Severity>,
    /// Where; empty is everywhere.
    pub paths: Globs,
    /// The mode for these findings.
    pub mode: Option<Mode>,
    /// The least severity that blocks among them.
    pub block_on: Option<Severity>,
}

/// A `[[gate.ratchet]]` entry: from a day or from a count on, a lower severity blocks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Ratchet {
    /// The least severity that then blocks.
    pub block_on: Severity,
    /// The first day.
    pub from: Option<Date>,
    /// As soon as one run has this many findings of at least that severity which nothing excuses; 1 or more.
    pub from_count: Option<u64>,
}

/// What a gate does with one finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stance {
    /// Whether what blocks, blocks.
    pub mode: Mode,
    /// The least severity that blocks.
    pub block_on: Severity,
}

impl Override {
    /// Whether it speaks of a finding of `rule` at the raw `path` (none: a message, the name of a reference).
    pub fn covers(&self, rule: &str, severity: Severity, path: Option<&[u8]>) -> bool {
        (self.rules.is_empty() || self.rules.iter().any(|id| id == rule))
            && (self.severities.is_empty() || self.severities.contains(&severity))
            && (self.paths.is_empty() || path.is_some_and(|path| self.paths.matches(path)))
    }

    /// Whether wherever it comes, nothing is stopped less than under `base` and `others`.
    fn only_tightens(&self, base: Stance, others: &[Setting<Self>]) -> bool {
        self.mode != Some(Mode::Audit) && self.blocks_no_less(base, others)
    }

    /// Whether its severity is none, or as low as any that `base` or `others` set.
    pub(super) fn blocks_no_less(&self, base: Stance, others: &[Setting<Self>]) -> bool {
        let strictest = others.iter().filter_map(|other| other.value.block_on).fold(base.block_on, Severity::min);
        self.block_on.is_none_or(|level| level <= strictest)
    }

    /// Whether without it nothing is stopped less, where `base` and `others` are what is left.
    fn only_loosens(&self, base: Stance, others: &[Setting<Self>]) -> bool {
        let laxest = others.iter().filter_map(|other| other.value.block_on).fold(base.block_on, Severity::max);
        self.mode != Some(Mode::Enforce) && self.block_on.is_none_or(|level| level >= laxest)
    }
}

impl Ratchet {
    /// Whether it blocks whatever `other` blocks.
    fn reaches(&self, other: &Self) -> bool {
        let as_early = match (self.from, other.from) {
            (Some(own), Some(other)) => own <= other,
            (own, other) => own.is_none() && other.is_none(),
        };
        let as_few = match (self.from_count, other.from_count) {
            (Some(own), Some(other)) => own <= other,
            (own, other) => own.is_none() && other.is_none(),
        };
        as_early && as_few && self.block_on <= other.block_on
    }
}

/// Whether `new` may stop less than `old`. Each side's stance is that of findings no entry speaks of. What cannot be
/// told is weaker.
pub(super) fn weaker(new: (&[Setting<Override>], Stance), old: (&[Setting<Override>], Stance)) -> bool {
    let common = |from: &[Setting<Override>], other: &[Setting<Override>]| -> Vec<Override> {
        let both = |entry: &&Setting<Override>| other.iter().any(|one| one.value == entry.value);
        from.iter().filter(both).map(|entry| entry.value.clone()).collect()
    };
    let added = new.0.iter().filter(|entry| !old.0.iter().any(|one| one.value == entry.value));
    let gone = old.0.iter().filter(|entry| !new.0.iter().any(|one| one.value == entry.value));
    !(common(new.0, old.0) == common(old.0, new.0)
        && added.into_iter().all(|entry| entry.value.only_tightens(old.1, old.0))
        && gone.into_iter().all(|entry| entry.value.only_loosens(new.1, new.0)))
}

/// Whether some step of `old` has none in `new` that reaches as far.
pub(super) fn slower(new: &[Setting<Ratchet>], old: &[Setting<Ratchet>]) -> bool {
    !old.iter().all(|one| new.iter().any(|two| two.value.reaches(&one.value)))
}

pub(super) fn read_override(mut part: Section<'_>, faults: &mut Faults) -> Option<Override> {
    let before = faults.count();
    let rules = part.texts("rules", faults);
    let severities = part.words("severities", &SEVERITIES, faults);
    let written = part.texts("paths", faults);
    let mode = part.word("mode", &MODES, faults);
    let block_on = part.word("block-on", &SEVERITIES, faults);
    let says = faults.count() > before || mode.is_some() || block_on.is_some();
    let selects = [rules.as_ref().is_some_and(|list| !list.is_empty()), written.is_some(), severities.is_some()];
    let span = part.span();
    part.finish(faults);
    let some_paths = written.as_ref().is_none_or(|list| !list.is_empty());
    let paths = globs(written.unwrap_or_default(), faults)?;
    if !selects.contains(&true) && faults.count() == before {
        let hint = Some("what is for every finding stands under [gate]".to_owned());
        faults.add(span.clone(), "[[gate.override]] needs `rules`, `severities` or `paths`", hint);
    } else if !some_paths || severities.as_ref().is_some_and(Vec::is_empty) {
        faults.add(span.clone(), "[[gate.override]] has an empty list", Some("leave it out".to_owned()));
    }
    if !says {
        faults.add(span, "[[gate.override]] needs `mode`, `block-on` or both", None);
    }
    Some(Override { rules: plain(rules), severities: severities.unwrap_or_default(), paths, mode, block_on })
}

pub(super) fn read_ratchet(mut part: Section<'_>, faults: &mut Faults) -> Option<Ratchet> {
    let before = faults.count();
    let block_on = part.word("block-on", &SEVERITIES, faults);
    let from = part.date("from", faults);
    let from_count = part.count("from-count", faults);
    let span = part.span();
    let told = faults.count() > before;
    part.finish(faults);
    if from_count == Some(0) {
        faults.add(span.clone(), "`gate.ratchet.from-count` takes 1 or more", None);
    }
    if !told && (block_on.is_none() || (from.is_none() && from_count.is_none())) {
        let hint = Some("such as block-on = \"medium\" with from = 2027-01-01".to_owned());
        faults.add(span, "[[gate.ratchet]] needs `block-on`, and `from`, `from-count` or both", hint);
    }
    Some(Ratchet { block_on: block_on?, from, from_count })
}

#[cfg(test)]
mod tests;
