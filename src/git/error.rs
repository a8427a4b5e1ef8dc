//! What can go wrong between keyward and git.

use std::fmt;
use std::path::PathBuf;

/// Raw bytes that git or the repository gave, for a message that is shown masked and escaped.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Detail(pub Vec<u8>);

impl fmt::Debug for Detail {
    // It may hold anything that the repository holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Detail({} bytes)", self.0.len())
    }
}

/// Why a repository, or a part of it, cannot be used. The texts hold nothing from the repository; that is in
/// [`GitError::detail`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// No repository at the folder or above it.
    #[error("this is not a git repository")]
    NotARepository,
    /// The repository belongs to another user; the detail is what git says, with the command that allows it.
    #[error(
        "git does not trust this repository, because it belongs to another user; \
         allow it with: git config --global --add safe.directory <folder>"
    )]
    Untrusted(Detail),
    /// The repository's format has an extension that this git does not know; the detail is its name.
    #[error("the repository uses an extension that the installed git does not know")]
    UnknownExtension(Detail),
    /// The repository's format is newer than this git.
    #[error("the repository's format is newer than the installed git")]
    UnknownVersion(Detail),
    /// There is no git to run.
    #[error("git cannot be started; is it installed and in PATH?")]
    NoGit(std::io::ErrorKind),
    /// The folder to work in cannot be entered.
    #[error("the folder cannot be entered")]
    NoFolder(PathBuf),
    /// git failed; the detail is what it says.
    #[error("git {command} failed")]
    Failed {
        /// The subcommand.
        command: &'static str,
        /// git's standard error.
        detail: Detail,
    },
    /// git's answer is not what its documentation says.
    #[error("git {0} gave an answer that cannot be understood; keyward needs git 2.36 or newer")]
    Answer(&'static str),
    /// A file in the git folder is damaged or cannot be read; the detail is its path.
    #[error("a file in the git folder is damaged or cannot be read")]
    GitFile(Detail),
    /// libgit2 was asked for and would not see every object.
    #[error("libgit2 would not see every object of this repository")]
    NoLibrary,
    /// The index cannot be read; the detail is what git says.
    #[error("the index cannot be read")]
    Index(Detail),
    /// A revision that does not name anything; the detail is the name.
    #[error("the revision does not exist")]
    UnknownRevision(Detail),
    /// An object that is needed cannot be read.
    #[error("object {id}: {error}")]
    Object {
        /// The object.
        id: crate::blob::ObjectId,
        /// Why.
        error: ObjectError,
    },
}

impl GitError {
    /// What git or the repository said, raw.
    pub fn detail(&self) -> Option<&[u8]> {
        match self {
            Self::Untrusted(detail)
            | Self::UnknownExtension(detail)
            | Self::UnknownVersion(detail)
            | Self::Failed { detail, .. }
            | Self::Index(detail)
            | Self::GitFile(detail)
            | Self::UnknownRevision(detail) => Some(&detail.0),
            _ => None,
        }
    }
}

/// Why an object cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// It is not in the store.
    #[error("it is missing")]
    Missing,
    /// It is there and cannot be decoded, or is not of the kind that its place asks for.
    #[error("it is corrupt")]
    Corrupt,
    /// It is larger than was asked for.
    #[error("it is too large ({size} bytes)")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
    },
}
