//! A bare repository that others push to, as far as its hooks are concerned.

use super::Session;
use super::file::{HookFile, Step};
use super::place::path;
use super::script::{Author, Formers, author, configured, recorded_config};
use crate::cli::args::HookName;
use crate::cli::error::{CommandError, ErrorKind};
use crate::git::porcelain::Porcelain;
use bstr::ByteSlice;
use std::fs;
use std::path::{Path, PathBuf};

/// What keyward installs: the hook that judges, and the one that uses up waivers that count once.
pub const HOOKS: [HookName; 2] = [HookName::PreReceive, HookName::PostReceive];

/// The name of keyward's script among others.
pub const SCRIPT: &str = "keyward";

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
    /// The folder of the hooks that GitLab runs for this repository, if it is one of GitLab's.
    gitlab: Option<PathBuf>,
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
        let gitlab = gitlab(&folder);
        Ok(Self { folder, hooks, git, gitlab })
    }

    /// The folder whose scripts the server's own hook runs, where it does.
    fn scripts(&self, hook: HookName) -> Option<PathBuf> {
        if let Some(custom) = &self.gitlab {
            return Some(custom.join(format!("{}.d", hook.as_str())));
        }
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
            Some(folder) => HookFile::new(&folder, SCRIPT),
            None => HookFile::new(&self.hooks, hook.as_str()),
        }
    }

    /// keyward's script, where the server's own hook calls it, or is to.
    pub fn script_of_many(&self) -> Option<PathBuf> {
        let folder = self.scripts(HookName::PreReceive)?;
        Some(HookFile::new(&folder, SCRIPT).path).filter(|path| path.is_file())
    }

    /// Whether nothing in the repository itself calls the script: GitLab does.
    pub fn called_from_outside(&self) -> bool {
        self.gitlab.is_some()
    }

    /// Writes the scripts; a hook that was there is kept and called. All or, where something stands in the way, none.
    /// `config` is the administrator's file; without it that of the script which is there stays.
    pub fn install(&self, config: Option<&Path>, session: &Session<'_>) -> Result<Vec<Done>, CommandError> {
        install(&|hook| (self.file(hook), self.scripts(hook).is_some()), config, session)
    }
}

/// A hook that was written.
pub type Done = (HookName, PathBuf, Step);

/// Writes every hook to the file that `files` gives; with `true` no other script may have that name.
pub fn install(
    files: &dyn Fn(HookName) -> (HookFile, bool),
    config: Option<&Path>,
    session: &Session<'_>,
) -> Result<Vec<Done>, CommandError> {
    let mut plans = Vec::new();
    for hook in HOOKS {
        let (file, own) = files(hook);
        let ours = || fs::read(&file.path).ok().filter(|text| author(text) == Author::Keyward);
        let kept = ours().and_then(|text| recorded_config(&text));
        let config = config.or(kept.as_deref());
        let text = configured(hook.as_str(), Some(session.program), &Formers::Beside, config)
            .map_err(|error| CommandError::new(ErrorKind::Usage, error))?;
        let step = file.plan(&text, session)?;
        if own && step == Step::Keep {
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

/// GitLab keeps its repositories under hashed names, and their hooks in a folder of their own (its documentation, "Git
/// server hooks").
fn gitlab(folder: &Path) -> Option<PathBuf> {
    let custom = folder.join("custom_hooks");
    let hashed = folder.components().any(|part| part.as_os_str() == "@hashed");
    (hashed || custom.is_dir()).then_some(custom)
}
