//! Secrets without a shape of their own: a value given to a name that says what it is.
//!
//! Three steps, each in its own files: `assign` and `literal` find what is assigned at a keyword, [`Features`]
//! describes it (`name`, `value`, `place`, with the words and letters of `words`), `score` judges the features
//! alone. A model can take the place of `score` without touching the rest.

mod assign;
mod bytes;
mod literal;
mod name;
mod place;
mod score;
mod shape;
mod value;
mod vocabulary;
mod words;

#[cfg(test)]
mod tests;

pub use crate::rule::GenericKind;

pub(super) use self::words::covered;
pub(super) use bytes::words;

use crate::rule::Confidence;
use assign::Assigned;
use name::{Name, Promise};
use place::{File, Place};
use std::ops::Range;
use value::Value;

/// Keywords the prefilter must look for, in any ASCII case (lower case here).
pub const KEYWORDS: &[&str] = &[
    "pass",
    "pwd",
    "_pw",
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

/// All that is known about a candidate; the whole input of the scorer.
pub(in crate::detect::generic) struct Features {
    pub(in crate::detect::generic) name: Name,
    pub(in crate::detect::generic) value: Value,
    pub(in crate::detect::generic) place: Place,
}

/// Looks at one keyword occurrence `hit` (a byte range in `text`) and adds what is assigned there to `out`,
/// without values that are its last entries already. `path` is the file's, where it is known.
pub fn at(text: &[u8], hit: Range<usize>, path: Option<&[u8]>, out: &mut Vec<Generic>) {
    assign::find(text, &hit, &mut |found| {
        if out.iter().rev().take(8).any(|seen| overlap(&seen.value, &found.value)) {
            return;
        }
        let name = text.get(found.name.clone()).unwrap_or_default();
        let Some(features) = features(text, &found, name, path) else { return };
        if let Some(judged) = score::judge(&features) {
            // Who calls a token fake has written down what it is.
            let most = if features.name.sample { Confidence::Low } else { Confidence::Certain };
            out.push(Generic {
                span: found.name.start.min(found.value.start)..found.value.end,
                value: found.value,
                kind: features.name.kind,
                confidence: judged.confidence.min(most),
                because: format!("name \"{}\", {}", shown(name), judged.because),
            });
        }
    });
}

/// Everything about a candidate; `None` where name, file or shape alone say that it is no secret, so that most
/// candidates cost little.
fn features(text: &[u8], found: &Assigned, name: &[u8], path: Option<&[u8]>) -> Option<Features> {
    let value = text.get(found.value.clone())?;
    let file = File::of(path.unwrap_or_default());
    if place::is_expression(text, found, file) || value::is_no_literal(value) {
        return None;
    }
    let described = Name::of(name);
    if described.promise == Promise::Not {
        return None;
    }
    let place = Place::of(text, found, file, path.unwrap_or_default());
    Some(Features { name: described, value: Value::of(value, name), place })
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// A name as it may be shown: names are ASCII identifiers, so that cutting at a byte is cutting at a character.
fn shown(name: &[u8]) -> String {
    let tail = name.get(name.len().saturating_sub(40)..).unwrap_or_default();
    tail.escape_ascii().to_string()
}
