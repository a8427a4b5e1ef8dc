//! Objects through the git program: `git cat-file --batch-command`, kept running.

use super::command::Runner;
use super::error::ObjectError;
use super::object::{Backend, Header, Kind, Objects};
use crate::blob::ObjectId;
use git2::{ObjectFormat, ObjectType, Oid};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};

/// The longest answer line: an id, a kind, a size.
const LONGEST_LINE: u64 = 256;

/// Children that wait for requests, one for each read that runs at a time.
pub(crate) struct Program {
    runner: Runner,
    objects: PathBuf,
    idle: Mutex<Vec<Batch>>,
}

impl Program {
    pub(crate) fn new(runner: Runner, objects: &Path) -> Self {
        Self { runner, objects: objects.to_owned(), idle: Mutex::default() }
    }

    /// Asks one child. A child that broke off (git ends where it meets a corrupt object) is not asked again.
    fn ask<T>(&self, question: impl FnOnce(&mut Batch) -> Result<T, Broken>) -> Result<T, ObjectError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut batch = match idle {
            Some(batch) => batch,
            None => Batch::start(&self.runner).ok_or(ObjectError::Corrupt)?,
        };
        let answer = match question(&mut batch) {
            Err(Broken::Off) => return Err(ObjectError::Corrupt),
            Err(Broken::No(error)) => Err(error),
            Ok(answer) => Ok(answer),
        };
        self.put(batch);
        answer
    }

    /// git calls an object missing whose file it cannot unpack.
    fn told_apart(&self, id: &ObjectId, error: ObjectError) -> ObjectError {
        let name = id.to_string();
        let (folder, file) = name.split_at(2);
        let there = error == ObjectError::Missing && self.objects.join(folder).join(file).exists();
        if there { ObjectError::Corrupt } else { error }
    }

    fn put(&self, batch: Batch) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }
}

impl Objects for Program {
    fn header(&self, id: &ObjectId) -> Result<Header, ObjectError> {
        self.ask(|batch| batch.request("info", id)).map_err(|error| self.told_apart(id, error))
    }

    fn visit(&self, id: &ObjectId, limit: u64, see: &mut dyn FnMut(Kind, &[u8])) -> Result<(), ObjectError> {
        let read = self.ask(|batch| {
            let Header { size, .. } = batch.request("info", id)?;
            if size > limit {
                return Err(Broken::No(ObjectError::TooLarge { size }));
            }
            batch.contents(id, limit)
        });
        let (kind, bytes) = read.map_err(|error| self.told_apart(id, error))?;
        see(kind, &bytes);
        Ok(())
    }

    fn backend(&self) -> Backend {
        Backend::Program
    }
}

/// Why there is no answer: the child is of no more use, or it is and the object is not.
enum Broken {
    Off,
    No(ObjectError),
}

struct Batch {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    fn start(runner: &Runner) -> Option<Self> {
        let mut command = runner.command(&["cat-file".as_ref(), "--batch-command".as_ref()]);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let requests = child.stdin.take()?;
        let answers = BufReader::new(child.stdout.take()?);
        Some(Self { child, requests, answers })
    }

    /// Sends a request and reads the line that answers it: `<id> <kind> <size>`, or `<id> missing`.
    fn request(&mut self, what: &str, id: &ObjectId) -> Result<Header, Broken> {
        self.requests.write_all(format!("{what} {id}\n").as_bytes()).map_err(|_| Broken::Off)?;
        let mut line = Vec::new();
        (&mut self.answers).take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(|_| Broken::Off)?;
        let line = line.strip_suffix(b"\n").ok_or(Broken::Off)?;
        let mut words = line.split(|&byte| byte == b' ');
        if words.next() != Some(id.to_string().as_bytes()) {
            return Err(Broken::Off);
        }
        match (words.next(), words.next(), words.next()) {
            (Some(b"missing"), None, None) => Err(Broken::No(ObjectError::Missing)),
            (Some(kind), Some(size), None) => {
                let kind = Kind::from_name(kind).ok_or(Broken::Off)?;
                let size = std::str::from_utf8(size).ok().and_then(|size| size.parse().ok()).ok_or(Broken::Off)?;
                Ok(Header { kind, size })
            }
            _ => Err(Broken::Off),
        }
    }

    /// The object's bytes, which a line feed follows.
    fn contents(&mut self, id: &ObjectId, limit: u64) -> Result<(Kind, Vec<u8>), Broken> {
        let Header { kind, size } = self.request("contents", id)?;
        if size > limit {
            return Err(Broken::Off);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(|_| Broken::Off)?);
        (&mut self.answers).take(size).read_to_end(&mut bytes).map_err(|_| Broken::Off)?;
        let mut end = [0];
        self.answers.read_exact(&mut end).map_err(|_| Broken::Off)?;
        if bytes.len() as u64 != size || end != *b"\n" {
            return Err(Broken::Off);
        }
        if !named(id, kind, &bytes) {
            return Err(Broken::No(ObjectError::Corrupt));
        }
        Ok((kind, bytes))
    }
}

/// True if the bytes have the name under which they lie: `git cat-file --batch` does not look.
fn named(id: &ObjectId, kind: Kind, bytes: &[u8]) -> bool {
    let kind = match kind {
        Kind::Blob => ObjectType::Blob,
        Kind::Tree => ObjectType::Tree,
        Kind::Commit => ObjectType::Commit,
        Kind::Tag => ObjectType::Tag,
    };
    let format = if id.as_bytes().len() == 32 { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 };
    Oid::hash_object_ext(kind, bytes, format).is_ok_and(|found| found.as_bytes() == id.as_bytes())
}

impl Drop for Batch {
    fn drop(&mut self) {
        // It only reads, so there is nothing that it must bring to an end; it may hang in the middle of an answer.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
