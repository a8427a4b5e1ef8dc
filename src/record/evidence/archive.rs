//! The top folder as its writer has it: locked, checked, and added to.

use super::bundle::{Bundle, Draft};
use super::key::Signer;
use super::log::{Chain, Record, Unsigned};
use super::verify::{Look, look};
use super::{EvidenceError, LOG, LOG_SIGNATURE};
use crate::record::write_atomic;
use jiff::Timestamp;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A folder of evidence, open for adding. Nobody else adds to it meanwhile.
#[derive(Debug)]
pub struct Archive {
    root: PathBuf,
    _lock: File,
    chain: Chain,
    key: Option<Signer>,
    logged: HashSet<String>,
    new: Vec<(String, String, String)>,
}

/// A bundle that was put in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Put {
    /// Its folder relative to the top one, with `/`.
    pub path: String,
    /// The last part of it.
    pub run_id: String,
    /// The SHA-256 of its manifest, in lower-case hexadecimal.
    pub manifest: String,
    /// Whether it was not there before.
    pub new: bool,
}

/// A bundle about a commit that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The last part of its folder.
    pub run_id: String,
    /// The SHA-256 of its manifest; empty if there is none.
    pub manifest: String,
    /// Whether nothing is wrong with it, and a line of the log names it.
    pub intact: bool,
    /// What was judged: `tree` or `commit`.
    pub scope: Option<String>,
    /// What came of it.
    pub verdict: Option<String>,
}

impl Archive {
    /// Opens a folder, which is made if it is missing, and waits for whoever else has it open. A log that is not whole,
    /// or not signed as its lines say, is an error.
    pub fn open(root: &Path, key: Option<Signer>) -> Result<Self, EvidenceError> {
        fs::create_dir_all(root).map_err(EvidenceError::io(root))?;
        let lock = File::open(root).and_then(|lock| lock.lock().map(|()| lock)).map_err(EvidenceError::io(root))?;
        let log = root.join(LOG);
        let text = read(&log)?.unwrap_or_default();
        let chain = Chain::parse(&text).map_err(|(line, what)| EvidenceError::Damaged {
            path: log.clone(),
            what: format!("line {line}: {what}"),
        })?;
        let logged = chain.records.iter().map(|record| record.path.clone()).collect();
        let mut archive = Self { root: root.to_owned(), _lock: lock, chain, key, logged, new: Vec::new() };
        archive.check_signature()?;
        Ok(archive)
    }

    fn check_signature(&mut self) -> Result<(), EvidenceError> {
        let path = self.root.join(LOG_SIGNATURE);
        let damaged = |what: &str| EvidenceError::Damaged { path: path.clone(), what: what.to_owned() };
        let signature = read(&path)?;
        match (signature, &self.key) {
            (None, _) if self.chain.signed() => Err(damaged("the signature is missing, though the log is signed")),
            (None, Some(_)) if !self.chain.records.is_empty() => Err(EvidenceError::Unsigned(self.root.join(LOG))),
            (None, _) => Ok(()),
            (Some(_), None) => Err(EvidenceError::KeyNeeded(path)),
            (Some(signature), Some(key)) => match self.chain.check(&signature, Some(&key.public())) {
                Ok(_) => Ok(()),
                Err(Unsigned::OtherKey(key_id)) => Err(EvidenceError::OtherKey { path, key_id }),
                Err(Unsigned::Behind(lines)) if self.ours_from(lines, key) => self.write_signature(),
                Err(Unsigned::Behind(lines)) => {
                    Err(damaged(&format!("log.jsonl has unsigned lines behind line {lines}")))
                }
                Err(Unsigned::Changed) => Err(damaged("the signature was changed")),
                Err(Unsigned::OtherHead) => Err(damaged("the signature is over a line that log.jsonl does not have")),
            },
        }
    }

    /// Whether the lines from this one (from 0) on name bundles that this key signed, each once: a writer was interrupted
    /// between log and signature. Lines that anybody else added do not.
    fn ours_from(&self, at: usize, key: &Signer) -> bool {
        let (old, new) = self.chain.records.split_at_checked(at).unwrap_or_default();
        let public = key.public();
        new.iter().enumerate().all(|(at, record)| {
            let before = old.iter().chain(new.iter().take(at));
            let once = !before.into_iter().any(|other| other.path == record.path);
            once && look(&self.root, &record.path, Some(&record.manifest), Some(&public)).problems.is_empty()
        })
    }

    /// Writes a bundle. One that is there already is left as it is; [`close`](Self::close) adds what is new to the log.
    pub fn put(&mut self, draft: &Draft) -> Result<Put, EvidenceError> {
        let bundle = Bundle::seal(draft, self.key.as_ref());
        let new = bundle.write(&self.root)?;
        let Bundle { path, run_id, manifest, .. } = bundle;
        if self.logged.insert(path.clone()) {
            self.new.push((path.clone(), run_id.clone(), manifest.clone()));
        }
        Ok(Put { path, run_id, manifest, new })
    }

    /// Adds a line for each new bundle to the log, as of `now`. Nothing is written where nothing is new.
    pub fn close(mut self, now: Timestamp) -> Result<(), EvidenceError> {
        let key_id = self.key.as_ref().map(|key| key.public().key_id());
        if self.new.is_empty() {
            return Ok(());
        }
        for (path, run_id, manifest) in std::mem::take(&mut self.new) {
            self.chain.push(Record {
                time: now,
                path,
                run_id,
                manifest,
                key_id: key_id.clone(),
                previous: String::new(),
            });
        }
        let path = self.root.join(LOG);
        write_atomic(&path, self.chain.text()).map_err(EvidenceError::io(&path))?;
        self.write_signature()
    }

    fn write_signature(&self) -> Result<(), EvidenceError> {
        let Some(key) = &self.key else { return Ok(()) };
        let path = self.root.join(LOG_SIGNATURE);
        write_atomic(&path, &self.chain.sign(key)).map_err(EvidenceError::io(&path))
    }

    /// The bundles about a commit of a service, whatever was judged, sorted by folder.
    pub fn of_commit(&self, service: &str, commit: &str) -> Result<Vec<Found>, EvidenceError> {
        let prefix = format!("service/{service}/commit/{commit}/");
        let mut paths: Vec<&str> = self.chain.records.iter().map(|record| record.path.as_str()).collect();
        paths.extend(self.new.iter().map(|(path, ..)| path.as_str()));
        paths.retain(|path| path.starts_with(&prefix));
        paths.sort_unstable();
        paths.dedup();
        let manifest = |path: &str| {
            let old = self.chain.records.iter().find(|record| record.path == path).map(|record| &record.manifest);
            old.or(self.new.iter().find(|(known, ..)| known == path).map(|(.., manifest)| manifest)).cloned()
        };
        let key = self.key.as_ref().map(Signer::public);
        let found = |path: &str| {
            let manifest = manifest(path).unwrap_or_default();
            let Look { problems, statement } = look(&self.root, path, Some(&manifest), key.as_ref());
            let text = |name: &str| statement.as_ref().and_then(|statement| statement.text(name)).map(str::to_owned);
            let run_id = path.rsplit('/').next().unwrap_or_default().to_owned();
            Found { run_id, manifest, intact: problems.is_empty(), scope: text("scope"), verdict: text("verdict") }
        };
        Ok(paths.into_iter().map(found).collect())
    }
}

/// A file's bytes; `None` if there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, EvidenceError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(EvidenceError::io(path)(error)),
    }
}
