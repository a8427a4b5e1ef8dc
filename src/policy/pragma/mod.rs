//! Comments beside a secret that excuse it: our own, and those of the scanners that people come from.
//!
//! A comment counts on every line that the secret's place covers, one for the next line on the line above the first.
//! Only the content of files has comments: a message or the name of a file excuses nothing.

mod dialects;

#[cfg(test)]
mod tests;

use crate::config::Dialect;
use crate::text::Lines;
use std::borrow::Cow;
use std::ops::Range;

/// A comment that excuses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pragma {
    /// Whose form it has.
    pub dialect: Dialect,
    /// The reason behind it, raw, where there is one.
    pub reason: Option<String>,
}

/// Of a line longer than twice this many bytes only the two ends are searched: a comment stands at an end, and a
/// minified file of many findings is not searched whole for each.
const NEAR: usize = 4096;
/// The most lines of a place that are searched, from either end.
const MOST_LINES: usize = 256;

/// The first comment, in the order of [`Dialect::ALL`], that excuses a finding of `rule` at the byte range `place`.
/// `on` tells which dialects count.
pub fn find(lines: &Lines<'_>, place: &Range<usize>, rule: &str, on: impl Fn(Dialect) -> bool) -> Option<Pragma> {
    let nearby = Nearby::of(lines, place);
    let mut dialects = Dialect::ALL.into_iter().filter(|&dialect| on(dialect));
    dialects.find_map(|dialect| {
        let reason = dialects::excuses(dialect, &nearby, rule)?;
        Some(Pragma { dialect, reason: (!reason.is_empty()).then_some(reason) })
    })
}

/// The lines that a dialect looks at, without the NUL bytes of UTF-16.
struct Nearby<'a> {
    lines: &'a Lines<'a>,
    first: usize,
    last: usize,
    /// What the place covers.
    covered: Vec<Cow<'a, [u8]>>,
}

impl<'a> Nearby<'a> {
    fn of(lines: &'a Lines<'a>, place: &Range<usize>) -> Self {
        let first = lines.line_of(place.start);
        let last = lines.line_of(place.end.saturating_sub(1).max(place.start));
        let head = first..=last.min(first.saturating_add(MOST_LINES));
        let tail = last.saturating_sub(MOST_LINES).max(head.end().saturating_add(1))..=last;
        let covered = head.chain(tail).flat_map(|line| ends(lines.line(line))).collect();
        Self { lines, first, last, covered }
    }

    /// The line above the first one.
    fn above(&self) -> Vec<Cow<'a, [u8]>> {
        self.first.checked_sub(1).map(|line| self.line(line)).unwrap_or_default()
    }

    /// The line below the last one.
    fn below(&self) -> Vec<Cow<'a, [u8]>> {
        self.line(self.last.saturating_add(1))
    }

    fn line(&self, line: usize) -> Vec<Cow<'a, [u8]>> {
        ends(self.lines.line(line)).collect()
    }
}

/// A line, or the two ends of a long one.
fn ends(line: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let whole = line.len() <= 2 * NEAR;
    let head = if whole { line } else { line.get(..NEAR).unwrap_or(line) };
    let tail = if whole { None } else { line.get(line.len().saturating_sub(NEAR)..) };
    std::iter::once(head).chain(tail).map(text)
}

fn text(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(0, bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(bytes.iter().copied().filter(|&byte| byte != 0).collect())
}
