//! Secrets without a shape of their own: a value given to a name that says what it is.
//!
//! Three steps, each in its own files: `assign` and `literal` find what is assigned at a keyword, [`Features`]
//! describes it (`name`, `value` and its `texture`, `place` and what is `around`, with the words and letters of
//! `words`), `score` judges the features alone: by the trees of `model`, which see them as the numbers of `vector`.

mod around;
mod assign;
mod bytes;
mod letters;
mod literal;
mod model;
mod name;
mod place;
mod score;
mod shape;
mod texture;
mod value;
mod vector;
mod vocabulary;
mod words;

#[cfg(test)]
mod tests;

pub use crate::rule::GenericKind;
pub use place::Surroundings;
pub use vector::{FEATURES, Vector};

pub(super) use self::place::documents;
pub(super) use self::value::flawed;
pub(super) use self::words::covered;
pub(super) use bytes::{holds, line_before, words};

use crate::rule::Confidence;
use aho_corasick::AhoCorasick;
use around::Around;
use assign::Assigned;
use name::Name;
use place::Place;
use score::Judged;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::LazyLock;
use texture::Texture;
use value::Value;

/// Keywords the prefilter must look for, in any ASCII case (lower case here).
pub const KEYWORDS: &[&str] = &[
    "pass",
    "pwd",
    "_pw",
    "pw:",
    "pw=",
    "psw",
    "pssw",
    "secret",
    "token",
    "key",
    "auth",
    "cred",
    "salt",
    "nonce",
    "bearer",
    "basic",
    "cookie",
    "session",
    "identified by",
];

/// A value that is probably a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Generic {
    /// From the name to the end of the value, in bytes of the text.
    pub span: Range<usize>,
    /// The value, in bytes of the text.
    pub value: Range<usize>,
    /// What it is assigned to.
    pub kind: GenericKind,
    /// How sure it is; never certain.
    pub confidence: Confidence,
    /// Why, in words. Holds the name (escaped, at most 40 characters), never the value.
    pub because: String,
}

/// A candidate as the model sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Described {
    /// The name, in bytes of the text.
    pub name: Range<usize>,
    /// The value, in bytes of the text.
    pub value: Range<usize>,
    /// The numbers behind [`FEATURES`].
    pub features: Vector,
}

/// Every candidate of a text that nothing rules out, with its features: the interface of the model, which is trained
/// on nothing else (`tools/generic-model`). `path` is the file's, where it is known.
pub fn describe(text: &[u8], path: Option<&[u8]>) -> Vec<Described> {
    let mut out: Vec<Described> = Vec::new();
    let around = Surroundings::of(path.unwrap_or_default());
    for hit in SEARCH.iter().flat_map(|search| search.find_overlapping_iter(text)) {
        assign::find(text, &hit.range(), &mut |found| {
            let known = |seen: &Described| seen.name == found.name && seen.value == found.value;
            if out.iter().rev().take(32).any(known) {
                return true;
            }
            let name = text.get(found.name.clone()).unwrap_or_default();
            let features = features(text, &found, name, around);
            let looked = features.is_some();
            out.extend(features.map(|features| Described {
                name: found.name,
                value: found.value,
                features: features.vector(),
            }));
            looked
        });
    }
    out
}

static SEARCH: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(KEYWORDS).ok());

/// All that is known about a candidate; the whole input of the scorer.
pub(in crate::detect::generic) struct Features {
    pub(in crate::detect::generic) name: Name,
    pub(in crate::detect::generic) value: Value,
    pub(in crate::detect::generic) place: Place,
    pub(in crate::detect::generic) texture: Texture,
    pub(in crate::detect::generic) around: Around,
}

/// The last candidates and what they came to: several keywords of one name lead to the same one.
#[derive(Default)]
pub struct Last(VecDeque<(Assigned, Outcome)>);

/// What comes of a candidate.
#[derive(Clone, Default)]
struct Outcome {
    generic: Option<Generic>,
    /// The surroundings of its line were looked at.
    around: bool,
}

/// How many candidates are remembered.
const REMEMBERED: usize = 4;
/// Bytes of the word.
const AUTHOR: usize = 6;

/// Looks at one keyword occurrence `hit` (a byte range in `text`) and adds what is assigned there to `out`. Gives the
/// bytes of the text that this depends on, which may end behind it; `around` is asked where there is a candidate, and
/// `last` holds for one text.
pub fn at(
    text: &[u8],
    hit: Range<usize>,
    around: &dyn Fn() -> Surroundings,
    Last(last): &mut Last,
    out: &mut Vec<Generic>,
) -> Range<usize> {
    // `author` is no name of a secret, and stands in most files.
    if bytes::stands(text, hit.start, b"author") && !bytes::stands(text, hit.start + AUTHOR, b"i") {
        return hit.start..hit.start + AUTHOR + 1;
    }
    assign::find(text, &hit, &mut |found| {
        if let Some((_, known)) = last.iter().find(|(seen, _)| *seen == found) {
            out.extend(known.generic.clone());
            return known.around;
        }
        let outcome = judged(text, &found, around());
        out.extend(outcome.generic.clone());
        let around = outcome.around;
        if last.len() == REMEMBERED {
            last.pop_front();
        }
        last.push_back((found, outcome));
        around
    })
}

fn judged(text: &[u8], found: &Assigned, around: Surroundings) -> Outcome {
    let name = text.get(found.name.clone()).unwrap_or_default();
    let Some(features) = features(text, found, name, around) else { return Outcome::default() };
    let judged = score::judge(&features, &|| shown(name));
    let span = found.name.start.min(found.value.start)..found.value.end;
    let generic = judged.map(|Judged { confidence, because }| Generic {
        span,
        value: found.value.clone(),
        kind: features.name.kind,
        confidence,
        because,
    });
    Outcome { generic, around: true }
}

/// Of several names for one value the surest stays. `found` is in the order of the keywords.
pub fn rivals(found: impl Iterator<Item = Generic>) -> Vec<Generic> {
    let mut out: Vec<Generic> = Vec::new();
    for new in found {
        match out.iter_mut().rev().take(8).find(|seen| overlap(&seen.value, &new.value)) {
            Some(seen) if seen.span == new.span || seen.confidence >= new.confidence => {}
            Some(seen) => *seen = new,
            None => out.push(new),
        }
    }
    out
}

/// Everything about a candidate; `None` where name, value or place alone rule a secret out, so that most candidates
/// cost little.
fn features(text: &[u8], found: &Assigned, name: &[u8], around: Surroundings) -> Option<Features> {
    let value = text.get(found.value.clone())?;
    if place::is_expression(text, found, around) || value::is_no_literal(value) {
        return None;
    }
    let described = Name::of(name).filter(|_| !value::is_algorithm(value))?;
    let place = Place::of(text, found, around);
    let measured = Value::of(value, name);
    if score::ruled_out(&described, &measured, &place) {
        return None;
    }
    let (texture, around) = (Texture::of(measured.seen(value)), Around::of(text, found));
    Some(Features { name: described, value: measured, place, texture, around })
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// A name as it may be shown: names are ASCII identifiers, so that cutting at a byte is cutting at a character.
fn shown(name: &[u8]) -> String {
    let tail = name.get(name.len().saturating_sub(40)..).unwrap_or_default();
    tail.escape_ascii().to_string()
}
