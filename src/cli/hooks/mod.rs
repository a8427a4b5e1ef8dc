//! git's hooks: what keyward writes into them, where they go, and how they are tried out. Shared by `install`,
//! `uninstall`, `doctor` and `drill`.

pub mod advice;
pub mod block;
pub mod canary;
pub mod file;
pub mod global;
pub mod place;
pub mod plant;
pub mod script;
pub mod server;
pub mod shared;
pub mod unseen;

use crate::cli::env::Environment;
use crate::cli::error::{CommandError, ErrorKind};
use crate::git::porcelain::{Porcelain, PorcelainError};
use crate::text::{Mask, Shown};
use bstr::ByteSlice;
use std::path::Path;

/// What the commands about hooks are given.
pub struct Session<'a> {
    /// The environment.
    pub env: &'a Environment,
    /// The folder that the command was called in.
    pub cwd: &'a Path,
    /// The absolute path of this program; it is written into hooks.
    pub program: &'a Path,
    /// Makes foreign strings safe to print.
    pub mask: &'a dyn Mask,
}

impl Session<'_> {
    /// git in the folder of the call.
    pub fn porcelain(&self) -> Porcelain {
        Porcelain::at(self.cwd)
    }

    /// A path that may be printed.
    pub fn shown(&self, path: &Path) -> Shown {
        match <[u8]>::from_path(path) {
            Some(bytes) => Shown::new(bytes, self.mask),
            None => Shown::new(path.to_string_lossy().as_bytes(), self.mask),
        }
    }

    /// git's answer, or its error as one for people.
    pub fn git<T>(&self, answer: Result<T, PorcelainError>) -> Result<T, CommandError> {
        answer.map_err(|error| self.told(error))
    }

    /// git's error as one for people.
    pub fn told(&self, error: PorcelainError) -> CommandError {
        let missing = matches!(error, PorcelainError::Missing);
        let error = CommandError::foreign(ErrorKind::Repository, error, self.mask);
        if missing { error.hint("install git, or put it on PATH") } else { error }
    }

    /// An error about a file.
    pub fn io(&self, what: &str, path: &Path, error: &std::io::Error) -> CommandError {
        let reason = Shown::new(error.to_string().as_bytes(), self.mask);
        let error_of = CommandError::new(ErrorKind::Io, format!("{what} {}: {reason}", self.shown(path)));
        match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                error_of.hint("make the folder writable, or name another one: `git config core.hooksPath FOLDER`")
            }
            std::io::ErrorKind::NotADirectory => {
                error_of.hint("the hooks' folder is none; see `git config --show-origin --get core.hooksPath`")
            }
            _ => error_of,
        }
    }
}

/// Lost output of a command.
pub fn lost(error: std::io::Error) -> CommandError {
    // The text is the operating system's and holds nothing of the repository.
    CommandError::new(ErrorKind::Io, format!("output is lost: {error}"))
}
