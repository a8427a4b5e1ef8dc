//! Repositories made by the real git, apart from the user's own settings.

use keyward::git::{Backend, Environment, GitError, Repository};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
    variables: Vec<(OsString, OsString)>,
    pub(crate) top: PathBuf,
}

impl Sandbox {
    /// A repository made by `git init` with these options.
    pub(crate) fn new(options: &[&str]) -> Self {
        let sandbox = Self::bare_folder();
        std::fs::create_dir(&sandbox.top).unwrap();
        sandbox.git(&[&["init", "-q", "-b", "main"], options].concat());
        sandbox
    }

    pub(crate) fn bare_folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let mut variables = vec![
            ("PATH".into(), std::env::var_os("PATH").unwrap()),
            ("HOME".into(), root.clone().into_os_string()),
            ("GIT_CONFIG_GLOBAL".into(), root.join("gitconfig").into_os_string()),
        ];
        let fixed = [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "A U Thor"),
            ("GIT_AUTHOR_EMAIL", "author@example.com"),
            ("GIT_AUTHOR_DATE", "1700000000 +0000"),
            ("GIT_COMMITTER_NAME", "C O Mitter"),
            ("GIT_COMMITTER_EMAIL", "committer@example.com"),
            ("GIT_COMMITTER_DATE", "1700000000 +0000"),
        ];
        variables.extend(fixed.map(|(key, value)| (key.into(), value.into())));
        Self { top: root.join("repo"), folder, variables }
    }

    /// The folder around the repository.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    /// Sets a variable for every git and every gateway from here on.
    pub(crate) fn set(&mut self, key: &str, value: impl AsRef<OsStr>) {
        self.variables.push((key.into(), value.as_ref().to_owned()));
    }

    pub(crate) fn environment(&self) -> Environment {
        Environment::new(self.variables.iter().cloned())
    }

    pub(crate) fn try_git_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new("git");
        command.current_dir(folder).env_clear().envs(self.variables.iter().map(|(key, value)| (key, value)));
        command.args(["-c", "protocol.file.allow=always"]).args(arguments).output().unwrap()
    }

    pub(crate) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = self.try_git_in(folder, arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.top, arguments)
    }

    /// Runs a line of shell in the repository; its standard output.
    pub(crate) fn sh(&self, line: &str) -> String {
        let mut command = Command::new("sh");
        command.current_dir(&self.top).env_clear().envs(self.variables.iter().map(|(key, value)| (key, value)));
        let output = command.args(["-ec", line]).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let file = self.top.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Writes and stages a file.
    pub(crate) fn stage(&self, path: &str, text: impl AsRef<[u8]>) {
        self.write(path, text);
        self.git(&["add", "--", path]);
    }

    /// Writes, stages and commits a file; the commit's id.
    pub(crate) fn commit(&self, path: &str, text: impl AsRef<[u8]>) -> String {
        self.stage(path, text);
        self.git(&["commit", "-q", "-m", path]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(crate) fn open(&self) -> Repository {
        Repository::open(&self.top, &self.environment()).unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Repository, GitError> {
        Repository::open(&self.top, &self.environment())
    }

    /// The same repository through each back end.
    pub(crate) fn both(&self) -> [Repository; 2] {
        [Backend::Library, Backend::Program].map(|backend| {
            let repository = Repository::open_with(&self.top, &self.environment(), Some(backend)).unwrap();
            assert_eq!(repository.objects().backend(), backend);
            repository
        })
    }
}
