//! JSON Lines in which each line has its own SHA-256 and that of the line before it: the audit log, and the log of runs.
//!
//! A line ends in `"previous":"…","hash":"…"}`. Its hash is that of the line as it is without the field `hash`. The
//! chain shows a line that was changed, taken out or put in between. It cannot show that lines at the end were cut off,
//! or that everything was written anew: for that its head has to be kept elsewhere.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What stands for the line before the first one.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// No line is longer: what follows in a longer one was not written by us.
const LONGEST_LINE: u64 = 16 << 20;
/// What stands before a line's own hash, and behind it.
const HASH: (&str, &str) = (",\"hash\":\"", "\"}");

/// A line that was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Appended {
    /// Its hash, in lower-case hexadecimal: the head of the chain.
    pub digest: String,
    /// Whether the line before it had been cut off in the middle (a crash, a full disk). It stays, as it is.
    pub after_torn_line: bool,
}

/// What is wrong with a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// It was cut off in the middle; what follows it is chained to the rest of it.
    Torn,
    /// It is no line of such a log.
    Unreadable,
    /// Its hash is another, or it does not follow from the line before it.
    Chain,
}

/// What a log is found to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    /// Lines that can be read.
    pub records: u64,
    /// What is wrong, by line, from 1.
    pub broken: Vec<(u64, Broken)>,
    /// The hash of the last line.
    pub head: String,
}

#[derive(Deserialize)]
struct Link {
    previous: String,
}

/// Appends the line that `make` gives for the hash of the one before it, a JSON object, with a hash of its own. A line
/// that was cut off stays as it is. If the new one cannot be written whole, the log stays as it was.
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
    let text = make(&last.as_deref().map_or_else(|| GENESIS.to_owned(), head))?;
    let hash = digest(text.as_bytes());
    let open = text.strip_suffix('}').unwrap_or(&text);
    let whole = format!("{}{open}{}{hash}{}\n", if torn { "\n" } else { "" }, HASH.0, HASH.1);
    file.seek(SeekFrom::End(0))?;
    let written = file.write_all(whole.as_bytes()).and_then(|()| if sync { file.sync_all() } else { Ok(()) });
    written.inspect_err(|_| _ = file.set_len(length))?;
    Ok(Appended { digest: hash, after_torn_line: torn })
}

/// Checks a log.
pub fn verify(mut log: impl BufRead) -> io::Result<Verification> {
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
                if link.previous != state.head || sealed(&line).is_none() {
                    state.broken.push((number, Broken::Chain));
                }
            }
            Err(error) if !whole || error.is_eof() => state.broken.push((number, Broken::Torn)),
            Err(_) => state.broken.push((number, Broken::Unreadable)),
        }
        state.head = head(&line);
    }
}

/// What the line behind this one names: its hash, or of a line without a right one the SHA-256 of all of it.
fn head(line: &[u8]) -> String {
    sealed(line).unwrap_or_else(|| digest(line))
}

/// The hash of a line, if it is that of the rest of the line.
pub(super) fn sealed(line: &[u8]) -> Option<String> {
    let hash_at = line.len().checked_sub(GENESIS.len() + HASH.1.len())?;
    let (text, tail) = line.split_at_checked(hash_at)?;
    let text = [text.strip_suffix(HASH.0.as_bytes())?, b"}"].concat();
    let hash = digest(&text);
    (tail == [&hash, HASH.1].concat().as_bytes()).then_some(hash)
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
pub(super) fn last_line(file: &mut File, length: u64) -> io::Result<(Option<Vec<u8>>, bool)> {
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
