//! How the characters of a value follow one another.

use super::bytes::{Needles, byte, words};
use super::words::{cost, covered};

/// Runs, changes and marks. Shares are percentages; costs are sixteenths of a bit, as in `words`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Texture {
    /// Words as an identifier has them: `fooBar9` is three.
    pub(super) words: usize,
    /// The longest run of letters in any case, and of digits.
    pub(super) letters: usize,
    pub(super) digits: usize,
    /// Neighbours of letters that differ in case, but for a capital that begins a word.
    pub(super) case: usize,
    /// Neighbours of which one is a digit and one a letter.
    pub(super) mixed: usize,
    /// Mean cost over runs of letters whatever their case.
    pub(super) cost: u32,
    /// The highest mean cost of a run of four letters or more.
    pub(super) worst: u32,
    /// Letters of such runs in listed words, read as `p4ssw0rd` is meant.
    pub(super) meant: usize,
    /// Vowels among the letters.
    pub(super) vowels: usize,
    /// Neighbours that are the same, follow one another, or lie side by side on a keyboard.
    pub(super) steps: usize,
    /// The longest run of one character.
    pub(super) same: usize,
    /// Hexadecimal digits.
    pub(super) hex: usize,
    /// Marks that names and paths have: `-`, `_`, `.`, `/`, `:`.
    pub(super) dashes: usize,
    pub(super) underscores: usize,
    pub(super) dots: usize,
    pub(super) slashes: usize,
    pub(super) colons: usize,
    /// Marks that people put into passwords: `! @ # $ % ^ & * ? +`.
    pub(super) loud: usize,
    /// Brackets, quotation marks, commas, semicolons, backslashes.
    pub(super) syntax: usize,
    /// `=` at the end, as base64 has them.
    pub(super) padding: usize,
    /// Digits at the end.
    pub(super) tail: usize,
    /// It speaks of secrets itself: `my-secret-token`.
    pub(super) speaks: bool,
}

/// Which count a byte belongs to.
static CLASSES: [u8; 256] = {
    let sets: [&[u8]; 8] = [b"aeiouAEIOU", b"-", b"_", b".", b"/", b":", b"!@#$%^&*?+", b"()[]{}<>\"'`,;\\|"];
    let mut classes = [0; 256];
    let mut set = 0;
    while set < sets.len() {
        let mut at = 0;
        while at < sets[set].len() {
            classes[sets[set][at] as usize] = set as u8 + 1;
            at += 1;
        }
        set += 1;
    }
    classes
};

impl Texture {
    /// Reads a value.
    pub(super) fn of(value: &[u8]) -> Self {
        let n = value.len().max(1);
        let mut counts = [0; 9];
        let (mut letters, mut hex) = (0, 0);
        for b in value {
            if let Some(count) = counts.get_mut(usize::from(CLASSES.get(usize::from(*b)).copied().unwrap_or(0))) {
                *count += 1;
            }
            letters += usize::from(b.is_ascii_alphabetic());
            hex += usize::from(b.is_ascii_hexdigit());
        }
        let [_, vowels, dashes, underscores, dots, slashes, colons, loud, syntax] = counts;
        let pairs = |fits: fn(u8, u8) -> bool| value.windows(2).filter(|p| matches!(p, [a, b] if fits(*a, *b))).count();
        let (mean, worst) = runs(value);
        Self {
            words: words(value).count(),
            letters: longest(value, u8::is_ascii_alphabetic),
            digits: longest(value, u8::is_ascii_digit),
            case: case_changes(value) * 100 / letters.max(1),
            mixed: pairs(mixed) * 100 / n,
            cost: mean,
            worst,
            meant: meant(value),
            vowels: vowels * 100 / letters.max(1),
            steps: pairs(step) * 100 / n,
            same: longest_same(value),
            hex: hex * 100 / n,
            dashes,
            underscores,
            dots,
            slashes,
            colons,
            loud,
            syntax,
            padding: value.iter().rev().take_while(|b| **b == b'=').count(),
            tail: value.iter().rev().take_while(|b| b.is_ascii_digit()).count(),
            speaks: value.len() < 100 && SPEAKS.within(value),
        }
    }
}

fn mixed(a: u8, b: u8) -> bool {
    a.is_ascii_digit() && b.is_ascii_alphabetic() || b.is_ascii_digit() && a.is_ascii_alphabetic()
}

fn longest(value: &[u8], fits: fn(&u8) -> bool) -> usize {
    value.split(|b| !fits(b)).map(<[u8]>::len).max().unwrap_or(0)
}

fn longest_same(value: &[u8]) -> usize {
    value.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0)
}

fn case_changes(value: &[u8]) -> usize {
    let inner = |(at, pair): (usize, &[u8])| match pair {
        [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase() => true,
        [a, b] if a.is_ascii_uppercase() && b.is_ascii_lowercase() => {
            at > 0 && byte(value, at - 1).is_ascii_alphabetic()
        }
        _ => false,
    };
    value.windows(2).enumerate().filter(|pair| inner(*pair)).count()
}

fn step(a: u8, b: u8) -> bool {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    a.abs_diff(b) <= 1 || BESIDE.get(usize::from(a)).is_some_and(|sides| sides.contains(&b))
}

/// The keys left and right of a key.
static BESIDE: [[u8; 2]; 256] = {
    let row = b"\x00qwertyuiop\x00asdfghjkl\x00zxcvbnm\x001234567890\x00";
    let mut sides = [[0; 2]; 256];
    let mut at = 1;
    while at + 1 < row.len() {
        if row[at] != 0 {
            sides[row[at] as usize] = [row[at - 1], row[at + 1]];
        }
        at += 1;
    }
    sides
};

/// The mean cost of the runs of letters, and that of the costliest one.
fn runs(value: &[u8]) -> (u32, u32) {
    let (mut sum, mut count, mut worst) = (0, 0, 0);
    for run in value.split(|b| !b.is_ascii_alphabetic()).filter(|run| run.len() > 1) {
        let (cost, trigrams) = cost(&run.to_ascii_lowercase());
        sum += cost;
        count += trigrams;
        if run.len() >= 4 {
            worst = worst.max(cost / trigrams.max(1));
        }
    }
    (sum / count.max(1), worst)
}

/// Share of the characters in listed words, digits and signs read as the letters that they look like.
fn meant(value: &[u8]) -> usize {
    let read = |b: &u8| match b {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        b => b.to_ascii_lowercase(),
    };
    let plain: Vec<u8> = value.iter().take(64).map(read).collect();
    let known: usize = plain.split(|b| !b.is_ascii_lowercase()).filter(|run| run.len() > 2).map(covered).sum();
    known * 100 / plain.len().max(1)
}

static SPEAKS: Needles = Needles::new(&["pass", "pwd", "secret", "token", "key", "auth", "cred", "user"]);
