//! Runs git: the one place where its environment is set.

use super::error::{Detail, GitError};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The environment that git gets, as the caller found it: hooks hand over `GIT_DIR`, `GIT_INDEX_FILE`, a quarantine.
#[derive(Clone, Default)]
pub struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    /// Takes all variables of the process.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self(variables.into_iter().collect())
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_os_str())
    }

    /// The same without some variables, such as those of [`local_variables`].
    pub fn without(&self, names: &[String]) -> Self {
        Self(self.0.iter().filter(|(key, _)| !names.iter().any(|name| key == name.as_str())).cloned().collect())
    }
}

/// What every git gets: it may follow no replacement, fetch nothing, write nothing, ask nothing, and speaks English.
/// `GIT_ALLOW_PROTOCOL` also keeps a git that does not know `GIT_NO_LAZY_FETCH` from opening a connection.
const FIXED: [(&str, &str); 9] = [
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_GRAFT_FILE", "/dev/null"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", ""),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
];

/// What would change the meaning of paths or the language of messages.
const REMOVED: [&str; 5] =
    ["GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "LANGUAGE", "GIT_EXTERNAL_DIFF"];

/// Starts git in one folder with one environment.
#[derive(Clone)]
pub(crate) struct Runner {
    dir: PathBuf,
    environment: Environment,
    /// Where git is.
    program: OnceLock<PathBuf>,
}

impl Runner {
    pub(crate) fn new(dir: &Path, environment: &Environment) -> Self {
        Self { dir: dir.to_owned(), environment: environment.clone(), program: OnceLock::new() }
    }

    /// The first git of the path. A command that is started by its path alone needs no copy of this process to look for
    /// it, which is dear.
    fn find(&self) -> PathBuf {
        let paths = self.variable("PATH").into_iter().flat_map(std::env::split_paths);
        let programs = paths.filter(|folder| folder.is_absolute()).map(|folder| folder.join("git"));
        programs.into_iter().find(|program| is_program(program)).unwrap_or_else(|| PathBuf::from("git"))
    }

    /// The same without some variables.
    pub(crate) fn without(&self, names: &[String]) -> Self {
        Self { dir: self.dir.clone(), environment: self.environment.without(names), program: OnceLock::new() }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The value of a variable that git gets.
    pub(crate) fn variable(&self, name: &str) -> Option<&OsStr> {
        self.environment.get(name)
    }

    /// A git command, ready to be started; nothing on its standard input.
    pub(crate) fn command(&self, arguments: &[&OsStr]) -> Command {
        let mut command = Command::new(self.program.get_or_init(|| self.find()));
        command.current_dir(&self.dir).env_clear().envs(self.environment.0.iter().map(|(key, value)| (key, value)));
        for name in REMOVED {
            command.env_remove(name);
        }
        command.envs(FIXED).args(["--no-pager", "-c", "core.fsmonitor=false"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs git to its end, whatever its exit code.
    pub(crate) fn output<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Output, GitError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        self.command(&arguments).output().map_err(|error| self.not_started(&error))
    }

    /// Runs git and gives its standard output; anything but exit 0 is an error.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, name: &'static str, arguments: &[S]) -> Result<Vec<u8>, GitError> {
        let output = self.output(arguments)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(GitError::Failed { command: name, detail: Detail(output.stderr) })
    }

    pub(crate) fn not_started(&self, error: &std::io::Error) -> GitError {
        if self.dir.is_dir() { GitError::NoGit(error.kind()) } else { GitError::NoFolder(self.dir.clone()) }
    }
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(_: &Path) -> bool {
    false
}

/// The variables that tie a process to one repository (`git rev-parse --local-env-vars`).
pub fn local_variables(dir: &Path, environment: &Environment) -> Result<Vec<String>, GitError> {
    let out = Runner::new(dir, environment).run("rev-parse", &["rev-parse", "--local-env-vars"])?;
    let text = String::from_utf8(out).map_err(|_| GitError::Answer("rev-parse"))?;
    Ok(text.lines().map(str::to_owned).collect())
}
