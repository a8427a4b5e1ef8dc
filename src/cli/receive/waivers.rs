//! Waivers on a server: what is handed over, what it lets through, and the record of that.
//!
//! They are looked at only where a push would be refused. Nothing of the push itself counts: a waiver comes as a push
//! option, from the administrator's folder, or from a reference of an earlier push; its signer from the administrator's
//! file.

use super::uses::{self, Use};
use super::{Ground, Reception, loosening};
use crate::cli::args::HookName;
use crate::cli::error::CommandError;
use crate::cli::setup::Gear;
use crate::cli::waivers::{How, Offer, Sifted, Wanted, told};
use crate::cli::{problems, signers};
use crate::git::Refs;
use crate::policy::waiver::{Change, Kind, LONGEST, Refusal, Scene, Waiver, Waivers};
use crate::record::single_use::{Unfree, look};
use crate::scan::Outcome;
use crate::source::Update;
use crate::text::Shown;
use std::path::Path;

/// Where waivers lie that were pushed.
const REFERENCES: &[u8] = b"refs/keyward/waivers/";
/// The name of the push option.
const OPTION: &[u8] = b"keyward-waiver=";
/// No more files of the folder, and no more references, are looked at.
const MOST: usize = 10_000;

/// The names of waiver references that a push changes or takes away: they are only ever added to.
pub fn tampered(updates: &[Update]) -> impl Iterator<Item = &Update> {
    updates.iter().filter(|update| update.name.starts_with(REFERENCES) && !update.old.is_zero())
}

/// A push that is judged, and what it is judged again with.
pub struct Court<'a> {
    pub reception: &'a Reception<'a>,
    pub refs: &'a Refs,
    pub ground: &'a Ground,
    pub gear: Gear,
}

impl Court<'_> {
    /// Judges a push again with the waivers that count, where it would be refused for what it holds or for what it loosens;
    /// what is let through is written down first. `loosened` is emptied where a waiver accepts it.
    pub fn appeal(self, first: Outcome, loosened: &mut Vec<&'static str>) -> Result<Outcome, CommandError> {
        if first.exit != 1 && loosened.is_empty() {
            return Ok(first);
        }
        let offers = self.offers()?;
        if offers.is_empty() {
            return Ok(first);
        }
        let changes = self.changes();
        let trust = loosening::update(self.ground, self.reception.updates).filter(|update| !update.new.is_zero());
        let Some(sifted) = self.sift(offers, &changes, &Wanted::of(&first, trust.is_some()))? else {
            return Ok(with(first, [Shown::fixed("this server takes no waivers: its administrator names no signers")]));
        };
        let Sifted { valid, refused } = sifted;
        if valid.is_empty() {
            return Ok(with(first, refused));
        }
        let accepted = trust.and_then(|update| accepting(&valid, update));
        let findings = valid.iter().filter(|(_, waiver)| waiver.payload().kind == Kind::Findings);
        let waivers = Waivers::new(changes.clone(), findings.map(|(_, waiver)| waiver.clone()).collect());
        let gear = self.gear_for(accepted.and(trust), waivers.clone())?;
        let mut second = with(self.reception.look(&gear, self.ground)?.0, refused);
        if second.exit != 0 && changes.len() > 1 && !waivers.cover_all() {
            let text = "a waiver counts only where every reference of a push is covered: push its reference by itself";
            second.warnings.push(Shown::fixed(text));
        }
        if second.exit == 0 && (accepted.is_some() || loosened.is_empty()) {
            let uses = Use::all(&second, &waivers, &valid, accepted);
            if let Err(taken) = uses::record(self.reception, self.refs, &changes, &uses)? {
                return Ok(with(first, [taken]));
            }
            second.warnings.extend(uses.iter().map(|one| one.told(&gear.detector)));
        }
        if accepted.is_some() {
            loosened.clear();
        }
        Ok(second)
    }

    /// What is judged again with: the waivers, and, where a loosening is signed and nothing else is pushed, the policy of
    /// the commit that is signed, with the entries of its baseline.
    fn gear_for(&self, signed: Option<&Update>, waivers: Waivers) -> Result<Gear, CommandError> {
        let Reception { repository, updates, clock, .. } = self.reception;
        let today = clock.today();
        let only = updates.iter().filter(|update| !update.new.is_zero()).count() == 1;
        let gear = match signed.filter(|_| only) {
            Some(update) => self.ground.at(update.new).gear(repository, repository, updates, today)?,
            None => self.ground.gear(repository, self.reception.before, updates, today)?,
        };
        Ok(Gear { policy: gear.policy.with_waivers(waivers), ..gear })
    }

    fn changes(&self) -> Vec<Change> {
        let given = self.reception.updates.iter().filter(|update| !update.new.is_zero());
        given.map(|update| Change { name: update.name.clone(), new: update.new }).collect()
    }

    /// `None` where nobody may sign.
    fn sift(&self, offers: Vec<Offer>, changes: &[Change], wanted: &Wanted) -> Result<Option<Sifted>, CommandError> {
        let Some(signers) = self.gear.policy.signers() else { return Ok(None) };
        let salt = self.gear.fingerprinter.salt().name();
        let server = self.ground.administrator().and_then(|layer| layer.server_id.as_deref());
        let now = self.reception.clock.started;
        let scene = Scene { signers, server, salt: &salt, changes, now };
        Sifted::of(offers, &scene, wanted, &|waiver| self.counted(waiver)).map(Some)
    }

    /// What the record says of a waiver that counts once.
    fn counted(&self, waiver: &Waiver) -> Result<Option<Refusal>, CommandError> {
        if !waiver.payload().single_use {
            return Ok(None);
        }
        if self.reception.args.name != HookName::PreReceive {
            return Ok(Some(Refusal::Uncounted));
        }
        let folder = uses::folder(self.reception);
        let fate = uses::fate(self.reception, self.refs);
        let quarantine = self.reception.quarantine();
        let unfree = look(&folder, &waiver.id(), quarantine.as_deref(), &fate).map_err(|error| uses::lost(&error))?;
        Ok(unfree.map(refusal))
    }

    fn offers(&self) -> Result<Vec<Offer>, CommandError> {
        let options = self.reception.env.push_options.iter();
        let texts = options.filter_map(|option| option.as_encoded_bytes().strip_prefix(OPTION));
        let mut offers: Vec<Offer> = texts.map(|text| Offer::read(How::PushOption, text)).collect();
        let administrator = self.ground.administrator();
        let named = administrator.and_then(|layer| signers::beside(layer, layer.waiver_folder.as_deref()));
        if let Some(folder) = named {
            offers.extend(files(&folder)?.iter().map(|text| Offer::read(How::Folder, text)));
        }
        let known = self.refs.refs.iter().filter(|one| one.name.starts_with(REFERENCES)).take(MOST);
        // One that is no content, or no waiver, is nothing.
        let texts = known.filter_map(|one| self.reception.before.blob(&one.id, LONGEST as u64 + 2).ok());
        offers.extend(texts.map(|text| Offer::read(How::Reference, &text)));
        Ok(offers)
    }
}

/// The waiver that accepts what a push does to the policy of the trust ref.
fn accepting<'w>(valid: &'w [(How, Waiver)], update: &Update) -> Option<&'w (How, Waiver)> {
    let change = Change { name: update.name.clone(), new: update.new };
    valid.iter().find(|(_, waiver)| waiver.payload().kind == Kind::Loosening && waiver.covers(&change))
}

pub(super) fn refusal(unfree: Unfree) -> Refusal {
    match unfree {
        Unfree::Used => Refusal::Used,
        Unfree::Reserved => Refusal::Taken,
    }
}

/// Of a waiver that another push was quicker with.
pub(super) fn too_late(one: &Use<'_>, unfree: Unfree) -> Shown {
    told(one.how, Some(one.waiver), &refusal(unfree))
}

fn with(mut outcome: Outcome, more: impl IntoIterator<Item = Shown>) -> Outcome {
    outcome.warnings.extend(more);
    outcome
}

/// The files of the administrator's folder. A folder that is named and cannot be read is an error; so is a file.
fn files(folder: &Path) -> Result<Vec<Vec<u8>>, CommandError> {
    let unread = |path: &Path, error: &std::io::Error| problems::io(path, "read", error);
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| unread(folder, &error))?.take(MOST) {
        let path = entry.map_err(|error| unread(folder, &error))?.path();
        let about = std::fs::metadata(&path).map_err(|error| unread(&path, &error))?;
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if about.is_file() && !hidden && about.len() <= LONGEST as u64 + 2 {
            texts.push(std::fs::read(&path).map_err(|error| unread(&path, &error))?);
        }
    }
    Ok(texts)
}
