//! Evidence: bundles of files that say what was judged, by what, and what came of it; and the log of who wrote which.
//!
//! A bundle is a folder: `manifest.json` names every other file with size and SHA-256, and the folder is named after
//! the manifest's own SHA-256. `statement.json` is an in-toto Statement v1 about the commit and the files beside it;
//! where there is a key, `statement.dsse.json` signs it. A line of `log.jsonl` in the top folder names each bundle; the
//! lines are chained, and `log.sig` signs the last one. All is described in docs/evidence.md.

mod archive;
mod bundle;
mod dsse;
mod exceptions;
mod key;
mod log;
mod place;
mod statement;
mod verify;

#[cfg(test)]
mod tests;

pub use archive::{Archive, Found, Put};
pub use bundle::{Draft, MANIFEST, STATEMENT};
pub use exceptions::{exceptions, known};
pub use key::{KeyError, PublicKey, Signer};
pub use place::{BadService, Place};
pub use statement::{DRILL, EVIDENCE, Subject};
pub use verify::{Problem, Verification, verify};

use std::io;
use std::path::{Path, PathBuf};

/// The chained log in the top folder.
pub const LOG: &str = "log.jsonl";
/// The signature over the log's last line.
pub const LOG_SIGNATURE: &str = "log.sig";

/// Evidence cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The system refuses.
    #[error("cannot be used: {error}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// There is no evidence in the folder.
    #[error("there is no evidence here: neither a log.jsonl nor a manifest.json")]
    Nothing(PathBuf),
    /// What is there was changed, so that nothing is added to it.
    #[error("{what}; nothing was added")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong, in our words.
        what: String,
    },
    /// A signed log takes signed lines only.
    #[error("this log is signed, and no key was given")]
    KeyNeeded(PathBuf),
    /// An unsigned log stays one: a signature over it would vouch for lines that nobody signed.
    #[error("this log was begun without a key")]
    Unsigned(PathBuf),
    /// The log is signed with another key.
    #[error("this log is signed with another key, {key_id}")]
    OtherKey {
        /// The signature.
        path: PathBuf,
        /// The SHA-256 of the other key, in hexadecimal.
        key_id: String,
    },
}

impl EvidenceError {
    /// The file or folder that it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. }
            | Self::Nothing(path)
            | Self::Damaged { path, .. }
            | Self::KeyNeeded(path)
            | Self::Unsigned(path)
            | Self::OtherKey { path, .. } => path,
        }
    }

    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }
}

/// SHA-256 in lower-case hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}
