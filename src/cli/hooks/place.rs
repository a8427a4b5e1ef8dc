//! Where git looks for a repository's hooks, and who decided that.

use super::Session;
use crate::cli::error::{CommandError, ErrorKind};
use crate::git::porcelain::{Porcelain, PorcelainError};
use bstr::ByteSlice;
use std::path::{Component, Path, PathBuf};

/// What `core.hooksPath` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HooksPath {
    /// The value, `~` expanded.
    pub value: PathBuf,
    /// `system`, `global`, `local`, `worktree` or `command`.
    pub scope: String,
    /// Where it is set, such as `file:/home/a/.gitconfig`, raw.
    pub origin: Vec<u8>,
}

/// A repository with a working tree, as far as hooks are concerned. All paths are absolute.
#[derive(Clone, Debug)]
pub struct Place {
    /// The top of the working tree.
    pub top: PathBuf,
    /// The folder that git runs hooks from.
    pub hooks: PathBuf,
    /// The setting that names that folder, if one does.
    pub setting: Option<HooksPath>,
    /// Where husky keeps the files that a user writes; its `hooks` are generated and overwritten.
    pub husky: Option<PathBuf>,
    /// The repository's git folder that all its worktrees share.
    pub common: PathBuf,
}

impl Place {
    /// Looks where `git` runs.
    pub fn find(git: &Porcelain, session: &Session<'_>) -> Result<Self, CommandError> {
        let bare = git.read(["rev-parse", "--is-bare-repository"]).map_err(|error| no_repository(error, session))?;
        if bare == b"true" {
            return Err(CommandError::new(
                ErrorKind::Repository,
                "this is a bare repository: nothing is committed here, so the hooks of a commit guard nothing",
            )
            .hint("what is pushed to a bare repository is guarded by server hooks (pre-receive): `keyward install --server PATH`")
            .hint("run this in a working tree"));
        }
        let top = git.read(["rev-parse", "--show-toplevel"]).map_err(|error| no_repository(error, session))?;
        let top = path(top)?;
        let git = git.moved(&top);
        let setting = hooks_path(&git, session)?;
        if setting.as_ref().is_some_and(|setting| setting.value.as_os_str().is_empty()) {
            return Err(CommandError::new(ErrorKind::Repository, "core.hooksPath is empty, so that git runs no hooks")
                .hint("find out where it is set: `git config --show-origin --get core.hooksPath`, and unset it"));
        }
        // At the top level, because a relative core.hooksPath is printed as it is.
        let hooks = top.join(path(session.git(git.read(["rev-parse", "--git-path", "hooks"]))?)?);
        let common = top.join(path(session.git(git.read(["rev-parse", "--git-common-dir"]))?)?);
        let husky = husky(&hooks);
        Ok(Self { top, hooks, setting, husky, common })
    }

    /// Whether the hooks' folder is part of the working tree, so that it may be committed.
    pub fn in_worktree(&self) -> bool {
        self.hooks.starts_with(&self.top) && !self.hooks.starts_with(&self.common)
    }

    /// Whether the folder serves other repositories too.
    pub fn is_shared(&self) -> bool {
        self.setting.as_ref().is_some_and(|setting| ["system", "global"].contains(&setting.scope.as_str()))
    }
}

/// The value of core.hooksPath that wins in `git`'s folder.
pub fn hooks_path(git: &Porcelain, session: &Session<'_>) -> Result<Option<HooksPath>, CommandError> {
    let args = ["config", "--show-scope", "--show-origin", "-z", "--type=path", "--get", "core.hooksPath"];
    let Some(answer) = session.git(git.ask(args))? else { return Ok(None) };
    let mut fields = answer.split_str(b"\0");
    let (Some(scope), Some(origin), Some(value)) = (fields.next(), fields.next(), fields.next()) else {
        return Err(CommandError::new(ErrorKind::Repository, "git's answer about core.hooksPath cannot be read"));
    };
    let scope = String::from_utf8_lossy(scope).into_owned();
    Ok(Some(HooksPath { value: path(value.to_vec())?, scope, origin: origin.to_vec() }))
}

/// A path that git printed.
pub fn path(bytes: Vec<u8>) -> Result<PathBuf, CommandError> {
    let path = bytes.to_path().map_err(|_| CommandError::new(ErrorKind::Repository, "a path is not valid Unicode"))?;
    // Folds `/` and `\` on Windows, and doubled separators.
    Ok(path.components().collect())
}

/// husky 9 runs `.husky/_/NAME`, which it generates and which calls the user's `.husky/NAME`; before that git ran
/// `.husky/NAME` itself.
fn husky(hooks: &Path) -> Option<PathBuf> {
    let mut ends = hooks.components().rev();
    match (ends.next()?, ends.next()) {
        (Component::Normal(last), _) if last == ".husky" => Some(hooks.to_owned()),
        (Component::Normal(last), Some(Component::Normal(before))) if last == "_" && before == ".husky" => {
            hooks.parent().map(Path::to_owned)
        }
        _ => None,
    }
}

fn no_repository(error: PorcelainError, session: &Session<'_>) -> CommandError {
    let outside = matches!(&error, PorcelainError::Refused { stderr, .. } if stderr.contains("not a git repository"));
    let inside =
        matches!(&error, PorcelainError::Refused { stderr, .. } if stderr.contains("must be run in a work tree"));
    let error = session.told(error);
    if outside {
        error
            .hint("run this inside a repository, or `git init` one first")
            .hint("for all repositories of this user: `keyward install --global`")
    } else if inside {
        error.hint("run this in the working tree, not in the git folder")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn husky_is_known_by_its_folder() {
        assert_eq!(husky(Path::new("/r/.husky/_")), Some(PathBuf::from("/r/.husky")));
        assert_eq!(husky(Path::new("/r/.husky")), Some(PathBuf::from("/r/.husky")));
        assert_eq!(husky(Path::new("/r/.git/hooks")), None);
    }
}
