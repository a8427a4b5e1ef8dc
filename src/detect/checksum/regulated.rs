//! Numbers that a bank or a card issuer made. What does not add up is none of them, so that it falls under every usual
//! level of confidence.

use super::numbers::luhn;
use super::{Checked, Input, Proof, proved};
use crate::rule::Confidence;

/// A payment card number: Luhn's check digit (ISO/IEC 7812-1, annex B). One number in ten has it, so that it proves
/// nothing; the rule's pattern knows the issuers' ranges and lengths.
pub(super) fn payment_card(input: &Input<'_>) -> Checked {
    match luhn(input).proof {
        Proof::Fails => wrong(),
        _ => Proof::Plausible.into(),
    }
}

/// An IBAN: with its first four characters moved to the end and letters as numbers from 10 on, it is 1 modulo 97
/// (ISO 13616-1, ISO/IEC 7064). One text in 97 fits by chance, beside the shape and the country's length.
pub(super) fn iban(input: &Input<'_>) -> Checked {
    let text: Vec<u8> = input.subject().iter().copied().filter(|byte| *byte != b' ').collect();
    let Some((start, rest)) = text.split_at_checked(4) else { return wrong() };
    let step = |sum: u32, byte: &u8| {
        let value = char::from(*byte).to_digit(36)?;
        Some((if value > 9 { sum * 100 } else { sum * 10 } + value) % 97)
    };
    let sum = rest.iter().chain(start).try_fold(0, step);
    if sum == Some(1) { proved(true) } else { wrong() }
}

fn wrong() -> Checked {
    Checked::from(Proof::Fails).confidence(Confidence::Low, "its check digits are wrong")
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    fn of(kind: &str, text: &str) -> (Proof, Option<Confidence>) {
        let checked = check(kind, text.as_bytes(), None, None);
        (checked.proof, checked.confidence)
    }

    #[test]
    fn the_examples_of_the_standards_add_up_and_any_other_last_digit_does_not() {
        assert_eq!(of("payment-card", "4111 1111-1111 1111"), (Proof::Plausible, None));
        assert_eq!(of("payment-card", "4111111111111112"), (Proof::Fails, Some(Confidence::Low)));
        assert_eq!(of("iban", "DE89 3704 0044 0532 0130 00"), (Proof::Passes, None));
        assert_eq!(of("iban", "GB82WEST12345698765432"), (Proof::Passes, None));
        assert_eq!(of("iban", "GB82WEST12345698765433"), (Proof::Fails, Some(Confidence::Low)));
        for text in ["", "DE8", "DE89-704", "\u{e4}"] {
            assert_eq!(of("iban", text).0, Proof::Fails, "{text}");
        }
    }
}
