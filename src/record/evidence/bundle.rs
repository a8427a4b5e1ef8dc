//! One bundle: its files, their manifest, and the folder that is named after it.

use super::dsse::Envelope;
use super::key::Signer;
use super::place::Place;
use super::statement::{self, Subject};
use super::{EvidenceError, sha256};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// The file that names all others.
pub const MANIFEST: &str = "manifest.json";
/// The in-toto statement.
pub const STATEMENT: &str = "statement.json";
pub(super) const ENVELOPE: &str = "statement.dsse.json";
const SCHEMA: &str = "keyward/evidence-manifest/v1";
/// Hexadecimal digits of a manifest's SHA-256 in the name of its folder.
const RUN_ID: usize = 16;

/// A bundle before it is sealed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it is about.
    pub place: Place,
    /// The same for the statement; none for a rehearsal.
    pub subject: Option<Subject>,
    /// The statement's predicate type: [`EVIDENCE`](super::EVIDENCE) or [`DRILL`](super::DRILL).
    pub kind: &'static str,
    /// The statement's predicate. Holds no text that is not made safe.
    pub predicate: Value,
    /// Plain names, and contents, none empty.
    pub files: Vec<(&'static str, Vec<u8>)>,
}

/// A bundle as it is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Bundle {
    /// Its folder relative to the top one, with `/`.
    pub path: String,
    pub run_id: String,
    /// The SHA-256 of the manifest.
    pub manifest: String,
    files: Vec<(String, Vec<u8>)>,
}

/// `manifest.json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    schema: String,
    pub files: Vec<Listed>,
}

/// A file of a manifest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listed {
    pub path: String,
    pub sha256: String,
    pub size: u64,
}

impl Manifest {
    fn of(files: &[(String, Vec<u8>)]) -> Self {
        let listed = |(name, bytes): &(String, Vec<u8>)| Listed {
            path: name.clone(),
            sha256: sha256(bytes),
            size: bytes.len() as u64,
        };
        Self { schema: SCHEMA.to_owned(), files: files.iter().map(listed).collect() }
    }

    fn to_bytes(&self) -> Vec<u8> {
        // Strings and numbers under string keys: JSON can always write them.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a manifest; `None` unless its names are plain, sorted and distinct and no file is empty.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(bytes).ok()?;
        let plain = |listed: &Listed| {
            !listed.path.contains(['/', '\\']) && ![".", "..", "", MANIFEST].contains(&listed.path.as_str())
        };
        let sorted = manifest.files.is_sorted_by(|a, b| a.path < b.path);
        let filled = manifest.files.iter().all(|listed| listed.size > 0 && plain(listed));
        (manifest.schema == SCHEMA && sorted && filled && manifest.to_bytes() == bytes).then_some(manifest)
    }
}

/// The name of a folder, from its manifest's SHA-256.
pub(super) fn run_id(manifest: &str) -> String {
    manifest.chars().take(RUN_ID).collect()
}

impl Bundle {
    /// Adds statement, signature and manifest. Equal drafts and keys give equal bytes.
    pub(super) fn seal(draft: &Draft, key: Option<&Signer>) -> Self {
        let digests: Vec<(&str, String)> = draft.files.iter().map(|(name, bytes)| (*name, sha256(bytes))).collect();
        let statement = statement::write(draft.subject.as_ref(), &digests, draft.kind, &draft.predicate);
        let mut files: Vec<(String, Vec<u8>)> =
            draft.files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect();
        if let Some(key) = key {
            let envelope = Envelope::sign(&statement, statement::PAYLOAD, key, false);
            files.push((ENVELOPE.to_owned(), envelope.to_bytes()));
        }
        files.push((STATEMENT.to_owned(), statement));
        files.sort();
        let manifest = Manifest::of(&files).to_bytes();
        let digest = sha256(&manifest);
        files.push((MANIFEST.to_owned(), manifest));
        let run_id = run_id(&digest);
        Self { path: format!("{}/{run_id}", draft.place.folder()), run_id, manifest: digest, files }
    }

    /// Writes the folder, whole or not at all. False if it is there already with the same bytes.
    pub(super) fn write(&self, root: &Path) -> Result<bool, EvidenceError> {
        let folder = root.join(&self.path);
        match fs::symlink_metadata(&folder) {
            Ok(_) => return self.compare(&folder).map(|()| false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(EvidenceError::io(&folder)(error)),
        }
        let above = folder.parent().unwrap_or(root);
        fs::create_dir_all(above).map_err(EvidenceError::io(above))?;
        // Nobody else writes here: the top folder is locked.
        let scratch = above.join(format!(".keyward-{}.tmp", self.run_id));
        let written = self.fill(&scratch).and_then(|()| fs::rename(&scratch, &folder));
        if let Err(error) = written {
            _ = fs::remove_dir_all(&scratch);
            return Err(EvidenceError::io(&folder)(error));
        }
        // Makes the rename last; a system that cannot has the files by then.
        _ = File::open(above).and_then(|above| above.sync_all());
        Ok(true)
    }

    fn fill(&self, scratch: &Path) -> io::Result<()> {
        if scratch.exists() {
            fs::remove_dir_all(scratch)?;
        }
        fs::create_dir(scratch)?;
        for (name, bytes) in &self.files {
            let mut file = File::create_new(scratch.join(name))?;
            file.write_all(bytes)?;
            file.sync_all()?;
        }
        Ok(())
    }

    fn compare(&self, folder: &Path) -> Result<(), EvidenceError> {
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            if fs::read(&path).map_err(EvidenceError::io(&path))? != *bytes {
                let what = "this file is not what was written".to_owned();
                return Err(EvidenceError::Damaged { path, what });
            }
        }
        Ok(())
    }
}
