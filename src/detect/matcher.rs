//! Runs one rule's expression at one occurrence of its keyword.

use super::assigned;
use super::matched::Match;
use super::regexes::{compile, input};
use crate::rule::{Reach, Rule, Severity, Shape};
use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::captures::Captures;
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
        Ok(Some(Self::Pattern { leads: leads(pattern, &rule.keywords), regex, reach: rule.reach, groups }))
    }

    /// Pushes the matches that hold the keyword at `hit`.
    pub(super) fn at(&self, text: &[u8], hit: Range<usize>, found: &mut Vec<Match>) {
        match self {
            Self::Assigned(matcher) => matcher.at(text, hit, found),
            Self::Pattern { regex, leads, reach, groups } => {
                let end = hit.end + reach.after as usize;
                let start = if *leads { hit.start } else { hit.start.saturating_sub(reach.before as usize) };
                let window = input(text, start..end, *leads);
                // Nearly every look ends here, so that it is made without captures first.
                if regex.search_half(&window).is_none() {
                    return;
                }
                let mut captures = regex.create_captures();
                if *leads {
                    regex.search_captures(&window, &mut captures);
                    found.extend(to_match(&captures, groups));
                } else {
                    search(regex, text, start..end, &hit, groups, &mut captures, found);
                }
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
        assert!(!leads(r"(?:^|x)(?P<secret>ghp_[0-9a-z]{4})\b", &["ghp_".to_owned()]));
    }
}
