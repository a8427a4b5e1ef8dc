//! Encoded runs inside a text: base64, hexadecimal digits, percent and backslash escapes, and ASCII interleaved with
//! NUL.

mod base64;
mod escapes;
mod gzip;
mod hex;

pub(super) use gzip::MAGIC as GZIP;

use super::layer::{Layer, Map};
use crate::candidate::Encoding;
use std::ops::Range;

/// How much of the line before a run is taken along, for the name that it is assigned to.
const PREFIX: usize = 80;
/// A token with percent escapes is looked at up to this length.
const LONGEST_PERCENT: usize = 8192;
/// A shorter run of interleaved ASCII is chance.
const SHORTEST_FOLD: usize = 8;

/// A decoded text, and where it came from.
pub(super) struct Decoded {
    pub(super) text: Vec<u8>,
    pub(super) map: Map,
    pub(super) encodings: &'static [Encoding],
}

impl Decoded {
    /// Where the run begins in the text around it.
    pub(super) fn start(&self) -> usize {
        match &self.map {
            Map::Decoded { run, .. } => run.start,
            Map::Folded { start } => *start,
            Map::Same | Map::Member => 0,
        }
    }

    /// How it is encoded, outermost, and where it begins.
    pub(super) fn key(&self) -> (Option<Encoding>, usize) {
        (self.encodings.first().copied(), self.start())
    }

    /// The bytes of `text` that a run depends on.
    pub(super) fn seen(&self, text: &[u8]) -> Range<usize> {
        let Map::Decoded { run, .. } = &self.map else { return 0..text.len() };
        match self.encodings.first() {
            Some(Encoding::Escape) => escapes::line(text, run),
            Some(Encoding::Percent) => run.start.saturating_sub(1)..(run.end + 1).min(text.len()),
            _ => run.start.saturating_sub(PREFIX)..(run.end + 1).min(text.len()),
        }
    }

    pub(super) fn layer<'a>(&'a self, outer: &'a Layer<'a>) -> Layer<'a> {
        Layer { text: &self.text, map: self.map.clone(), encodings: self.encodings, outer: Some(outer) }
    }
}

/// Shows every encoded run of `text` that decodes to text, decoded. `take` returns false to stop.
/// Of what is packed at most `most` bytes are unpacked, and one more.
pub(super) fn all_runs(text: &[u8], most: usize, take: &mut dyn FnMut(Decoded) -> bool) {
    let all = 0..text.len();
    runs(text, std::slice::from_ref(&all), most, take);
}

/// Shows every encoded run of `text` that lies in or touches one of `windows` (sorted and apart) and decodes to text,
/// decoded; perhaps some others. `take` returns false to stop. False where a run is so long that what is shown of it
/// depends on where the look began.
pub(super) fn runs(text: &[u8], windows: &[Range<usize>], most: usize, take: &mut dyn FnMut(Decoded) -> bool) -> bool {
    let mut bounded = true;
    let mut at = 0;
    for window in windows {
        at = at.max(base64::from(window.start));
        if !base64::find(text, &mut at, window.end, most, take) {
            return true;
        }
    }
    let mut from = 0;
    for window in windows {
        let (first, last) = (run_start(text, window.start), run_end(text, window.end));
        bounded &= window.start - first < LONGEST_PERCENT && last - window.end < LONGEST_PERCENT;
        from = from.max(first);
        match percent(text, &mut from, last, take) {
            Some(whole) => bounded &= whole,
            None => return bounded,
        }
    }
    escapes::find(text, windows, take);
    bounded
}

/// Shows every run of ASCII interleaved with NUL (UTF-16 of either byte order), folded.
pub(super) fn folded(text: &[u8], take: &mut dyn FnMut(Decoded) -> bool) {
    let mut from = 0;
    while let Some(nul) = every_other(text, from) {
        // Little endian has its character before the NUL; big endian behind it, which the same run shows one byte on.
        let before = nul.checked_sub(1).filter(|&at| at >= from && text.get(at).is_some_and(|&c| plain(c)));
        let start = before.unwrap_or(nul + 1);
        let rest = text.get(start..).unwrap_or_default();
        let length = interleaved(rest);
        from = nul + 1;
        if length >= SHORTEST_FOLD {
            from = start + length * 2;
            let run = rest.iter().copied().step_by(2).take(length).collect();
            if !take(Decoded { text: run, map: Map::Folded { start }, encodings: &[Encoding::Utf16] }) {
                return;
            }
        }
    }
}

/// Where every other byte begins to be NUL, four times, as in each run; programs and pictures have many NULs elsewhere.
fn every_other(text: &[u8], from: usize) -> Option<usize> {
    const BLOCK: usize = 64;
    const SPAN: usize = 7;
    let is_nul = |at: usize| text.get(at) == Some(&0);
    let begins = |&at: &usize| [0, 2, 4, 6].iter().all(|&on| is_nul(at + on)) && !is_nul(at + 1);
    let mut at = from;
    while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk::<{ BLOCK + SPAN - 1 }>) {
        // By arithmetic and apart, so that it is done for many at once.
        let nuls = block.map(|byte| u8::from(byte == 0));
        let from = |on: usize| nuls.get(on..).and_then(<[u8]>::first_chunk::<BLOCK>).unwrap_or(&[0; BLOCK]);
        let fits = from(0).iter().zip(from(1)).zip(from(2)).zip(from(4)).zip(from(6));
        if fits.fold(0, |any, ((((a, b), c), d), e)| any | a & (b ^ 1) & c & d & e) != 0 {
            return (at..at + BLOCK).find(begins);
        }
        at += BLOCK;
    }
    (at..text.len()).find(begins)
}

/// How many characters `text` begins with.
fn interleaved(text: &[u8]) -> usize {
    let pairs = text.chunks(2);
    pairs
        .take_while(|pair| match pair {
            [c, 0] => plain(*c),
            // The last character of a big-endian text has no NUL behind it.
            [c] => plain(*c),
            _ => false,
        })
        .count()
}

fn plain(c: u8) -> bool {
    matches!(c, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// What `run` decodes to, behind the line before it.
fn behind_name(
    text: &[u8],
    run: &Range<usize>,
    inner: Vec<u8>,
    scale: Option<(usize, usize)>,
    encodings: &'static [Encoding],
) -> Option<Decoded> {
    let prefix = line_before(text, run.start);
    let joined = [text.get(prefix.clone())?, &inner].concat();
    Some(Decoded { text: joined, map: Map::Decoded { prefix, run: run.clone(), scale }, encodings })
}

/// Whether the beginning of something decoded is text, in one byte a character or two.
fn is_text(bytes: &[u8]) -> bool {
    let good = bytes.iter().filter(|&&b| plain(b) || b == 0).count();
    !bytes.is_empty() && good * 20 >= bytes.len() * 19 && bytes.iter().filter(|&&b| b == 0).count() * 2 <= bytes.len()
}

fn line_before(text: &[u8], start: usize) -> Range<usize> {
    let from = start.saturating_sub(PREFIX);
    let line = text.get(from..start).and_then(|before| memchr::memrchr(b'\n', before)).map_or(from, |at| from + at + 1);
    line..start
}

/// Looks for tokens with an escape from `from` to `end`, and moves `from` behind them. `None` if `take` stopped it, false
/// where one is longer than what is looked at.
fn percent(text: &[u8], from: &mut usize, end: usize, take: &mut dyn FnMut(Decoded) -> bool) -> Option<bool> {
    let mut whole = true;
    while let Some(at) = text.get(*from..end).and_then(|rest| memchr::memchr(b'%', rest)) {
        let at = *from + at;
        *from = at + 1;
        // `%02x` in a format is none: it stands for no character.
        if !escaped(text.get(at..).unwrap_or_default()).is_some_and(|byte| plain(byte) || !byte.is_ascii()) {
            continue;
        }
        let run = run_start(text, at)..run_end(text, at);
        whole &= at - run.start < LONGEST_PERCENT && run.end - at < LONGEST_PERCENT;
        *from = run.end.max(*from);
        let decoded = unescape(text.get(run.clone()).unwrap_or_default());
        let map = Map::Decoded { prefix: run.start..run.start, run, scale: None };
        if !take(Decoded { text: decoded, map, encodings: &[Encoding::Percent] }) {
            return None;
        }
    }
    Some(whole)
}

/// Whether a byte may stand in a token with percent escapes.
fn in_token(b: &u8) -> bool {
    b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>')
}

/// Where the token before `at` begins, as far back as it is looked at.
fn run_start(text: &[u8], at: usize) -> usize {
    let back = text.get(at.saturating_sub(LONGEST_PERCENT)..at).unwrap_or_default();
    at - back.iter().rev().take_while(|b| in_token(b)).count()
}

/// Where the token from `at` on ends, as far as it is looked at.
fn run_end(text: &[u8], at: usize) -> usize {
    at + text.get(at..).unwrap_or_default().iter().take(LONGEST_PERCENT).take_while(|b| in_token(b)).count()
}

fn unescape(mut text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    while let Some((&first, rest)) = text.split_first() {
        match escaped(text) {
            Some(byte) => {
                out.push(byte);
                text = text.get(3..).unwrap_or_default();
            }
            None => {
                out.push(first);
                text = rest;
            }
        }
    }
    out
}

/// The byte that an escape at the beginning of `text` stands for.
fn escaped(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |b: &u8| char::from(*b).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], find: impl Fn(&[u8], &mut dyn FnMut(Decoded) -> bool)) -> Vec<(Vec<u8>, Map)> {
        let mut list = Vec::new();
        find(text, &mut |decoded| {
            list.push((decoded.text, decoded.map));
            true
        });
        list
    }

    #[test]
    fn base64_text_comes_out_behind_the_name_it_is_given_to() {
        let value = data_encoding::BASE64.encode(b"password = correct horse");
        let text = format!("data:\n  env: {value}\n");
        let found = all(text.as_bytes(), |text, take| all_runs(text, 1000, take));
        let run = 13..13 + value.trim_end_matches('=').len();
        assert_eq!(
            found,
            vec![(
                b"  env: password = correct horse".to_vec(),
                Map::Decoded { prefix: 6..13, run, scale: Some((4, 3)) }
            )]
        );
    }

    #[test]
    fn base64_is_found_wherever_it_begins() {
        let value = data_encoding::BASE64_NOPAD.encode(b"eighteen bytes it is");
        for shift in 0..64 {
            let text = format!("{}{value} ", " ".repeat(shift));
            assert_eq!(all(text.as_bytes(), |text, take| all_runs(text, 1000, take)).len(), 1, "shift {shift}");
        }
    }

    #[test]
    fn random_bytes_and_long_identifiers_stay_closed() {
        let text = b"thisIsJustSomeVeryLongIdentifierInACamelCase 0123456789abcdef0123456789abcdef01234567";
        assert!(all(text, |text, take| all_runs(text, 1000, take)).is_empty());
    }

    #[test]
    fn percent_escapes_are_undone() {
        let found = all(b"GET /?q=a%3Db%zz&x \"%", |text, take| all_runs(text, 1000, take));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, b"/?q=a=b%zz&x");
    }

    #[test]
    fn interleaved_text_folds_in_either_byte_order_wherever_it_begins() {
        let little: Vec<u8> = "pass = word".bytes().flat_map(|b| [b, 0]).collect();
        let big: Vec<u8> = "pass = word".bytes().flat_map(|b| [0, b]).collect();
        for lead in [&b""[..], b"\xff\xfe", b"\x01\x02\x03", b"ab"] {
            for body in [&little, &big] {
                let text = [lead, body].concat();
                let found = all(&text, folded);
                assert!(found.iter().any(|(text, _)| text.ends_with(b"pass = word")), "{text:?}");
            }
        }
    }
}
