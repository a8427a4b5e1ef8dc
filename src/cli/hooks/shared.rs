//! A folder of hooks that a server runs for all of its repositories: gitolite's common hooks, GitLab's custom hooks.

use super::Session;
use super::file::HookFile;
use super::server::{Done, SCRIPT, install};
use crate::cli::args::HookName;
use crate::cli::error::CommandError;
use std::fs;
use std::path::{Path, PathBuf};

/// Such a folder. Its path is absolute.
pub struct Shared {
    /// The folder.
    pub folder: PathBuf,
    /// Whether each hook has a folder of scripts in it.
    scripts: bool,
}

impl Shared {
    /// The folder at `place`, if it is one: `hooks/common` (gitolite's documentation, "hooks"), or one that is called
    /// `custom_hooks` or holds `pre-receive.d` (GitLab's, "Git server hooks").
    pub fn find(place: &Path, session: &Session<'_>) -> Option<Self> {
        let folder = fs::canonicalize(session.cwd.join(place)).ok().filter(|folder| folder.is_dir())?;
        let named = |path: &Path, name: &str| path.file_name().is_some_and(|last| last == name);
        let gitolite = named(&folder, "common") && folder.parent().is_some_and(|above| named(above, "hooks"));
        let scripts = named(&folder, "custom_hooks") || folder.join("pre-receive.d").is_dir();
        let repository = folder.join("HEAD").is_file() && folder.join("objects").is_dir();
        (!repository && (gitolite || scripts)).then_some(Self { folder, scripts: scripts && !gitolite })
    }

    /// Where keyward's script goes.
    pub fn file(&self, hook: HookName) -> HookFile {
        match self.scripts {
            true => HookFile::new(&self.folder.join(format!("{}.d", hook.as_str())), SCRIPT),
            false => HookFile::new(&self.folder, hook.as_str()),
        }
    }

    /// Writes the scripts.
    pub fn install(&self, config: Option<&Path>, session: &Session<'_>) -> Result<Vec<Done>, CommandError> {
        install(&|hook| (self.file(hook), self.scripts), config, session)
    }

    /// What is left to do by hand.
    pub fn next(&self) -> &'static str {
        if self.scripts {
            "GitLab runs it for every repository whose Gitaly has this folder as its custom_hooks_dir."
        } else {
            "`gitolite setup --hooks-only` links it into every repository; \
             `keyward doctor --server REPOSITORY.git` proves it for one."
        }
    }
}
