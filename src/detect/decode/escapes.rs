//! Characters written as backslash escapes: `\u0041`, `\u{41}`, `\x41`, `\101`, and JSON's `\/`.

use super::{Decoded, behind_name};
use crate::candidate::Encoding;
use std::ops::Range;

/// A string is looked at up to this many bytes before and behind its first escape.
const LONGEST: usize = 8192;

/// Shows every string that holds such an escape in a line of `windows` (sorted and apart), with them undone. `take`
/// returns false to stop.
pub(super) fn find(text: &[u8], windows: &[Range<usize>], take: &mut dyn FnMut(Decoded) -> bool) {
    let mut from = 0;
    for window in windows {
        let lines = line(text, window);
        from = from.max(lines.start);
        if !within(text, &mut from, lines.end, take) {
            return;
        }
    }
}

/// `range` and the rest of its first and last line: what stands in a line depends on no other one.
pub(super) fn line(text: &[u8], range: &Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).and_then(|text| memchr::memrchr(b'\n', text));
    let behind = text.get(range.end..).and_then(|text| memchr::memchr(b'\n', text));
    before.unwrap_or(0)..behind.map_or(text.len(), |at| range.end + at + 1)
}

fn within(text: &[u8], from: &mut usize, end: usize, take: &mut dyn FnMut(Decoded) -> bool) -> bool {
    while let Some(at) = text.get(*from..end).and_then(|rest| memchr::memchr(b'\\', rest)) {
        let at = *from + at;
        let Some((_, length)) = escape(text.get(at..).unwrap_or_default()) else {
            // The byte behind is what the backslash takes the meaning from; a line's end stays one.
            *from = at + if text.get(at + 1) == Some(&b'\n') { 1 } else { 2 };
            continue;
        };
        let run = string(text, at, at + length);
        *from = run.end.max(at + length);
        if !open(text, &run).is_none_or(&mut *take) {
            return false;
        }
    }
    true
}

/// The inside of the string round `at..end`: up to a quote that is not escaped, or the line's end.
fn string(text: &[u8], at: usize, end: usize) -> Range<usize> {
    let floor = at.saturating_sub(LONGEST);
    let before = text.get(floor..at).unwrap_or_default();
    let back = before.iter().rev().take_while(|&&byte| !closes(byte)).count();
    let ahead = text.get(end..end.saturating_add(LONGEST).min(text.len())).unwrap_or_default();
    let mut length = 0;
    while let Some(&byte) = ahead.get(length) {
        match byte {
            b'\\' if ahead.get(length + 1).is_some_and(|next| *next != b'\n') => length += 2,
            _ if closes(byte) => break,
            _ => length += 1,
        }
    }
    at - back..end + length.min(ahead.len())
}

fn closes(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`' | b'\n')
}

fn open(text: &[u8], run: &Range<usize>) -> Option<Decoded> {
    let mut rest = text.get(run.clone())?;
    let mut inner = Vec::with_capacity(rest.len());
    while let Some((&first, behind)) = rest.split_first() {
        match escape(rest) {
            Some((character, length)) => {
                inner.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                inner.push(first);
                rest = behind;
            }
        }
    }
    behind_name(text, run, inner, None, &[Encoding::Escape])
}

/// What the escape at the beginning of `text` stands for, and its length in bytes. `\n` and its like are none of
/// ours: rules read them as they are.
fn escape(text: &[u8]) -> Option<(char, usize)> {
    match text {
        [b'\\', b'/', ..] => Some(('/', 2)),
        [b'\\', b'u', b'{', rest @ ..] => {
            let digits = rest.iter().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let close = rest.get(digits) == Some(&b'}');
            close.then(|| Some((number(rest.get(..digits)?, 16)?, digits + 4)))?
        }
        [b'\\', b'u', rest @ ..] => Some((number(rest.get(..4)?, 16)?, 6)),
        [b'\\', b'x', rest @ ..] => Some((number(rest.get(..2)?, 16)?, 4)),
        [b'\\', b'0' | b'1', ..] => Some((number(text.get(1..4)?, 8)?, 4)),
        _ => None,
    }
}

/// A character that can be seen; control characters and halves of pairs stay as they are written.
fn number(digits: &[u8], radix: u32) -> Option<char> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    char::from_u32(u32::from_str_radix(text, radix).ok()?).filter(|character| !character.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut list = Vec::new();
        let all = 0..text.len();
        find(text.as_bytes(), std::slice::from_ref(&all), &mut |decoded| {
            list.push(String::from_utf8(decoded.text).expect("UTF-8"));
            true
        });
        list
    }

    #[test]
    fn every_notation_is_undone() {
        assert_eq!(all(r#"{"a": "\u0061b\/c"}"#), [r#"{"a": "ab/c"#]);
        assert_eq!(all(r"x = '\x61\x62'; y = '\u{63}\144'"), [r"x = 'ab", r"x = '\x61\x62'; y = 'cd"]);
    }

    #[test]
    fn what_is_no_character_stays() {
        assert!(all(r"\n\t\\ \u00 \xg1 \ud800 \u{110000} \1 C:\users \").is_empty());
        assert_eq!(all(r#""\x41\"\x0a\u0042""#), [r#""A\"\x0aB"#]);
    }

    #[test]
    fn a_line_of_backslashes_ends() {
        let text = "\\".repeat(100_000) + "x41";
        assert!(all(&text).len() <= 1);
    }
}
