//! Generic values that begin as a provider's tokens do, though its rule did not take them: cut, made up, or redacted.

use super::generic::Generic;
use crate::rule::{Confidence, Rule, Shape};
use std::ops::Range;

/// Shorter beginnings are shared by many (`sk-`, `api_`, `live_`).
const LEAST: usize = 6;

/// Where the beginnings of providers' tokens stand in a text.
#[derive(Default)]
pub(super) struct Beginnings(Vec<usize>);

impl Beginnings {
    /// Takes note of a rule's keyword at `place`.
    pub(super) fn note(&mut self, rule: &Rule, text: &[u8], place: &Range<usize>) {
        let last = place.end.checked_sub(1).and_then(|at| text.get(at));
        let begins = matches!(rule.shape, Shape::Pattern(_)) && matches!(last, Some(b'_' | b'-' | b'.'));
        if begins && place.len() >= LEAST {
            self.0.push(place.start);
        }
    }

    /// What they leave of a generic value's confidence.
    pub(super) fn judge(&self, generic: &Generic) -> Confidence {
        if self.0.contains(&generic.value.start) { Confidence::Low } else { generic.confidence }
    }
}
