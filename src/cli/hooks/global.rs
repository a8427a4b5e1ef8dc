//! The hooks of all of a user's repositories: keyward's own folder, and core.hooksPath in the user's git config.

use super::Session;
use super::file::HookFile;
use super::place::path;
use crate::cli::error::{CommandError, ErrorKind};
use crate::git::porcelain::{Porcelain, PorcelainError};
use bstr::ByteSlice;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Where the value that core.hooksPath had before is kept in the user's git config.
pub const FORMER_KEY: &str = "keyward.formerHooksPath";
const KEY: &str = "core.hooksPath";

/// What the user's git config says now.
#[derive(Clone, Debug)]
pub struct Global {
    /// keyward's hooks folder.
    pub folder: PathBuf,
    /// Whether core.hooksPath names it.
    pub active: bool,
    /// The folder that core.hooksPath named before keyward's, or names now where it is another.
    pub former: Option<PathBuf>,
    /// That value as it is written in the config, raw.
    former_value: Option<Vec<u8>>,
}

impl Global {
    /// Reads it.
    pub fn read(git: &Porcelain, session: &Session<'_>) -> Result<Self, CommandError> {
        let folder = folder(session)?;
        let now = get(git, KEY, true, session)?.map(path).transpose()?;
        let active = now.as_ref() == Some(&folder);
        let key = if active { FORMER_KEY } else { KEY };
        let former = get(git, key, true, session)?.map(path).transpose()?;
        let former_value = get(git, key, false, session)?;
        Ok(Self { folder, active, former, former_value })
    }

    /// Points core.hooksPath at the folder and remembers where it pointed.
    pub fn activate(&self, git: &Porcelain, session: &Session<'_>) -> Result<(), CommandError> {
        if self.active {
            return Ok(());
        }
        match &self.former_value {
            Some(value) => set(git, FORMER_KEY, &value.to_os_str_lossy(), session)?,
            None => unset(git, FORMER_KEY, session)?,
        }
        set(git, KEY, self.folder.as_os_str(), session)
    }

    /// Points core.hooksPath where it pointed before, unless somebody has pointed it elsewhere meanwhile.
    pub fn deactivate(&self, git: &Porcelain, session: &Session<'_>) -> Result<(), CommandError> {
        if self.active {
            match &self.former_value {
                Some(value) => set(git, KEY, &value.to_os_str_lossy(), session)?,
                None => unset(git, KEY, session)?,
            }
        }
        unset(git, FORMER_KEY, session)
    }

    /// The hook `name` in the folder.
    pub fn file(&self, name: &str) -> HookFile {
        HookFile::new(&self.folder, name)
    }
}

/// keyward's hooks folder, whether it exists or not.
fn folder(session: &Session<'_>) -> Result<PathBuf, CommandError> {
    let config = match (&session.env.xdg_config_home, &session.env.home) {
        (Some(config), _) => config.clone(),
        (None, Some(home)) => home.join(".config"),
        (None, None) => {
            return Err(CommandError::new(ErrorKind::Usage, "neither HOME nor XDG_CONFIG_HOME is set")
                .hint("set HOME to your home folder: keyward's hooks and git's global settings live there"));
        }
    };
    if !config.is_absolute() {
        return Err(CommandError::new(ErrorKind::Usage, "HOME is not an absolute path"));
    }
    Ok(Path::new(&config).join("keyward").join("hooks"))
}

fn get(git: &Porcelain, key: &str, as_path: bool, session: &Session<'_>) -> Result<Option<Vec<u8>>, CommandError> {
    let kind = if as_path { "--type=path" } else { "--no-type" };
    session.git(git.ask(["config", "--global", kind, "--get", key]))
}

fn set(git: &Porcelain, key: &str, value: &OsStr, session: &Session<'_>) -> Result<(), CommandError> {
    let args = [OsStr::new("config"), OsStr::new("--global"), OsStr::new(key), value];
    session.git(git.read(args)).map(drop)
}

/// git exits with 5 where there is nothing to take away.
fn unset(git: &Porcelain, key: &str, session: &Session<'_>) -> Result<(), CommandError> {
    match git.read(["config", "--global", "--unset-all", key]) {
        Err(PorcelainError::Refused { code: Some(5), .. }) => Ok(()),
        answer => session.git(answer).map(drop),
    }
}
