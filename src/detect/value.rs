//! What a value must be like to pass for a secret: entropy, digits, words, placeholders, checksum.

use super::checksum::{self, Proof};
use super::matcher::Match;
use super::regexes::{compile, input};
use crate::rule::{Confidence, Rule, Severity};
use regex_automata::meta::{BuildError, Regex};

/// Words of people who show where a secret goes. No random value holds one by chance.
const PLACEHOLDERS: [&[u8]; 14] = [
    b"example",
    b"placeholder",
    b"redacted",
    b"changeme",
    b"change_me",
    b"change-me",
    b"xxxxxx",
    b"your_",
    b"your-",
    b"yourkey",
    b"yourtoken",
    b"insert_",
    b"replace",
    b"_here",
];
/// From this share of neighbours that are equal or follow each other on, a value was typed by hand.
const SEQUENCE: f64 = 0.7;

/// A rule's checks with their expressions compiled.
#[derive(Debug)]
pub(super) struct Checks {
    allow: Vec<Regex>,
    least_entropy: f32,
}

/// What the checks make of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Assessed {
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) note: Option<&'static str>,
}

impl Checks {
    pub(super) fn new(rule: &Rule) -> Result<Self, Box<BuildError>> {
        let allow = rule.allow.iter().map(|pattern| compile(pattern)).collect::<Result<_, _>>()?;
        Ok(Self { allow, least_entropy: rule.entropy.unwrap_or(0) as f32 / 100.0 })
    }

    /// `None`: no secret.
    pub(super) fn assess(&self, rule: &Rule, text: &[u8], found: &Match) -> Option<Assessed> {
        let secret = text.get(found.secret.clone())?;
        if self.allow.iter().any(|allow| allow.is_match(input(secret, 0..secret.len(), false))) {
            return None;
        }
        let mut assessed = Assessed { confidence: rule.confidence, severity: rule.severity, note: None };
        if let Some(sum) = &rule.checksum {
            let part = |range: &Option<std::ops::Range<usize>>| range.clone().and_then(|range| text.get(range));
            let checked = checksum::check(&sum.kind, secret, part(&found.over), part(&found.equals));
            assessed.note = checked.note;
            assessed.severity = checked.severity.unwrap_or(assessed.severity);
            match checked.proof {
                Proof::Passes => {
                    assessed.confidence = Confidence::Certain;
                    return Some(assessed);
                }
                Proof::Fails => assessed.confidence = assessed.confidence.demoted(),
                Proof::Plausible => {}
            }
            if let Some(least) = checked.confidence {
                assessed.confidence = assessed.confidence.min(least);
            }
        }
        if !self.plausible(rule, secret) {
            return None;
        }
        if placeholder(secret) {
            assessed.confidence = Confidence::Low;
        }
        Some(assessed)
    }

    fn plausible(&self, rule: &Rule, secret: &[u8]) -> bool {
        let digits = secret.iter().filter(|b| b.is_ascii_digit()).count();
        let mut seen = [false; 256];
        secret.iter().for_each(|&b| seen[usize::from(b)] = true);
        let distinct = seen.iter().filter(|&&seen| seen).count();
        digits >= rule.min_digits.unwrap_or(0) as usize
            && distinct >= rule.min_distinct.unwrap_or(0) as usize
            && (rule.entropy.is_none() || entropy::shannon_entropy(secret) >= self.least_entropy)
            && !rule.not_words.iter().any(|word| holds(secret, word.as_bytes()))
    }
}

/// Whether the value only shows where a secret goes.
fn placeholder(secret: &[u8]) -> bool {
    let pairs = secret.len().saturating_sub(1).max(1);
    let steps = secret.windows(2).filter(|pair| matches!(pair, [a, b] if a.abs_diff(*b) <= 1)).count();
    steps as f64 / pairs as f64 >= SEQUENCE || PLACEHOLDERS.iter().any(|word| holds(secret, word))
}

/// Whether `text` holds `word` (lower case) in any ASCII case.
fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len().max(1)).any(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_typed_values_are_placeholders_and_random_ones_are_not() {
        assert!(placeholder(b"abcdefghijklmnopqrstuvwxyz012345"));
        assert!(placeholder(b"AKIAIOSFODNN7EXAMPLE"));
        assert!(placeholder(b"00000000000000000000"));
        assert!(!placeholder(b"9f86d081884c7d659a2feaa0c55ad015"));
        assert!(!placeholder(b"Zq3vT8mB1xK5nW7cR2jL"));
    }
}
