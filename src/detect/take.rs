//! From where an expression matches to what is taken from the match.

use super::matched::Match;
use super::regexes::{Broken, Expression};
use crate::rule::Rule;
use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;
use regex_syntax::hir::{Hir, HirKind};
use std::ops::Range;

/// How the groups of a match are told.
#[derive(Debug)]
pub(super) enum Groups {
    /// The secret begins and ends so many bytes from the ends of the match, and no other group is asked for: the match
    /// alone tells it. Groups of long matches are dear.
    Fixed(usize, usize),
    /// By their names: what a checksum is over and equals, beside the secret.
    Named(Option<String>, Option<String>),
}

impl Groups {
    /// Those of a rule's expression.
    pub(super) fn of(rule: &Rule, hir: &Hir) -> Self {
        let sum = rule.checksum.as_ref();
        let (over, equals) = (sum.and_then(|sum| sum.over.clone()), sum.and_then(|sum| sum.equals.clone()));
        match secret(hir) {
            Some((before, behind)) if over.is_none() && equals.is_none() => Self::Fixed(before, behind),
            _ => Self::Named(over, equals),
        }
    }

    /// The match at `span`, if the match alone tells the groups and its secret is not empty.
    fn fixed(span: Range<usize>, before: usize, behind: usize) -> Option<Match> {
        let secret = span.start + before..span.end.saturating_sub(behind);
        let taken = Match { span, secret, over: None, equals: None, close: true };
        Some(taken).filter(|taken| !taken.secret.is_empty())
    }

    /// The match that ends at `end` of an anchored search.
    pub(super) fn take_anchored(
        &self,
        regex: &Expression,
        window: &Input<'_>,
        end: usize,
    ) -> Result<Option<Match>, Broken> {
        match self {
            Self::Fixed(before, behind) => Ok(Self::fixed(window.start()..end, *before, *behind)),
            Self::Named(..) => Ok(self.take(regex.ready()?, window).and_then(|(_, taken)| taken)),
        }
    }

    /// The first match of a search: where it is, and what is taken from it, if its secret is not empty.
    pub(super) fn take(&self, regex: &Regex, window: &Input<'_>) -> Option<(Range<usize>, Option<Match>)> {
        match self {
            Self::Fixed(before, behind) => {
                let span = regex.search(window)?.range();
                Some((span.clone(), Self::fixed(span, *before, *behind)))
            }
            Self::Named(over, equals) => {
                let mut captures = regex.create_captures();
                regex.search_captures(window, &mut captures);
                let span = captures.get_match()?.range();
                let taken = named(&captures, over.as_deref(), equals.as_deref());
                Some((span, taken))
            }
        }
    }
}

fn named(captures: &Captures, over: Option<&str>, equals: Option<&str>) -> Option<Match> {
    let span = captures.get_match()?.range();
    let group = |name: &str| captures.get_group_by_name(name).map(|group| group.start..group.end);
    let secret = group("secret").filter(|secret| !secret.is_empty())?;
    Some(Match { span, secret, over: over.and_then(group), equals: equals.and_then(group), close: true })
}

/// How many bytes lie before the group `secret` and behind it, if these are the same in every match.
fn secret(hir: &Hir) -> Option<(usize, usize)> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => Some((0, 0)),
        HirKind::Capture(capture) => secret(&capture.sub),
        HirKind::Concat(parts) => {
            let (at, (before, behind)) = parts.iter().enumerate().find_map(|(at, part)| Some((at, secret(part)?)))?;
            let (head, tail) = (parts.get(..at)?, parts.get(at + 1..)?);
            Some((length(head)? + before, length(tail)? + behind))
        }
        _ => None,
    }
}

fn length(parts: &[Hir]) -> Option<usize> {
    let one = |part: &Hir| {
        let bounds = (part.properties().minimum_len(), part.properties().maximum_len());
        bounds.0.filter(|_| bounds.0 == bounds.1)
    };
    parts.iter().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::super::regexes::parse;
    use super::*;

    #[test]
    fn a_secret_between_parts_of_fixed_length_is_told_by_the_match_alone() {
        let of = |pattern: &str| secret(&parse(pattern).unwrap());
        assert_eq!(of(r"\b(?P<secret>gh[ps]_[0-9a-z]{4,9})\b"), Some((0, 0)));
        assert_eq!(of(r"(?i:key)[= ](?:(?P<secret>[a-z]+)[;,])x"), Some((4, 2)));
        assert_eq!(of(r"key={1,2}(?P<secret>[a-z]+)"), None);
        assert_eq!(of(r"(?:a(?P<secret>[a-z]+)|b)"), None);
    }
}
