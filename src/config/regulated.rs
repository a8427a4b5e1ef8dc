//! `[regulated]`: which rules for personal and payment data are on, and where such data may stand.

use super::error::Faults;
use super::glob::Globs;
use super::layer::Layer;
use super::parse::{globs, plain, required};
use super::read::Section;
use super::setting::Setting;
use crate::rule::DataClass;

const CLASSES: [(&str, DataClass); 3] =
    [("public", DataClass::Public), ("internal", DataClass::Internal), ("restricted", DataClass::Restricted)];

/// What one file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Regulated {
    /// Ids of rules that are off unless they are named here; `all` is every one.
    pub enable: Vec<String>,
    /// Where data of a class may stand.
    pub placements: Vec<Placement>,
}

/// A `[[regulated.path]]` entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Placement {
    /// Data of this class, and of less sensitive ones, stands here; that of this very class nowhere else.
    Demand {
        /// Where.
        paths: Globs,
        /// The class.
        class: DataClass,
        /// Why.
        reason: String,
    },
    /// Data of this class, and of more sensitive ones, blocks here.
    Forbid {
        /// Where.
        paths: Globs,
        /// The class.
        class: DataClass,
    },
}

/// What the path map says of data at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing<'c> {
    /// It says nothing.
    Unsaid,
    /// It may stand here, for this reason.
    Admitted(&'c str),
    /// It is forbidden here.
    Forbidden,
    /// It may stand at other paths only.
    Misplaced,
}

impl Placement {
    fn demands(&self) -> bool {
        matches!(self, Self::Demand { .. })
    }
}

/// What a path map says of data of `class` at the raw `path` (none: a message, the name of a reference). What is
/// forbidden is, whatever else is said.
pub(super) fn standing<'c>(map: &'c [Setting<Placement>], class: DataClass, path: Option<&[u8]>) -> Standing<'c> {
    let at = |paths: &Globs| path.is_some_and(|path| paths.matches(path));
    let mut standing = Standing::Unsaid;
    for entry in map {
        match &entry.value {
            Placement::Forbid { paths, class: from } if class >= *from && at(paths) => return Standing::Forbidden,
            Placement::Demand { paths, class: upto, reason } if class <= *upto && at(paths) => {
                standing = Standing::Admitted(reason);
            }
            Placement::Demand { class: other, .. } if *other == class && standing == Standing::Unsaid => {
                standing = Standing::Misplaced;
            }
            Placement::Demand { .. } | Placement::Forbid { .. } => {}
        }
    }
    standing
}

/// Whether an entry can only make things stricter.
pub(super) fn only_tightens(entry: &Placement) -> bool {
    !entry.demands()
}

/// Whether under `new` something may stand that may not under `old`, or it cannot be told.
pub(super) fn weaker(new: &[Setting<Placement>], old: &[Setting<Placement>]) -> bool {
    let within = |list: &[Setting<Placement>], other: &[Setting<Placement>], demands: bool| {
        let counts = list.iter().filter(|entry| entry.value.demands() == demands);
        counts.into_iter().all(|entry| other.iter().any(|one| one.value == entry.value))
    };
    !(within(new, old, true) && within(old, new, true) && within(old, new, false))
}

pub(super) fn read(mut part: Section<'_>, layer: &mut Layer, faults: &mut Faults) {
    layer.regulated.enable = plain(part.texts("enable", faults));
    let entries = part.sections("path", faults);
    layer.regulated.placements = entries.into_iter().filter_map(|entry| placement(entry, faults)).collect();
    part.finish(faults);
}

fn placement(mut part: Section<'_>, faults: &mut Faults) -> Option<Placement> {
    let before = faults.count();
    let span = part.span();
    let written = part.texts("paths", faults).unwrap_or_default();
    let demand = part.word("demand", &CLASSES, faults);
    let forbid = part.word("forbid", &CLASSES, faults);
    let reason = match demand {
        Some(_) => required(&mut part, "reason", faults),
        None => part.text("reason", faults).map(toml::Spanned::into_inner),
    };
    part.finish(faults);
    let empty = written.is_empty();
    let paths = globs(written, faults)?;
    if faults.count() > before {
        return None;
    }
    if empty {
        faults.add(span, "[[regulated.path]] needs `paths`", None);
        return None;
    }
    match (demand, forbid) {
        (Some(class), None) if paths.match_everything() => {
            let hint = format!("a class that may stand everywhere needs no entry: take out `{}`", class.as_str());
            faults.add(span, "[[regulated.path]] would admit data everywhere", Some(hint));
            None
        }
        (Some(class), None) => Some(Placement::Demand { paths, class, reason: reason? }),
        (None, Some(class)) => Some(Placement::Forbid { paths, class }),
        _ => {
            faults.add(span, "[[regulated.path]] needs either `demand` or `forbid`", None);
            None
        }
    }
}

#[cfg(test)]
mod tests;
