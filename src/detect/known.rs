//! Generic values that begin as a provider's tokens do, though its rule did not take them: cut, made up, or redacted.

use crate::rule::{Confidence, Rule, Shape};

/// Shorter beginnings are shared by many (`sk-`, `pk_`).
const LEAST: usize = 4;
/// Longer ones that are shared, too: they count where the provider is named.
const SHARED: [&[u8]; 16] = [
    b"api", b"key", b"pat", b"sat", b"live", b"test", b"prod", b"sdk", b"mob", b"app", b"org", b"cli", b"pub", b"sub",
    b"auth", b"token",
];

/// Bytes before a token in which its provider's name says what it is meant to be.
const NAMED_WITHIN: usize = 48;

/// Whether tokens begin with a keyword.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Begins {
    /// They do not.
    Never,
    /// They do, and so do those of others: it counts where the provider is named.
    Shared,
    /// They do, and no others.
    Always,
}

/// Whether a rule's keyword is the beginning of its tokens, in whatever case it stands in a text.
pub(super) fn begins_token(rule: &Rule, keyword: &[u8]) -> Begins {
    if keyword.len() < LEAST || !matches!(rule.shape, Shape::Pattern(_)) {
        return Begins::Never;
    }
    let Some((last, word)) = keyword.split_last() else { return Begins::Never };
    match last {
        b'_' | b'-' | b'.' if SHARED.iter().any(|shared| word.eq_ignore_ascii_case(shared)) => Begins::Shared,
        b'_' | b'-' | b'.' => Begins::Always,
        // `AKIA`, `AIza`: no value that is random begins so by chance.
        _ if rule.confidence >= Confidence::High && last.is_ascii_alphanumeric() && !json(word) => Begins::Always,
        _ => Begins::Never,
    }
}

/// Whether a rule's provider is named on the line of `start`, close before it.
pub(super) fn is_named(rule: &Rule, text: &[u8], start: usize) -> bool {
    let before = text.get(start.saturating_sub(NAMED_WITHIN)..start).unwrap_or_default();
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default().to_ascii_lowercase();
    memchr::memmem::find(&line, rule.provider.as_bytes()).is_some()
}

/// The base64 of an opening brace and a quotation mark, with which much begins.
fn json(word: &[u8]) -> bool {
    word.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case(b"eyj"))
}
