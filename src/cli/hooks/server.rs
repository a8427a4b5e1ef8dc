//! A bare repository that others push to, as far as its hooks are concerned.

use super::Session;
use super::file::{HookFile, Step};
use super::place::path;
use super::script::{Formers, script};
use crate::cli::args::HookName;
use crate::cli::error::{CommandError, ErrorKind};
use crate::git::porcelain::Porcelain;
use bstr::ByteSlice;
use std::fs;
use std::path::{Path, PathBuf};

/// What keyward installs: the hook that judges, and the one that uses up waivers that count once.
pub const HOOKS: [HookName; 2] = [HookName::PreReceive, HookName::PostReceive];

/// How a hook of Gitea and Forgejo that runs the scripts of a folder names that folder.
const NAMES_FOLDER: &str = "${hookname}.d/";

/// A bare repository. All paths are absolute.
pub struct Server {
    /// Its folder.
    pub folder: PathBuf,
    /// The folder that git runs hooks from.
    pub hooks: PathBuf,
    /// git in its folder, tied to no other repository.
    pub git: Porcelain,
}

impl Server {
    /// The bare repository at `place` itself, not one around it.
    pub fn find(place: &Path, session: &Session<'_>) -> Result<Self, CommandError> {
        Self::seen_by(&session.git(session.porcelain().unbound())?, place, session)
    }

    /// As [`find`](Self::find), with the environment of another git.
    pub fn seen_by(git: &Porcelain, place: &Path, session: &Session<'_>) -> Result<Self, CommandError> {
        let folder = session.cwd.join(place);
        let folder = fs::canonicalize(&folder).map_err(|error| session.io("cannot find", &folder, &error))?;
        let git = git.moved(&folder);
        let found = session.git(git.read(["rev-parse", "--is-bare-repository", "--absolute-git-dir"]))?;
        let (bare, top) = found.split_once_str("\n").unwrap_or((&found, b""));
        let top = fs::canonicalize(path(top.to_vec())?).ok();
        if bare != b"true" || top.as_ref() != Some(&folder) {
            let message = format!("{} is not a bare repository", session.shown(&folder));
            return Err(CommandError::new(ErrorKind::Repository, message)
                .hint("name the folder that holds HEAD, objects and refs, such as /srv/git/project.git")
                .hint("in a working tree: `keyward install`"));
        }
        let hooks = folder.join(path(session.git(git.read(["rev-parse", "--git-path", "hooks"]))?)?);
        Ok(Self { folder, hooks, git })
    }

    /// The folder whose scripts the server's own hook runs, where it does.
    fn scripts(&self, hook: HookName) -> Option<PathBuf> {
        let own = fs::read(self.hooks.join(hook.as_str())).unwrap_or_default();
        let name = format!("{}.d", hook.as_str());
        let folder = self.hooks.join(&name);
        (folder.is_dir() && (own.contains_str(NAMES_FOLDER) || own.contains_str(&name))).then_some(folder)
    }

    /// The judging hook's name for messages.
    pub fn hook(&self) -> &'static str {
        HookName::PreReceive.as_str()
    }

    /// Where keyward's script goes.
    pub fn file(&self, hook: HookName) -> HookFile {
        match self.scripts(hook) {
            Some(folder) => HookFile::new(&folder, "keyward"),
            None => HookFile::new(&self.hooks, hook.as_str()),
        }
    }

    /// Writes the scripts; a hook that was there is kept and called. All or, where something stands in the way, none.
    pub fn install(&self, session: &Session<'_>) -> Result<Vec<(HookName, PathBuf, Step)>, CommandError> {
        let mut plans = Vec::new();
        for hook in HOOKS {
            let file = self.file(hook);
            let text = script(hook.as_str(), Some(session.program), &Formers::Beside)
                .map_err(|error| CommandError::new(ErrorKind::Usage, error))?;
            let step = file.plan(&text, session)?;
            if self.scripts(hook).is_some() && step == Step::Keep {
                let message = format!("{} is not keyward's", session.shown(&file.path));
                return Err(CommandError::new(ErrorKind::Repository, message).hint("give it another name"));
            }
            plans.push((hook, file, text, step));
        }
        let mut done = Vec::new();
        for (hook, file, text, step) in plans {
            file.apply(&step, &text, session)?;
            done.push((hook, file.path, step));
        }
        Ok(done)
    }
}
