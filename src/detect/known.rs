//! Generic values that begin as a provider's tokens do, though its rule did not take them: cut, made up, or redacted.

use crate::rule::{Confidence, Rule, Shape};
use std::ops::Range;

/// Shorter beginnings are shared by many (`sk-`, `pk_`).
const LEAST: usize = 4;
/// Longer ones that are shared, too: they count where the provider is named.
const SHARED: [&[u8]; 16] = [
    b"api", b"key", b"pat", b"sat", b"live", b"test", b"prod", b"sdk", b"mob", b"app", b"org", b"cli", b"pub", b"sub",
    b"auth", b"token",
];

/// Bytes before a token in which its provider's name says what it is meant to be.
const NAMED_WITHIN: usize = 48;

/// Whether a rule's keyword at `place` is the beginning of its tokens; and the byte from which on this depends.
pub(super) fn begins_token(rule: &Rule, text: &[u8], place: &Range<usize>) -> (bool, usize) {
    let begins = |begins: bool| (begins, place.start);
    if place.len() < LEAST || !matches!(rule.shape, Shape::Pattern(_)) {
        return begins(false);
    }
    let Some((last, word)) = text.get(place.clone()).and_then(<[u8]>::split_last) else { return begins(false) };
    match last {
        b'_' | b'-' | b'.' if SHARED.iter().any(|shared| word.eq_ignore_ascii_case(shared)) => {
            let from = place.start.saturating_sub(NAMED_WITHIN);
            (is_named(rule, text.get(from..place.start).unwrap_or_default()), from)
        }
        b'_' | b'-' | b'.' => begins(true),
        // `AKIA`, `AIza`: no value that is random begins so by chance.
        _ => begins(rule.confidence >= Confidence::High && last.is_ascii_alphanumeric() && !json(word)),
    }
}

/// Whether the provider is named on the last line of `before`.
fn is_named(rule: &Rule, before: &[u8]) -> bool {
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().to_ascii_lowercase();
    memchr::memmem::find(&line, rule.provider.as_bytes()).is_some()
}

/// The base64 of an opening brace and a quotation mark, with which much begins.
fn json(word: &[u8]) -> bool {
    word.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case(b"eyj"))
}
