//! Where the policy comes from: the bytes of the configuration, of the rule files that it includes, and of the
//! baseline, all from one side, so that what is judged cannot bring its own.

mod folder;
mod objects;

use crate::git::{GitError, ObjectError, Repository};
use globset::{GlobBuilder, GlobMatcher};
use objects::Objects;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The configuration's name.
pub const POLICY: &str = "keyward.toml";
/// The baseline's name.
pub const BASELINE: &str = "keyward.baseline";
/// No file of a policy is read beyond this size, in bytes.
const LARGEST: u64 = 64 << 20;

/// A place that policy may come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// What is staged.
    Index,
    /// The tree behind a revision.
    Tree(String),
    /// A folder of the system.
    Worktree(PathBuf),
    /// Nothing but what is built in.
    Nowhere,
}

/// A file of a policy.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// Its path from the side's top, with `/`, raw.
    pub name: Vec<u8>,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Why a file of a policy cannot be read. The texts hold no name; that is in [`TrustError::name`].
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// git or the repository.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The side is in a repository, and there is none.
    #[error("there is no repository to take the policy from")]
    NoRepository,
    /// The object cannot be read.
    #[error("the object of a policy file cannot be read: {error}")]
    Object {
        /// The path, raw.
        name: Vec<u8>,
        /// Why.
        error: ObjectError,
    },
    /// The file cannot be read.
    #[error("a policy file cannot be read: {error}")]
    Io {
        /// The path, raw.
        name: Vec<u8>,
        /// Why.
        error: std::io::Error,
    },
    /// It is a link, a folder, a submodule or a special file.
    #[error("a policy file must be a regular file")]
    NotAFile(Vec<u8>),
    /// It is larger than 64 MiB.
    #[error("a policy file is larger than 64 MiB")]
    TooLarge(Vec<u8>),
    /// The path is in conflict in the index.
    #[error("a policy file is in conflict; resolve and stage it")]
    Conflict(Vec<u8>),
    /// A pattern of included files is malformed, or leads out of the repository.
    #[error("an include pattern is malformed or leads out of the repository")]
    Pattern(String),
    /// The path of a file that the configuration names leads out of the repository.
    #[error("a file that the configuration names must lie in the repository")]
    Outside(String),
    /// A file that the configuration names is not there.
    #[error("a file that the configuration names is not there")]
    Missing(String),
    /// A pattern of included files matches none.
    #[error("an include pattern matches no file")]
    NoMatch(String),
}

impl TrustError {
    /// The path or pattern that it is about, raw.
    pub fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Git(_) | Self::NoRepository => None,
            Self::Object { name, .. } | Self::Io { name, .. } => Some(name),
            Self::NotAFile(name) | Self::TooLarge(name) | Self::Conflict(name) => Some(name),
            Self::Pattern(name) | Self::NoMatch(name) | Self::Outside(name) | Self::Missing(name) => {
                Some(name.as_bytes())
            }
        }
    }
}

/// One side, resolved once, so that a ref that moves meanwhile changes nothing.
pub struct Trust<'a>(Place<'a>);

enum Place<'a> {
    Objects(Objects<'a>),
    Folder(PathBuf),
    Nowhere,
}

impl<'a> Trust<'a> {
    /// Resolves a side. A tree that does not exist is an error; HEAD before the first commit is an empty one.
    pub fn new(side: &Side, repository: Option<&'a Repository>) -> Result<Self, TrustError> {
        let repository = || repository.ok_or(TrustError::NoRepository);
        Ok(Self(match side {
            Side::Nowhere => Place::Nowhere,
            Side::Worktree(folder) => Place::Folder(folder.clone()),
            Side::Index => Place::Objects(Objects::index(repository()?)?),
            Side::Tree(revision) => Place::Objects(Objects::tree(repository()?, revision)?),
        }))
    }

    /// The configuration; `None` if the side has none.
    pub fn policy(&self) -> Result<Option<PolicyFile>, TrustError> {
        self.file(POLICY.as_bytes())
    }

    /// The baseline; `None` if the side has none.
    pub fn baseline(&self) -> Result<Option<PolicyFile>, TrustError> {
        self.file(BASELINE.as_bytes())
    }

    /// The rule files that these patterns match, each once, sorted by name. `*` does not match `/`, `**` does. A
    /// pattern that matches nothing is an error: rules that are silently not there find nothing.
    pub fn rules(&self, patterns: &[String]) -> Result<Vec<PolicyFile>, TrustError> {
        let mut found = BTreeMap::new();
        for pattern in patterns {
            let matcher = matcher(pattern).ok_or_else(|| TrustError::Pattern(pattern.clone()))?;
            let mut names = self.names(literal_folder(pattern))?;
            names.retain(|name| std::str::from_utf8(name).is_ok_and(|name| matcher.is_match(name)));
            if names.is_empty() {
                return Err(TrustError::NoMatch(pattern.clone()));
            }
            for name in names {
                found.extend(self.file(&name)?.map(|file| (name, file)));
            }
        }
        Ok(found.into_values().collect())
    }

    /// A file that the configuration names, by its path below the side's top. One that is not there is an error.
    pub fn named(&self, path: &str) -> Result<PolicyFile, TrustError> {
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(TrustError::Outside(path.to_owned()));
        }
        self.file(path.as_bytes())?.ok_or_else(|| TrustError::Missing(path.to_owned()))
    }

    fn file(&self, name: &[u8]) -> Result<Option<PolicyFile>, TrustError> {
        let bytes = match &self.0 {
            Place::Nowhere => None,
            Place::Folder(folder) => folder::read(folder, name)?,
            Place::Objects(objects) => objects.read(name)?,
        };
        Ok(bytes.map(|bytes| PolicyFile { name: name.to_vec(), bytes }))
    }

    /// Every path below a folder.
    fn names(&self, below: &str) -> Result<Vec<Vec<u8>>, TrustError> {
        match &self.0 {
            Place::Nowhere => Ok(Vec::new()),
            Place::Folder(folder) => folder::names(folder, below),
            Place::Objects(objects) => objects.names(below.as_bytes()),
        }
    }
}

/// `None` for a pattern that is malformed, or that leads out of the side.
fn matcher(pattern: &str) -> Option<GlobMatcher> {
    if !Path::new(pattern).components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    Some(GlobBuilder::new(pattern).literal_separator(true).build().ok()?.compile_matcher())
}

/// The folder that a pattern begins with, before any part with a special character.
fn literal_folder(pattern: &str) -> &str {
    let end = pattern.find(['*', '?', '[', '{', '\\']).unwrap_or(pattern.len());
    let literal = pattern.split_at(end).0;
    literal.rsplit_once('/').map_or("", |(folder, _)| folder)
}
