//! Offsets to lines and columns, and [`Shown`], the one way for foreign bytes into an output.

use std::fmt;
use std::fmt::Write as _;
use std::ops::Range;

/// A place in a text: lines and columns count from 1, columns in characters, the end is exclusive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Location {
    /// First line.
    pub line_start: u64,
    /// Column of the first character.
    pub column_start: u64,
    /// Line of the last character.
    pub line_end: u64,
    /// Column behind the last character.
    pub column_end: u64,
}

/// Where the lines of a text begin.
pub struct Lines<'a> {
    text: &'a [u8],
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Indexes the lines of `text`; a line ends with LF.
    pub fn new(text: &'a [u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at + 1));
        Self { text, starts }
    }

    /// The line (from 0) that holds the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// The bytes of line `line` (from 0), without its LF or CR LF; empty behind the last one.
    pub fn line(&self, line: usize) -> &'a [u8] {
        let range = self.range(line);
        let bytes = self.text.get(range).unwrap_or_default();
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }

    /// How many lines there are; at least 1.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The place of a byte range.
    pub fn locate(&self, span: &Range<usize>) -> Location {
        let first = self.line_of(span.start);
        let last = self.line_of(span.end.saturating_sub(1).max(span.start));
        Location {
            line_start: first as u64 + 1,
            column_start: self.column(first, span.start),
            line_end: last as u64 + 1,
            column_end: self.column(last, span.end),
        }
    }

    fn range(&self, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        start..end
    }

    fn column(&self, line: usize, offset: usize) -> u64 {
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or_default();
        bstr::ByteSlice::chars(before).count() as u64 + 1
    }
}

/// Finds the secrets in a piece of text that is about to be shown. The detector implements it.
pub trait Mask: Sync {
    /// The byte ranges to hide, sorted, without overlap.
    fn secrets_in(&self, text: &[u8]) -> Vec<Range<usize>>;
}

/// A text from a repository, the environment or a user that is safe to print: secrets are `***`,
/// control and format characters and bytes that are not UTF-8 are escaped (`\n`, `\x1b`, `\u{202e}`, `\xff`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Shown(String);

impl Shown {
    /// Masks and escapes `bytes`.
    pub fn new(bytes: &[u8], mask: &dyn Mask) -> Self {
        let mut out = String::with_capacity(bytes.len());
        let mut done = 0;
        for span in mask.secrets_in(bytes) {
            escape(bytes.get(done..span.start).unwrap_or_default(), &mut out);
            out.push_str("***");
            done = span.end;
        }
        escape(bytes.get(done..).unwrap_or_default(), &mut out);
        Self(out)
    }

    /// A text of our own (a literal in the source).
    pub fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The safe text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn escape(bytes: &[u8], out: &mut String) {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c.is_ascii_control() => _ = write!(out, "\\x{:02x}", u32::from(c)),
                c if hidden(c) => _ = write!(out, "\\u{{{:x}}}", u32::from(c)),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            _ = write!(out, "\\x{byte:02x}");
        }
    }
}

/// Characters that steer a terminal or change the order or presence of what is read.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff
            | 0xfff9..=0xfffb | 0xe0000..=0xe0fff)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;
    impl Mask for Nothing {
        fn secrets_in(&self, _: &[u8]) -> Vec<Range<usize>> {
            Vec::new()
        }
    }

    struct Middle;
    impl Mask for Middle {
        fn secrets_in(&self, _: &[u8]) -> Vec<Range<usize>> {
            vec![Range { start: 2, end: 5 }]
        }
    }

    #[test]
    fn control_format_and_broken_bytes_are_escaped() {
        let shown = Shown::new(b"a\x1b[31m\n\xff\xe2\x80\xaeb", &Nothing);
        assert_eq!(shown.as_str(), "a\\x1b[31m\\n\\xff\\u{202e}b");
    }

    #[test]
    fn what_the_mask_finds_is_stars() {
        assert_eq!(Shown::new(b"ab123cd", &Middle).as_str(), "ab***cd");
    }

    #[test]
    fn columns_count_characters_and_the_end_is_exclusive() {
        let text = "x\n\u{e4}\u{f6}bc\n".as_bytes();
        let place = Lines::new(text).locate(&(6..8));
        assert_eq!(place, Location { line_start: 2, column_start: 3, line_end: 2, column_end: 5 });
    }

    #[test]
    fn a_line_comes_without_its_ending() {
        let lines = Lines::new(b"one\r\ntwo");
        assert_eq!((lines.line(0), lines.line(1), lines.line(2)), (&b"one"[..], &b"two"[..], &b""[..]));
    }
}
