//! The line of an assignment, and the lines next to it.

use super::assign::{Assigned, Quote};
use super::bytes::{Topics, back_while, before, byte, line_before, line_behind, skip_blank, stands};

/// Bytes looked at before the name and behind the value; more than the tier's reach would make the verdict depend on
/// where the text was cut.
pub(super) const BEFORE: usize = 300;
pub(super) const BEHIND: usize = 160;

const PERSON: u8 = 1;
const MACHINE: u8 = 2;
const CHECKED: u8 = 4;
const SHOWN: u8 = 8;
const SECRETS: u8 = 16;
const URL: u8 = 32;
#[rustfmt::skip]
static TOPICS: Topics = Topics::new(&[
    ("user", PERSON), ("login", PERSON), ("email", PERSON), ("account", PERSON), ("name", PERSON),
    ("host", MACHINE), ("port", MACHINE), ("database", MACHINE), ("jdbc", MACHINE), ("server", MACHINE), ("url", MACHINE),
    ("assert", CHECKED), ("expect", CHECKED), ("should", CHECKED), ("equal", CHECKED), ("verify", CHECKED), ("raise", CHECKED),
    ("example", SHOWN), ("e.g.", SHOWN), ("sample", SHOWN), ("such as", SHOWN), ("placeholder", SHOWN),
    ("pass", SECRETS), ("secret", SECRETS), ("token", SECRETS), ("cred", SECRETS), ("apikey", SECRETS), ("api_key", SECRETS), ("auth", SECRETS),
    ("://", URL),
]);
const DEFINES: [&str; 14] = [
    "def ",
    "func ",
    "function ",
    "public ",
    "private ",
    "protected ",
    "class ",
    "import ",
    "from ",
    "if ",
    "elif ",
    "while ",
    "return ",
    "case ",
];

/// The features of the surroundings.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Around {
    /// Bytes of the line before the name (at most 256) and behind the value (at most 240).
    pub(super) left: usize,
    pub(super) right: usize,
    /// Blanks that the line begins with.
    pub(super) indent: usize,
    /// Nothing but closing marks follows on the line.
    pub(super) last: bool,
    /// A bracket closes behind the value.
    pub(super) closes: bool,
    /// A comma follows.
    pub(super) comma: bool,
    /// The name stands in quotation marks.
    pub(super) quoted: bool,
    /// The name follows `.`, `[` or `->`.
    pub(super) member: bool,
    /// Brackets opened and not closed before the name.
    pub(super) inside: usize,
    /// Quotation marks and equals signs on the line.
    pub(super) quotes: usize,
    pub(super) equals: usize,
    /// The line speaks of people, of checks, of examples; it begins as a definition; it holds an URL.
    pub(super) person: bool,
    pub(super) checked: bool,
    pub(super) shown: bool,
    pub(super) defines: bool,
    pub(super) url: bool,
    /// The lines next to it speak of people, machines, checks, other secrets.
    pub(super) near_person: bool,
    pub(super) near_machine: bool,
    pub(super) near_checked: bool,
    pub(super) near_secrets: bool,
}

impl Around {
    /// Looks around `found`.
    pub(super) fn of(text: &[u8], found: &Assigned) -> Self {
        let start = found.name.start.min(found.value.start);
        let left = line_before(text, start, 256);
        let right = line_behind(text, found.value.end, BEHIND);
        let quoted = found.quote != Quote::Bare;
        let mark = usize::from(quoted) + usize::from(byte(text, found.value.end) == b'\\');
        let rest = right.get(mark.min(right.len())..).unwrap_or_default();
        let next = byte(text, skip_blank(text, found.value.end + mark, 4));
        let trimmed = left.trim_ascii_start();
        let above = text.get(start.saturating_sub(BEFORE)..start - left.len().min(start)).unwrap_or_default();
        let end = found.value.end + right.len();
        let below = text.get(end..text.len().min(found.value.end + BEHIND)).unwrap_or_default();
        let (near, line) = (TOPICS.of(above) | TOPICS.of(below), TOPICS.of(left) | TOPICS.of(rest));
        let count = |marks: &[u8]| left.iter().chain(rest).filter(|b| marks.contains(b)).count();
        let opened = left.iter().filter(|b| b"([{".contains(b)).count();
        let closed = left.iter().filter(|b| b")]}".contains(b)).count();
        let ahead = before(text, back_while(text, start, 2, |b| matches!(b, b'"' | b'\'' | b' ')));
        Self {
            left: left.len(),
            right: rest.len(),
            indent: left.len() - trimmed.len(),
            last: rest.iter().all(|b| b" ,;)}]\"'\\>".contains(b)),
            closes: matches!(next, b')' | b']' | b'}'),
            comma: next == b',',
            quoted: matches!(before(text, start), b'"' | b'\'' | b'`'),
            member: matches!(ahead, b'.' | b'[' | b'>'),
            inside: opened.saturating_sub(closed),
            quotes: count(b"\"'"),
            equals: count(b"="),
            person: line & PERSON != 0,
            checked: line & CHECKED != 0,
            shown: line & SHOWN != 0,
            defines: DEFINES.iter().any(|word| stands(trimmed, 0, word.as_bytes())),
            url: line & URL != 0,
            near_person: near & PERSON != 0,
            near_machine: near & MACHINE != 0,
            near_checked: near & CHECKED != 0,
            near_secrets: near & SECRETS != 0,
        }
    }
}
