//! What the generic tier learns from its list of words, when keyward is built.

use super::letters::{SYMBOLS, each_trigram, log2};

/// Sixteenths of a bit for a letter behind two that no word holds.
const UNHEARD: u8 = 112;

/// Where the words of every three first letters begin in a sorted list of words of three letters or more, and the end.
pub(crate) fn starts(words: &[&[u8]]) -> Vec<usize> {
    let letters = || b'a'..=b'z';
    let pairs = letters().flat_map(|first| letters().map(move |second| [first, second]));
    let threes = pairs.flat_map(|[first, second]| letters().map(move |third| [first, second, third]));
    let begin = |three: [u8; 3]| words.partition_point(|word| word.get(..3) < Some(&three[..]));
    threes.map(begin).chain([words.len()]).collect()
}

/// Sixteenths of a bit of a trigram's third letter after its first two.
pub(crate) fn costs(words: &[&[u8]]) -> Vec<u8> {
    let mut threes = vec![0u32; SYMBOLS * SYMBOLS * SYMBOLS];
    let mut twos = vec![0u32; SYMBOLS * SYMBOLS];
    for word in words {
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
