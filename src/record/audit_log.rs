//! The audit log: JSON Lines, each with the SHA-256 of the line before it.
//!
//! The chain shows a line that was changed, taken out or put in between. It cannot show that lines at the end were
//! cut off, or that everything was written anew: for that its head has to be kept elsewhere.

use crate::policy::break_glass::Seen;
use crate::text::Shown;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What stands for the line before the first one.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// No line is longer: what follows in a longer one was not written by us.
const LONGEST_LINE: u64 = 16 << 20;

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

/// A line that was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Appended {
    /// Its SHA-256, in lower-case hexadecimal: the head of the chain.
    pub digest: String,
    /// Whether the line before it had been cut off in the middle (a crash, a full disk). It stays, as it is.
    pub after_torn_line: bool,
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
    /// The line's SHA-256, in lower-case hexadecimal.
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
    #[error("the audit log: line {0} does not fit the one before it, so that nothing in it counts")]
    Broken(u64),
}

/// What is wrong with a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// It was cut off in the middle; what follows it is chained to the rest of it.
    Torn,
    /// It is no line of an audit log.
    Unreadable,
    /// It does not follow from the line before it.
    Chain,
}

/// What an audit log is found to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    /// Lines that can be read.
    pub records: u64,
    /// What is wrong, by line, from 1.
    pub broken: Vec<(u64, Broken)>,
    /// The SHA-256 of the last line.
    pub head: String,
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

#[derive(Deserialize)]
struct Link {
    previous: String,
}

/// Appends an event to the log at `path`, which is made if it is missing, under an exclusive lock, and syncs it.
/// If it cannot be written whole, the log stays as it was.
pub fn append(path: &Path, event: &AuditEvent) -> Result<Appended, LogError> {
    Ok(append_line(path, true, &|previous| serde_json::to_string(&Line { event, previous }))?)
}

/// Appends the line that `make` gives for the digest of the one before it. A line that was cut off stays as it is.
pub(super) fn append_line(
    path: &Path,
    sync: bool,
    make: &dyn Fn(&str) -> serde_json::Result<String>,
) -> io::Result<Appended> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = open(path)?;
    file.lock()?;
    let length = file.seek(SeekFrom::End(0))?;
    let (last, torn) = last_line(&mut file, length)?;
    let line = make(&last.as_deref().map_or_else(|| GENESIS.to_owned(), digest))?;
    let whole = format!("{}{line}\n", if torn { "\n" } else { "" });
    file.seek(SeekFrom::End(0))?;
    let written = file.write_all(whole.as_bytes()).and_then(|()| if sync { file.sync_all() } else { Ok(()) });
    written.inspect_err(|_| _ = file.set_len(length))?;
    Ok(Appended { digest: digest(line.as_bytes()), after_torn_line: torn })
}

/// What the last line of the log says; `None` if there is none, or it was cut off.
pub fn last_event(path: &Path) -> Result<Option<LastEvent>, LogError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    file.lock_shared()?;
    let length = file.seek(SeekFrom::End(0))?;
    let (Some(line), false) = last_line(&mut file, length)? else { return Ok(None) };
    let Ok(read) = serde_json::from_slice::<ReadEvent>(&line) else { return Ok(None) };
    Ok(Some(LastEvent { time: read.time, event: read.event, tree: read.tree, digest: digest(&line) }))
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
    verify(BufReader::new(file))
}

/// Checks a log.
pub fn verify(mut log: impl BufRead) -> Result<Verification, LogError> {
    let mut state = Verification { records: 0, broken: Vec::new(), head: GENESIS.to_owned() };
    let mut number = 0;
    loop {
        let mut line = Vec::new();
        log.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(state);
        }
        number += 1;
        let whole = line.pop_if(|byte| *byte == b'\n').is_some();
        match serde_json::from_slice::<Link>(&line) {
            Ok(_) if !whole => state.broken.push((number, Broken::Torn)),
            Ok(link) => {
                state.records += 1;
                if link.previous != state.head {
                    state.broken.push((number, Broken::Chain));
                }
            }
            Err(error) if !whole || error.is_eof() => state.broken.push((number, Broken::Torn)),
            Err(_) => state.broken.push((number, Broken::Unreadable)),
        }
        state.head = digest(&line);
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// The last line without its end, and whether its end is missing. It is read from the end of the file in growing
/// steps: a log can be long.
fn last_line(file: &mut File, length: u64) -> io::Result<(Option<Vec<u8>>, bool)> {
    if length == 0 {
        return Ok((None, false));
    }
    let mut step: u64 = 4096;
    loop {
        let from = length.saturating_sub(step);
        file.seek(SeekFrom::Start(from))?;
        let mut tail = Vec::new();
        Read::by_ref(file).take(length - from).read_to_end(&mut tail)?;
        let torn = tail.pop_if(|byte| *byte == b'\n').is_none();
        let start = memchr::memrchr(b'\n', &tail).map(|at| at + 1);
        if let Some(start) = start.or((from == 0).then_some(0)) {
            return Ok((Some(tail.split_off(start)), torn));
        }
        step = step.saturating_mul(4);
    }
}

fn digest(line: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(line))
}

#[cfg(test)]
mod tests {
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
        assert!(matches!(let_through(&path), Err(LogError::Broken(2))));
        assert_eq!(let_through(&path.with_extension("none")).unwrap(), []);
    }

    #[test]
    fn a_changed_or_removed_line_shows() {
        let (_folder, path, _) = log_of(3);
        let text = std::fs::read_to_string(&path).unwrap();
        let changed = text.replacen("fire", "hold", 1);
        assert_eq!(verify(changed.as_bytes()).unwrap().broken, [(2, Broken::Chain)]);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let removed = [lines[0], lines[2]].concat();
        assert_eq!(verify(removed.as_bytes()).unwrap().broken, [(2, Broken::Chain)]);
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
