//! What evidence of any kind needs: keys, the folder, who and with what, and errors for people.

use crate::cli::error::{CommandError, ErrorKind, Place};
use crate::cli::problems;
use crate::record::evidence::{EvidenceError, KeyError, Signer};
use crate::text::Shown;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::path::Path;
use zeroize::Zeroizing;

/// Reads a private key.
pub fn signer(path: &Path) -> Result<Signer, CommandError> {
    let pem = std::fs::read(path).map(Zeroizing::new).map_err(|error| problems::io(path, "read", &error))?;
    Signer::from_pem(&pem).map_err(|error| bad_key(path, error))
}

/// A key file that cannot be used.
pub fn bad_key(path: &Path, error: KeyError) -> CommandError {
    let told = CommandError::new(ErrorKind::Usage, error.to_string());
    let told = told.at(Place { file: problems::shown(path), line: None, column: None });
    match error {
        KeyError::Encrypted => {
            told.hint("decrypt it into a file that nobody else reads: openssl pkcs8 -in KEY -out FILE")
        }
        KeyError::OtherForm => told.hint("convert it: openssl pkcs8 -topk8 -nocrypt -in KEY -out FILE"),
        KeyError::NotPrivate => told.hint("make one: openssl genpkey -algorithm ed25519 -out evidence.pem"),
        KeyError::NotPublic => told.hint("take it from the private key: openssl pkey -in KEY -pubout"),
    }
}

/// Evidence that cannot be written or read.
pub fn wrong(error: &EvidenceError) -> CommandError {
    let told = CommandError::new(ErrorKind::Io, error.to_string());
    let told = told.at(Place { file: problems::shown(error.path()), line: None, column: None });
    match error {
        EvidenceError::Damaged { .. } => told.hint("keyward evidence verify tells all that was changed"),
        EvidenceError::KeyNeeded(_) => told.hint("give the key with --key, or write to another folder"),
        EvidenceError::Unsigned(_) => told.hint("write signed evidence to a folder of its own"),
        EvidenceError::OtherKey { .. } => told.hint("begin a new folder for a new key"),
        EvidenceError::Nothing(_) => told.hint("name the folder that keyward evidence create --output wrote"),
        EvidenceError::Io { .. } => told,
    }
}

/// The SHA-256 of this program's file, in lower-case hexadecimal.
pub fn program_digest() -> Result<String, CommandError> {
    let lost = |error| CommandError::new(ErrorKind::Io, format!("this program's own file cannot be read: {error}"));
    let mut digest = Sha256::new();
    // On Linux the file that runs, even if another has its name by now: an update came in between.
    let running = cfg!(target_os = "linux").then(|| File::open("/proc/self/exe").ok()).flatten();
    let named = || std::env::current_exe().and_then(File::open);
    let mut file = running.map_or_else(named, Ok).map_err(lost)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match std::io::Read::read(&mut file, &mut buffer).map_err(lost)? {
            0 => return Ok(data_encoding::HEXLOWER.encode(&digest.finalize())),
            length => digest.update(buffer.get(..length).unwrap_or_default()),
        }
    }
}

/// A text of a user or a repository that may be kept.
pub fn safe(text: &[u8]) -> Shown {
    Shown::new(text, problems::builtin_mask().as_ref())
}
