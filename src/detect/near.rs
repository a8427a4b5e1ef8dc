//! What must stand near a match: a second look once all matches of a text are known.

use super::regexes::{Broken, Expression, input};
use crate::rule::{IfMissing, Rule};
use std::ops::Range;

/// An id and its secret are a pair when they lie within so many lines.
const PAIR_LINES: u32 = 12;
/// Lines are looked at up to this many bytes away.
const FARTHEST: usize = 4096;

/// What a rule wants near.
#[derive(Debug)]
pub(super) struct Neighbours {
    regexes: Vec<Option<Expression>>,
}

/// What the neighbourhood makes of a match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Company {
    /// Nothing missing.
    Good,
    /// Something missing that lowers the confidence.
    Demoted,
    /// The other half of the pair is there.
    Paired,
    /// No finding.
    Dropped,
}

impl Neighbours {
    pub(super) fn new(rule: &Rule) -> Self {
        Self { regexes: rule.near.iter().map(|near| near.regex.as_deref().map(Expression::folded)).collect() }
    }

    /// Judges a match at `span`; `others` are the spans of all matches of a rule id in the same text.
    pub(super) fn judge<'s, S>(
        &self,
        rule: &Rule,
        text: &[u8],
        span: &Range<usize>,
        others: impl Fn(&str) -> S,
    ) -> Result<Company, Broken>
    where
        S: Iterator<Item = &'s Range<usize>>,
    {
        let mut company = Company::Good;
        for (near, regex) in rule.near.iter().zip(&self.regexes) {
            let around = around(text, span, near.within_lines);
            let there = match (regex, &near.rule) {
                (Some(regex), _) => regex.is_in(input(text, around, false))?,
                (None, Some(id)) => others(id).any(|other| overlaps(other, &around)),
                (None, None) => true,
            };
            match (there, near.if_missing) {
                (true, _) => {}
                (false, IfMissing::Drop) => return Ok(Company::Dropped),
                (false, IfMissing::Demote) => company = Company::Demoted,
            }
        }
        let around = around(text, span, PAIR_LINES);
        let paired = rule.components.iter().any(|id| others(id).any(|other| overlaps(other, &around)));
        Ok(if paired && company == Company::Good { Company::Paired } else { company })
    }
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// The lines of `span` and so many above and below.
fn around(text: &[u8], span: &Range<usize>, lines: u32) -> Range<usize> {
    let floor = span.start.saturating_sub(FARTHEST);
    let ceiling = (span.end + FARTHEST).min(text.len());
    let before = text.get(floor..span.start).unwrap_or_default();
    let behind = text.get(span.end..ceiling).unwrap_or_default();
    let start = memchr::memrchr_iter(b'\n', before).nth(lines as usize).map_or(floor, |at| floor + at + 1);
    let end = memchr::memchr_iter(b'\n', behind).nth(lines as usize).map_or(ceiling, |at| span.end + at);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_lines_are_the_same_line() {
        let text = b"one\ntwo three\nfour";
        assert_eq!(around(text, &(8..9), 0), 4..13);
        assert_eq!(around(text, &(8..9), 1), 0..18);
    }
}
