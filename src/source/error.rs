//! What makes a whole source impossible to read.

use crate::git::GitError;
use std::path::PathBuf;

/// Why nothing could be judged. The texts hold no path; that is in [`SourceError::path`].
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// git or the repository.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A path that was named and does not exist.
    #[error("there is no such file or folder")]
    NoSuchPath(PathBuf),
    /// A file that was named, or standard input, and cannot be read.
    #[error("it cannot be read: {error}")]
    Io {
        /// The file; `None` is standard input.
        path: Option<PathBuf>,
        /// Why.
        error: std::io::Error,
    },
}

impl SourceError {
    /// The path that it is about.
    pub fn path(&self) -> Option<&std::path::Path> {
        match self {
            Self::NoSuchPath(path) | Self::Io { path: Some(path), .. } => Some(path),
            Self::Git(_) | Self::Io { path: None, .. } => None,
        }
    }
}
