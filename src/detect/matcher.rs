//! Runs one rule's expression at one occurrence of its keyword.

use super::assigned;
use super::matched::Match;
use super::opening::{self, Opening};
use super::regexes::{Broken, Expression, input, parse};
use super::stretch::{Stretch, alphabet};
use super::take::Groups;
use crate::rule::{Reach, Rule, Severity, Shape};
use regex_automata::meta::Regex;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};
use std::ops::Range;

/// A window holds at most so many matches that end before the keyword; more are not waited for.
const TRIES: usize = 64;
/// Repetitions at the beginning of a match that are compared with a keyword.
const LONGEST_PREFIX: usize = 32;

/// A rule's expression.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "each lies in a box of its own already, with all that is made of its rule"
)]
pub(super) enum Matcher {
    /// A pattern with a group `secret`.
    Pattern {
        regex: Expression,
        /// Every match begins with a keyword: the search is anchored there, if a match can begin so.
        leads: Option<Opening>,
        /// No match holds a line feed: the window ends with the line.
        in_line: bool,
        /// A byte that every match holds and few lines do.
        needs: Option<u8>,
        /// What its secret is at the least.
        secret: Option<Stretch>,
        reach: Reach,
        groups: Groups,
    },
    /// The shape of an assigned value.
    Assigned(assigned::Matcher),
}

impl Matcher {
    /// Reads a rule; `None` where it has no expression of its own.
    pub(super) fn new(rule: &Rule) -> Option<Self> {
        let pattern = match &rule.shape {
            Shape::Assigned(value) => {
                let publishable = rule.severity <= Severity::Low;
                return Some(Self::Assigned(assigned::Matcher::new(value, rule.reach, publishable)));
            }
            Shape::Pattern(pattern) => pattern,
            Shape::Generic(_) => return None,
        };
        let hir = parse(pattern).unwrap_or_else(Hir::fail);
        let leads = leads(&hir, &rule.keywords).then(|| Opening::of(&hir));
        let regex = if leads.is_some() { Expression::new(pattern) } else { Expression::sought(pattern) };
        Some(Self::Pattern {
            leads,
            in_line: !alphabet(&hir).holds(b'\n'),
            needs: [b'@', b'=', b':'].into_iter().find(|&byte| must_hold(&hir, byte)),
            secret: Stretch::of_secret(&hir),
            groups: Groups::of(rule, &hir),
            regex,
            reach: rule.reach,
        })
    }

    /// Pushes the matches that hold the keyword at `hit`. Gives the bytes that this depends on, which may end behind
    /// the text.
    pub(super) fn at(&self, text: &[u8], hit: Range<usize>, found: &mut Vec<Match>) -> Result<Range<usize>, Broken> {
        match self {
            Self::Assigned(matcher) => matcher.at(text, hit, found),
            Self::Pattern { regex, leads, in_line, needs, secret, reach, groups } => {
                if leads.as_ref().is_some_and(|opening| !opening.admits(text, hit.start)) {
                    return Ok(hit.start.saturating_sub(1)..hit.start + opening::LOOKED_AT);
                }
                let leads = leads.is_some();
                let mut end = (hit.end + reach.after as usize).min(text.len());
                let mut start = if leads { hit.start } else { hit.start.saturating_sub(reach.before as usize) };
                if *in_line {
                    let behind = text.get(hit.end..end).unwrap_or_default();
                    end = memchr::memchr(b'\n', behind).map_or(end, |at| hit.end + at);
                    let before = text.get(start..hit.start).unwrap_or_default();
                    start = memchr::memrchr(b'\n', before).map_or(start, |at| start + at + 1);
                }
                // Assertions see the bytes around the window.
                let seen = start.saturating_sub(1)..end + 1;
                let whole = text.get(start..end).unwrap_or_default();
                if needs.is_some_and(|byte| memchr::memchr(byte, whole).is_none())
                    || secret.is_some_and(|secret| !secret.within(whole))
                {
                    return Ok(seen);
                }
                let window = input(text, start..end, leads);
                // Nearly every look ends here, so that it is made for the end alone first.
                let Some(first) = regex.end(&window)? else { return Ok(seen) };
                if leads {
                    found.extend(groups.take_anchored(regex, &window, first)?);
                } else {
                    search(regex.ready()?, text, start..end, &hit, groups, found);
                }
                Ok(seen)
            }
        }
    }
}

/// Looks for matches that cover `hit`, going over those that end before it.
fn search(
    regex: &Regex,
    text: &[u8],
    mut window: Range<usize>,
    hit: &Range<usize>,
    groups: &Groups,
    found: &mut Vec<Match>,
) {
    for _ in 0..TRIES {
        let taken = groups.take(regex, &input(text, window.clone(), false));
        let Some((span, taken)) = taken.filter(|(span, _)| span.start <= hit.start) else { return };
        if span.end >= hit.end {
            found.extend(taken);
            return;
        }
        // A match that ends before the keyword may hide one that begins inside it and reaches the keyword.
        window.start = if span.end > hit.start { span.start + 1 } else { span.end.max(span.start + 1) };
    }
}

fn must_hold(hir: &Hir, byte: u8) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&byte),
        HirKind::Repetition(repetition) => repetition.min > 0 && must_hold(&repetition.sub, byte),
        HirKind::Capture(capture) => must_hold(&capture.sub, byte),
        HirKind::Concat(parts) => parts.iter().any(|part| must_hold(part, byte)),
        HirKind::Alternation(parts) => !parts.is_empty() && parts.iter().all(|part| must_hold(part, byte)),
    }
}

/// Whether every match begins with a keyword (after assertions, which take no bytes).
fn leads(hir: &Hir, keywords: &[String]) -> bool {
    let prefixes = Extractor::new().limit_repeat(LONGEST_PREFIX).extract(&lower(hir));
    prefixes.literals().is_some_and(|literals| {
        let led = |literal: &[u8]| keywords.iter().any(|word| literal.starts_with(word.as_bytes()));
        !literals.is_empty() && literals.iter().all(|literal| led(literal.as_bytes()))
    })
}

/// The same with lower-case letters for all letters, so that what ignores case has few beginnings.
fn lower(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Unicode(_)) => hir.clone(),
        HirKind::Literal(literal) => Hir::literal(literal.0.to_ascii_lowercase()),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            let small = bytes.map(|byte| byte.to_ascii_lowercase()).map(|byte| ClassBytesRange::new(byte, byte));
            Hir::class(Class::Bytes(ClassBytes::new(small)))
        }
        HirKind::Capture(capture) => lower(&capture.sub),
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(lower(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(lower).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(lower).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led(pattern: &str, keywords: &[&str]) -> bool {
        leads(&parse(pattern).unwrap(), &keywords.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_prefix_leads_even_behind_an_assertion_and_inside_groups() {
        assert!(led(r"\b(?P<secret>ghp_[0-9a-z]{4})\b", &["ghp_"]));
        assert!(led(r"(?P<secret>(?:AKIA|ASIA)[A-Z]{4})", &["akia", "asia"]));
        assert!(led(r"(?i:(?:https?|wss?|webdavs?))://x", &["http://", "https://", "ws://", "wss://", "webdav"]));
        assert!(!led(r"(?:^|x)(?P<secret>ghp_[0-9a-z]{4})\b", &["ghp_"]));
        assert!(!led(r"(?i:https?)://x", &["https://"]));
        assert!(led(r"\bA{12,14}[a-z]{9}", &["aaaaaaaaaaaa"]));
    }

    #[test]
    fn what_every_match_holds_and_none_does() {
        let hir = parse(r"https://(?P<secret>[a-z]{4})@[a-z]{3}").unwrap();
        assert!(!alphabet(&hir).holds(b'\n') && must_hold(&hir, b'@') && !must_hold(&hir, b'='));
        let hir = parse(r"key\s{0,3}(?:=|:)(?P<secret>[a-z]{4})").unwrap();
        assert!(alphabet(&hir).holds(b'\n') && !must_hold(&hir, b'='));
    }
}
