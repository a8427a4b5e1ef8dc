//! Running the git program for what concerns a repository's setting-up: where hooks live, what a setting says and
//! who set it, and real commands in scratch repositories. Objects that are judged are never read this way.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a program left behind.
#[derive(Clone, Debug)]
pub struct Ran {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output, raw.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error, raw.
    pub stderr: Vec<u8>,
}

impl Ran {
    /// Whether the exit code is 0.
    pub fn ok(&self) -> bool {
        self.code == Some(0)
    }
}

/// git could not be run, or said no. The texts are foreign: they go out masked and escaped only.
#[derive(Debug, thiserror::Error)]
pub enum PorcelainError {
    /// There is no git on PATH.
    #[error("there is no git on PATH")]
    Missing,
    /// The program could not be started or its streams broke.
    #[error("{program} cannot be run: {source}")]
    Run {
        /// The program's name.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// The command ended with another exit code than 0.
    #[error("git {command}: {stderr}")]
    Refused {
        /// The subcommand.
        command: String,
        /// The exit code, if there is one.
        code: Option<i32>,
        /// What it said.
        stderr: String,
    },
}

/// Runs git in one folder: output captured, no pager, no prompt, messages untranslated. The environment is passed on,
/// less what was taken away and plus what was set.
#[derive(Clone, Debug)]
pub struct Porcelain {
    folder: PathBuf,
    environment: Vec<(OsString, Option<OsString>)>,
}

impl Porcelain {
    /// Runs in `folder`.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        let fixed = [("LC_ALL", "C"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_PAGER", "cat"), ("GIT_OPTIONAL_LOCKS", "0")];
        let environment = fixed.map(|(name, value)| (name.into(), Some(value.into()))).to_vec();
        Self { folder: folder.into(), environment }
    }

    /// The same in another folder.
    #[must_use]
    pub fn moved(&self, folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), environment: self.environment.clone() }
    }

    /// Sets a variable.
    #[must_use]
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), Some(value.into())));
        self
    }

    /// Takes a variable away.
    #[must_use]
    pub fn without(mut self, name: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), None));
        self
    }

    /// Takes away every variable that ties git to a repository (`git rev-parse --local-env-vars`).
    pub fn unbound(self) -> Result<Self, PorcelainError> {
        let names = self.read(["rev-parse", "--local-env-vars"])?;
        let names = String::from_utf8_lossy(&names).into_owned();
        Ok(names.lines().fold(self, |git, name| git.without(name)))
    }

    /// Runs a git command with `stdin`; any exit code is an answer.
    pub fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>, stdin: &[u8]) -> Result<Ran, PorcelainError> {
        self.run_program(OsStr::new("git"), args, stdin)
    }

    /// Runs a git command that has to succeed; gives its standard output without the last newline.
    pub fn read<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Vec<u8>, PorcelainError> {
        self.feed(args, b"")
    }

    /// As [`read`](Self::read), with bytes on standard input.
    pub fn feed<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        stdin: &[u8],
    ) -> Result<Vec<u8>, PorcelainError> {
        let args: Vec<OsString> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        let ran = self.run(&args, stdin)?;
        if ran.ok() { Ok(without_newline(ran.stdout)) } else { Err(refused(&args, &ran)) }
    }

    /// As [`read`](Self::read), but exit code 1 means that there is no answer (`git config --get`).
    pub fn ask<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Option<Vec<u8>>, PorcelainError> {
        let args: Vec<OsString> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        let ran = self.run(&args, b"")?;
        match ran.code {
            Some(0) => Ok(Some(without_newline(ran.stdout))),
            Some(1) => Ok(None),
            _ => Err(refused(&args, &ran)),
        }
    }

    /// Runs any program in the same folder and environment, such as a hook.
    pub fn run_program<A: AsRef<OsStr>>(
        &self,
        program: &OsStr,
        args: impl IntoIterator<Item = A>,
        stdin: &[u8],
    ) -> Result<Ran, PorcelainError> {
        let failed = |source| PorcelainError::Run { program: program.to_string_lossy().into_owned(), source };
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound if program == "git" && self.folder.is_dir() => PorcelainError::Missing,
            _ => failed(error),
        })?;
        // What is fed is far smaller than a pipe, so that writing first cannot block; nobody has to read it.
        if let Some(mut pipe) = child.stdin.take() {
            match pipe.write_all(stdin) {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(failed(error)),
                _ => drop(pipe),
            }
        }
        let output = child.wait_with_output().map_err(failed)?;
        Ok(Ran { code: output.status.code(), stdout: output.stdout, stderr: output.stderr })
    }

    /// The folder it runs in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn without_newline(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes
}

fn refused(args: &[OsString], ran: &Ran) -> PorcelainError {
    let command = args.iter().find(|arg| !arg.as_encoded_bytes().starts_with(b"-"));
    PorcelainError::Refused {
        command: command.map(|arg| arg.to_string_lossy().into_owned()).unwrap_or_default(),
        code: ran.code,
        stderr: String::from_utf8_lossy(&ran.stderr).trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_newline_alone_is_taken_off() {
        assert_eq!(without_newline(b"/a\n\n".to_vec()), b"/a\n");
    }

    #[test]
    fn a_refusal_names_the_subcommand_and_the_exit_code() {
        let folder = tempfile::tempdir().unwrap();
        let error = Porcelain::at(folder.path()).read(["rev-parse", "--no-such-thing-at-all"]).unwrap_err();
        assert!(matches!(error, PorcelainError::Refused { command, code: Some(128), .. } if command == "rev-parse"));
    }

    #[test]
    fn an_unbound_git_does_not_see_the_repository_of_its_caller() {
        let folder = tempfile::tempdir().unwrap();
        let git = Porcelain::at(folder.path()).with("GIT_DIR", "/no/such/folder").unbound().unwrap();
        let git = git.with("GIT_CONFIG_NOSYSTEM", "1").with("GIT_CONFIG_GLOBAL", folder.path().join("none"));
        git.read(["init", "--quiet", "here"]).unwrap();
        assert!(folder.path().join("here/.git/HEAD").exists());
    }
}
