//! Generic values that begin as a provider's tokens do, though its rule did not take them: cut, made up, or redacted.

use crate::rule::{Rule, Shape};
use std::ops::Range;

/// Shorter beginnings are shared by many (`sk-`, `api_`, `live_`).
const LEAST: usize = 6;

/// Whether a rule's keyword at `place` is the beginning of its tokens.
pub(super) fn begins_token(rule: &Rule, text: &[u8], place: &Range<usize>) -> bool {
    let last = place.end.checked_sub(1).and_then(|at| text.get(at));
    let begins = matches!(rule.shape, Shape::Pattern(_)) && matches!(last, Some(b'_' | b'-' | b'.'));
    begins && place.len() >= LEAST
}
