//! Errors for people: what happened, where, and what to do next.

use crate::text::{Mask, Shown};
use std::fmt::Display;
use std::ops::Range;

/// What kind of thing went wrong; the word that `--format json` gives as `error.kind`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// The command line asks for something that makes no sense.
    Usage,
    /// A configuration, rule or baseline file is wrong.
    Config,
    /// The repository cannot be used.
    Repository,
    /// A file or stream cannot be read or written.
    Io,
    /// A fault of keyward.
    Internal,
}

impl ErrorKind {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Config => "config",
            Self::Repository => "repository",
            Self::Io => "io",
            Self::Internal => "internal",
        }
    }
}

/// Where in a file an error is, counted from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file.
    pub file: Shown,
    /// The line.
    pub line: Option<u64>,
    /// The column in characters.
    pub column: Option<u64>,
}

/// An error that ends a command with exit code 2.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandError {
    /// What kind.
    pub kind: ErrorKind,
    /// What happened, safe to print; may have several lines.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// The line that it points at, drawn.
    pub snippet: Option<String>,
    /// What to do next.
    pub hints: Vec<String>,
}

impl CommandError {
    /// An error with a text of our own, which may hold [`Shown`] parts.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None, snippet: None, hints: Vec::new() }
    }

    /// An error whose text may hold foreign strings: it is masked and escaped whole.
    pub fn foreign(kind: ErrorKind, error: impl Display, mask: &dyn Mask) -> Self {
        Self::new(kind, Shown::new(error.to_string().as_bytes(), mask).to_string())
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}

/// The mask for texts in which nothing is left to hide, or nothing may be hidden. Control characters are still
/// escaped.
pub struct Unmasked;

impl Mask for Unmasked {
    fn secrets_in(&self, _: &[u8]) -> Vec<Range<usize>> {
        Vec::new()
    }
}
