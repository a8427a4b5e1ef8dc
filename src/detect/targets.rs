//! Which rules each keyword calls, and the automaton that finds the keywords: made when keyward is built for the
//! built-in rules, at the start where others were added.

use super::generic;
use super::prefilter::{Prefilter, TooManyKeywords};
use crate::rule::{Catalogue, calls};
use std::borrow::Cow;
use std::sync::Arc;

// LENGTHS, STARTS, CALLED.
include!(concat!(env!("OUT_DIR"), "/targets.rs"));

/// By keyword: its length, and the numbers of the rules that it calls.
#[derive(Debug)]
pub(super) struct Targets {
    lengths: Cow<'static, [u32]>,
    /// Where the calls of each keyword begin in `called`; and the end.
    starts: Cow<'static, [u32]>,
    called: Cow<'static, [u32]>,
}

impl Targets {
    /// Those of a catalogue, with the automaton for their keywords.
    pub(super) fn of(catalogue: &Catalogue) -> Result<(Self, Prefilter), TooManyKeywords> {
        if catalogue.only_builtin() {
            let (lengths, starts) = (Cow::Borrowed(&LENGTHS[..]), Cow::Borrowed(&STARTS[..]));
            return Ok((Self { lengths, starts, called: Cow::Borrowed(&CALLED) }, Prefilter::builtin()));
        }
        let tier = if catalogue.generics().next().is_some() { generic::KEYWORDS } else { &[] };
        let calls = calls(catalogue.numbered().map(|(number, rule)| (number, Arc::as_ref(rule))), tier);
        let words: Vec<&str> = calls.iter().map(|(word, _)| *word).collect();
        let lengths = words.iter().map(|word| word.len() as u32).collect();
        let (mut starts, mut called) = (vec![0], Vec::new());
        for (_, more) in &calls {
            called.extend_from_slice(more);
            starts.push(called.len() as u32);
        }
        let targets = Self { lengths: Cow::Owned(lengths), starts: starts.into(), called: called.into() };
        Ok((targets, Prefilter::new(&words)?))
    }

    /// Bytes of the longest keyword.
    pub(super) fn longest(&self) -> usize {
        self.lengths.iter().max().map_or(0, |length| *length as usize)
    }

    /// How many keywords there are.
    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// A keyword's length, and the numbers of the rules that it calls.
    pub(super) fn get(&self, keyword: usize) -> Option<(usize, &[u32])> {
        let &[from, to] = self.starts.get(keyword..keyword + 2)? else { return None };
        Some((*self.lengths.get(keyword)? as usize, self.called.get(from as usize..to as usize)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rule;

    #[test]
    fn the_built_in_automaton_calls_what_one_made_now_calls() {
        let builtin = Catalogue::builtin().unwrap();
        let made = Catalogue::of(builtin.rules().iter().map(|rule| Rule::clone(rule)).collect()).unwrap();
        let (built, made) = (Targets::of(&builtin).unwrap(), Targets::of(&made).unwrap());
        let calls = |(targets, prefilter): &(Targets, Prefilter), text: &[u8]| {
            let mut hits = Vec::new();
            prefilter.find(text, &mut hits);
            let called = hits.iter().flat_map(|hit| {
                let (length, called) = targets.get(hit.keyword as usize).unwrap();
                called.iter().map(move |number| (hit.end - length, hit.end, *number))
            });
            let mut called: Vec<_> = called.collect();
            called.sort_unstable();
            called
        };
        let mut all = 0;
        for (_, examples) in Catalogue::examples().unwrap() {
            let text = examples.matches.concat().concat();
            let called = calls(&built, text.as_bytes());
            assert_eq!(called, calls(&made, text.as_bytes()), "{text:?}");
            all += called.len();
        }
        assert!(all > builtin.rules().len());
    }
}
