//! Waivers that count once: which are used up, and which a push has that is not over yet.
//!
//! One small file a waiver, all changes under one lock. A push *reserves* before it is taken and *commits* afterwards;
//! what became of one that did neither (another hook refused it, the machine went down) the repository tells: see
//! [`Fate`].

use super::atomic::write_atomic;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A reference that a push was about to change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// Its full name; bytes that are not UTF-8 replaced.
    #[serde(rename = "ref")]
    pub name: String,
    /// The id that it was to name.
    pub new: String,
    /// Whether the repository had that object before the push.
    pub known: bool,
}

/// What a push wrote down of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reservation {
    /// When.
    pub at: Timestamp,
    /// Where its objects lay; the folder is there until the push is taken or refused.
    pub quarantine: Option<PathBuf>,
    /// What it was to change.
    pub changes: Vec<Planned>,
    /// Whether it was taken.
    pub used: bool,
}

/// What became of a push that reserved a waiver.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It was taken, so that the waiver is used up.
    Taken,
    /// It is not over.
    Open,
    /// It was refused, so that the waiver counts again.
    Refused,
}

/// Why a waiver cannot be reserved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfree {
    /// It is used up.
    Used,
    /// A push that is not over has it.
    Reserved,
}

/// The record of waivers that count once cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SingleUseError {
    /// It cannot be read or written.
    #[error("the record of waivers that count once: {0}")]
    Io(#[from] io::Error),
    /// It is not what we wrote: what it says is not known.
    #[error("the record of a waiver that counts once is damaged ({0}.json); remove it if the waiver was never used")]
    Damaged(String),
}

/// Reserves all of these waivers, by their ids, for one push, or none: then the first that is not free is told.
pub fn reserve(
    folder: &Path,
    ids: &[String],
    reservation: &Reservation,
    fate: &dyn Fn(&Reservation) -> Fate,
) -> Result<Option<(String, Unfree)>, SingleUseError> {
    std::fs::create_dir_all(folder)?;
    let _lock = lock(folder)?;
    for id in ids {
        if let Some(unfree) = standing(folder, id, reservation.quarantine.as_deref(), fate)? {
            return Ok(Some((id.clone(), unfree)));
        }
    }
    for (at, id) in ids.iter().enumerate() {
        if let Err(error) = write(folder, id, reservation) {
            ids.iter().take(at).for_each(|id| _ = std::fs::remove_file(file(folder, id)));
            return Err(error);
        }
    }
    Ok(None)
}

/// Whether a waiver could be reserved for the push whose objects lie in `quarantine`; reserves nothing.
pub fn look(
    folder: &Path,
    id: &str,
    quarantine: Option<&Path>,
    fate: &dyn Fn(&Reservation) -> Fate,
) -> Result<Option<Unfree>, SingleUseError> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let _lock = lock(folder)?;
    standing(folder, id, quarantine, fate)
}

/// Gives back what a push reserved that is refused after all.
pub fn release(folder: &Path, ids: &[String]) -> Result<(), SingleUseError> {
    let _lock = lock(folder)?;
    for id in ids {
        std::fs::remove_file(file(folder, id))?;
    }
    Ok(())
}

/// The file that shows that pushes which are taken are told.
const TOLD: &str = "told";

/// Marks as used whatever was reserved for a change that was made; gives how many.
pub fn commit(folder: &Path, made: &dyn Fn(&Planned) -> bool) -> Result<usize, SingleUseError> {
    std::fs::create_dir_all(folder)?;
    let _lock = lock(folder)?;
    OpenOptions::new().create(true).append(true).open(folder.join(TOLD))?;
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".json")) else { continue };
        let Some(reservation) = read(folder, id)? else { continue };
        if !reservation.used && reservation.changes.iter().any(made) {
            write(folder, id, &Reservation { used: true, ..reservation })?;
            count += 1;
        }
    }
    Ok(count)
}

/// Whether [`commit`] has ever been called here: then a push that did not is one that was not taken.
pub fn told(folder: &Path) -> bool {
    folder.join(TOLD).is_file()
}

/// Whether a waiver is free for the push whose objects lie in `quarantine`; what is known of it now is written down.
fn standing(
    folder: &Path,
    id: &str,
    quarantine: Option<&Path>,
    fate: &dyn Fn(&Reservation) -> Fate,
) -> Result<Option<Unfree>, SingleUseError> {
    let Some(found) = read(folder, id)? else { return Ok(None) };
    if found.used {
        return Ok(Some(Unfree::Used));
    }
    // The same push asks twice where two hooks call keyward.
    if quarantine.is_some() && found.quarantine.as_deref() == quarantine {
        return Ok(None);
    }
    match fate(&found) {
        Fate::Open => Ok(Some(Unfree::Reserved)),
        Fate::Refused => Ok(None),
        Fate::Taken => {
            write(folder, id, &Reservation { used: true, ..found })?;
            Ok(Some(Unfree::Used))
        }
    }
}

fn file(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("{id}.json"))
}

fn read(folder: &Path, id: &str) -> Result<Option<Reservation>, SingleUseError> {
    match std::fs::read(file(folder, id)) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).map(Some).map_err(|_| SingleUseError::Damaged(id.chars().take(64).collect()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn write(folder: &Path, id: &str, reservation: &Reservation) -> Result<(), SingleUseError> {
    let mut bytes = serde_json::to_vec(reservation).map_err(io::Error::from)?;
    bytes.push(b'\n');
    Ok(write_atomic(&file(folder, id), &bytes)?)
}

/// Held until it is dropped.
fn lock(folder: &Path) -> io::Result<File> {
    let lock = OpenOptions::new().create(true).append(true).open(folder.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reservation(quarantine: &str) -> Reservation {
        let change = Planned { name: "refs/heads/main".to_owned(), new: "a".repeat(40), known: false };
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        Reservation { at, quarantine: Some(PathBuf::from(quarantine)), changes: vec![change], used: false }
    }

    fn take(folder: &Path, ids: &[&str], quarantine: &str, fate: Fate) -> Option<(String, Unfree)> {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        reserve(folder, &ids, &reservation(quarantine), &|_| fate).unwrap()
    }

    #[test]
    fn a_reserved_waiver_is_for_one_push_until_that_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("waivers");
        assert_eq!(take(&folder, &["x"], "/a", Fate::Open), None);
        assert_eq!(take(&folder, &["x"], "/a", Fate::Open), None);
        assert_eq!(take(&folder, &["x"], "/b", Fate::Open), Some(("x".to_owned(), Unfree::Reserved)));
        assert_eq!(take(&folder, &["x"], "/b", Fate::Refused), None);
        assert_eq!(take(&folder, &["x"], "/c", Fate::Taken), Some(("x".to_owned(), Unfree::Used)));
        assert_eq!(take(&folder, &["x"], "/c", Fate::Refused), Some(("x".to_owned(), Unfree::Used)));
    }

    #[test]
    fn of_several_all_are_reserved_or_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(take(folder.path(), &["x"], "/a", Fate::Open), None);
        assert!(take(folder.path(), &["y", "x"], "/b", Fate::Open).is_some());
        assert_eq!(take(folder.path(), &["y"], "/c", Fate::Open), None);
    }

    #[test]
    fn what_was_made_is_used_and_what_was_released_is_free() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("waivers");
        assert!(!told(&folder));
        assert_eq!(commit(&folder, &|_| true).unwrap(), 0);
        assert!(told(&folder));
        take(&folder, &["x"], "/a", Fate::Open);
        release(&folder, &["x".to_owned()]).unwrap();
        assert_eq!(take(&folder, &["x"], "/b", Fate::Open), None);
        assert_eq!(commit(&folder, &|planned| planned.name == "refs/heads/other").unwrap(), 0);
        assert_eq!(commit(&folder, &|planned| planned.name == "refs/heads/main").unwrap(), 1);
        assert_eq!(take(&folder, &["x"], "/c", Fate::Refused), Some(("x".to_owned(), Unfree::Used)));
    }

    #[test]
    fn a_damaged_record_is_an_error_and_never_free() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.json"), "{").unwrap();
        let ids = ["x".to_owned()];
        assert!(reserve(folder.path(), &ids, &reservation("/a"), &|_| Fate::Refused).is_err());
    }

    #[test]
    fn of_many_at_once_one_gets_it() {
        let folder = tempfile::tempdir().unwrap();
        let got: Vec<bool> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..8)
                .map(|number| {
                    let folder = folder.path();
                    scope.spawn(move || take(folder, &["x"], &format!("/{number}"), Fate::Open).is_none())
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        assert_eq!(got.iter().filter(|got| **got).count(), 1);
    }
}
