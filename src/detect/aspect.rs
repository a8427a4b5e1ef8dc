//! What the detector takes from the place of a content besides its bytes.

use super::content::Place;
use super::generic::Surroundings;
use super::{DetectError, Detector};
use crate::blob::{ObjectKind, Origin};

/// All that the detector takes from an origin: equal bytes of equal aspects hold equal candidates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aspect {
    kind: ObjectKind,
    shows: bool,
    surroundings: Surroundings,
    /// The rules with a filter of paths that look there.
    open: Vec<u32>,
}

impl Detector {
    /// The aspect of what is at `origin`.
    pub fn aspect(&self, origin: &Origin) -> Result<Aspect, DetectError> {
        let Place { kind, path, shows, surroundings } = Place::of(origin);
        let mut open = Vec::new();
        for (number, rule) in self.rules.iter().enumerate() {
            let filters = !rule.path.only.is_empty() || !rule.path.not.is_empty();
            if filters && self.compiled(number as u32)?.looks_at(path) {
                open.push(number as u32);
            }
        }
        Ok(Aspect { kind, shows, surroundings, open })
    }
}
