//! Values that are nearly of the shape that a provider gives to its secrets, and are not: a character short, or one
//! of another alphabet. They are mistyped, cut or made up, so that the generic tier has little reason to believe them.

use super::generic::{Generic, GenericKind};
use super::prefilter::Hit;
use super::{DetectError, Detector, GENERIC};
use crate::rule::{ASSIGNED_GAP, Confidence, Shape};
use regex_syntax::hir::{Class, Hir, HirKind};

/// A length up to this share away from the provider's is nearly right: one in so many bytes.
const LENGTH: usize = 7;
/// Up to one byte in so many of another alphabet is nearly right.
const ALPHABET: usize = 10;
/// Shorter shapes are those of much else, as are those of many lengths.
const SHORTEST: usize = 16;

/// The lengths and bytes of a provider's values, for each form that they have.
#[derive(Debug, Default)]
pub(super) struct Nearly(Vec<Form>);

#[derive(Debug)]
struct Form {
    least: usize,
    most: usize,
    alphabet: [bool; 256],
}

impl Nearly {
    /// Reads the shape of an `assigned` rule; others have none that is nearly fulfilled.
    pub(super) fn of(shape: &Shape) -> Self {
        let Shape::Assigned(value) = shape else { return Self::default() };
        let parsed = regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(value);
        let Ok(hir) = parsed else { return Self::default() };
        let forms = match hir.kind() {
            HirKind::Alternation(forms) => forms.iter().filter_map(Form::of).collect(),
            _ => Form::of(&hir).into_iter().collect(),
        };
        Self(forms)
    }

    /// Whether `value`, which the rule did not take, is nearly of its shape.
    pub(super) fn is(&self, value: &[u8]) -> bool {
        self.0.iter().any(|form| form.nearly(value))
    }
}

impl Detector {
    /// Takes what is nearly a provider's value, and given to its name or spoken of beside it, for none.
    pub(super) fn doubt(&self, text: &[u8], hits: &[Hit], generics: &mut [Generic]) -> Result<(), DetectError> {
        let judged = |generic: &Generic| generic.confidence > Confidence::Low && generic.kind != GenericKind::Password;
        if !generics.iter().any(judged) {
            return Ok(());
        }
        let mut contexts: Vec<(usize, u32)> = Vec::new();
        for hit in hits {
            let Some((length, called)) = self.targets.get(hit.keyword as usize) else { continue };
            let word = text.get(hit.end - length..hit.end).unwrap_or_default();
            let speaks = |number: &&u32| {
                let rule = self.rules.get(**number as usize);
                **number != GENERIC && rule.is_some_and(|rule| names(word, &rule.provider))
            };
            contexts.extend(called.iter().filter(speaks).map(|&number| (hit.end, number)));
        }
        contexts.sort_unstable();
        for generic in generics.iter_mut().filter(|generic| judged(generic)) {
            let value = text.get(generic.value.clone()).unwrap_or_default();
            let farthest = generic.value.start.saturating_sub(ASSIGNED_GAP as usize);
            let first = contexts.partition_point(|&(end, _)| end < farthest);
            let near = contexts.iter().skip(first).take_while(|&&(end, _)| end <= generic.value.start);
            for &(end, number) in near {
                let named = end >= generic.span.start || text.get(end..generic.span.start).is_some_and(leads_on);
                if !named {
                    continue;
                }
                let nearly = || self.rules.get(number as usize).map(|rule| Nearly::of(&rule.shape)).unwrap_or_default();
                if self.compiled(number)?.nearly.get_or_init(nearly).is(value) {
                    generic.confidence = Confidence::Low;
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Whether a keyword, as it stands in the text, names the provider, and not just a kind of secret (`api_key`).
fn names(word: &[u8], provider: &str) -> bool {
    let plain: Vec<u8> = word.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let mut parts = provider.split('-').map(str::as_bytes).filter(|part| part.len() > 2);
    parts.any(|part| plain.windows(part.len()).any(|there| there == part))
}

/// Whether the text between a context word and a name gives nothing else a value.
fn leads_on(between: &[u8]) -> bool {
    !between.iter().any(|b| matches!(b, b'=' | b':' | b'"' | b'\'' | b'<'))
}

impl Form {
    fn of(hir: &Hir) -> Option<Self> {
        let properties = hir.properties();
        let (least, most) = (properties.minimum_len()?, properties.maximum_len()?);
        let mut alphabet = [false; 256];
        spell(hir, &mut alphabet);
        (least >= SHORTEST && most - least <= least / LENGTH).then_some(Self { least, most, alphabet })
    }

    fn nearly(&self, value: &[u8]) -> bool {
        let foreign = value.iter().filter(|&&b| self.alphabet.get(usize::from(b)) != Some(&true)).count();
        let away = self.least.saturating_sub(value.len()).max(value.len().saturating_sub(self.most));
        let wrong = away > 0 || foreign > 0;
        wrong && away <= (self.least / LENGTH).max(2) && foreign <= (value.len() / ALPHABET).max(1)
    }
}

/// Marks every byte that some text of `hir` holds.
fn spell(hir: &Hir, alphabet: &mut [bool; 256]) {
    let mut mark = |first: u8, last: u8| {
        (first..=last).filter_map(|b| alphabet.get_mut(usize::from(b)).map(|slot| *slot = true)).for_each(drop);
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Unicode(_)) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|&b| mark(b, b)),
        HirKind::Class(Class::Bytes(class)) => class.iter().for_each(|range| mark(range.start(), range.end())),
        HirKind::Repetition(repetition) => spell(&repetition.sub, alphabet),
        HirKind::Capture(capture) => spell(&capture.sub, alphabet),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|part| spell(part, alphabet)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearly(shape: &str) -> Nearly {
        Nearly::of(&Shape::Assigned(shape.to_owned()))
    }

    #[test]
    fn a_character_too_few_or_of_another_alphabet_is_nearly_right() {
        let nearly = nearly("[0-9a-f]{32}");
        for value in ["9f86d081884c7d659a2feaa0c55ad01", "9f86d081884c7d659a2feaa0c55ad0151", "9f86d081884c7d659a2fegg0c55ad015"] {
            assert!(nearly.is(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_value_of_quite_another_shape_is_not() {
        let nearly = nearly("[0-9a-f]{32}|[0-9A-Z]{20}");
        for value in ["9f86d081884c7d659a2feaa0c55ad0159f86d081", "Zq3vT8mB1xK5nW7cR2jLp0sD4gH6yU9e", "Zq3vT8mB1xK5"] {
            assert!(!nearly.is(value.as_bytes()), "{value}");
        }
    }
}
