//! Trigrams of letters. Shared with the build script, which learns what each costs.
//!
//! All arithmetic is in integers, so that every platform judges alike.

/// 26 letters and the edge of a word.
pub(crate) const SYMBOLS: usize = 27;
const EDGE: usize = 26;
/// Calls `each` with the index of every pair and of its trigram, the word's edges included.
pub(crate) fn each_trigram(word: &[u8], mut each: impl FnMut(usize, usize)) {
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
pub(crate) fn log2(x: u32) -> u32 {
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
