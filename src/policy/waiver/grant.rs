//! The waivers that count for a change, and what they excuse in it.

use super::{Kind, Waiver};
use crate::blob::{ObjectId, ObjectKind};
use crate::finding::Finding;
use crate::policy::{ExcusedBy, Suppression};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;

/// A reference that is about to name something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Its full name, raw.
    pub name: Vec<u8>,
    /// What it shall name.
    pub new: ObjectId,
}

/// Which changes bring something in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reach {
    /// There is one change.
    One,
    /// By the id of a commit, or of what a reference names: the places of the changes that bring it.
    Several(HashMap<ObjectId, Vec<usize>>),
}

/// Waivers that count, each checked, and what they are held against.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waivers {
    changes: Vec<Change>,
    reach: Reach,
    waivers: Vec<Waiver>,
}

impl Waivers {
    /// `waivers` are those that passed [`Waiver::check`].
    pub fn new(changes: Vec<Change>, reach: Reach, waivers: Vec<Waiver>) -> Self {
        Self { changes, reach, waivers }
    }

    /// The names of all, sorted.
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.waivers.iter().map(Waiver::id).collect();
        ids.sort_unstable();
        ids
    }

    /// The waivers that together excuse a finding: each change that brings it in is covered by one that names the
    /// secret. None where one change is not, so that nothing slips in beside what was let through.
    pub fn excusing(&self, finding: &Finding) -> Vec<&Waiver> {
        let names = |waiver: &&Waiver| {
            waiver.payload().kind == Kind::Findings && waiver.payload().fingerprints.contains(&finding.fingerprint)
        };
        let mut found: Vec<&Waiver> = Vec::new();
        for at in self.brought_by(finding) {
            let Some(change) = self.changes.get(at) else { return Vec::new() };
            match self.waivers.iter().filter(names).find(|waiver| waiver.covers(change)) {
                Some(waiver) if found.contains(&waiver) => {}
                Some(waiver) => found.push(waiver),
                None => return Vec::new(),
            }
        }
        found
    }

    /// What excuses a finding, for a report.
    pub fn excuse(&self, finding: &Finding) -> Option<Suppression> {
        let excusing = self.excusing(finding);
        let first = excusing.first()?.payload();
        let earliest = excusing.iter().map(|waiver| waiver.payload().expires).min()?;
        Some(Suppression {
            by: ExcusedBy::Waiver,
            reason: first.reason.clone(),
            owner: Some(first.principal.clone()),
            expires: last_day(earliest),
            bound_to_place: false,
        })
    }

    /// The changes that bring a finding in; none for what belongs to no commit (an object that nothing reaches, the
    /// name of a reference), which no waiver excuses.
    fn brought_by(&self, finding: &Finding) -> Vec<usize> {
        let origin = &finding.origin;
        if origin.kind == ObjectKind::RefName {
            return Vec::new();
        }
        let commit = origin.commit.as_ref().map(|commit| commit.id);
        match (&self.reach, commit, origin.id) {
            (Reach::One, Some(_), _) => vec![0],
            (Reach::One, None, Some(id)) if self.changes.first().is_some_and(|change| change.new == id) => vec![0],
            (Reach::Several(map), id, other) => {
                id.or(other).and_then(|id| map.get(&id)).cloned().unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }
}

/// The last day on which something holds that ends at a time.
fn last_day(ends: Timestamp) -> Option<jiff::civil::Date> {
    let last = ends.checked_sub(SignedDuration::from_secs(1)).ok()?;
    Some(last.to_zoned(TimeZone::UTC).date())
}
