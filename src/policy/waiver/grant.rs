//! The waivers that count for a change, and what they excuse in it.

use super::{Kind, Waiver};
use crate::blob::{ObjectId, ObjectKind};
use crate::finding::Finding;
use crate::policy::{ExcusedBy, Suppression};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A reference that is about to name something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Its full name, raw.
    pub name: Vec<u8>,
    /// What it shall name.
    pub new: ObjectId,
}

/// Waivers that count, each checked, and all references that are about to change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waivers {
    changes: Vec<Change>,
    waivers: Vec<Waiver>,
}

impl Waivers {
    /// `waivers` are those that passed [`Waiver::check`].
    pub fn new(changes: Vec<Change>, waivers: Vec<Waiver>) -> Self {
        Self { changes, waivers }
    }

    /// The names of all, sorted.
    pub fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.waivers.iter().map(Waiver::id).collect();
        ids.sort_unstable();
        ids
    }

    /// The waivers that together excuse a finding: every change of the push is covered by one that names the secret. None
    /// where one change is not: what is found once may be brought by several, and nothing slips in beside what was let
    /// through.
    pub fn excusing(&self, finding: &Finding) -> Vec<&Waiver> {
        if !self.brings(finding) {
            return Vec::new();
        }
        let names = |waiver: &&Waiver| {
            waiver.payload().kind == Kind::Findings && waiver.payload().fingerprints.contains(&finding.fingerprint)
        };
        let mut found: Vec<&Waiver> = Vec::new();
        for change in &self.changes {
            match self.waivers.iter().filter(names).find(|waiver| waiver.covers(change)) {
                Some(waiver) if found.contains(&waiver) => {}
                Some(waiver) => found.push(waiver),
                None => return Vec::new(),
            }
        }
        found
    }

    /// Whether every change is covered by some waiver.
    pub fn cover_all(&self) -> bool {
        self.changes.iter().all(|change| self.waivers.iter().any(|waiver| waiver.covers(change)))
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

    /// Whether a finding is in what the references reach: in a commit, or in what one names itself. An object that nothing
    /// reaches and the name of a reference are not, and no waiver excuses them.
    fn brings(&self, finding: &Finding) -> bool {
        let origin = &finding.origin;
        let named = || origin.id.is_some_and(|id| self.changes.iter().any(|change| change.new == id));
        origin.kind != ObjectKind::RefName && (origin.commit.is_some() || named())
    }
}

/// The last day on which something holds that ends at a time.
fn last_day(ends: Timestamp) -> Option<jiff::civil::Date> {
    let last = ends.checked_sub(SignedDuration::from_secs(1)).ok()?;
    Some(last.to_zoned(TimeZone::UTC).date())
}
