//! A bare repository that others push to, as far as its pre-receive hook is concerned.

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

/// What Gitea and Forgejo call the folder whose scripts their own pre-receive runs.
const FOLDER: &str = "pre-receive.d";

/// How a pre-receive that runs the scripts of that folder names it; the first is how Gitea's does.
const NAMES_FOLDER: [&str; 2] = ["${hookname}.d/", FOLDER];

/// A bare repository. All paths are absolute.
pub struct Server {
    /// Its folder.
    pub folder: PathBuf,
    /// The folder that git runs hooks from.
    pub hooks: PathBuf,
    /// git in its folder, tied to no other repository.
    pub git: Porcelain,
    /// Whether its pre-receive runs every script of [`FOLDER`].
    runs_folder: bool,
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
        let own = fs::read(hooks.join(HookName::PreReceive.as_str())).unwrap_or_default();
        let runs_folder = hooks.join(FOLDER).is_dir() && NAMES_FOLDER.iter().any(|words| own.contains_str(words));
        Ok(Self { folder, hooks, git, runs_folder })
    }

    /// The hook's name for messages.
    pub fn hook(&self) -> &'static str {
        HookName::PreReceive.as_str()
    }

    /// Where keyward's script goes.
    pub fn file(&self) -> HookFile {
        if self.runs_folder {
            HookFile::new(&self.hooks.join(FOLDER), "keyward")
        } else {
            HookFile::new(&self.hooks, self.hook())
        }
    }

    /// Writes the script; a hook that was there is kept and called.
    pub fn install(&self, session: &Session<'_>) -> Result<(PathBuf, Step), CommandError> {
        let file = self.file();
        let text = script(self.hook(), Some(session.program), &Formers::Beside)
            .map_err(|error| CommandError::new(ErrorKind::Usage, error))?;
        let step = file.plan(&text, session)?;
        if self.runs_folder && step == Step::Keep {
            let message = format!("{} is not keyward's", session.shown(&file.path));
            return Err(CommandError::new(ErrorKind::Repository, message).hint("give it another name"));
        }
        file.apply(&step, &text, session)?;
        Ok((file.path, step))
    }
}
