//! A value of a given shape, given to a name that holds a context word. The rule brings the shape; this file brings
//! the name's other words, the operator, the quotes and the boundaries.
//!
//! Two ways to stand near the context word count:
//! - **close**: `ACME_API_KEY = "VALUE"`, `"acme_token": "VALUE"`, `acme.key=VALUE`, `acme token - VALUE`;
//! - **loose**: between the context word and the value stands something else, but the value is itself assigned to
//!   a word for a secret: `https://api.acme.com/?token=VALUE`, `Acme(api_key="VALUE")`, `acme:⏎  key: VALUE`.

use super::matched::Match;
use super::regexes::{Broken, Expression, input, parse};
use super::stretch::Stretch;
use crate::rule::{ASSIGNED_GAP, Reach};
use aho_corasick::AhoCorasick;
use regex_syntax::hir::Hir;
use std::ops::Range;
use std::sync::LazyLock;

/// The rest of the name that holds the context word.
const NAME: &str = r"[0-9A-Za-z_.\-]{0,48}(?:[ \t][0-9A-Za-z_]{1,16}){0,3}";
/// Between the name and the value: closing quotes, an operator, opening quotes, an authorisation scheme.
const OPERATOR: &str = r#"(?:\\?["'`]|\]|\)){0,4}(?:[ \t]{0,8}(?:[:?+.]{0,3}={1,3}>?|:{1,2}|->|<-|,|\(|\||>|[ \t]-[ \t]|[ \t])[ \t]{0,8})(?:\r?\n[ \t]{0,40})?(?:\\?["'`\[({<]|[brfu@$](?:["'])){0,3}(?:(?i:bearer|basic|token|key|apikey|bot)[ \t:=]{1,2})?"#;
/// Words for a secret: a name that holds one may stand between the context word and the value.
const SECRET_WORDS: [&str; 15] = [
    "key", "token", "secret", "pass", "pwd", "auth", "cred", "bearer", "sid", "pat", "api", "cookie", "licen",
    "access", "private",
];
/// The rest of such a name.
const SECRET_NAME: &str = r"[0-9A-Za-z_\-]{0,24}";

/// Between a name and a value that are written as one word: `acme-token-VALUE`.
const JOINT: &str = r"[\-.]";

/// The rest of such a name at most.
const ONE_WORD: usize = 32;

static SECRETS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(SECRET_WORDS).ok());

/// The shape.
#[derive(Debug)]
pub(super) struct Matcher {
    close: Expression,
    loose: Expression,
    /// What a value is at the least.
    least: Stretch,
    reach: Reach,
    /// The rule is about what may be public.
    publishable: bool,
}

impl Matcher {
    pub(super) fn new(value: &str, reach: Reach, publishable: bool) -> Self {
        let close = Expression::new(format!(r"{NAME}{OPERATOR}(?P<secret>{value})\b{{end-half}}"));
        let loose = Expression::new(format!(r"{SECRET_NAME}(?:{OPERATOR}|{JOINT})(?P<secret>{value})\b{{end-half}}"));
        let least = Stretch::of(&parse(value).unwrap_or_else(Hir::fail));
        Self { close, loose, least, reach, publishable }
    }

    /// Pushes the value that is assigned behind the context word at `hit`. Gives the bytes that this depends on, which
    /// may end behind the text.
    pub(super) fn at(&self, text: &[u8], hit: Range<usize>, found: &mut Vec<Match>) -> Result<Range<usize>, Broken> {
        let start = hit.start.saturating_sub(1);
        if !begins_word(text, &hit) {
            return Ok(start..hit.end);
        }
        // Two bytes behind the value tell whether it is a piece of a longer one.
        let seen = start..hit.end + self.reach.after as usize + 2;
        let end = (hit.end + self.reach.after as usize).min(text.len());
        if !self.least.within(text.get(hit.end..end).unwrap_or_default()) {
            return Ok(seen);
        }
        if let Some(secret) = self.value(&self.close, text, hit.end..end, hit.end, true)? {
            found.push(Match { span: hit.start..secret.end, secret, over: None, equals: None, close: true });
            return Ok(seen);
        }
        let gap = text.get(hit.end..end.min(hit.end + ASSIGNED_GAP as usize)).unwrap_or_default();
        let words = SECRETS.iter().flat_map(|secrets| secrets.find_iter(gap));
        for word in words {
            let name = hit.end + word.end();
            if let Some(secret) = self.value(&self.loose, text, name..end, hit.end, false)? {
                found.push(Match { span: hit.start..secret.end, secret, over: None, equals: None, close: false });
                return Ok(seen);
            }
        }
        Ok(seen)
    }

    /// The value that `regex` finds at the beginning of `window`, if it is one; the context word ends at `from`.
    fn value(
        &self,
        regex: &Expression,
        text: &[u8],
        window: Range<usize>,
        from: usize,
        close: bool,
    ) -> Result<Option<Range<usize>>, Broken> {
        let window = input(text, window, true);
        // Nearly every look ends here, so that it is made without captures first.
        if regex.end(&window)?.is_none() {
            return Ok(None);
        }
        let regex = regex.ready()?;
        let mut captures = regex.create_captures();
        regex.search_captures(&window, &mut captures);
        let Some(secret) = captures.get_group_by_name("secret") else { return Ok(None) };
        let secret = secret.start..secret.end;
        let between = text.get(from..secret.start).unwrap_or_default();
        let good = !secret.is_empty()
            && bounded(text, &secret)
            && !names_no_secret(between, close, self.publishable)
            && (close || !joined(between) || one_word(between));
        Ok(good.then_some(secret))
    }
}

/// The context word stands at the beginning of a word or of a part of one (`my_okta`, `myOkta`), not inside one
/// (`rookTable`).
fn begins_word(text: &[u8], hit: &Range<usize>) -> bool {
    let before = hit.start.checked_sub(1).and_then(|at| text.get(at));
    let first = text.get(hit.start);
    match (before, first) {
        (Some(before), Some(first)) if before.is_ascii_alphabetic() => {
            before.is_ascii_lowercase() && first.is_ascii_uppercase()
        }
        _ => true,
    }
}

/// The value is not a piece of a longer one.
fn bounded(text: &[u8], secret: &Range<usize>) -> bool {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let before = secret.start.checked_sub(1).and_then(|at| text.get(at));
    // In quotes a mark divides nothing: the value goes on behind it.
    let quoted = matches!(before, Some(b'"' | b'\'' | b'`'));
    let joins = |b: &u8| matches!(b, b'/' | b'.' | b'%' | b'$' | b'*' | b'^') || quoted && b"?!@#~:&".contains(b);
    let after = text.get(secret.end);
    let next = text.get(secret.end + 1);
    let first_is_word = text.get(secret.start).is_some_and(word);
    if first_is_word && before.is_some_and(word) {
        return false;
    }
    match after {
        None => true,
        Some(b) if word(b) || matches!(b, b'-' | b'+' | b'=') => false,
        Some(b) if joins(b) => !next.is_some_and(word),
        Some(_) => true,
    }
}

/// Whether name and value are written as one word.
fn joined(between: &[u8]) -> bool {
    matches!(between, [.., before, b'-' | b'.'] if before.is_ascii_alphanumeric() || *before == b'_')
}

/// Whether nothing but a name stands there.
fn one_word(between: &[u8]) -> bool {
    between.len() <= ONE_WORD && between.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// Words that say that what follows is a digest, an id or a place, not a secret.
fn names_no_secret(between: &[u8], close: bool, publishable: bool) -> bool {
    const DIGESTS: [&[u8]; 11] = [
        b"sha1",
        b"sha256",
        b"sha-",
        b"sha512",
        b"md5",
        b"commit",
        b"digest",
        b"checksum",
        b"integrity",
        b"etag",
        b"revision",
    ];
    let lower = between.to_ascii_lowercase();
    let tail = if close { lower.as_slice() } else { lower.rsplitn(2, |&b| b == b'\n').next().unwrap_or_default() };
    if !close && last_word(&lower).ends_with(b"id") {
        return true;
    }
    let holds = |word: &[u8]| memchr::memmem::find(tail, word).is_some();
    DIGESTS.iter().any(|word| holds(word)) || (!publishable && holds(b"public"))
}

/// The name that the operator follows.
fn last_word(between: &[u8]) -> &[u8] {
    let in_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let end = between.iter().rposition(in_name).map_or(0, |at| at + 1);
    let name = between.get(..end).unwrap_or_default();
    let start = name.iter().rposition(|b| !in_name(b)).map_or(0, |at| at + 1);
    name.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<(String, bool)> {
        let matcher = Matcher::new("[0-9a-f]{8}|[0-9a-f]{12}", Reach { before: 64, after: 120 }, false);
        let start = text.to_ascii_lowercase().find("acme").expect("the context word");
        let mut list = Vec::new();
        matcher.at(text.as_bytes(), start..start + 4, &mut list).expect("compiles");
        list.pop().map(|m| (text.get(m.secret).unwrap_or_default().to_owned(), m.close))
    }

    #[test]
    fn values_beside_their_name_are_close() {
        for text in [
            "ACME_KEY=0a1b2c3d",
            "\"acme_token\": \"0a1b2c3d\"",
            "acme token - '0a1b2c3d'",
            "acme.key := `0a1b2c3d`",
            "acme_key ::= 0a1b2c3d;",
            "\\\"acmeKey\\\": \\\"0a1b2c3d\\\"",
            "Acme Key 1: 0a1b2c3d\n",
        ] {
            assert_eq!(found(text), Some(("0a1b2c3d".to_owned(), true)), "{text}");
        }
    }

    #[test]
    fn values_assigned_to_a_word_for_a_secret_near_by_are_loose() {
        for text in ["https://api.acme.com/v1/?api_key=0a1b2c3d&x=1", "acme:\n  env: prod\n  token: 0a1b2c3d\n"] {
            assert_eq!(found(text), Some(("0a1b2c3d".to_owned(), false)), "{text}");
        }
    }

    #[test]
    fn a_value_joined_to_a_word_for_a_secret_is_loose_and_to_anything_else_nothing() {
        for text in ["acme-token-0a1b2c3d", "acmeSECRET-0a1b2c3d", "acme.private.key.0a1b2c3d\n"] {
            assert_eq!(found(text), Some(("0a1b2c3d".to_owned(), false)), "{text}");
        }
        for text in ["acme-cache-0a1b2c3d", "acme: the api-token of build-0a1b2c3d", "acme-key-0a1b2c3d.js"] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn a_longer_alternative_is_tried_where_a_shorter_one_does_not_end() {
        assert_eq!(found("acme_key=0a1b2c3d4e5f"), Some(("0a1b2c3d4e5f".to_owned(), true)));
    }

    #[test]
    fn pieces_digests_ids_and_words_inside_words_are_nothing() {
        for text in [
            "acme_key=0a1b2c3d4",
            "acme_commit = 0a1b2c3d",
            "acme_key=0a1b2c3d-0a1b",
            "acme_key=0a1b2c3d--",
            "acme_key=0a1b2c3d=",
            "acme_key='0a1b2c3d?0a1b2c3d'",
            "acme:\n  x: 1, accessor_token_id: 0a1b2c3d",
            "placmeal=0a1b2c3d",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
