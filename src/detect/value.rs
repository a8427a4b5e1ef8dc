//! What a value must be like to pass for a secret: entropy, digits, words, placeholders, checksum.

use super::checksum::{self, Proof};
use super::generic;
use super::made_up::{MadeUp, made_up};
use super::matched::Match;
use super::password::{self, Strength};
use super::published::published;
use super::regexes::{Broken, Expression, input};
use crate::rule::{AppliesTo, Confidence, Kind, Rule, Severity, Shape};

/// Bytes before and behind a secret that are looked at to tell whether it is a piece of encoded data.
pub(super) const FAR: usize = 200;

/// Why a value of the right shape counts less.
const TYPED: &str = "looks typed by hand: a sequence";

/// A rule's checks with their expressions.
#[derive(Debug)]
pub(super) struct Checks {
    allow: Vec<Expression>,
    least_entropy: f32,
}

/// What the checks make of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Assessed {
    pub(super) confidence: Confidence,
    pub(super) severity: Severity,
    pub(super) note: Option<&'static str>,
    /// It only shows where a secret goes.
    pub(super) placeholder: bool,
}

impl Checks {
    pub(super) fn new(rule: &Rule) -> Self {
        let allow = rule.allow.iter().map(Expression::new).collect();
        Self { allow, least_entropy: rule.entropy.unwrap_or(0) as f32 / 100.0 }
    }

    /// Whether the rule knows the value from documentation, or its provider publishes it.
    pub(super) fn known(&self, rule: &Rule, text: &[u8], found: &Match) -> Result<bool, Broken> {
        let secret = text.get(found.secret.clone()).unwrap_or_default();
        if matches!(rule.shape, Shape::Pattern(_)) && rule.kind == Kind::Token && published(secret) {
            return Ok(true);
        }
        for allow in &self.allow {
            if allow.is_in(input(secret, 0..secret.len(), false))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `None`: no secret. `shows`: the file is there to test or to show something.
    pub(super) fn assess(&self, rule: &Rule, text: &[u8], found: &Match, shows: bool) -> Option<Assessed> {
        let secret = text.get(found.secret.clone())?;
        let (confidence, severity) = (rule.confidence, rule.severity);
        let mut assessed = Assessed { confidence, severity, note: None, placeholder: false };
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
        if matches!(rule.shape, Shape::Pattern(_)) && rule.kind == Kind::Token && embedded(text, &found.secret) {
            return None;
        }
        let made_up = made_up(secret);
        // Of what was typed along the alphabet the counts tell nothing: they are there to tell words.
        let issued = matches!(rule.kind, Kind::Token | Kind::PrivateKey);
        let typed = matches!(made_up, Some(MadeUp::Sequence | MadeUp::Sequences)) && issued;
        let context = text.get(found.span.start..).unwrap_or_default();
        if !typed && !self.random(rule, secret) || says_otherwise(rule, secret) || is_name(rule, context, secret) {
            return None;
        }
        if rule.applies_to == AppliesTo::Path {
            if shows {
                assessed.confidence = assessed.confidence.min(Confidence::Medium);
            }
            return Some(assessed);
        }
        if chosen(rule) {
            let behind = text.get(found.secret.end..).unwrap_or_default();
            let strength = password::strength(&password_in(rule, secret));
            let reserved = password::at_reserved_host(behind);
            assessed.confidence = most_of_password(strength, reserved, shows)(assessed.confidence);
            assessed.placeholder = strength == Strength::Everybodys;
        }
        if rule.kind == Kind::PrivateKey
            && (shows || generic::documents(generic::line_before(text, found.secret.start, FAR)))
        {
            assessed.confidence = assessed.confidence.min(Confidence::Medium);
        }
        if typed {
            assessed.confidence = assessed.confidence.min(Confidence::Medium);
            assessed.severity = assessed.severity.min(Severity::Medium);
            assessed.note = Some(TYPED);
        } else if matches!(made_up, Some(MadeUp::Placeholder | MadeUp::Sequence)) || flawed(rule, secret) {
            assessed.confidence = Confidence::Low;
            assessed.placeholder = true;
        }
        Some(assessed)
    }

    fn random(&self, rule: &Rule, secret: &[u8]) -> bool {
        let digits = secret.iter().filter(|b| b.is_ascii_digit()).count();
        let mut seen = [false; 256];
        secret.iter().for_each(|&b| seen[usize::from(b)] = true);
        let distinct = seen.iter().filter(|&&seen| seen).count();
        digits >= rule.min_digits.unwrap_or(0) as usize
            && distinct >= rule.min_distinct.unwrap_or(0) as usize
            && (rule.entropy.is_none() || entropy::shannon_entropy(secret) >= self.least_entropy)
    }
}

/// Whether the value is nearly hexadecimal, and so mistyped.
fn flawed(rule: &Rule, secret: &[u8]) -> bool {
    matches!(rule.shape, Shape::Assigned(_)) && generic::flawed(secret)
}

/// Whether the value holds a word that values of the rule do not.
fn says_otherwise(rule: &Rule, secret: &[u8]) -> bool {
    rule.not_words.iter().any(|word| generic::holds(secret, word))
}

/// Whether the secret is a piece of encoded data, such as a picture in a page: its neighbour is a sign that base64 has
/// and tokens have not, in a run of that alphabet far longer than any path.
fn embedded(text: &[u8], secret: &std::ops::Range<usize>) -> bool {
    let inside = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let before = text.get(..secret.start).unwrap_or_default();
    let behind = text.get(secret.end..).unwrap_or_default();
    let touches = matches!(before.last(), Some(b'+' | b'/')) || matches!(behind.first(), Some(b'+' | b'/'));
    touches && {
        let left = before.iter().rev().take(FAR).take_while(|b| inside(b)).count();
        left + behind.iter().take(FAR).take_while(|b| inside(b)).count() >= FAR
    }
}

/// Whether an assigned value is itself a name, of what the context word names or of anything else:
/// `"acme_api", "acmesecretkey"`.
fn is_name(rule: &Rule, context: &[u8], secret: &[u8]) -> bool {
    const BEGINNING: usize = 5;
    const ENDINGS: [&[u8]; 6] = [b"key", b"token", b"secret", b"password", b"passwd", b"name"];
    if !matches!(rule.shape, Shape::Assigned(_)) || !secret.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let lower = secret.to_ascii_lowercase();
    let word = context.get(..BEGINNING).filter(|word| word.iter().all(u8::is_ascii_alphabetic));
    let echoes = word.is_some_and(|word| generic::holds(secret, word.to_ascii_lowercase()));
    let ends = ENDINGS.iter().any(|ending| lower.ends_with(ending));
    echoes || ends || generic::covered(&lower) * 10 >= lower.len() * 7
}

/// Whether a person chose the value.
fn chosen(rule: &Rule) -> bool {
    rule.kind == Kind::Connection || rule.kind == Kind::Password && matches!(rule.shape, Shape::Pattern(_))
}

fn password_in(rule: &Rule, secret: &[u8]) -> Vec<u8> {
    let password = match &rule.checksum {
        Some(sum) if sum.kind == checksum::BASIC => checksum::password_of_basic(secret),
        _ => checksum::password_of_connection(secret),
    };
    password.unwrap_or_else(|| secret.to_vec())
}

/// What a password leaves of a confidence.
fn most_of_password(strength: Strength, reserved: bool, shows: bool) -> fn(Confidence) -> Confidence {
    match strength {
        Strength::Everybodys => |_| Confidence::Low,
        Strength::Plain if reserved || shows => |_| Confidence::Low,
        Strength::Plain => Confidence::demoted,
        Strength::Fair if reserved => Confidence::demoted,
        Strength::Fair if shows => |confidence| confidence.min(Confidence::Medium),
        Strength::Fair => |confidence| confidence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_a_long_base64_run_is_embedded_and_a_part_of_a_path_is_not() {
        let picture = format!("data:{}+EAAtoken/{}", "iVBORw0KGgo".repeat(20), "Rw0".repeat(9));
        let at = picture.find("EAA").expect("there");
        assert!(embedded(picture.as_bytes(), &(at..at + 8)));
        assert!(!embedded(b"https://acme.io/hooks/EAAtoken/x", &(22..30)));
    }
}
