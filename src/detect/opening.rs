//! The bytes that can stand at the beginning of a match: nearly every occurrence of a keyword is turned away by one of
//! them, before an expression is run.

use super::set::{Set, is_word};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// So many bytes of a match are looked at.
pub(super) const LOOKED_AT: usize = 16;

/// For each of the first bytes of a match, which ones it can be.
#[derive(Debug)]
pub(super) struct Opening {
    /// Empty from the place on where a match can end.
    sets: Vec<Set>,
    /// A match begins where a word does.
    begins_word: bool,
}

/// Where the next byte of a match can stand, a bit each, and at which of these places it can be no byte of a word,
/// because one is before it and a word ends between them.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Front {
    places: u32,
    apart: u32,
}

impl Opening {
    /// Reads it off an expression.
    pub(super) fn of(hir: &Hir) -> Self {
        let mut sets = Sets([Set::default(); LOOKED_AT]);
        let ends = sets.pass(hir, Front { places: 1, apart: 0 });
        let open = (ends.places.trailing_zeros() as usize).min(LOOKED_AT);
        let sets: Vec<Set> = sets.0.into_iter().take(open).collect();
        let begins_word = begins_word(hir) && sets.first().is_some_and(Set::is_of_words);
        Self { sets, begins_word }
    }

    /// Whether a match may begin at `start`; it depends on one byte before it and [`LOOKED_AT`] from it on.
    pub(super) fn admits(&self, text: &[u8], start: usize) -> bool {
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        let inside = self.begins_word && before.is_some_and(|&byte| is_word(byte));
        let there = text.get(start..).unwrap_or_default();
        !inside && self.sets.iter().zip(there).all(|(set, &byte)| set.holds(byte))
    }
}

/// Those of all ways through an expression together.
struct Sets([Set; LOOKED_AT]);

impl Sets {
    /// Takes note of what `hir` takes from `front` on; gives where that ends.
    fn pass(&mut self, hir: &Hir, front: Front) -> Front {
        if front.places == 0 {
            return front;
        }
        match hir.kind() {
            HirKind::Empty => front,
            HirKind::Look(look) => self.look(*look, front),
            HirKind::Literal(literal) => {
                literal.0.iter().fold(front, |front, &byte| self.take(|set| set.insert(byte, byte), front))
            }
            HirKind::Class(Class::Bytes(class)) => {
                let all =
                    |set: &mut Set| class.ranges().iter().for_each(|range| set.insert(range.start(), range.end()));
                self.take(all, front)
            }
            // Expressions are of bytes; what is not may be anything from here on.
            HirKind::Class(Class::Unicode(_)) => self.give_up(front),
            HirKind::Capture(capture) => self.pass(&capture.sub, front),
            HirKind::Concat(parts) => parts.iter().fold(front, |front, part| self.pass(part, front)),
            HirKind::Alternation(parts) => {
                parts.iter().fold(Front::default(), |all, part| all.or(self.pass(part, front)))
            }
            HirKind::Repetition(repetition) => {
                self.repeat(&repetition.sub, repetition.min, repetition.max.unwrap_or(u32::MAX), front)
            }
        }
    }

    fn repeat(&mut self, sub: &Hir, min: u32, max: u32, mut front: Front) -> Front {
        let mut ends = if min == 0 { front } else { Front::default() };
        for round in 1..=max {
            let known = self.0;
            let next = self.pass(sub, front);
            let more = if round >= min { ends.or(next) } else { ends };
            // A round that brings nothing new brings nothing new for ever.
            let stays = known == self.0 && if round < min { next == front } else { more == ends };
            if next.places == 0 || stays {
                return if round < min { next } else { more };
            }
            (front, ends) = (next, more);
        }
        ends
    }

    /// Takes one byte of a set everywhere.
    fn take(&mut self, insert: impl Fn(&mut Set), front: Front) -> Front {
        let mut taken = Set::default();
        insert(&mut taken);
        let mut next = 0;
        for (place, set) in self.0.iter_mut().enumerate() {
            if front.places >> place & 1 == 0 {
                continue;
            }
            let fits = if front.apart >> place & 1 == 1 { taken.without_words() } else { taken };
            if fits != Set::default() {
                *set = set.or(fits);
                next |= 1 << (place + 1);
            }
        }
        // What lies behind the last place stays there.
        Front { places: next | front.places & 1 << LOOKED_AT, apart: 0 }
    }

    fn look(&self, look: Look, front: Front) -> Front {
        let ends_word = matches!(look, Look::WordAscii | Look::WordEndAscii | Look::WordEndHalfAscii);
        let behind_word = |place: &usize| {
            let before = place.checked_sub(1).and_then(|before| self.0.get(before));
            front.places >> place & 1 == 1 && before.is_some_and(Set::is_of_words)
        };
        let apart = (0..LOOKED_AT).filter(behind_word).fold(0, |bits, place| bits | 1 << place);
        Front { apart: if ends_word { front.apart | apart } else { front.apart }, ..front }
    }

    fn give_up(&mut self, front: Front) -> Front {
        let first = front.places.trailing_zeros() as usize;
        self.0.iter_mut().skip(first).for_each(|set| *set = Set::ALL);
        Front { places: u32::MAX << first & ((2 << LOOKED_AT) - 1), apart: 0 }
    }
}

impl Front {
    fn or(self, other: Self) -> Self {
        let free = self.places & !self.apart | other.places & !other.apart;
        Self { places: self.places | other.places, apart: (self.apart | other.apart) & !free }
    }
}

/// Whether every match begins with an assertion that one of its sides is a word's and the other is not.
fn begins_word(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(look) => matches!(look, Look::WordAscii | Look::WordStartAscii | Look::WordStartHalfAscii),
        HirKind::Capture(capture) => begins_word(&capture.sub),
        HirKind::Concat(parts) => parts.first().is_some_and(begins_word),
        HirKind::Alternation(parts) => !parts.is_empty() && parts.iter().all(begins_word),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::regexes::{compile, input, parse};
    use super::*;
    use proptest::prelude::*;

    const PATTERNS: [&str; 10] = [
        r"(?i:curl)\b[^\n|]{0,30}?\s(?:-u|--user)[ =]{0,2}(?P<secret>[a-z]{2,9})",
        r"\b(?P<secret>ab{1,3}[0-9]{2})\b",
        r"(?:a|bc|)[x-z]{0,2}q",
        r"(?:ab\b|a-)?b+c",
        r"a(?:b|\b)[-c]{2}",
        r"(?:a?){0,3}b\B[a-c]",
        r"[\n= ](?P<secret>re_[a-z0-9]{3})\b",
        r"(?m)^a[^:\s]{1,4}:b",
        r"(?:(?:a|ab)+-?){2,}c",
        r"(?P<secret>(?:-a-|--)+b)",
    ];

    fn admitted(pattern: &str, text: &str) -> bool {
        Opening::of(&parse(pattern).unwrap()).admits(text.as_bytes(), 0)
    }

    #[test]
    fn what_cannot_begin_a_match_is_turned_away() {
        assert!(admitted(PATTERNS[0], "CURL -u") && !admitted(PATTERNS[0], "curl_easy"));
        assert!(!admitted(r"AA[0-9]", "aa1") && !admitted(r"key[0-9]{2}x", "key1-x"));
        let opening = Opening::of(&parse(PATTERNS[1]).unwrap());
        assert!(opening.admits(b" ab12", 1) && !opening.admits(b"xab12", 1));
    }

    proptest! {
        #[test]
        fn every_match_is_admitted(which in 0..PATTERNS.len(), text in "[abcxyzq01 :=\\-\n_CURLcurlureu]{0,14}") {
            let pattern = PATTERNS[which];
            let opening = Opening::of(&parse(pattern).unwrap());
            let regex = compile(pattern).unwrap();
            for start in 0..text.len() {
                let found = regex.search(&input(text.as_bytes(), start..text.len(), true));
                prop_assert!(found.is_none() || opening.admits(text.as_bytes(), start), "{pattern} {text:?} {start}");
            }
        }
    }
}
