//! Generic values that begin as a provider's tokens do, though its rule did not take them: cut, made up, or redacted.

use crate::rule::{Confidence, Rule, Shape};

/// Shorter beginnings are shared by many (`sk-`, `pk_`).
const LEAST: usize = 4;
/// Longer ones that are shared, too.
const SHARED: [&[u8]; 16] = [
    b"api", b"key", b"pat", b"sat", b"live", b"test", b"prod", b"sdk", b"mob", b"app", b"org", b"cli", b"pub", b"sub",
    b"auth", b"token",
];

/// Whether a rule's keyword is the beginning of its tokens, in whatever case it stands in a text.
pub(super) fn begins_token(rule: &Rule, keyword: &[u8]) -> bool {
    if keyword.len() < LEAST || !matches!(rule.shape, Shape::Pattern(_)) {
        return false;
    }
    let Some((last, word)) = keyword.split_last() else { return false };
    match last {
        b'_' | b'-' | b'.' => !SHARED.iter().any(|shared| word.eq_ignore_ascii_case(shared)),
        // `AKIA`, `AIza`: no value that is random begins so by chance.
        _ => rule.confidence >= Confidence::High && last.is_ascii_alphanumeric() && !json(word),
    }
}

/// The base64 of an opening brace and a quotation mark, with which much begins.
fn json(word: &[u8]) -> bool {
    word.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case(b"eyj"))
}
