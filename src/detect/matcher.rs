//! Runs one rule's expression at one occurrence of its keyword.

use super::assigned;
use super::matched::Match;
use super::regexes::{compile, input};
use crate::rule::{Reach, Rule, Severity, Shape};
use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::captures::Captures;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::ops::Range;

/// A window holds at most so many matches that end before the keyword; more are not waited for.
const TRIES: usize = 64;

/// A rule's compiled expression.
#[derive(Debug)]
pub(super) enum Matcher {
    /// A pattern with a group `secret`.
    Pattern {
        regex: Regex,
        /// Every match begins with a keyword: the search is anchored there.
        leads: bool,
        /// No match holds a line feed: the window ends with the line.
        in_line: bool,
        /// A byte that every match holds and few lines do.
        needs: Option<u8>,
        reach: Reach,
        groups: [Option<usize>; 3],
    },
    /// The shape of an assigned value.
    Assigned(assigned::Matcher),
}

impl Matcher {
    /// Compiles a rule; `None` where the rule has no expression of its own.
    pub(super) fn new(rule: &Rule) -> Result<Option<Self>, Box<BuildError>> {
        let pattern = match &rule.shape {
            Shape::Assigned(value) => {
                return Ok(Some(Self::Assigned(assigned::Matcher::new(
                    value,
                    rule.reach,
                    rule.severity <= Severity::Low,
                )?)));
            }
            Shape::Pattern(pattern) => pattern,
            Shape::Generic(_) => return Ok(None),
        };
        let regex = compile(pattern)?;
        let index = |name: &str| regex.group_info().to_index(regex_automata::PatternID::ZERO, name);
        let checksum = rule.checksum.as_ref();
        let named = |name: Option<&String>| name.and_then(|name| index(name));
        let groups = [
            index("secret"),
            named(checksum.and_then(|c| c.over.as_ref())),
            named(checksum.and_then(|c| c.equals.as_ref())),
        ];
        let (in_line, needs) = bounds(pattern);
        let leads = leads(pattern, &rule.keywords);
        Ok(Some(Self::Pattern { leads, in_line, needs, regex, reach: rule.reach, groups }))
    }

    /// Pushes the matches that hold the keyword at `hit`. Gives the bytes that this depends on, which may end behind
    /// the text.
    pub(super) fn at(&self, text: &[u8], hit: Range<usize>, found: &mut Vec<Match>) -> Range<usize> {
        match self {
            Self::Assigned(matcher) => matcher.at(text, hit, found),
            Self::Pattern { regex, leads, in_line, needs, reach, groups } => {
                let mut end = (hit.end + reach.after as usize).min(text.len());
                let mut start = if *leads { hit.start } else { hit.start.saturating_sub(reach.before as usize) };
                if *in_line {
                    let behind = text.get(hit.end..end).unwrap_or_default();
                    end = memchr::memchr(b'\n', behind).map_or(end, |at| hit.end + at);
                    let before = text.get(start..hit.start).unwrap_or_default();
                    start = memchr::memrchr(b'\n', before).map_or(start, |at| start + at + 1);
                }
                // Assertions see the bytes around the window.
                let seen = start.saturating_sub(1)..end + 1;
                let whole = text.get(start..end).unwrap_or_default();
                if needs.is_some_and(|byte| memchr::memchr(byte, whole).is_none()) {
                    return seen;
                }
                let window = input(text, start..end, *leads);
                // Nearly every look ends here, so that it is made without captures first.
                if regex.search_half(&window).is_none() {
                    return seen;
                }
                let mut captures = regex.create_captures();
                if *leads {
                    regex.search_captures(&window, &mut captures);
                    found.extend(to_match(&captures, groups));
                } else {
                    search(regex, text, start..end, &hit, groups, &mut captures, found);
                }
                seen
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
    groups: &[Option<usize>; 3],
    captures: &mut Captures,
    found: &mut Vec<Match>,
) {
    for _ in 0..TRIES {
        regex.search_captures(&input(text, window.clone(), false), captures);
        let Some(m) = captures.get_match().filter(|m| m.start() <= hit.start) else { return };
        if m.end() >= hit.end {
            found.extend(to_match(captures, groups));
            return;
        }
        // A match that ends before the keyword may hide one that begins inside it and reaches the keyword.
        window.start = if m.end() > hit.start { m.start() + 1 } else { m.end().max(m.start() + 1) };
    }
}

fn to_match(captures: &Captures, groups: &[Option<usize>; 3]) -> Option<Match> {
    let whole = captures.get_match()?;
    let group = |at: usize| groups.get(at).copied().flatten().and_then(|index| captures.get_group(index));
    let range = |span: regex_automata::Span| span.start..span.end;
    let secret = range(group(0)?);
    if secret.is_empty() {
        return None;
    }
    Some(Match { span: whole.range(), secret, over: group(1).map(range), equals: group(2).map(range), close: true })
}

/// Whether no match of `pattern` holds a line feed, and a rare byte that every match holds.
fn bounds(pattern: &str) -> (bool, Option<u8>) {
    let parsed = regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(pattern);
    let Ok(hir) = parsed else { return (false, None) };
    (!may_hold(&hir, b'\n'), [b'@', b'='].into_iter().find(|&byte| must_hold(&hir, byte)))
}

fn may_hold(hir: &Hir, byte: u8) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.contains(&byte),
        HirKind::Class(Class::Bytes(class)) => class.ranges().iter().any(|r| r.start() <= byte && byte <= r.end()),
        HirKind::Class(Class::Unicode(_)) => true,
        HirKind::Repetition(repetition) => may_hold(&repetition.sub, byte),
        HirKind::Capture(capture) => may_hold(&capture.sub, byte),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| may_hold(part, byte)),
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

/// Whether every match of `pattern` begins with a keyword (after assertions, which take no bytes).
fn leads(pattern: &str, keywords: &[String]) -> bool {
    let parsed = regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(pattern);
    let Ok(hir) = parsed else { return false };
    let prefixes = regex_syntax::hir::literal::Extractor::new().extract(&hir);
    prefixes.literals().is_some_and(|literals| {
        !literals.is_empty()
            && literals.iter().all(|literal| {
                let bytes = literal.as_bytes().to_ascii_lowercase();
                keywords.iter().any(|word| bytes.starts_with(word.as_bytes()))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_leads_even_behind_an_assertion_and_inside_groups() {
        assert!(leads(r"\b(?P<secret>ghp_[0-9a-z]{4})\b", &["ghp_".to_owned()]));
        assert!(leads(r"(?P<secret>(?:AKIA|ASIA)[A-Z]{4})", &["akia".to_owned(), "asia".to_owned()]));
        assert_eq!(bounds(r"https://(?P<secret>[a-z]{4})@[a-z]{3}"), (true, Some(b'@')));
        assert_eq!(bounds(r"key\s{0,3}(?:=|:)(?P<secret>[a-z]{4})"), (false, None));
        assert!(!leads(r"(?:^|x)(?P<secret>ghp_[0-9a-z]{4})\b", &["ghp_".to_owned()]));
    }
}
