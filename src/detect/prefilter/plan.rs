//! The automaton as plain data: made when keyward is built for the built-in rules, at run time for others. Shared
//! with the build script.

use super::classes::WIDTH;
use super::trie::Trie;

/// So many bytes of a keyword are its beginning, which is all that the automaton knows of it.
const BEGINNING: usize = 7;
/// Of keywords that begin as many a word of code does more is known, so that each such word need not be compared.
const COMMON_BEGINNING: usize = 10;
#[rustfmt::skip]
const COMMON: [&[u8]; 36] = [
    b"abstrac", b"applica", b"artifac", b"channel", b"client-", b"client.", b"client_", b"clients", b"collect",
    b"consume", b"content", b"contrib", b"convert", b"current", b"default", b"documen", b"exchang", b"identif",
    b"initial", b"languag", b"locatio", b"message", b"package", b"passwor", b"positio", b"private", b"protoco",
    b"registr", b"request", b"require", b"securit", b"service", b"signatu", b"subscri", b"transfe", b"version",
];
/// So many bytes of a keyword are compared at once.
pub(crate) const HEAD: usize = 8;

/// More keywords than the automaton has room for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("too many keywords for the prefilter; disable rules or shorten their keywords")]
pub struct TooManyKeywords;

/// A state: the next one for each class, little-endian.
pub(crate) type Row = [[u8; 2]; WIDTH];

/// A keyword, as it is compared with a text in which its beginning was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    /// Its first bytes, little-endian.
    pub(crate) head: u64,
    /// The bit that makes lower case, in each of them that is a letter.
    pub(crate) fold: u64,
    /// The bytes of `head` that there are.
    pub(crate) care: u64,
    /// Its number.
    pub(crate) keyword: u32,
    /// Its length in bytes.
    pub(crate) length: u32,
    /// Where its other bytes begin in [`Plan::tails`].
    pub(crate) tail: u32,
    /// How many of its bytes the automaton knows.
    pub(crate) beginning: u32,
}

/// The automaton.
pub(crate) struct Plan {
    pub(crate) rows: Vec<Row>,
    /// States from this one on, a power of two, report something.
    pub(crate) reporting: u16,
    /// By reporting state: where its words begin in `words`; and the end.
    pub(crate) starts: Vec<u32>,
    /// The keywords whose beginning ends at a state.
    pub(crate) words: Vec<Word>,
    pub(crate) tails: Vec<u8>,
    /// Bytes before a place that a state there depends on.
    pub(crate) longest: usize,
}

impl Plan {
    /// Builds the automaton; keywords are lower case and not empty.
    pub(crate) fn new<W: AsRef<[u8]>>(keywords: &[W]) -> Result<Self, TooManyKeywords> {
        let beginnings: Vec<&[u8]> = keywords.iter().map(|word| beginning(word.as_ref())).collect();
        let mut trie = Trie::new(&beginnings);
        trie.link();
        let (numbers, reporting) = trie.number()?;
        let (mut tails, mut known) = (Vec::new(), Vec::new());
        for (number, keyword) in keywords.iter().enumerate() {
            known.push(Word::new(keyword.as_ref(), number as u32, tails.len() as u32));
            tails.extend_from_slice(keyword.as_ref().get(HEAD..).unwrap_or_default());
        }
        let (mut starts, mut words) = (vec![0], Vec::new());
        for reports in trie.reports(&numbers, reporting) {
            words.extend(reports.iter().filter_map(|&keyword| known.get(keyword as usize)));
            starts.push(words.len() as u32);
        }
        let longest = beginnings.iter().map(|word| word.len()).max().unwrap_or(0);
        Ok(Self { rows: trie.rows(&numbers), reporting: reporting as u16, starts, words, tails, longest })
    }
}

impl Word {
    fn new(keyword: &[u8], number: u32, tail: u32) -> Self {
        let pick = |of: fn(u8) -> u8| {
            let mut bytes = [0; HEAD];
            bytes.iter_mut().zip(keyword).for_each(|(slot, &byte)| *slot = of(byte));
            u64::from_le_bytes(bytes)
        };
        let fold = pick(|byte| if byte.is_ascii_lowercase() { 0x20 } else { 0 });
        Self {
            head: pick(|byte| byte),
            fold,
            care: pick(|_| 0xff),
            keyword: number,
            length: keyword.len() as u32,
            tail,
            beginning: beginning(keyword).len() as u32,
        }
    }
}

fn beginning(word: &[u8]) -> &[u8] {
    let known = word.get(..BEGINNING).unwrap_or(word);
    if COMMON.contains(&known) { word.get(..COMMON_BEGINNING).unwrap_or(word) } else { known }
}
