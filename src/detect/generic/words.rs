//! How much a text looks like words: coverage by a list of words, and the cost of its letters.
//!
//! All arithmetic is in integers, so that every platform judges alike.

pub(super) use super::letters::log2;

use super::letters::each_trigram;

/// Common words of code, made by `tools/generic-words.py`; sorted, one a line.
static TEXT: &[u8] = include_bytes!("words.txt");
// ENDS: where each of them ends; STARTS: the first one of every three first letters, and the end.
include!(concat!(env!("OUT_DIR"), "/words.rs"));
/// What a trigram's third letter costs.
static COSTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/costs.bin"));

/// Letters looked at in one run.
const LONGEST_RUN: usize = 64;

/// How many letters of `run` (lower-case letters) the best choice of listed words covers. A word of three letters,
/// which chance often makes, counts two.
pub(in crate::detect) fn covered(run: &[u8]) -> usize {
    let run = run.get(..LONGEST_RUN).unwrap_or(run);
    let mut best = [0; LONGEST_RUN + 1];
    for start in (0..run.len()).rev() {
        let mut most = best.get(start + 1).copied().unwrap_or(0);
        each_word_at(run.get(start..).unwrap_or_default(), |len| {
            let worth = if len == 3 { 2 } else { len };
            most = most.max(worth + best.get(start + len).copied().unwrap_or(0));
        });
        if let Some(slot) = best.get_mut(start) {
            *slot = most;
        }
    }
    best.first().copied().unwrap_or(0)
}

/// Whether `word` (lower-case letters) is listed.
pub(super) fn listed(word: &[u8]) -> bool {
    let mut listed = false;
    each_word_at(word, |len| listed |= len == word.len());
    listed
}

/// The lengths of the listed words that `text` begins with.
fn each_word_at(text: &[u8], mut found: impl FnMut(usize)) {
    let [first, second, third, ..] = text else { return };
    let letter = |byte: &u8| usize::from(byte.wrapping_sub(b'a'));
    let three = (letter(first) * 26 + letter(second)) * 26 + letter(third);
    let Some((&low, &high)) = STARTS.get(three).zip(STARTS.get(three + 1)) else { return };
    for number in low..high {
        let word = word(usize::from(number));
        if text.starts_with(word) {
            found(word.len());
        }
    }
}

/// The listed word of this number.
fn word(number: usize) -> &'static [u8] {
    let start = number.checked_sub(1).and_then(|before| ENDS.get(before)).map_or(0, |end| *end as usize + 1);
    ENDS.get(number).and_then(|end| TEXT.get(start..*end as usize)).unwrap_or_default()
}

/// The cost of a run of lower-case letters under the trigrams of the list: sixteenths of a bit, and how many
/// trigrams they are summed over. Words cost about 3 bits a trigram, random letters about 6.
pub(super) fn cost(run: &[u8]) -> (u32, u32) {
    let run = run.get(..LONGEST_RUN).unwrap_or(run);
    let (mut sum, mut count) = (0, 0);
    each_trigram(run, |_, index| {
        sum += u32::from(COSTS.get(index).copied().unwrap_or(u8::MAX));
        count += 1;
    });
    (sum, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_lower_case() {
        let words: Vec<&[u8]> = (0..ENDS.len()).map(word).collect();
        assert!(words.is_sorted());
        assert!(words.iter().all(|word| word.len() >= 3 && word.iter().all(u8::is_ascii_lowercase)));
        assert_eq!(words.join(&b'\n'), TEXT.trim_ascii_end());
        assert!(words.iter().all(|word| listed(word)));
    }

    #[test]
    fn words_are_covered_and_random_letters_are_not() {
        assert_eq!(covered(b"passwordmanager"), 15);
        assert!(covered(b"qzxvjwkqpd") <= 2);
        assert!(listed(b"password") && !listed(b"qzxvjw"));
    }

    #[test]
    fn words_cost_less_than_random_letters() {
        let mean = |run: &[u8]| cost(run).0 / cost(run).1;
        assert!(mean(b"connection") < 60);
        assert!(mean(b"qzxvjwkqpd") > 90);
    }

    #[test]
    fn the_logarithm_is_that_of_the_books() {
        assert_eq!([log2(0), log2(1), log2(2), log2(3), log2(1024)], [0, 0, 16, 25, 160]);
    }
}
