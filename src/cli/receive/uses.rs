//! What waivers let through, written down before it is let through: in the audit log, and where one counts once in the
//! record of those.

use super::Reception;
use super::waivers::too_late;
use crate::blob::ObjectId;
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::waivers::How;
use crate::git::Refs;
use crate::policy::break_glass::Seen;
use crate::policy::waiver::{Change, Kind, Waiver, Waivers};
use crate::policy::{ExcusedBy, Suppression};
use crate::record::single_use::{self, Fate, Planned, Reservation, SingleUseError};
use crate::record::{AuditEvent, UsedWaiver, append};
use crate::scan::Outcome;
use crate::source::Update;
use crate::text::{Mask, Shown};
use bstr::ByteSlice;
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;

/// How long a push may take from the end of its quarantine until its references are changed, as far as a commit is
/// concerned that the repository had before; of another commit it can be seen.
const MOMENT: SignedDuration = SignedDuration::from_secs(10);

/// A waiver that is used.
pub struct Use<'a> {
    /// How it was handed over.
    pub how: How,
    /// Which.
    pub waiver: &'a Waiver,
    findings: Vec<Seen>,
}

impl<'a> Use<'a> {
    /// What let an outcome pass: the waivers that excuse its findings, and the one that accepts a loosening.
    pub fn all(
        outcome: &Outcome,
        waivers: &Waivers,
        valid: &'a [(How, Waiver)],
        signed: Option<&'a (How, Waiver)>,
    ) -> Vec<Self> {
        let excused = |judged: &&crate::scan::Judged| {
            judged.judgement.suppression().is_some_and(|one: &Suppression| one.by == ExcusedBy::Waiver)
        };
        let excused: Vec<_> = outcome.judged.iter().filter(excused).map(|judged| &judged.finding).collect();
        let mut uses: Vec<Self> =
            signed.iter().map(|(how, waiver)| Self { how: *how, waiver, findings: Vec::new() }).collect();
        for (how, waiver) in valid.iter().filter(|(_, waiver)| waiver.payload().kind == Kind::Findings) {
            let mine = excused.iter().filter(|finding| waivers.excusing(finding).contains(&waiver));
            let findings: Vec<Seen> = mine.map(|finding| Seen::told(finding)).collect();
            // Beyond the limit of the list it cannot be told which finding was whose.
            if !findings.is_empty() || outcome.unlisted > 0 {
                uses.push(Self { how: *how, waiver, findings });
            }
        }
        uses
    }

    /// For the pusher.
    pub fn told(&self, mask: &dyn Mask) -> Shown {
        let payload = self.waiver.payload();
        let what = match payload.kind {
            Kind::Findings if self.findings.len() == 1 => "1 finding".to_owned(),
            Kind::Findings => format!("{} findings", self.findings.len()),
            Kind::Loosening => "a weaker policy".to_owned(),
        };
        let text = format!("let through by a waiver of {}, and recorded: {what}", payload.principal);
        Shown::new(text.as_bytes(), mask)
    }

    fn event(&self, reception: &Reception<'_>, changes: &[Change], mask: &dyn Mask) -> AuditEvent {
        let payload = self.waiver.payload();
        let covered = changes.iter().filter(|change| self.waiver.covers(change));
        AuditEvent {
            time: reception.clock.started,
            event: if payload.kind == Kind::Findings { "waiver" } else { "loosening" },
            actor: Some(Shown::new(payload.principal.as_bytes(), mask)),
            reason: Some(Shown::new(payload.reason.as_bytes(), mask)),
            tree: None,
            waiver: Some(UsedWaiver {
                id: self.waiver.id(),
                changes: covered.map(|change| (Shown::new(&change.name, mask), change.new.to_string())).collect(),
                by: self.how.as_str(),
                single_use: payload.single_use,
            }),
            findings: self.findings.clone(),
        }
    }
}

/// Writes all uses down. The inner error says which waiver another push was quicker with: then nothing is used.
pub fn record(
    reception: &Reception<'_>,
    refs: &Refs,
    changes: &[Change],
    uses: &[Use<'_>],
) -> Result<Result<(), Shown>, CommandError> {
    let folder = folder(reception);
    let once: Vec<String> =
        uses.iter().filter(|one| one.waiver.payload().single_use).map(|one| one.waiver.id()).collect();
    if !once.is_empty() {
        let reserved = single_use::reserve(&folder, &once, &reservation(reception, changes), &fate(reception, refs));
        if let Some((id, unfree)) = reserved.map_err(|error| lost(&error))? {
            let which = uses.iter().find(|one| one.waiver.id() == id);
            return Ok(Err(which.map(|one| too_late(one, unfree)).unwrap_or_default()));
        }
    }
    let log = reception.repository.layout().common_dir.join("keyward/audit.jsonl");
    let mask = crate::cli::problems::builtin_mask();
    for one in uses {
        if let Err(error) = append(&log, &one.event(reception, changes, mask.as_ref())) {
            // What stays reserved is used up at worst.
            _ = single_use::release(&folder, &once);
            let text = format!("{error}; without its record nothing is let through");
            return Err(CommandError::new(ErrorKind::Io, text));
        }
    }
    Ok(Ok(()))
}

/// Where waivers that count once are written down.
pub fn folder(reception: &Reception<'_>) -> PathBuf {
    reception.repository.layout().common_dir.join("keyward/single-use")
}

/// That record cannot be used.
pub fn lost(error: &SingleUseError) -> CommandError {
    CommandError::new(ErrorKind::Io, format!("{error}; without it no waiver that counts once is taken"))
}

fn reservation(reception: &Reception<'_>, changes: &[Change]) -> Reservation {
    let planned = |change: &Change| Planned {
        name: change.name.to_str_lossy().into_owned(),
        new: change.new.to_string(),
        known: reception.before.header(&change.new).is_ok(),
    };
    Reservation {
        at: Timestamp::now(),
        quarantine: reception.quarantine(),
        changes: changes.iter().map(planned).collect(),
        used: false,
    }
}

/// What became of a push that reserved a waiver, as far as the repository without this push tells.
pub fn fate(reception: &Reception<'_>, refs: &Refs) -> impl Fn(&Reservation) -> Fate {
    move |reservation| {
        let fates: Vec<Fate> =
            reservation.changes.iter().map(|planned| fate_of(planned, reservation, reception, refs)).collect();
        [Fate::Taken, Fate::Open].into_iter().find(|fate| fates.contains(fate)).unwrap_or(Fate::Refused)
    }
}

fn fate_of(planned: &Planned, reservation: &Reservation, reception: &Reception<'_>, refs: &Refs) -> Fate {
    // What cannot be read was written by nobody who wants it to count again.
    let Some(new) = ObjectId::from_hex(planned.new.as_bytes()) else { return Fate::Taken };
    let now = refs.refs.iter().find(|one| one.name.to_str_lossy() == planned.name).map(|one| one.id);
    let before = reception.before;
    let arrived = !planned.known && before.header(&new).is_ok();
    let reached = || now.is_some_and(|now| now == new || before.walk(&[new], &[now]).commits.is_empty());
    let there = reservation.quarantine.as_ref().is_some_and(|folder| folder.exists());
    if arrived || reached() {
        Fate::Taken
    } else if there || (planned.known && Timestamp::now().duration_since(reservation.at) < MOMENT) {
        Fate::Open
    } else if planned.known && !single_use::told(&folder(reception)) {
        // Nothing here would tell that it was taken, and the reference may have moved since.
        Fate::Taken
    } else {
        Fate::Refused
    }
}

/// After a push: what was reserved for a change that was made is used up.
pub fn commit(folder: &std::path::Path, updates: &[Update]) -> Result<usize, CommandError> {
    let made = |planned: &Planned| {
        updates.iter().any(|one| one.name.to_str_lossy() == planned.name && one.new.to_string() == planned.new)
    };
    single_use::commit(folder, &made).map_err(|error| lost(&error))
}
