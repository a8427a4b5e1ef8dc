//! Made-up texts of a rule's shape, for trying the rule: they are as random as the shape allows, and secret nowhere.

use super::load::parse;
use super::model::Shape;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use std::ops::Range;

/// A repetition without a bound is tried up to this many times beyond its least number.
const MORE: u32 = 24;
/// One repetition in this many takes its least number, and as many its largest.
const EXTREMES: u64 = 4;
/// What a class is drawn from, if it holds any of it.
const PRINTABLE: std::ops::RangeInclusive<u8> = b'!'..=b'~';

/// A text that a shape describes, save for what it asks of its surroundings (`\b` and the like).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sample {
    /// The whole match.
    pub text: Vec<u8>,
    /// The bytes of the group `secret` in it; all of it for a shape without groups.
    pub secret: Range<usize>,
}

/// Draws samples of one shape. The same seed gives the same samples.
#[derive(Debug)]
pub struct Sampler {
    shape: Hir,
    random: Random,
}

impl Sampler {
    /// `None` for a shape that no expression describes.
    pub fn new(shape: &Shape, seed: u64) -> Option<Self> {
        let pattern = match shape {
            Shape::Pattern(pattern) => pattern,
            Shape::Assigned(value) => value,
            Shape::Generic(_) => return None,
        };
        Some(Self { shape: parse(pattern).ok()?, random: Random(seed) })
    }

    /// Another sample.
    pub fn draw(&mut self) -> Sample {
        let mut drawing = Drawing { text: Vec::new(), secret: None, random: &mut self.random, plain: false };
        drawing.draw(&self.shape);
        drawing.into_sample()
    }

    /// The sample with the fewest different bytes: of each class the same byte wherever it can be, repetitions at
    /// their least.
    pub fn plainest(&mut self) -> Sample {
        let mut drawing = Drawing { text: Vec::new(), secret: None, random: &mut self.random, plain: true };
        drawing.draw(&self.shape);
        drawing.into_sample()
    }

    /// How long the secret is, in bytes, if all secrets of the shape are of one length.
    pub fn fixed_length(&self) -> Option<usize> {
        let secret = group(&self.shape).unwrap_or(&self.shape);
        let properties = secret.properties();
        properties.minimum_len().filter(|least| properties.maximum_len() == Some(*least))
    }
}

/// The group `secret`.
fn group(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => Some(&capture.sub),
        HirKind::Capture(capture) => group(&capture.sub),
        HirKind::Repetition(repetition) => group(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(group),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

struct Drawing<'r> {
    text: Vec<u8>,
    secret: Option<Range<usize>>,
    random: &'r mut Random,
    plain: bool,
}

impl Drawing<'_> {
    fn draw(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.text.extend_from_slice(&literal.0),
            HirKind::Class(class) => {
                let member = self.member(class);
                self.text.extend(member);
            }
            HirKind::Repetition(repetition) => (0..self.times(repetition)).for_each(|_| self.draw(&repetition.sub)),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.draw(part)),
            HirKind::Alternation(parts) => {
                let which = if self.plain { 0 } else { self.random.below(parts.len() as u64) as usize };
                parts.get(which).into_iter().for_each(|part| self.draw(part));
            }
            HirKind::Capture(capture) => {
                let start = self.text.len();
                self.draw(&capture.sub);
                if capture.name.as_deref() == Some("secret") {
                    self.secret = Some(start..self.text.len());
                }
            }
        }
    }

    fn times(&mut self, repetition: &Repetition) -> u32 {
        let least = repetition.min;
        let most = repetition.max.unwrap_or(least.saturating_add(MORE)).min(least.saturating_add(4096));
        match if self.plain { 0 } else { self.random.below(EXTREMES) } {
            0 => least,
            1 => most,
            _ => least + self.random.below(u64::from(most - least) + 1) as u32,
        }
    }

    /// A byte of the class, printable if one is.
    fn member(&mut self, class: &Class) -> Option<u8> {
        let all: Vec<u8> = match class {
            Class::Bytes(class) => class.ranges().iter().flat_map(|range| range.start()..=range.end()).collect(),
            Class::Unicode(class) => {
                let ascii = class.ranges().iter().filter(|range| range.start().is_ascii());
                ascii.flat_map(|range| range.start() as u8..=range.end().min('\x7f') as u8).collect()
            }
        };
        let printable: Vec<u8> = all.iter().copied().filter(|byte| PRINTABLE.contains(byte)).collect();
        let choice = if printable.is_empty() { all } else { printable };
        let which = if self.plain { 0 } else { self.random.below(choice.len() as u64) as usize };
        choice.get(which).copied()
    }

    fn into_sample(self) -> Sample {
        let secret = self.secret.unwrap_or(0..self.text.len());
        Sample { text: self.text, secret }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere.
#[derive(Debug)]
struct Random(u64);

impl Random {
    /// A number below `bound`; 0 if there is none.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).checked_rem(bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(pattern: &str) -> Sampler {
        Sampler::new(&Shape::Pattern(pattern.to_owned()), 1).expect("a pattern")
    }

    #[test]
    fn samples_are_of_the_shape() {
        let mut sampler = sampler(r"\b(?:key|id)[=:] ?(?P<secret>acme_[0-9a-f]{8})\b");
        for _ in 0..100 {
            let sample = sampler.draw();
            let secret = std::str::from_utf8(&sample.text[sample.secret.clone()]).expect("ASCII");
            assert!(secret.starts_with("acme_") && secret.len() == 13, "{secret}");
            assert!(sample.text.starts_with(b"key") || sample.text.starts_with(b"id"));
        }
        assert_eq!(sampler.fixed_length(), Some(13));
        assert_eq!(sampler.plainest().text, b"key:acme_00000000");
    }

    #[test]
    fn a_length_that_varies_is_not_fixed() {
        assert_eq!(sampler("(?P<secret>a{3,4})").fixed_length(), None);
    }
}
