//! What a value looks like.

use super::bytes::words;
use super::shape::{Shape, template};
use super::vocabulary::{ALGORITHMS, EMPTY_DIGESTS, NOTHING, PLACEHOLDERS};
use super::words::{cost, covered, log2};

/// The features of a value. Shares are percentages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Value {
    pub(super) len: usize,
    pub(super) shape: Shape,
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) digits: usize,
    pub(super) other: usize,
    pub(super) spaces: usize,
    /// Bytes that are not ASCII.
    pub(super) foreign: usize,
    /// Kinds of characters: lower, upper, digits, other.
    pub(super) classes: usize,
    /// Changes between letters, digits and others, a hundred characters.
    pub(super) changes: usize,
    /// Shannon entropy, sixteenths of a bit a byte.
    pub(super) entropy: u32,
    /// Different bytes.
    pub(super) distinct: usize,
    /// Share of the letters in listed words.
    pub(super) covered: usize,
    /// Mean cost of the letters, sixteenths of a bit; words have about 48, random letters 96. 0 without letters.
    pub(super) cost: u32,
    /// It says that it stands for a value: `changeme`, `<your key>`, `xxx`, `***`.
    pub(super) placeholder: bool,
    /// It is the name, or a word of it.
    pub(super) echo: bool,
    /// Of the alphabet of base64, with both cases and digits.
    pub(super) base64: bool,
    /// It holds a mark that no service puts into the keys and tokens that it issues.
    pub(super) marked: bool,
    /// Letters and digits take turns in it as in no words.
    pub(super) random: bool,
    /// Hexadecimal digits but for one or two characters.
    pub(super) flawed: bool,
    /// A random value with a mark or two that no service puts into what it issues.
    pub(super) garbled: bool,
    /// Of the form of a UUID, and none that anything makes.
    pub(super) untrue: bool,
}

/// Bytes of a value that are looked at.
pub(super) const LOOKED_AT: usize = 256;

impl Value {
    /// Measures a value that is assigned to `name`.
    pub(super) fn of(value: &[u8], name: &[u8]) -> Self {
        let whole = value;
        let value = whole.get(..LOOKED_AT).unwrap_or(whole);
        let count = |fits: fn(&u8) -> bool| value.iter().filter(|b| fits(b)).count();
        let lower = count(u8::is_ascii_lowercase);
        let upper = count(u8::is_ascii_uppercase);
        let digits = count(u8::is_ascii_digit);
        let spaces = count(|b| *b == b' ');
        let foreign = count(|b| !b.is_ascii());
        let other = value.len() - lower - upper - digits - spaces;
        let (share, mean) = letters(value);
        let (entropy, distinct) = entropy(value);
        let alphabet = value.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(b));
        Self {
            len: whole.len(),
            shape: Shape::of(value),
            lower,
            upper,
            digits,
            other,
            spaces,
            foreign,
            classes: [lower, upper, digits, other].iter().filter(|n| **n > 0).count(),
            changes: changes(value),
            entropy,
            distinct,
            covered: share,
            cost: mean,
            placeholder: placeholder(value),
            echo: echo(value, name),
            marked: value.iter().any(|b| b"!#$&*?@[]^{}()<>'\"\\`".contains(b)),
            random: random(value),
            flawed: flawed(value),
            garbled: garbled(value),
            untrue: untrue_uuid(value),
            base64: alphabet && lower > 0 && upper > 0 && digits > 0,
        }
    }

    /// The part of a value that is looked at.
    pub(super) fn seen<'v>(&self, value: &'v [u8]) -> &'v [u8] {
        value.get(..LOOKED_AT).unwrap_or(value)
    }

    /// Characters that are letters.
    pub(super) fn letters(&self) -> usize {
        self.lower + self.upper
    }
}

/// Whether a value is plainly none: too short, a template, reference or call, the next flag, a list of literals, or
/// the beginning of a token.
pub(super) fn is_no_literal(value: &[u8]) -> bool {
    value.len() < 4
        || value.starts_with(b"--") && !value.starts_with(b"---")
        || matches!(value, [b'?' | b'=', ..])
        || [&b"\", \""[..], b"', '"].iter().any(|joint| value.windows(4).any(|part| part == *joint))
        || value.starts_with(b"eyJ") && value.len() < 20
        || template(value.get(..LOOKED_AT).unwrap_or(value))
}

/// `AWS4-HMAC-SHA256`, `aes-256-gcm`, `RSA/ECB/OAEPWithSHA-256`: most parts are numbers or names of algorithms.
pub(super) fn is_algorithm(value: &[u8]) -> bool {
    let known = |part: &[u8]| {
        let part = part.to_ascii_lowercase();
        ALGORITHMS.iter().any(|word| part.starts_with(word.as_bytes()) || part.ends_with(word.as_bytes()))
    };
    let mut parts = value.split(|b| b"-_/".contains(b)).filter(|part| !part.is_empty()).peekable();
    if value.len() > 40 || parts.peek().is_none() {
        return false;
    }
    let (mut all, mut named) = (0, 0);
    for part in parts {
        let number = part.iter().all(u8::is_ascii_digit);
        all += usize::from(!number);
        named += usize::from(!number && part.len() < 16 && known(part));
    }
    named * 2 > all || named > 0 && named * 2 == all && value.len() < 24
}

/// Share of letters in listed words, and the mean cost of the letters.
fn letters(value: &[u8]) -> (usize, u32) {
    let (mut all, mut known, mut sum, mut count) = (0, 0, 0, 0);
    for word in words(value) {
        let word = value.get(word).unwrap_or_default().to_ascii_lowercase();
        if word.first().is_some_and(u8::is_ascii_digit) {
            continue;
        }
        all += word.len();
        known += covered(&word);
        if word.len() > 1 {
            let (cost, trigrams) = cost(&word);
            sum += cost;
            count += trigrams;
        }
    }
    (known * 100 / all.max(1), sum / count.max(1))
}

fn changes(value: &[u8]) -> usize {
    let class = |b: u8| match b {
        b'0'..=b'9' => 0,
        b if b.is_ascii_alphabetic() => 1,
        _ => 2,
    };
    let changed = value.windows(2).filter(|pair| matches!(pair, [a, b] if class(*a) != class(*b))).count();
    changed * 100 / value.len().saturating_sub(1).max(1)
}

fn entropy(value: &[u8]) -> (u32, usize) {
    let mut counts = [0u32; 256];
    for &b in value {
        if let Some(count) = counts.get_mut(usize::from(b)) {
            *count += 1;
        }
    }
    let n = u32::try_from(value.len()).unwrap_or(u32::MAX);
    let (mut used, mut distinct) = (0, 0);
    for &b in value {
        // Each different byte counts once.
        let count = counts.get_mut(usize::from(b)).map(std::mem::take).unwrap_or_default();
        used += count * log2(count);
        distinct += usize::from(count > 0);
    }
    ((n * log2(n)).saturating_sub(used) / n.max(1), distinct)
}

/// Whether letters and digits take turns in a long value as in no words.
pub(super) fn random(value: &[u8]) -> bool {
    const LEAST: usize = 20;
    const TURNS: usize = 6;
    let turn = |pair: &[u8]| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit());
    value.len() >= LEAST && value.windows(2).filter(|pair| turn(pair)).count() >= TURNS
}

/// Whether a long value is hexadecimal but for one or two characters, maybe behind a prefix: no random value is so by
/// chance, so that somebody has changed it.
pub(in crate::detect) fn flawed(value: &[u8]) -> bool {
    const LEAST: usize = 30;
    const FLAWS: usize = 2;
    const LETTERS: usize = 2;
    const PREFIX: usize = 5;
    const DIGESTS: [usize; 4] = [32, 40, 64, 128];
    let flaws = |part: &[u8]| part.iter().filter(|b| !b.is_ascii_hexdigit()).count();
    let letters = value.iter().skip(PREFIX).filter(|b| matches!(b.to_ascii_lowercase(), b'a'..=b'f')).count();
    let body = value.get(PREFIX..).unwrap_or_default();
    let flawed = |part: &[u8]| (1..=FLAWS).contains(&flaws(part));
    value.len() >= LEAST
        && value.iter().all(u8::is_ascii_alphanumeric)
        && letters >= LETTERS
        && (flawed(body) || DIGESTS.contains(&value.len()) && flawed(value))
}

/// Whether a value has the form of a UUID of version 4 and not its variant (RFC 9562, 4.1).
fn untrue_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && Shape::of(value) == Shape::Uuid
        && value.get(14) == Some(&b'4')
        && matches!(value.get(19), Some(b'0'..=b'7'))
}

/// A random value of letters and digits with a mark or two that no service puts into what it issues.
fn garbled(value: &[u8]) -> bool {
    const LEAST: usize = 20;
    const ONE_IN: usize = 10;
    let marks = value.iter().filter(|b| b"#$%^&*!?@~".contains(b)).count();
    let escaped = value.windows(3).any(|part| matches!(part, [b'%', b'2'..=b'7', b] if b.is_ascii_hexdigit()));
    let plain = value.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.+/=:#$%^&*!?@~".contains(b));
    value.len() >= LEAST && plain && !escaped && random(value) && (1..=value.len() / ONE_IN).contains(&marks)
}

fn placeholder(value: &[u8]) -> bool {
    let same = |word: &&str| value.eq_ignore_ascii_case(word.as_bytes());
    NOTHING.iter().chain(EMPTY_DIGESTS).any(same) || (value.len() < 100 && PLACEHOLDERS.within(value))
}

/// Whether the letters of one are the letters of the other, or a part.
fn echo(value: &[u8], name: &[u8]) -> bool {
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
    };
    let (value, name) = (plain(value), plain(name));
    let inside = |outer: &[u8], inner: &[u8]| inner.len() > 2 && outer.windows(inner.len()).any(|part| part == inner);
    inside(&name, &value) || (name.len() > 3 && inside(&value, &name))
}
