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
    pins: bool,
    surroundings: Surroundings,
    /// The rules with a filter of paths that look there.
    open: Vec<u32>,
}

impl Aspect {
    /// What is at a path with this aspect.
    pub(super) fn place<'o>(&self, origin: &'o Origin) -> Place<'o> {
        let Self { kind, shows, surroundings, .. } = *self;
        Place::known(kind, origin.path.as_deref(), shows, surroundings)
    }
}

impl Detector {
    /// The aspect of what is at `origin`.
    pub fn aspect(&self, origin: &Origin) -> Result<Aspect, DetectError> {
        let place = Place::of(origin);
        let mut open = Vec::new();
        for number in self.rules.choosy() {
            if self.compiled(number)?.looks_at(place.path) {
                open.push(number);
            }
        }
        let (shows, pins, surroundings) = (place.shows(), place.pins(), place.surroundings());
        Ok(Aspect { kind: place.kind, shows, pins, surroundings, open })
    }
}
