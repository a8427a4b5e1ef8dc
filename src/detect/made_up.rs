//! Values that nobody issued: what shows where a secret goes, and what fingers typed along the alphabet.

use super::generic::holds;

/// Words of people who show where a secret goes. No random value holds one by chance.
const PLACEHOLDERS: [&[u8]; 14] = [
    b"example",
    b"placeholder",
    b"redacted",
    b"changeme",
    b"change_me",
    b"change-me",
    b"xxxxxx",
    b"your_",
    b"your-",
    b"yourkey",
    b"yourtoken",
    b"insert_",
    b"replace",
    b"_here",
];
/// From this share of neighbours that are equal or follow each other on, in percent, a value is a sequence.
const SEQUENCE: usize = 85;
/// From this share of letters and digits side by side it holds sequences (`abcdefabcdef`, `1234-5678`); of random ones
/// a fifth are neighbours.
const SEQUENCES: usize = 70;
/// From this share of neighbours that are equal, in percent, it is one character said over and over.
const REPEATED: usize = 45;

/// How a value shows that nobody issued it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MadeUp {
    /// It only shows where a secret goes.
    Placeholder,
    /// Typed by hand along the alphabet or the digits: `1234567890abcdef`.
    Sequence,
    /// Made of such pieces.
    Sequences,
}

/// Whether a value was made up. None that is random is taken for such.
pub(super) fn made_up(secret: &[u8]) -> Option<MadeUp> {
    let count = |fits: fn(u8, u8) -> bool| secret.windows(2).filter(|p| matches!(p, [a, b] if fits(*a, *b))).count();
    let all = secret.len().saturating_sub(1).max(1);
    let (steps, repeats) = (count(step), count(|a, b| a == b));
    let repeated = repeats * 100 >= all * REPEATED;
    if PLACEHOLDERS.iter().any(|word| holds(secret, word)) || is_alphabet(secret) || drones(secret) {
        return Some(MadeUp::Placeholder);
    }
    if steps * 100 >= all * SEQUENCE {
        return Some(if repeated { MadeUp::Placeholder } else { MadeUp::Sequence });
    }
    let inner = count(|a, b| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()).max(1);
    let many = inner * 2 >= all && steps * 100 >= inner * SEQUENCES;
    (many && !repeated).then_some(MadeUp::Sequences)
}

/// Whether it is all letters in their order, as code has them to draw from.
fn is_alphabet(secret: &[u8]) -> bool {
    secret.len() == 26 && secret.to_ascii_lowercase().iter().copied().eq(b'a'..=b'z')
}

/// Whether its numbers are each one digit over and over: `xoxc-888888888888-888888888888-…`.
fn drones(secret: &[u8]) -> bool {
    const LONG: usize = 8;
    const SOME: usize = 2;
    let mut numbers = secret
        .split(|b| !b.is_ascii_alphanumeric())
        .filter(|part| part.len() >= LONG && part.iter().all(u8::is_ascii_digit));
    let same = |number: &[u8]| number.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
    numbers.clone().count() >= SOME && numbers.all(same)
}

/// Equal, or one after the other; `…890` counts on, too.
fn step(a: u8, b: u8) -> bool {
    a.abs_diff(b) <= 1 || matches!((a, b), (b'9', b'0') | (b'0', b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_typed_values_are_made_up_and_random_ones_are_not() {
        assert_eq!(made_up(b"abcdefghijklmnopqrstuvwxyz012345"), Some(MadeUp::Sequence));
        assert_eq!(made_up(b"abcdefabcdefabcdefabcdefabcdef12"), Some(MadeUp::Sequences));
        assert_eq!(made_up(b"12345678-abcd-1234-5678-abcdefabcdef"), Some(MadeUp::Sequences));
        assert_eq!(made_up(b"AKIAIOSFODNN7EXAMPLE"), Some(MadeUp::Placeholder));
        assert_eq!(made_up(b"00000000000000000000"), Some(MadeUp::Placeholder));
        assert_eq!(made_up(b"xo-888888888888-777777777777-c0f2a4e1"), Some(MadeUp::Placeholder));
        assert_eq!(made_up(b"xo-511111111-31111111111-e039d02840a0b9379c"), None);
        assert_eq!(made_up(b"9f86d081884c7d659a2feaa0c55ad015"), None);
        assert_eq!(made_up(b"Zq3vT8mB1xK5nW7cR2jL"), None);
    }
}
