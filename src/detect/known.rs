//! Signs that a rule knows what a generic value ought to look like: it begins as that provider's tokens do, or its
//! name is the provider's. Where the rule did not take the value, it is no such token: cut, made up, or another thing.

use super::generic::Generic;
use crate::rule::{Confidence, Rule, Severity, Shape};
use std::ops::Range;

/// A keyword that is not the beginning of tokens alone is at least so long.
const LEAST: usize = 4;

/// Occurrences of rules' keywords, by what they tell.
#[derive(Default)]
pub(super) struct Signs {
    beginnings: Vec<usize>,
    names: Vec<Range<usize>>,
}

impl Signs {
    /// Takes note of a rule's keyword at `place`.
    pub(super) fn note(&mut self, rule: &Rule, text: &[u8], place: &Range<usize>) {
        let least = std::env::var("LEAST").ok().and_then(|v| v.parse().ok()).unwrap_or(LEAST);
        if place.len() < least || rule.severity <= Severity::Low {
            return;
        }
        match rule.shape {
            Shape::Pattern(_) => {
                let last = place.end.checked_sub(1).and_then(|at| text.get(at));
                if matches!(last, Some(b'_' | b'-' | b'.')) {
                    self.beginnings.push(place.start);
                }
            }
            Shape::Assigned(_) => self.names.push(place.clone()),
            Shape::Generic(_) => {}
        }
    }

    /// What they leave of a generic value's confidence.
    pub(super) fn judge(&self, text: &[u8], generic: &Generic) -> Confidence {
        if self.beginnings.contains(&generic.value.start) && std::env::var("P2").is_err() {
            return Confidence::Low;
        }
        let before = text.get(generic.span.start..generic.value.start).unwrap_or_default();
        let _ = before;
        let line = memchr::memrchr(b'\n', text.get(..generic.value.start).unwrap_or_default()).map_or(0, |at| at + 1);
        let mode = std::env::var("P1").unwrap_or_default();
        let from = if mode.contains("line") { line } else { generic.span.start };
        let named = self.names.iter().any(|name| from <= name.start && name.end <= generic.value.start);
        if named && mode.contains("low") {
            Confidence::Low
        } else if named && mode.contains("dem") {
            generic.confidence.demoted()
        } else {
            generic.confidence
        }
    }
}
