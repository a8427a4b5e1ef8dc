//! Small readers of bytes, each with a bound.

use std::ops::Range;

/// The byte at `at`, or NUL outside of the text.
pub(super) fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// The byte before `at`, or NUL at the beginning.
pub(super) fn before(text: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |at| byte(text, at))
}

/// Behind the blanks and tabs at `at`, at most `most` of them.
pub(super) fn skip_blank(text: &[u8], at: usize, most: usize) -> usize {
    skip_while(text, at, most, |b| b == b' ' || b == b'\t')
}

/// Behind the bytes at `at` that `fits` takes, at most `most` of them.
pub(super) fn skip_while(text: &[u8], at: usize, most: usize, fits: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take(most).take_while(|&&b| fits(b)).count()
}

/// The first of the bytes before `at` that `fits` takes without a gap, at most `most` of them.
pub(super) fn back_while(text: &[u8], at: usize, most: usize, fits: impl Fn(u8) -> bool) -> usize {
    let head = text.get(..at).unwrap_or_default();
    at.saturating_sub(head.iter().rev().take(most).take_while(|&&b| fits(b)).count())
}

/// Whether `text` holds `word` at `at`, in any ASCII case.
pub(super) fn stands(text: &[u8], at: usize, word: &[u8]) -> bool {
    text.get(at..at.saturating_add(word.len())).is_some_and(|part| part.eq_ignore_ascii_case(word))
}

/// The part of the line around `at` that lies before it, at most `most` bytes.
pub(in crate::detect) fn line_before(text: &[u8], at: usize, most: usize) -> &[u8] {
    let before = text.get(at.saturating_sub(most)..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1);
    before.get(start..).unwrap_or_default()
}

/// The part of the line around `at` that lies behind it, at most `most` bytes.
pub(super) fn line_behind(text: &[u8], at: usize, most: usize) -> &[u8] {
    let behind = text.get(at..text.len().min(at.saturating_add(most))).unwrap_or_default();
    let end = memchr::memchr2(b'\n', b'\r', behind).unwrap_or(behind.len());
    behind.get(..end).unwrap_or_default()
}

/// Whether `text` holds `word` (lower case) in any ASCII case.
pub(in crate::detect) fn holds(text: &[u8], word: impl AsRef<[u8]>) -> bool {
    let word = word.as_ref();
    let begins = |window: &[u8]| matches!((window, word), ([a, ..], [b, ..]) if (a ^ b) & !0x20 == 0);
    text.windows(word.len().max(1)).any(|window| begins(window) && window.eq_ignore_ascii_case(word))
}

/// Words to look for in short texts, in any ASCII case. A table of the pairs of bytes that they begin with turns most
/// places away with one look.
pub(super) struct Needles {
    words: &'static [&'static str],
    begins: Begins,
}

impl Needles {
    /// Takes lower-case words of two bytes or more.
    pub(super) const fn new(words: &'static [&'static str]) -> Self {
        let mut begins = Begins::NONE;
        let mut at = 0;
        while at < words.len() {
            let word = words[at].as_bytes();
            begins.insert(at, slot_of_two(word[0], word[1], 0));
            at += 1;
        }
        Self { words, begins }
    }

    /// Whether one of the words stands anywhere in `text`.
    pub(super) fn within(&self, text: &[u8]) -> bool {
        let mut within = false;
        self.begins.each(text, slot_of_two, |at, slot| {
            let mut words = self.words.iter().zip(&self.begins.slots);
            within = words.any(|(word, begin)| *begin == slot && stands(text, at, word.as_bytes()));
            within
        });
        within
    }
}

/// Words with what they speak of, one bit each, to look for all at once in any ASCII case. As with [`Needles`], a
/// table of beginnings (of three bytes) turns most places away.
pub(super) struct Topics {
    words: &'static [(&'static str, u8)],
    begins: Begins,
}

impl Topics {
    /// Takes lower-case words of three bytes or more.
    pub(super) const fn new(words: &'static [(&'static str, u8)]) -> Self {
        let mut begins = Begins::NONE;
        let mut at = 0;
        while at < words.len() {
            let word = words[at].0.as_bytes();
            begins.insert(at, slot_of_three(word[0], word[1], word[2]));
            at += 1;
        }
        Self { words, begins }
    }

    /// What `text` speaks of.
    pub(super) fn of(&self, text: &[u8]) -> u8 {
        let mut topics = 0;
        self.begins.each(text, slot_of_three, |at, slot| {
            for ((word, topic), begin) in self.words.iter().zip(&self.begins.slots) {
                if *begin == slot && topics & topic == 0 && stands(text, at, word.as_bytes()) {
                    topics |= topic;
                }
            }
            false
        });
        topics
    }
}

/// How many beginnings are told apart.
const SLOTS: usize = 8192;
/// Places that are looked at together.
const AT_ONCE: usize = 32;

/// Words of a list at most.
const MOST: usize = 64;

/// Where the words of a list begin.
struct Begins {
    /// A bit for each slot in which a beginning falls.
    bits: [u64; SLOTS / 64],
    /// The slot of each word.
    slots: [u16; MOST],
}

impl Begins {
    const NONE: Self = Self { bits: [0; SLOTS / 64], slots: [0; MOST] };

    const fn insert(&mut self, word: usize, slot: u16) {
        self.bits[slot as usize % SLOTS / 64] |= 1 << (slot % 64);
        self.slots[word] = slot;
    }

    fn holds(&self, slot: u16) -> bool {
        self.bits.get(usize::from(slot) % SLOTS / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1)
    }

    /// Calls `found` with the places where a word may begin, and perhaps some others, each with its slot, until it says
    /// that it is enough.
    fn each(&self, text: &[u8], slot: impl Fn(u8, u8, u8) -> u16, mut found: impl FnMut(usize, u16) -> bool) {
        let mut padded = [0; AT_ONCE + 2];
        for at in (0..text.len()).step_by(AT_ONCE) {
            let rest = text.get(at..).unwrap_or_default();
            let block = rest.first_chunk().unwrap_or_else(|| {
                padded.iter_mut().zip(rest).for_each(|(slot, &byte)| *slot = byte);
                padded.iter_mut().skip(rest.len()).for_each(|slot| *slot = 0);
                &padded
            });
            let [_, second @ ..] = block;
            let [_, third @ ..] = second;
            // By arithmetic and apart, so that it is done for many at once.
            let mut slots = [0; AT_ONCE];
            for (((to, &a), &b), &c) in slots.iter_mut().zip(block).zip(second).zip(third) {
                *to = slot(a, b, c);
            }
            for (place, &slot) in (at..).zip(&slots) {
                if self.holds(slot) && found(place, slot) {
                    return;
                }
            }
        }
    }
}

const fn slot_of_three(a: u8, b: u8, c: u8) -> u16 {
    fold(a).wrapping_mul(961).wrapping_add(fold(b) * 31).wrapping_add(fold(c))
}

const fn slot_of_two(a: u8, b: u8, _: u8) -> u16 {
    fold(a) * 31 + fold(b) * 7
}

/// One number for both cases of a letter, and perhaps for other bytes.
const fn fold(byte: u8) -> u16 {
    (byte | 0x20) as u16
}

/// The words of an identifier: split at what is no letter or digit, at changes of case (`fooBar`, `FOOBar`) and
/// between letters and digits.
pub(in crate::detect) fn words(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text.get(at..)?.iter().position(u8::is_ascii_alphanumeric)?;
        let start = at;
        at = word_end(text, at);
        Some(start..at)
    })
}

fn word_end(text: &[u8], start: usize) -> usize {
    let first = byte(text, start);
    if first.is_ascii_digit() {
        return skip_while(text, start, text.len(), |b| b.is_ascii_digit());
    }
    let upper = skip_while(text, start, text.len(), |b| b.is_ascii_uppercase());
    let lower = skip_while(text, upper, text.len(), |b| b.is_ascii_lowercase());
    match upper - start {
        0 | 1 => lower,
        // In `FOOBar` the last capital begins the next word; a plural `URLs` or `IDs` has none.
        _ if lower > upper + 1 => upper - 1,
        _ => lower,
    }
}
