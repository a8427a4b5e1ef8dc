//! Values that are nearly of the shape that a provider gives to its secrets, and are not: a character short, or one
//! of another alphabet. They are mistyped, cut or made up, so that the generic tier has little reason to believe them.

use super::content::Run;
use super::generic::{Generic, GenericKind};
use super::hints::Keywords;
use super::layer::Layer;
use super::regexes::parse;
use super::set::Set;
use super::stretch::alphabet;
use super::{DetectError, Detector};
use crate::rule::{ASSIGNED_GAP, Confidence, Rule, Shape};
use regex_syntax::hir::{Hir, HirKind};

/// A length up to this share away from the provider's is nearly right: one in so many bytes.
const LENGTH: usize = 7;
/// Up to one byte in so many of another alphabet is nearly right.
const ALPHABET: usize = 10;
/// Shorter shapes are those of much else, as are those of many lengths.
const SHORTEST: usize = 16;
/// A value with so many first bytes of the shape is meant to be of it, whatever its length.
const PREFIX: usize = 3;
/// Alternatives that would make more forms stay together.
const MOST_FORMS: usize = 16;

/// The lengths and bytes of a provider's values, for each form that they have.
#[derive(Debug, Default)]
pub(super) struct Nearly(Vec<Form>);

#[derive(Debug)]
struct Form {
    least: usize,
    most: usize,
    alphabet: Set,
    prefix: Vec<u8>,
    /// Of a length that is worth something.
    exact: bool,
}

impl Nearly {
    /// Reads the shape of an `assigned` rule; others have none that is nearly fulfilled.
    pub(super) fn of(shape: &Shape) -> Self {
        let Shape::Assigned(value) = shape else { return Self::default() };
        parse(value).map(|hir| Self(Form::all(&hir))).unwrap_or_default()
    }

    /// Whether `value`, which the rule did not take, is nearly of its shape.
    pub(super) fn is(&self, value: &[u8]) -> bool {
        !self.0.iter().any(|form| form.right(value)) && self.0.iter().any(|form| form.nearly(value))
    }
}

impl Detector {
    /// Takes what is nearly a provider's value, and given to its name or spoken of beside it, for none.
    pub(super) fn doubt(
        &self,
        run: &Run<'_>,
        layer: &Layer<'_>,
        keywords: &Keywords<'_>,
        generics: &mut [Generic],
    ) -> Result<(), DetectError> {
        let text = layer.text;
        let judged = |generic: &Generic| generic.confidence > Confidence::Low && generic.kind != GenericKind::Password;
        for generic in generics.iter_mut().filter(|generic| judged(generic)) {
            let value = text.get(generic.value.clone()).unwrap_or_default().trim_ascii();
            let farthest = generic.value.start.saturating_sub(ASSIGNED_GAP as usize);
            for (end, number) in self.named(run, layer, keywords, farthest..=generic.value.start) {
                let named = end >= generic.span.start || text.get(end..generic.span.start).is_some_and(leads_on);
                if named && self.nearly(number)?.is(value) {
                    generic.confidence = Confidence::Low;
                    break;
                }
            }
        }
        Ok(())
    }

    fn nearly(&self, number: u32) -> Result<&Nearly, DetectError> {
        let nearly = || self.rules.get(number as usize).map(|rule| Nearly::of(&rule.shape)).unwrap_or_default();
        Ok(self.compiled(number)?.nearly.get_or_init(nearly))
    }
}

/// Whether a keyword, in whatever case it stands in a text, names the provider of a rule for assigned values, and not
/// just a kind of secret (`api_key`).
pub(super) fn speaks(rule: &Rule, keyword: &[u8]) -> bool {
    matches!(rule.shape, Shape::Assigned(_)) && names(keyword, &rule.provider)
}

/// Whether a keyword, as it stands in the text, holds a word of the provider's name.
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
    /// The forms that the texts of `hir` have: one for each way through its alternatives.
    fn all(hir: &Hir) -> Vec<Self> {
        let mut ways = vec![Vec::new()];
        walk(hir, &mut ways);
        ways.iter().filter_map(|way| Self::of(way)).collect()
    }

    fn of(parts: &[&Hir]) -> Option<Self> {
        let (mut least, mut most, mut bytes) = (0, 0, Set::default());
        for part in parts {
            least += part.properties().minimum_len()?;
            most += part.properties().maximum_len()?;
            bytes = bytes.or(alphabet(part));
        }
        let prefix = match parts.first()?.kind() {
            HirKind::Literal(literal) => literal.0.to_vec(),
            _ => Vec::new(),
        };
        let exact = least >= SHORTEST && most - least <= least / LENGTH;
        (exact || prefix.len() >= PREFIX).then_some(Self { least, most, alphabet: bytes, prefix, exact })
    }

    /// Bytes of another alphabet, and bytes too few or too many.
    fn wrong(&self, value: &[u8]) -> (usize, usize) {
        let foreign = value.iter().filter(|&&b| !self.alphabet.holds(b)).count();
        (foreign, self.least.saturating_sub(value.len()).max(value.len().saturating_sub(self.most)))
    }

    fn right(&self, value: &[u8]) -> bool {
        self.wrong(value) == (0, 0)
    }

    fn nearly(&self, value: &[u8]) -> bool {
        let (foreign, away) = self.wrong(value);
        let begun = self.prefix.len() >= PREFIX && value.starts_with(&self.prefix);
        let close = away <= (self.least / LENGTH).max(2) && foreign <= (value.len() / ALPHABET).max(1);
        begun || self.exact && close
    }
}

/// Adds the parts of `hir` to each way, which alternatives divide.
fn walk<'h>(hir: &'h Hir, ways: &mut Vec<Vec<&'h Hir>>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|part| walk(part, ways)),
        HirKind::Alternation(parts) if ways.len() * parts.len() <= MOST_FORMS => {
            let before = std::mem::take(ways);
            for part in parts {
                let mut divided = before.clone();
                walk(part, &mut divided);
                ways.append(&mut divided);
            }
        }
        _ => ways.iter_mut().for_each(|way| way.push(hir)),
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
        for value in
            ["9f86d081884c7d659a2feaa0c55ad01", "9f86d081884c7d659a2feaa0c55ad0151", "9f86d081884c7d659a2fegg0c55ad015"]
        {
            assert!(nearly.is(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn each_alternative_has_its_own_length_and_a_prefix_says_which_is_meant() {
        let nearly = nearly("ab_(?:[0-9a-f]{20}|[0-9a-f]{36})|[0-9]{4}");
        for value in ["ab_9f86d081884c7d659a2f0", "ab_9f86d081884c7d659a2feaa0c55ad0151", "ab_9f86d08188"] {
            assert!(nearly.is(value.as_bytes()), "{value}");
        }
        for value in ["9f86d081884c7d", "12345", "ab_9f86d081884c7d659a2f"] {
            assert!(!nearly.is(value.as_bytes()), "{value}");
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
