//! The audit log: what was let through on somebody's word, in a [chain](super::chain) of lines.

use super::chain::{Appended, Verification, append_line, last_line, sealed, verify};
use crate::policy::break_glass::Seen;
use crate::text::Shown;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// Something that happened. It holds fingerprints and rule ids, and no text that is not made safe.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditEvent {
    /// When.
    pub time: Timestamp,
    /// What, in kebab-case: `break-glass`, `refused`, `waiver`, `loosening`.
    pub event: &'static str,
    /// Who, as git names them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Shown>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Shown>,
    /// The tree or index that it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// The waiver that was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<UsedWaiver>,
    /// What it was about, without any secret.
    pub findings: Vec<Seen>,
}

/// A waiver that let something through on a server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct UsedWaiver {
    /// SHA-256 of what was signed, in lower-case hexadecimal.
    pub id: String,
    /// The references that it was used for, each with the id that it was given.
    pub changes: Vec<(Shown, String)>,
    /// How it was handed over: `push-option`, `folder`, `ref`.
    pub by: &'static str,
    /// Whether it counts once.
    pub single_use: bool,
}

/// The last thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LastEvent {
    /// When.
    pub time: Timestamp,
    /// What, in kebab-case.
    pub event: String,
    /// The tree or index that it was about.
    pub tree: Option<String>,
    /// The line's hash, in lower-case hexadecimal.
    pub digest: String,
}

/// What a break-glass event let through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LetThrough {
    /// The reason that was given, masked when it was written.
    pub reason: Option<String>,
    /// What it was about.
    pub findings: Vec<Seen>,
}

/// The log cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The system refuses.
    #[error("the audit log: {0}")]
    Io(#[from] io::Error),
    /// Its chain is broken, so that no line of it proves anything.
    #[error("the audit log: line {0} was changed or does not fit the one before it, so that nothing in it counts")]
    Broken(u64),
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    event: &'a AuditEvent,
    previous: &'a str,
}

#[derive(Deserialize)]
struct ReadEvent {
    time: Timestamp,
    event: String,
    tree: Option<String>,
}

#[derive(Deserialize)]
struct ReadFindings {
    event: String,
    reason: Option<String>,
    #[serde(default)]
    findings: Vec<Seen>,
}

/// Appends an event to the log at `path`, which is made if it is missing, under an exclusive lock, and syncs it.
/// If it cannot be written whole, the log stays as it was.
pub fn append(path: &Path, event: &AuditEvent) -> Result<Appended, LogError> {
    Ok(append_line(path, true, &|previous| serde_json::to_string(&Line { event, previous }))?)
}

/// What the last line of the log says; `None` if there is none, or it was cut off or changed.
pub fn last_event(path: &Path) -> Result<Option<LastEvent>, LogError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    file.lock_shared()?;
    let length = file.seek(SeekFrom::End(0))?;
    let (Some(line), false) = last_line(&mut file, length)? else { return Ok(None) };
    let (Some(digest), Ok(read)) = (sealed(&line), serde_json::from_slice::<ReadEvent>(&line)) else {
        return Ok(None);
    };
    Ok(Some(LastEvent { time: read.time, event: read.event, tree: read.tree, digest }))
}

/// Everything that the log at `path` says was let through; nothing if there is no log. A log whose chain is broken at
/// any line is an error.
pub fn let_through(path: &Path) -> Result<Vec<LetThrough>, LogError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    file.lock_shared()?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    if let Some((line, _)) = verify(text.as_slice())?.broken.first() {
        return Err(LogError::Broken(*line));
    }
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let read = lines.map(serde_json::from_slice::<ReadFindings>);
    let events: Vec<ReadFindings> = read.collect::<Result<_, _>>().map_err(io::Error::from)?;
    let broken = events.into_iter().filter(|event| event.event == "break-glass");
    Ok(broken.map(|event| LetThrough { reason: event.reason, findings: event.findings }).collect())
}

/// Checks the log at `path`.
pub fn verify_file(path: &Path) -> Result<Verification, LogError> {
    let file = File::open(path)?;
    file.lock_shared()?;
    Ok(verify(BufReader::new(file))?)
}

#[cfg(test)]
mod tests {
    use super::super::chain::{Broken, GENESIS};
    use super::*;

    fn event(second: i64) -> AuditEvent {
        AuditEvent {
            time: Timestamp::from_second(1_800_000_000 + second).unwrap(),
            event: "break-glass",
            actor: None,
            reason: Some(Shown::fixed("the pager is on fire")),
            tree: Some("4b825dc6".to_owned()),
            waiver: None,
            findings: vec![seen()],
        }
    }

    fn seen() -> Seen {
        Seen {
            fingerprint: "kw1:f11c8c5cad653d3ecfdf56850fed4279".parse().unwrap(),
            rule: "github-token".to_owned(),
            object: "blob".to_owned(),
            place: String::new(),
        }
    }

    fn log_of(count: i64) -> (tempfile::TempDir, std::path::PathBuf, Vec<Appended>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyward/audit.jsonl");
        let appended = (0..count).map(|second| append(&path, &event(second)).unwrap()).collect();
        (folder, path, appended)
    }

    #[test]
    fn every_line_holds_the_hash_of_the_one_before() {
        let (_folder, path, appended) = log_of(3);
        let found = verify_file(&path).unwrap();
        assert_eq!((found.records, found.broken.len()), (3, 0));
        assert_eq!(Some(&found.head), appended.last().map(|last| &last.digest));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.lines().next().unwrap().contains(GENESIS));
        assert!(text.lines().nth(1).unwrap().contains(&appended[0].digest));
    }

    #[test]
    fn what_was_let_through_is_read_back_only_from_a_whole_chain() {
        let (_folder, path, _) = log_of(2);
        append(&path, &AuditEvent { event: "refused", ..event(3) }).unwrap();
        let read = let_through(&path).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].reason.as_deref(), &read[0].findings), (Some("the pager is on fire"), &vec![seen()]));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("fire", "hold", 1)).unwrap();
        assert!(matches!(let_through(&path), Err(LogError::Broken(1))));
        assert_eq!(let_through(&path.with_extension("none")).unwrap(), []);
    }

    #[test]
    fn a_changed_or_removed_line_shows() {
        let (_folder, path, _) = log_of(3);
        let text = std::fs::read_to_string(&path).unwrap();
        let changed = text.replacen("fire", "hold", 1);
        assert_eq!(verify(changed.as_bytes()).unwrap().broken, [(1, Broken::Chain), (2, Broken::Chain)]);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let removed = [lines[0], lines[2]].concat();
        assert_eq!(verify(removed.as_bytes()).unwrap().broken, [(2, Broken::Chain)]);
    }

    #[test]
    fn any_bit_of_any_byte_changed_shows_and_no_such_log_lets_anything_through() {
        let (_folder, path, _) = log_of(2);
        let whole = std::fs::read(&path).unwrap();
        for (at, bit) in (0..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            assert_ne!(verify(changed.as_slice()).unwrap().broken, [], "byte {at}, bit {bit}");
            if bit == at % 8 {
                std::fs::write(&path, &changed).unwrap();
                assert!(matches!(let_through(&path), Err(LogError::Broken(_))), "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn a_torn_last_line_is_told_and_the_chain_goes_on_behind_it() {
        let (_folder, path, _) = log_of(2);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 10]).unwrap();
        assert_eq!(verify_file(&path).unwrap().broken, [(2, Broken::Torn)]);
        assert!(append(&path, &event(9)).unwrap().after_torn_line);
        let found = verify_file(&path).unwrap();
        assert_eq!((found.records, found.broken), (2, vec![(2, Broken::Torn)]));
        assert!(!append(&path, &event(10)).unwrap().after_torn_line);
    }

    #[test]
    fn a_last_line_that_lacks_only_its_end_is_torn_too() {
        let (_folder, path, _) = log_of(1);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(verify(&bytes[..bytes.len() - 1]).unwrap().broken, [(1, Broken::Torn)]);
    }

    #[test]
    fn foreign_lines_are_unreadable_and_an_empty_log_is_fine() {
        assert_eq!(verify(&b"hello\n{}\n"[..]).unwrap().broken, [(1, Broken::Unreadable), (2, Broken::Unreadable)]);
        assert_eq!(verify(&b""[..]).unwrap().head, GENESIS);
    }

    #[test]
    fn a_long_last_line_is_found_whole() {
        let (_folder, path, _) = log_of(1);
        let long = AuditEvent { findings: vec![seen(); 2_000], ..event(1) };
        append(&path, &long).unwrap();
        append(&path, &event(2)).unwrap();
        assert_eq!(verify_file(&path).unwrap().broken, []);
    }

    #[test]
    fn lines_written_at_once_stay_one_chain() {
        let (_folder, path, _) = log_of(1);
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let path = &path;
                scope.spawn(move || (0..5).for_each(|n| _ = append(path, &event(worker * 10 + n)).unwrap()));
            }
        });
        let found = verify_file(&path).unwrap();
        assert_eq!((found.records, found.broken), (21, Vec::new()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        assert!(append(Path::new("/dev/full"), &event(0)).is_err());
    }
}
