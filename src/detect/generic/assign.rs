//! From a keyword to what is assigned there: the name around it and the operator behind it.

use super::bytes::{back_while, before, byte, line_before, skip_blank, skip_while, stands};
use super::value::random;
use super::{around, literal, place};
use std::ops::Range;

/// A name longer than this is no name.
const LONGEST_NAME: usize = 64;
/// A value of no more bytes is none.
const SHORTEST: usize = 2;
/// Bytes of the line before a name in which a directive may stand.
const LONGEST_LINE: usize = 200;
/// The most bytes of an operator and of what is looked at right behind it.
const LONGEST_MARK: usize = 24;
/// The most bytes that are looked at for a member that holds the value.
const MEMBER: usize = 128;
/// The most bytes of a block that such a member is looked for in.
const BLOCK: usize = 300;
/// Bytes of a word that are looked at to tell whether it is random.
const RANDOM: usize = 80;
/// Blanks between name, operator and value.
const BLANKS: usize = 40;

/// What stands between name and value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operator {
    /// `=`, `:=`, `+=`, `?=`, `%3D`.
    Equals,
    /// `:`, `=>`, `<-`.
    Colon,
    /// `==`, `!=`, `===`.
    Compare,
    /// `name("…")`.
    Call,
    /// `f("name", "…")`.
    Comma,
    /// `name || "…"`, `${NAME:-…}`.
    Default,
    /// `name "…"`.
    Space,
    /// `--name …`.
    Flag,
    /// `ENV NAME …`, `#define NAME …`, `identified by …`.
    Directive,
    /// `<name>…</name>`.
    Element,
    /// The value of a member of its own: `name: NAME`, next line `value: …`.
    Member,
    /// `Bearer …`, `Basic …`.
    Scheme,
}

/// How a value is quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quote {
    /// Not at all.
    Bare,
    /// By a quotation mark of any kind.
    Quoted,
    /// By an escaped one, in a text inside a string.
    Escaped,
}

/// A value and the name that it is assigned to, as byte ranges of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Assigned {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) operator: Operator,
    pub(super) quote: Quote,
    /// Inside a call, a list or a map that stands in the value's place.
    pub(super) wrapped: bool,
}

/// Calls `each` for every value assigned to the name around `hit`; it tells whether it looked at the surroundings of the
/// line. Gives the bytes that all of this depends on; they may end behind the text.
pub(super) fn find(text: &[u8], hit: &Range<usize>, each: &mut dyn FnMut(Assigned) -> bool) -> Range<usize> {
    // `pw:` and `pw=` hold their operator, because `pw` alone is in too many words.
    let hit = &(hit.start..back_while(text, hit.end, 1, |b| matches!(b, b':' | b'=')));
    let end = name_end(text, hit.end);
    let Some(sign) = sign(text, end) else { return hit.start..end + LONGEST_MARK };
    let name_before = hit.start.saturating_sub(LONGEST_NAME + 1);
    let Some((operator, at)) = operator(text, hit, end, &sign) else { return name_before..sign.no_operator(text) };
    let start = back_while(text, hit.start, LONGEST_NAME + 1, in_name);
    if end - start.min(end) > LONGEST_NAME || hit.start < start {
        return name_before..sign.at + MEMBER + BLOCK;
    }
    let name = start..end;
    let line = (start - line_before(text, start, place::BEFORE).len()).saturating_sub(1);
    let (operator, bare) = match operator {
        Operator::Space if bare_follows(text, at) => match spaced(text, &name) {
            Some(operator) => (operator, true),
            None if random_follows(text, at) => (operator, true),
            None => return line..sign.no_operator(text).max(at + RANDOM + 1),
        },
        Operator::Flag | Operator::Scheme | Operator::Directive => (operator, true),
        operator => (operator, false),
    };
    let block = if operator == Operator::Member { sign.at + MEMBER + BLOCK } else { at };
    let mut looked = Looked { seen: line..block, at, ends: false };
    let mut each = |found: Assigned| {
        let (value, start) = (found.value.clone(), found.name.start.min(found.value.start));
        looked.ends = found.quote != Quote::Bare && !found.wrapped;
        let around = value.end > value.start + SHORTEST && each(found);
        looked.at(start, value.end.max(value.start), around);
    };
    if bare {
        literal::bare(text, at, operator, &name, &mut each);
    } else {
        literal::read(text, at, operator, &name, &mut each);
    }
    looked.all(text)
}

/// What was looked at to read values, and for what they are.
struct Looked {
    seen: Range<usize>,
    /// Where the reader went on.
    at: usize,
    /// Nothing was read behind it.
    ends: bool,
}

impl Looked {
    fn at(&mut self, start: usize, end: usize, around: bool) {
        let (before, behind) = if around { (around::BEFORE + 1, around::BEHIND) } else { (0, place::BEHIND) };
        self.seen.start = self.seen.start.min(start.saturating_sub(before));
        self.seen.end = self.seen.end.max(end + behind + LONGEST_MARK);
        self.at = self.at.max(end);
    }

    /// A reader goes over marks and blanks, and then no farther than to the end of a line that is not continued.
    fn all(self, text: &[u8]) -> Range<usize> {
        if self.ends {
            return self.seen;
        }
        let from = self.at + literal::BETWEEN;
        let most = from + literal::LONGEST;
        let rest = text.get(from.min(text.len())..most.min(text.len())).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', rest).find(|&at| before(text, from + at) != b'\\');
        self.seen.start..self.seen.end.max(line.map_or(most, |at| from + at) + LONGEST_MARK)
    }
}

fn in_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$')
}

fn name_end(text: &[u8], from: usize) -> usize {
    let end = skip_while(text, from, LONGEST_NAME, in_name);
    // `token->x`, `token.` at the end of a sentence, `password-` before a line break.
    back_while(text, end, end - from, |b| matches!(b, b'-' | b'.'))
}

/// Where an operator may stand behind a name.
struct Sign {
    /// Where it may stand.
    at: usize,
    /// Where the blanks before it begin.
    blanks: usize,
    /// The name stands in quotation marks.
    quoted: bool,
}

impl Sign {
    /// How far is looked where there is no operator.
    fn no_operator(&self, text: &[u8]) -> usize {
        let far = match byte(text, self.at) {
            b'{' => MEMBER + BLOCK,
            b',' | b'\r' | b'\n' | b'?' | b'v' | b'V' | b'd' | b'c' => MEMBER,
            _ => LONGEST_MARK,
        };
        self.at + far
    }
}

fn sign(text: &[u8], end: usize) -> Option<Sign> {
    let mut at = skip_while(text, end, 3, |b| b == b'\\');
    let quoted = matches!(byte(text, at), b'"' | b'\'' | b'`');
    at = if quoted { at + 1 } else { skip_while(text, end, 2, |b| b == b'*') };
    if matches!(byte(text, at), b']' | b')' | b'}') {
        at += 1;
    } else if byte(text, at) == b'[' && !quoted {
        let close = skip_while(text, at + 1, 12, |b| b.is_ascii_alphanumeric() || b == b'_');
        at = if byte(text, close) == b']' { close + 1 } else { return None };
    }
    Some(Sign { at: skip_blank(text, at, BLANKS), blanks: at, quoted })
}

/// The operator behind a name and where its value may begin.
fn operator(text: &[u8], hit: &Range<usize>, end: usize, sign: &Sign) -> Option<(Operator, usize)> {
    let &Sign { at: sign, blanks: at, quoted } = sign;
    let second = byte(text, sign + 1);
    match byte(text, sign) {
        b'=' => Some(equals(text, sign)),
        b':' => colon(text, sign, second),
        b'!' if second == b'=' => Some((Operator::Compare, skip_while(text, sign + 1, 2, |b| b == b'='))),
        b'?' if second == b'=' => Some((Operator::Equals, sign + 2)),
        b'?' if second == b'?' || second == b':' => default_or_optional(text, sign, second),
        b'+' if second == b'=' => Some((Operator::Equals, sign + 2)),
        b'|' if second == b'|' => Some((Operator::Default, skip_while(text, sign + 2, 1, |b| b == b'='))),
        b'<' if second == b'-' => Some((Operator::Colon, sign + 2)),
        b'(' if sign == end => Some((Operator::Call, sign + 1)),
        b'>' if sign == end || quoted => Some((Operator::Element, sign + 1)),
        b'%' => encoded(text, sign),
        b',' => comma(text, hit, sign, quoted),
        b'\r' | b'\n' => member(text, sign).map(|at| (Operator::Member, at)),
        _ if sign > at => space(text, sign, quoted),
        _ => None,
    }
}

fn equals(text: &[u8], sign: usize) -> (Operator, usize) {
    let end = skip_while(text, sign, 3, |b| b == b'=');
    match (end - sign, byte(text, end)) {
        (1, b'>') => (Operator::Colon, end + 1),
        (1, _) => (Operator::Equals, end),
        _ => (Operator::Compare, end),
    }
}

fn colon(text: &[u8], sign: usize, second: u8) -> Option<(Operator, usize)> {
    match second {
        b'=' => Some((Operator::Equals, sign + 2)),
        b':' => None,
        b'-' => Some((Operator::Default, sign + 2)),
        _ => Some(annotated(text, sign).map_or((Operator::Colon, sign + 1), |at| (Operator::Equals, at))),
    }
}

/// `name: Type = value`: where the value may begin.
fn annotated(text: &[u8], sign: usize) -> Option<usize> {
    let start = skip_blank(text, sign + 1, 4);
    if !byte(text, start).is_ascii_alphabetic() && byte(text, start) != b'&' {
        return None;
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_<>[].?*|&' ".contains(&b);
    let end = skip_while(text, start, 48, fits);
    let next = byte(text, end + 1);
    (byte(text, end) == b'=' && before(text, end) == b' ' && next != b'=' && next != b'>').then_some(end + 1)
}

fn default_or_optional(text: &[u8], sign: usize, second: u8) -> Option<(Operator, usize)> {
    match (second, annotated(text, sign + 1)) {
        (b':', Some(at)) => Some((Operator::Equals, at)),
        (b':', None) if !matches!(byte(text, skip_blank(text, sign + 2, 4)), b'"' | b'\'') => None,
        _ => Some((Operator::Default, sign + 2)),
    }
}

fn encoded(text: &[u8], sign: usize) -> Option<(Operator, usize)> {
    let code = if stands(text, sign, b"%22") { sign + 3 } else { sign };
    (stands(text, code, b"%3d") || stands(text, code, b"%3a")).then_some((Operator::Equals, code + 3))
}

/// `f("name", "…")`, `set(:name, "…")`, or a member `value` that follows: `"key": "NAME", "value": "…"`.
fn comma(text: &[u8], hit: &Range<usize>, sign: usize, quoted: bool) -> Option<(Operator, usize)> {
    if let Some(at) = member(text, sign + 1) {
        return Some((Operator::Member, at));
    }
    let symbol = before(text, back_while(text, hit.start, LONGEST_NAME, in_name)) == b':';
    let at = skip_blank(text, sign + 1, BLANKS);
    ((quoted || symbol) && opens(text, at)).then_some((Operator::Comma, at))
}

/// Where the value of a member `value`, `content` or `default` may begin that stands at `at`.
fn member(text: &[u8], at: usize) -> Option<usize> {
    let start = skip_while(text, at, 80, |b| b.is_ascii_whitespace() || b == b',');
    let start = skip_while(text, start, 4, |b| matches!(b, b'"' | b'\'' | b'\\'));
    let word = [&b"value"[..], b"default", b"content"].into_iter().find(|word| stands(text, start, word))?;
    let end = skip_while(text, start + word.len(), 4, |b| matches!(b, b'"' | b'\'' | b'\\'));
    let sign = skip_blank(text, end, 4);
    let arrow = byte(text, sign) == b'=' && byte(text, sign + 1) == b'>';
    matches!(byte(text, sign), b':' | b'=').then_some(sign + 1 + usize::from(arrow))
}

/// Where the value of `default` may begin in a block: `variable "name" { type = string, default = "…" }`.
fn block(text: &[u8], open: usize) -> Option<usize> {
    let end = skip_while(text, open, BLOCK, |b| b != b'}');
    let mut at = open;
    while at < end {
        if let Some(value) = member(text, at) {
            return Some(value);
        }
        at = skip_while(text, at, BLOCK, |b| b != b'\n') + 1;
    }
    None
}

/// Behind a name and a blank: a quoted value, a default, a typed declaration, or (told apart later) a bare one.
fn space(text: &[u8], at: usize, quoted: bool) -> Option<(Operator, usize)> {
    match byte(text, at) {
        b'"' | b'\'' | b'`' | b'\\' if !quoted => Some((Operator::Space, at)),
        b'v' | b'V' | b'd' | b'c' if quoted => member(text, at).map(|at| (Operator::Member, at)),
        b'{' if quoted => block(text, at + 1).map(|at| (Operator::Member, at)),
        b'o' if stands(text, at, b"or ") => {
            let at = skip_blank(text, at + 3, 4);
            opens(text, at).then_some((Operator::Default, at))
        }
        b'b' | b'B' if stands(text, at, b"by ") => Some((Operator::Space, at + 3)),
        b's' if stands(text, at, b"string = ") => Some((Operator::Equals, at + 9)),
        // `API token - "…"`, as in notes.
        b'-' if !quoted && byte(text, at + 1) == b' ' && opens(text, at + 2) => Some((Operator::Space, at + 2)),
        _ if quoted => None,
        _ => Some((Operator::Space, at)),
    }
}

fn bare_follows(text: &[u8], at: usize) -> bool {
    !opens(text, at) && byte(text, at) != b'\\'
}

/// Whether a long word follows in which letters and digits take turns as in no prose: `the API key 5f0a…`.
fn random_follows(text: &[u8], at: usize) -> bool {
    let end = skip_while(text, at, RANDOM, |b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    random(text.get(at..end).unwrap_or_default())
}

fn opens(text: &[u8], at: usize) -> bool {
    matches!(byte(text, at), b'"' | b'\'' | b'`') || (byte(text, at) == b'\\' && byte(text, at + 1) == b'"')
}

/// What makes a bare word behind a blank a value: the name is a flag or a scheme, or a directive stands before it.
fn spaced(text: &[u8], name: &Range<usize>) -> Option<Operator> {
    let word = text.get(name.clone()).unwrap_or_default();
    if word.starts_with(b"-") {
        return Some(Operator::Flag);
    }
    let is = |words: &[&str]| words.iter().any(|w| word.eq_ignore_ascii_case(w.as_bytes()));
    if is(&["bearer", "basic"]) {
        return Some(Operator::Scheme);
    }
    if is(&["requirepass", "masterauth", "identified by"]) || word.is_empty() {
        return Some(Operator::Directive);
    }
    let line = line_before(text, name.start, LONGEST_LINE).trim_ascii();
    let last = line.rsplit(|b| b.is_ascii_whitespace()).next().unwrap_or_default();
    let directive = ["env", "arg", "#define", "\\set", "setenv", "setx", "define", "set"];
    let netrc = word.eq_ignore_ascii_case(b"password") && super::bytes::holds(line, "login ");
    (netrc || directive.iter().any(|w| last.eq_ignore_ascii_case(w.as_bytes()))).then_some(Operator::Directive)
}
