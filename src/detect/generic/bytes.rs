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
pub(super) fn line_before(text: &[u8], at: usize, most: usize) -> &[u8] {
    let start = back_while(text, at, most, |b| b != b'\n');
    text.get(start..at).unwrap_or_default()
}

/// The part of the line around `at` that lies behind it, at most `most` bytes.
pub(super) fn line_behind(text: &[u8], at: usize, most: usize) -> &[u8] {
    let end = skip_while(text, at, most, |b| b != b'\n' && b != b'\r');
    text.get(at..end).unwrap_or_default()
}

/// Whether `text` holds `word` (lower case) in any ASCII case.
pub(super) fn holds(text: &[u8], word: &str) -> bool {
    text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Words to look for in short texts, in any ASCII case. A table of the pairs of bytes that they begin with turns most
/// places away with one look.
pub(super) struct Needles {
    words: &'static [&'static str],
    pairs: [u64; 16],
}

impl Needles {
    /// Takes lower-case words of two bytes or more.
    pub(super) const fn new(words: &'static [&'static str]) -> Self {
        let mut pairs = [0; 16];
        let mut at = 0;
        while at < words.len() {
            let word = words[at].as_bytes();
            let slot = slot(word[0], word[1]);
            pairs[slot / 64] |= 1 << (slot % 64);
            at += 1;
        }
        Self { words, pairs }
    }

    /// Whether one of the words stands anywhere in `text`.
    pub(super) fn within(&self, text: &[u8]) -> bool {
        text.windows(2).enumerate().any(|(at, pair)| {
            let &[a, b] = pair else { return false };
            let slot = slot(a, b);
            let begins = self.pairs.get(slot / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1);
            begins && self.words.iter().any(|word| stands(text, at, word.as_bytes()))
        })
    }
}

/// Words with what they speak of, one bit each, to look for all at once in any ASCII case. As with [`Needles`], a
/// table of beginnings (of three bytes) turns most places away.
pub(super) struct Topics {
    words: &'static [(&'static str, u8)],
    begins: [u64; 128],
}

impl Topics {
    /// Takes lower-case words of three bytes or more.
    pub(super) const fn new(words: &'static [(&'static str, u8)]) -> Self {
        let mut begins = [0; 128];
        let mut at = 0;
        while at < words.len() {
            let word = words[at].0.as_bytes();
            let slot = slot_of_three(word[0], word[1], word[2]);
            begins[slot / 64] |= 1 << (slot % 64);
            at += 1;
        }
        Self { words, begins }
    }

    /// What `text` speaks of.
    pub(super) fn of(&self, text: &[u8]) -> u8 {
        let mut topics = 0;
        for (at, three) in text.windows(3).enumerate() {
            let &[a, b, c] = three else { break };
            let slot = slot_of_three(a, b, c);
            if self.begins.get(slot / 64).is_some_and(|bits| bits >> (slot % 64) & 1 == 1) {
                let new = |(word, topic): &&(&str, u8)| topics & topic == 0 && stands(text, at, word.as_bytes());
                topics |= self.words.iter().filter(new).fold(0, |all, (_, topic)| all | topic);
            }
        }
        topics
    }
}

const fn slot_of_three(a: u8, b: u8, c: u8) -> usize {
    (fold(a) * 961 + fold(b) * 31 + fold(c)) % 8192
}

const fn slot(a: u8, b: u8) -> usize {
    (fold(a) * 31 + fold(b) * 7) % 1024
}

/// One number for both cases of a letter, and perhaps for other bytes.
const fn fold(byte: u8) -> usize {
    (byte | 0x20) as usize
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
