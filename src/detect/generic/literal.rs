//! Reads the values behind an operator: quoted in any way, in calls, lists and maps, or bare.

use super::assign::{Assigned, Operator, Quote};
use super::bytes::{Needles, back_while, before, byte, skip_blank, skip_while, stands};
use std::ops::Range;

/// A value longer than this is none.
pub(super) const LONGEST: usize = 1024;
const BLANKS: usize = 40;
/// Blanks, marks, a key or a callee that may stand between an operator or a value and the next value.
pub(super) const BETWEEN: usize = 320;
/// One without a quotation mark.
const LONGEST_BARE: usize = 512;
/// Values of one list.
const MOST_IN_LIST: usize = 16;

/// What is looked up by a text is not the text.
static LOOKS_UP: Needles =
    Needles::new(&["env", "get", "fetch", "config", "lookup", "find", "read", "load", "require", "param", "option"]);

/// Bytes that end a bare value.
static STOPS: [bool; 256] = {
    let marks = b" \t\n\r\x0c\0\"'`<>;,";
    let mut stops = [false; 256];
    let mut at = 0;
    while at < marks.len() {
        stops[marks[at] as usize] = true;
        at += 1;
    }
    stops
};

type Each<'e> = &'e mut dyn FnMut(Assigned);

/// Reads what stands at `from`, behind `operator`.
pub(super) fn read(text: &[u8], from: usize, operator: Operator, name: &Range<usize>, each: Each) {
    if operator == Operator::Element {
        return element(text, from, name, each);
    }
    let mut at = skip_blank(text, from, BLANKS);
    at = skip_while(text, at, 2, |b| b == b'*' && operator == Operator::Colon);
    at = skip_blank(text, at, 4);
    at = next_line(text, at);
    if let Some((open, quote)) = opening(text, at) {
        if let Some(value) = quoted(text, open, quote).filter(|value| !command(text, value, quote)) {
            emit(text, value, operator, quote, false, name, each);
        }
        return;
    }
    match byte(text, at) {
        b'[' | b'{' | b'(' => return list(text, at + 1, operator, name, each),
        b'$' if stands(text, at, b"${") => return default(text, at + 2, name, each),
        _ => {}
    }
    if matches!(operator, Operator::Call | Operator::Comma | Operator::Space) {
        return;
    }
    if let Some(inner) = call(text, at) {
        return list(text, inner, operator, name, each);
    }
    bare(text, at, operator, name, each);
}

/// Reads an unquoted value.
pub(super) fn bare(text: &[u8], at: usize, operator: Operator, name: &Range<usize>, each: Each) {
    let parameter = operator == Operator::Equals;
    let stop = |b: u8| STOPS.get(usize::from(b)) == Some(&true) || (parameter && b == b'&');
    let mut end = skip_while(text, at, LONGEST_BARE, |b| !stop(b));
    if end - at >= LONGEST_BARE {
        return;
    }
    // `abc123\n"` in a string ends at the escape.
    let body = text.get(at..end).unwrap_or_default();
    if body.ends_with(b"...") {
        return;
    }
    if let Some(cut) = body.windows(2).position(|pair| matches!(pair, [b'\\', b'n' | b'r' | b't' | b'\\'])) {
        end = at + cut;
    }
    end = back_while(text, end, end - at, |b| b"\\:.".contains(&b));
    while end > at && unopened(text.get(at..end).unwrap_or_default()) {
        end -= 1;
    }
    let scheme = text.get(at..end).is_some_and(is_scheme);
    if scheme && operator != Operator::Scheme && byte(text, end) == b' ' {
        return bare(text, skip_blank(text, end, 4), Operator::Scheme, name, each);
    }
    emit(text, at..end, operator, Quote::Bare, false, name, each);
}

/// Whether a value is what a shell is to run: a backquoted text with a blank.
fn command(text: &[u8], value: &Range<usize>, (quote, _): (u8, usize)) -> bool {
    quote == b'`' && text.get(value.clone()).is_some_and(|value| value.contains(&b' '))
}

/// Whether the last byte closes a bracket that the value does not open.
fn unopened(value: &[u8]) -> bool {
    let open = match value.last() {
        Some(b')') => b'(',
        Some(b']') => b'[',
        Some(b'}') => b'{',
        _ => return false,
    };
    !value.contains(&open)
}

fn is_scheme(word: &[u8]) -> bool {
    ["bearer", "basic", "token", "oauth", "apikey"].iter().any(|w| word.eq_ignore_ascii_case(w.as_bytes()))
}

/// A quoted value, or a YAML block, may stand on the next line.
fn next_line(text: &[u8], at: usize) -> usize {
    let block = matches!(byte(text, at), b'|' | b'>');
    let mut end = skip_while(text, at, 2, |b| block && matches!(b, b'|' | b'>' | b'-' | b'+'));
    if !matches!(byte(text, end), b'\n' | b'\r') {
        return at;
    }
    end = skip_while(text, end, 2, |b| matches!(b, b'\n' | b'\r'));
    let start = skip_blank(text, end, 60);
    let indented = start > end;
    if indented && (block || opening(text, start).is_some()) { start } else { at }
}

/// Behind the quotation mark at `at`, which a string's prefix or backslashes may precede.
fn opening(text: &[u8], at: usize) -> Option<(usize, (u8, usize))> {
    let prefix = skip_while(text, at, 2, |b| b"rbufLRBUF@$&".contains(&b));
    let mark = skip_while(text, prefix, 3, |b| b == b'\\');
    let quote = byte(text, mark);
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let triple = byte(text, mark + 1) == quote && byte(text, mark + 2) == quote;
    Some((mark + if triple { 3 } else { 1 }, (quote, mark - prefix)))
}

/// The text up to the quotation mark that closes it on the same line.
fn quoted(text: &[u8], open: usize, (quote, escapes): (u8, usize)) -> Option<Range<usize>> {
    let mut at = open;
    loop {
        at = skip_while(text, at, (open + LONGEST).saturating_sub(at), |b| b != quote && b != b'\\' && b != b'\n');
        match byte(text, at) {
            b if b == quote => break,
            b'\\' if escapes == 0 => at += 2,
            b'\\' if byte(text, at + escapes) == quote => break,
            b'\\' => at += 1,
            _ => return None,
        }
        if at >= open + LONGEST {
            return None;
        }
    }
    Some(open..at)
}

/// The quoted values of a list, of a call's arguments or of a map whose keys are numbers or `value`, `default`.
fn list(text: &[u8], from: usize, operator: Operator, name: &Range<usize>, each: Each) {
    let mut at = from;
    for _ in 0..MOST_IN_LIST {
        at = skip_while(text, at, 60, |b| b.is_ascii_whitespace() || b == b'[');
        at = list_key(text, at);
        let Some((open, quote)) = opening(text, at) else { return };
        let Some(value) = quoted(text, open, quote) else { return };
        at = value.end + quote.1 + 1;
        if byte(text, skip_blank(text, at, 4)) == b':' {
            return;
        }
        emit(text, value, operator, quote, true, name, each);
        at = skip_blank(text, at, 4);
        if byte(text, at) != b',' || operator == Operator::Call {
            return;
        }
        at += 1;
    }
}

fn list_key(text: &[u8], at: usize) -> usize {
    let start = skip_while(text, at, 2, |b| matches!(b, b'"' | b'\''));
    let digits = skip_while(text, start, 6, |b| b.is_ascii_digit());
    let words = [&b"value"[..], b"default", b"content", b"_text"];
    let end = match words.iter().find(|word| stands(text, start, word)) {
        Some(word) => start + word.len(),
        None if digits > start => digits,
        None => return at,
    };
    let end = skip_while(text, end, 2, |b| matches!(b, b'"' | b'\''));
    let sign = skip_blank(text, end, 4);
    let behind = skip_while(text, sign, 2, |b| matches!(b, b':' | b'=' | b'>'));
    if behind > sign { skip_blank(text, behind, 8) } else { at }
}

/// Behind the opening bracket of `new Name("`, `name::of("`, `Some("`: what a quoted value follows.
fn call(text: &[u8], at: usize) -> Option<usize> {
    let at = if stands(text, at, b"new ") { at + 4 } else { at };
    let end = skip_while(text, at, 48, |b| b.is_ascii_alphanumeric() || b"_.:&!@".contains(&b));
    if end == at || !matches!(byte(text, end), b'(' | b'[' | b'{') {
        return None;
    }
    let callee = text.get(at..end).unwrap_or_default();
    if LOOKS_UP.within(callee) || byte(text, end) == b'[' && !callee.ends_with(b"string") {
        return None;
    }
    opening(text, skip_while(text, end + 1, 8, |b| b.is_ascii_whitespace())).map(|_| end + 1)
}

/// `${NAME:-default}` and `${name:default}`.
fn default(text: &[u8], from: usize, name: &Range<usize>, each: Each) {
    let sign = skip_while(text, from, 64, |b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    if byte(text, sign) != b':' {
        return;
    }
    let at = sign + 1 + usize::from(matches!(byte(text, sign + 1), b'-' | b'='));
    let end = skip_while(text, at, 200, |b| b.is_ascii_graphic() && !b"}{$\"'?".contains(&b));
    if byte(text, end) == b'}' {
        emit(text, at..end, Operator::Default, Quote::Bare, false, name, each);
    }
}

/// The text of an XML element whose start tag ends before `from`.
fn element(text: &[u8], from: usize, name: &Range<usize>, each: Each) {
    let tag = before(text, name.start);
    if !matches!(tag, b'<' | b':' | b'"' | b'\'') {
        return;
    }
    let from = if stands(text, from, b"<![CDATA[") { from + 9 } else { from };
    let start = skip_while(text, from, 60, |b| b.is_ascii_whitespace());
    let end = skip_while(text, start, LONGEST, |b| !matches!(b, b'<' | b'>' | b'\n' | b'\r' | b'\0'));
    let closes = byte(text, end) == b'<' || stands(text, end.saturating_sub(2), b"]]>");
    let tail = |b: u8| b == b']' && byte(text, end) == b'>';
    let end = back_while(text, end, end - start, |b| b == b' ' || tail(b));
    let (start, end) = braced(text, start..end);
    if closes {
        emit(text, start..end, Operator::Element, Quote::Bare, false, name, each);
    }
}

/// The last of several words in braces, as Jenkins writes `{label value}`; anything else whole.
fn braced(text: &[u8], value: Range<usize>) -> (usize, usize) {
    let inside = match text.get(value.clone()) {
        Some([b'{', inside @ .., b'}']) => inside,
        _ => return (value.start, value.end),
    };
    match inside.iter().rposition(|b| *b == b' ') {
        Some(blank) => (value.start + blank + 2, value.end - 1),
        None => (value.start, value.end),
    }
}

/// Hands on a value, however short, without the scheme before it (`Bearer …`).
fn emit(
    text: &[u8],
    value: Range<usize>,
    operator: Operator,
    quote: impl Into<Quote>,
    wrapped: bool,
    name: &Range<usize>,
    each: Each,
) {
    let mut value = value;
    let mut operator = operator;
    let body = text.get(value.clone()).unwrap_or_default();
    let word = body.iter().position(|&b| b == b' ').unwrap_or(0);
    if is_scheme(body.get(..word).unwrap_or_default()) {
        value.start = skip_blank(text, value.start + word, 4);
        operator = Operator::Scheme;
    }
    each(Assigned { name: name.clone(), value, operator, quote: quote.into(), wrapped });
}

impl From<(u8, usize)> for Quote {
    fn from((_, escapes): (u8, usize)) -> Self {
        if escapes > 0 { Self::Escaped } else { Self::Quoted }
    }
}
