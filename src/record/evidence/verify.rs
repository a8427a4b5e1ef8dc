//! Whether evidence is still what was written.

use super::archive::read;
use super::bundle::{ENVELOPE, Listed, MANIFEST, Manifest, STATEMENT, run_id};
use super::dsse::Envelope;
use super::key::PublicKey;
use super::log::{Chain, Unsigned};
use super::place::{Place, inside};
use super::statement::{self, Statement};
use super::{EvidenceError, LOG, LOG_SIGNATURE, sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Folders between a bundle and the top one.
const DEEPEST: usize = 5;

/// Something that is not as it was written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// The file or folder, relative to the folder that was looked at as a whole.
    pub file: PathBuf,
    /// What is wrong with it, in our words.
    pub what: String,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verification {
    /// The top folder, or the bundle where there is none.
    pub root: PathBuf,
    /// Bundles that were looked at.
    pub bundles: usize,
    /// Lines of the log.
    pub lines: usize,
    /// What is wrong; nothing: it is intact.
    pub problems: Vec<Problem>,
    /// What is odd, and no proof of anything.
    pub notes: Vec<Problem>,
    /// Whether signatures by the key that was given prove all of it.
    pub authentic: bool,
    /// Whether there are signatures that were not proved, for want of a key.
    pub signed: bool,
}

/// Looks at a top folder, any folder below it, or a single bundle. With `key` everything has to be signed with it.
pub fn verify(folder: &Path, key: Option<&PublicKey>) -> Result<Verification, EvidenceError> {
    let folder = fs::canonicalize(folder).map_err(EvidenceError::io(folder))?;
    let top = folder.ancestors().take(DEEPEST + 1).find(|above| above.join(LOG).is_file());
    let bundle = folder.join(MANIFEST).is_file();
    match top {
        Some(root) => whole(root, folder.strip_prefix(root).unwrap_or(Path::new("")), key),
        None if bundle => Ok(alone(&folder, key)),
        None if ["service", "drill"].iter().any(|name| folder.join(name).is_dir()) => {
            let missing = Problem { file: PathBuf::from(LOG), what: "it is missing".to_owned() };
            let mut found = Verification::of(&folder);
            found.problems.push(missing);
            Ok(found)
        }
        None => Err(EvidenceError::Nothing(folder)),
    }
}

impl Verification {
    fn of(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            bundles: 0,
            lines: 0,
            problems: Vec::new(),
            notes: Vec::new(),
            authentic: false,
            signed: false,
        }
    }

    fn add(&mut self, file: impl Into<PathBuf>, what: impl Into<String>) {
        self.problems.push(Problem { file: file.into(), what: what.into() });
    }
}

/// A bundle that was copied out: nothing but its own manifest, its name and its signature speaks for it.
fn alone(folder: &Path, key: Option<&PublicKey>) -> Verification {
    let mut found = Verification::of(folder);
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let renamed = fs::read(folder.join(MANIFEST)).is_ok_and(|manifest| run_id(&sha256(&manifest)) != name);
    if renamed {
        // What such a manifest says of the other files proves nothing against them.
        found.add(MANIFEST, "it or the folder's name was changed: the name is not the start of its SHA-256");
    } else {
        found.problems = contents(folder, Path::new(""), None, key).problems;
    }
    found.bundles = 1;
    found.signed = folder.join(ENVELOPE).is_file();
    found.authentic = key.is_some() && found.problems.is_empty();
    found
}

/// A top folder, as far as it lies below `scope`; the log as a whole.
fn whole(root: &Path, scope: &Path, key: Option<&PublicKey>) -> Result<Verification, EvidenceError> {
    // Waits for a writer. Where the file system has no locks, nobody writes.
    let lock = File::open(root).map_err(EvidenceError::io(root))?;
    _ = lock.lock_shared();
    let mut found = Verification::of(root);
    let text = read(&root.join(LOG))?.unwrap_or_default();
    let chain = match Chain::parse(&text) {
        Ok(chain) => chain,
        Err((line, what)) => {
            found.add(LOG, format!("line {line}: {what}"));
            // Up to there it still says what has to be where.
            let start = text.split_inclusive(|&byte| byte == b'\n').take(line - 1).map(<[u8]>::len).sum::<usize>();
            Chain::parse(text.get(..start).unwrap_or_default()).unwrap_or_else(|_| Chain::empty())
        }
    };
    found.lines = chain.records.len();
    found.signed = chain.signed() || root.join(LOG_SIGNATURE).is_file();
    clock(&chain, &mut found);
    bundles(root, scope, &chain, key, &mut found);
    // Half a log does not say what was signed, nor what was added.
    if chain.text() == text {
        signature(root, &chain, key, &mut found)?;
        strays(root, scope, &chain, &mut found)?;
    }
    found.problems.sort();
    found.problems.dedup();
    found.authentic = key.is_some() && found.problems.is_empty();
    Ok(found)
}

fn signature(
    root: &Path,
    chain: &Chain,
    key: Option<&PublicKey>,
    found: &mut Verification,
) -> Result<(), EvidenceError> {
    let Some(signature) = read(&root.join(LOG_SIGNATURE))? else {
        if chain.signed() {
            found.add(LOG_SIGNATURE, "it is missing, though the log is signed");
        } else if key.is_some() {
            found.add(LOG, "it is not signed");
        }
        return Ok(());
    };
    match chain.check(&signature, key) {
        Ok(_) => {}
        Err(Unsigned::Changed) => found.add(LOG_SIGNATURE, "it was changed"),
        Err(Unsigned::OtherKey(_)) => found.add(LOG_SIGNATURE, "it is by another key"),
        Err(Unsigned::Behind(line)) => found.add(LOG, format!("nobody signed the lines behind line {line}")),
        Err(Unsigned::OtherHead) => {
            found.add(LOG, "log.sig signs a line that it does not have: it was cut or rewritten")
        }
    }
    Ok(())
}

/// The chain gives the order; a clock that ran backwards is only odd.
fn clock(chain: &Chain, found: &mut Verification) {
    for (at, pair) in chain.records.windows(2).enumerate() {
        if let [before, after] = pair
            && after.time < before.time
        {
            let what = format!("line {}: its time is before that of the line above it: a clock ran backwards", at + 2);
            found.notes.push(Problem { file: PathBuf::from(LOG), what });
        }
    }
}

fn bundles(root: &Path, scope: &Path, chain: &Chain, key: Option<&PublicKey>, found: &mut Verification) {
    let mut seen = BTreeSet::new();
    for (at, record) in chain.records.iter().enumerate() {
        let named = run_id(&record.manifest) == record.run_id && record.path.ends_with(&format!("/{}", record.run_id));
        if !named || inside(root, &record.path).is_none() || !seen.insert(&record.path) {
            found.add(LOG, format!("line {}: it names no bundle, or one that a line above it names", at + 1));
            continue;
        }
        if Path::new(&record.path).starts_with(scope) || scope.starts_with(&record.path) {
            found.bundles += 1;
            found.problems.extend(look(root, &record.path, Some(&record.manifest), key).problems);
        }
    }
}

/// What nothing names: files and links outside any bundle of the log.
fn strays(root: &Path, scope: &Path, chain: &Chain, found: &mut Verification) -> Result<(), EvidenceError> {
    let bundles: HashSet<&Path> = chain.records.iter().map(|record| Path::new(record.path.as_str())).collect();
    if scope.ancestors().any(|above| bundles.contains(above)) {
        return Ok(());
    }
    let mut open = vec![scope.to_owned()];
    while let Some(folder) = open.pop() {
        let at = root.join(&folder);
        for entry in fs::read_dir(&at).map_err(EvidenceError::io(&at))? {
            let entry = entry.map_err(EvidenceError::io(&at))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(EvidenceError::io(&at))?;
            let ours = folder.as_os_str().is_empty() && [LOG, LOG_SIGNATURE].contains(&name.as_str());
            if name.starts_with(".keyward-") && name.ends_with(".tmp") {
                found.add(path, "a run that was interrupted left it: remove it");
            } else if kind.is_dir() && !bundles.contains(path.as_path()) {
                open.push(path);
            } else if !(kind.is_dir() || ours && kind.is_file()) {
                found
                    .add(path, if name == MANIFEST { "log.jsonl has no line for this bundle" } else { "it was added" });
            }
        }
    }
    Ok(())
}

/// What a look at one bundle gives.
pub(super) struct Look {
    pub problems: Vec<Problem>,
    /// The statement, if it can be read.
    pub statement: Option<Statement>,
}

/// Looks at the bundle at `path` below `root`.
pub(super) fn look(root: &Path, path: &str, manifest: Option<&str>, key: Option<&PublicKey>) -> Look {
    let mut look = contents(&root.join(path), Path::new(path), manifest, key);
    let fits = look.statement.as_ref().is_none_or(|statement| Place::fits(path, statement));
    if look.problems.is_empty() && !fits {
        look.problems
            .push(Problem { file: Path::new(path).join(STATEMENT), what: "it is about something else".into() });
    }
    look
}

fn contents(folder: &Path, shown: &Path, digest: Option<&str>, key: Option<&PublicKey>) -> Look {
    let mut look = Look { problems: Vec::new(), statement: None };
    let problem = |name: &str, what: &str| Problem { file: shown.join(name), what: what.to_owned() };
    let bytes = match fs::read(folder.join(MANIFEST)) {
        Ok(bytes) => bytes,
        Err(_) => {
            look.problems.push(problem(MANIFEST, "it is missing or cannot be read"));
            return look;
        }
    };
    if digest.is_some_and(|digest| sha256(&bytes) != digest) {
        look.problems.push(problem(MANIFEST, "it was changed: log.jsonl has another SHA-256 of it"));
        return look;
    }
    let Some(manifest) = Manifest::parse(&bytes) else {
        look.problems.push(problem(MANIFEST, "it was changed: it is no manifest"));
        return look;
    };
    let mut files = BTreeMap::new();
    for listed in &manifest.files {
        match same(folder, listed) {
            Ok(bytes) => _ = files.insert(listed.path.as_str(), bytes),
            Err(what) => look.problems.push(problem(&listed.path, what)),
        }
    }
    match unlisted(folder, &manifest) {
        Ok(names) => {
            let added =
                |name| Problem { file: shown.join(name), what: "it was added: the manifest does not name it".into() };
            look.problems.extend(names.into_iter().map(added));
        }
        Err(_) => look.problems.push(problem(MANIFEST, "the folder that it lies in cannot be listed")),
    }
    if look.problems.is_empty() {
        look.statement = files.get(STATEMENT).and_then(|bytes| Statement::parse(bytes));
        let wrong = match &look.statement {
            Some(statement) => signed(statement, &manifest, &files, key),
            None => Some((STATEMENT, "it is no statement of keyward's")),
        };
        look.problems.extend(wrong.map(|(name, what)| problem(name, what)));
    }
    look
}

/// The bytes of a file if they are those that the manifest names.
fn same(folder: &Path, listed: &Listed) -> Result<Vec<u8>, &'static str> {
    let path = folder.join(&listed.path);
    match fs::symlink_metadata(&path) {
        Ok(there) if there.is_file() && there.len() != listed.size => {
            return Err("it was changed: its size is another");
        }
        Ok(there) if there.is_file() => {}
        Ok(_) => return Err("it is no regular file"),
        Err(_) => return Err("it is missing"),
    }
    let bytes = fs::read(&path).map_err(|_| "it cannot be read")?;
    if sha256(&bytes) == listed.sha256 { Ok(bytes) } else { Err("it was changed: its SHA-256 is another") }
}

fn unlisted(folder: &Path, manifest: &Manifest) -> io::Result<Vec<OsString>> {
    let mut names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.retain(|name| name != MANIFEST && !manifest.files.iter().any(|listed| name == listed.path.as_str()));
    names.sort();
    Ok(names)
}

/// Whether the statement vouches for every other file, and with a key whether that one signed it.
fn signed(
    statement: &Statement,
    manifest: &Manifest,
    files: &BTreeMap<&str, Vec<u8>>,
    key: Option<&PublicKey>,
) -> Option<(&'static str, &'static str)> {
    let others = manifest.files.iter().filter(|listed| ![STATEMENT, ENVELOPE].contains(&listed.path.as_str()));
    let others: BTreeSet<(&str, &str)> = others.map(|listed| (listed.path.as_str(), listed.sha256.as_str())).collect();
    if statement.files().into_iter().collect::<BTreeSet<_>>() != others {
        return Some((STATEMENT, "it vouches for other files than the manifest names"));
    }
    let Some(bytes) = files.get(ENVELOPE) else {
        return key.map(|_| (STATEMENT, "it is not signed: there is no statement.dsse.json"));
    };
    let envelope = Envelope::parse(bytes).filter(|envelope| {
        let same = Some(&envelope.payload) == files.get(STATEMENT);
        same && envelope.payload_type == statement::PAYLOAD
    });
    match (envelope, key) {
        (None, _) => Some((ENVELOPE, "it is no envelope around statement.json")),
        (Some(envelope), Some(key)) if !envelope.is_by(key) => {
            Some((ENVELOPE, "it is not signed with the key that was given"))
        }
        _ => None,
    }
}
