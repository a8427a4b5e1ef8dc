//! The automaton of the built-in rules, as the build script planned it.

use super::Prefilter;
use super::plan::Word;
use super::table::{Rows, Table, read};
use std::borrow::Cow;

// SIZE, REPORTING, LONGEST, STARTS, WORDS, TAILS.
include!(concat!(env!("OUT_DIR"), "/prefilter.rs"));

static ROWS: Rows<SIZE> = read(include_bytes!(concat!(env!("OUT_DIR"), "/rows.bin")));

pub(super) fn prefilter() -> Prefilter {
    Prefilter {
        table: Table::Builtin(&ROWS),
        reporting: REPORTING,
        starts: Cow::Borrowed(&STARTS),
        words: Cow::Borrowed(&WORDS),
        tails: Cow::Borrowed(TAILS),
        longest: LONGEST,
    }
}
