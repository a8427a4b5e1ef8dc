//! How much a text looks like words: coverage by a list of words, and the cost of its letters.
//!
//! All arithmetic is in integers, so that every platform judges alike.

use std::cmp::Ordering;
use std::sync::LazyLock;

/// Common words of code, made by `tools/generic-words.py`; sorted.
static TEXT: &str = include_str!("words.txt");
static WORDS: LazyLock<Vec<&'static [u8]>> = LazyLock::new(|| TEXT.lines().map(str::as_bytes).collect());
static STARTS: LazyLock<Vec<usize>> = LazyLock::new(starts);
static COSTS: LazyLock<Vec<u8>> = LazyLock::new(learn);

/// 26 letters and the edge of a word.
const SYMBOLS: usize = 27;
const EDGE: usize = 26;
/// Letters looked at in one run.
const LONGEST_RUN: usize = 64;
/// Sixteenths of a bit for a letter behind two that no word holds.
const UNHEARD: u8 = 112;

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
    WORDS.binary_search(&word).is_ok()
}

/// The lengths of the listed words that `text` begins with.
fn each_word_at(text: &[u8], mut found: impl FnMut(usize)) {
    let [first, second, ..] = text else { return };
    let pair = usize::from(first.wrapping_sub(b'a')) * 26 + usize::from(second.wrapping_sub(b'a'));
    let bounds = STARTS.get(pair).zip(STARTS.get(pair + 1));
    let Some(words) = bounds.and_then(|(&low, &high)| WORDS.get(low..high)) else { return };
    for word in words {
        match word.get(2).cmp(&text.get(2)) {
            Ordering::Less => {}
            Ordering::Equal if text.starts_with(word) => found(word.len()),
            Ordering::Equal => {}
            Ordering::Greater => return,
        }
    }
}

/// Where the words of every first pair of letters begin in [`WORDS`], and the end.
fn starts() -> Vec<usize> {
    let pairs = (b'a'..=b'z').flat_map(|first| (b'a'..=b'z').map(move |second| [first, second]));
    let begin = |pair: [u8; 2]| WORDS.partition_point(|word| word.get(..2) < Some(&pair[..]));
    pairs.map(begin).chain([WORDS.len()]).collect()
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

/// Sixteenths of a bit of a trigram's third letter after its first two.
fn learn() -> Vec<u8> {
    let mut threes = vec![0u32; SYMBOLS * SYMBOLS * SYMBOLS];
    let mut twos = vec![0u32; SYMBOLS * SYMBOLS];
    for word in WORDS.iter() {
        each_trigram(word, |two, three| {
            if let (Some(two), Some(three)) = (twos.get_mut(two), threes.get_mut(three)) {
                *two += 1;
                *three += 1;
            }
        });
    }
    // Every trigram is taken as seen a tenth of a time more.
    let share = |(index, &count): (usize, &u32)| {
        let two = twos.get(index / SYMBOLS).copied().unwrap_or(0);
        if two == 0 {
            return UNHEARD;
        }
        let cost = log2(two * 10 + SYMBOLS as u32).saturating_sub(log2(count * 10 + 1));
        u8::try_from(cost).unwrap_or(u8::MAX)
    };
    threes.iter().enumerate().map(share).collect()
}

/// Calls `each` with the index of every pair and of its trigram, the word's edges included.
fn each_trigram(word: &[u8], mut each: impl FnMut(usize, usize)) {
    let symbol = |b: u8| usize::from(b.wrapping_sub(b'a')).min(EDGE);
    let (mut first, mut second) = (EDGE, word.first().map_or(EDGE, |&b| symbol(b)));
    let rest = word.iter().skip(1).map(|&b| symbol(b)).chain([EDGE]);
    for third in rest {
        let two = first * SYMBOLS + second;
        each(two, two * SYMBOLS + third);
        (first, second) = (second, third);
    }
}

/// The binary logarithm in sixteenths, rounded down; 0 for 0.
pub(super) fn log2(x: u32) -> u32 {
    let Some(whole) = x.checked_ilog2() else { return 0 };
    let mut mantissa = (u64::from(x) << 31) >> whole;
    let mut fraction = 0;
    for _ in 0..4 {
        mantissa = (mantissa * mantissa) >> 31;
        fraction <<= 1;
        if mantissa >= 1 << 32 {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    whole * 16 + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_lower_case() {
        assert!(WORDS.is_sorted());
        assert!(WORDS.iter().all(|word| word.len() >= 3 && word.iter().all(u8::is_ascii_lowercase)));
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
