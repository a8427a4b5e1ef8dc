//! What a keyword says of a value near it, whatever else stands there: that a provider's tokens begin with it, or that
//! it names a provider. It is told once for each keyword, and only where there is a value of the generic tier.

use super::content::Run;
use super::known::{self, Begins, is_named};
use super::layer::Layer;
use super::look::applies;
use super::prefilter::Hit;
use super::trace::Mark;
use super::{Detector, malformed};
use std::ops::RangeInclusive;
use std::sync::OnceLock;

/// What a keyword says where one of its rules looks.
#[derive(Debug)]
struct Hint {
    rule: u32,
    /// The provider's tokens begin with it.
    begins: Begins,
    /// It names the provider, whose values are assigned.
    names: bool,
}

/// By keyword; made when first asked for.
#[derive(Debug, Default)]
pub(super) struct Hints(OnceLock<Vec<OnceLock<Box<[Hint]>>>>);

/// The keywords of a text: those of either list, each sorted by their ends.
#[derive(Clone, Copy)]
pub(super) struct Keywords<'k> {
    pub(super) hits: &'k [Hit],
    pub(super) marks: &'k [Mark],
}

impl<'k> Keywords<'k> {
    /// Those that end there.
    fn ending(&self, ends: RangeInclusive<usize>) -> impl Iterator<Item = Hit> + use<'k> {
        let (first, last) = ends.into_inner();
        let (hits, marks) = (self.hits, self.marks);
        let hits = hits.get(hits.partition_point(|hit| hit.end < first)..).unwrap_or_default();
        let marks = marks.get(marks.partition_point(|mark| mark.end() < first)..).unwrap_or_default();
        let hits = hits.iter().copied().take_while(move |hit| hit.end <= last);
        hits.chain(marks.iter().map(Mark::hit).take_while(move |hit| hit.end <= last))
    }
}

impl Detector {
    /// Whether tokens of a provider begin at `start` of a text: as far as a keyword tells.
    pub(super) fn begins(&self, run: &Run<'_>, layer: &Layer<'_>, keywords: &Keywords<'_>, start: usize) -> bool {
        let named = |number: u32| self.rules.get(number as usize).is_some_and(|rule| is_named(rule, layer.text, start));
        let begins = |hint: &Hint| match hint.begins {
            Begins::Never => false,
            Begins::Shared => named(hint.rule),
            Begins::Always => true,
        };
        keywords
            .ending(start + 1..=start + self.longest)
            .any(|hit| self.start(&hit) == start && self.hints(run, layer, hit, begins).next().is_some())
    }

    /// The rules whose provider is named by a keyword that ends there, with the keyword's end.
    pub(super) fn named<'h>(
        &'h self,
        run: &'h Run<'_>,
        layer: &'h Layer<'_>,
        keywords: &Keywords<'h>,
        ends: RangeInclusive<usize>,
    ) -> impl Iterator<Item = (usize, u32)> + use<'h> {
        let rules = move |hit: Hit| self.hints(run, layer, hit, |hint| hint.names).map(move |rule| (hit.end, rule));
        keywords.ending(ends).flat_map(rules)
    }

    /// The rules in whose hands a keyword says something.
    fn hints<'h>(
        &'h self,
        run: &'h Run<'_>,
        layer: &'h Layer<'_>,
        hit: Hit,
        says: impl Fn(&Hint) -> bool + 'h,
    ) -> impl Iterator<Item = u32> + 'h {
        let all = self.hints.0.get_or_init(|| (0..self.targets.len()).map(|_| OnceLock::new()).collect());
        let told = all.get(hit.keyword as usize).map(|told| told.get_or_init(|| self.hints_of(layer.text, hit)));
        let told = told.map(|told| &**told).unwrap_or_default().iter();
        told.filter(move |hint| says(hint))
            .map(|hint| hint.rule)
            .filter(move |number| self.rules.get(*number as usize).is_some_and(|rule| applies(rule, run, layer)))
    }

    fn hints_of(&self, text: &[u8], hit: Hit) -> Box<[Hint]> {
        let word = text.get(self.start(&hit)..hit.end).unwrap_or_default();
        let called = self.targets.get(hit.keyword as usize).map(|target| target.1).unwrap_or_default();
        let hint = |number: &u32| {
            let rule = self.rules.get(*number as usize)?;
            let (begins, names) = (known::begins_token(rule, word), malformed::speaks(rule, word));
            (begins != Begins::Never || names).then_some(Hint { rule: *number, begins, names })
        };
        called.iter().filter_map(hint).collect()
    }
}
