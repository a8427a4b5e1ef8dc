//! A folder of its own for a test: a home, a repository, and nothing of the user's configuration.
#![allow(dead_code)]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a program left behind.
#[derive(Debug)]
pub struct Output {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output, bytes that are not UTF-8 replaced.
    pub stdout: String,
    /// Standard error, the same.
    pub stderr: String,
    /// Standard output, raw.
    pub raw: Vec<u8>,
}

impl Output {
    /// Both streams.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Fails the test unless the exit code is this.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Fails the test unless one of the streams holds this.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.text().contains(words), "{words:?} is missing in {self:#?}");
        self
    }

    /// Fails the test if one of the streams holds this.
    #[track_caller]
    pub fn hides(self, words: &str) -> Self {
        assert!(!self.text().contains(words), "{words:?} is in {self:#?}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }
}

/// The sandbox; everything in it is gone when it is dropped.
pub struct Sandbox {
    root: tempfile::TempDir,
    /// The repository, its branch `main` unborn.
    pub repo: PathBuf,
    /// HOME.
    pub home: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

impl Sandbox {
    /// A home and an empty repository.
    pub fn new() -> Self {
        let sandbox = Self::without_repository();
        fs::create_dir(&sandbox.repo).unwrap();
        sandbox.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        sandbox
    }

    /// A home; `repo` does not exist.
    pub fn without_repository() -> Self {
        let root = tempfile::tempdir().unwrap();
        // macOS's temporary folder is behind a link, and git prints where it leads.
        let real = fs::canonicalize(root.path()).unwrap();
        let (repo, home) = (real.join("repo"), real.join("home"));
        fs::create_dir(&home).unwrap();
        let environment = environment(&home);
        Self { root, repo, home, environment }
    }

    /// The folder that holds the home and the repository.
    pub fn root(&self) -> PathBuf {
        fs::canonicalize(self.root.path()).unwrap()
    }

    /// Sets an environment variable for everything that runs from here on.
    pub fn set(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.unset(&name);
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Takes an environment variable away.
    pub fn unset(&mut self, name: impl AsRef<OsStr>) -> &mut Self {
        self.environment.retain(|(known, _)| known != name.as_ref());
        self
    }

    /// Runs git in the repository.
    pub fn git<A: AsRef<OsStr>>(&self, args: &[A]) -> Output {
        self.run_in(&self.repo, "git".as_ref(), args, b"")
    }

    /// Runs git in another folder.
    pub fn git_in<A: AsRef<OsStr>>(&self, folder: &Path, args: &[A]) -> Output {
        self.run_in(folder, "git".as_ref(), args, b"")
    }

    /// Runs keyward in the repository.
    pub fn keyward<A: AsRef<OsStr>>(&self, args: &[A]) -> Output {
        self.run_in(&self.repo, env!("CARGO_BIN_EXE_keyward").as_ref(), args, b"")
    }

    /// Runs keyward in another folder.
    pub fn keyward_in<A: AsRef<OsStr>>(&self, folder: &Path, args: &[A]) -> Output {
        self.run_in(folder, env!("CARGO_BIN_EXE_keyward").as_ref(), args, b"")
    }

    /// Runs keyward in the repository with bytes on standard input.
    pub fn keyward_fed<A: AsRef<OsStr>>(&self, args: &[A], stdin: &[u8]) -> Output {
        self.run_in(&self.repo, env!("CARGO_BIN_EXE_keyward").as_ref(), args, stdin)
    }

    /// A program, ready to be started in a folder.
    pub fn command(&self, folder: &Path, program: &OsStr) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs any program.
    pub fn run_in<A: AsRef<OsStr>>(&self, folder: &Path, program: &OsStr, args: &[A], stdin: &[u8]) -> Output {
        let mut child = self
            .command(folder, program)
            .args(args)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.to_string_lossy()));
        let mut pipe = child.stdin.take().unwrap();
        let stdin = stdin.to_vec();
        let feeder = std::thread::spawn(move || pipe.write_all(&stdin));
        let output = child.wait_with_output().unwrap();
        // Nobody has to read what is fed.
        let _ = feeder.join().unwrap();
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            raw: output.stdout,
        }
    }

    /// Writes a file of the repository, its folders too.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.repo.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes a script that can be run. Another process writes it: had this one the file open while a test beside it
    /// starts a program, running the script would fail as busy.
    pub fn script(&self, path: impl AsRef<Path>, text: &str) -> PathBuf {
        let path = self.repo.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let words = ["-c".as_ref(), "cat >\"$1\" && chmod 755 \"$1\"".as_ref(), "sh".as_ref(), path.as_os_str()];
        self.run_in(&self.root(), "sh".as_ref(), &words, text.as_bytes()).exits(0);
        path
    }

    /// Writes a file and stages it.
    pub fn stage(&self, path: &str, bytes: impl AsRef<[u8]>) {
        self.write(path, bytes);
        self.git(&["add", "--force", "--", path]).exits(0);
    }

    /// Commits what is staged, with the hooks.
    pub fn commit(&self, message: &str) -> Output {
        self.git(&["commit", "--quiet", "--message", message])
    }

    /// Writes, stages and commits a file without any hook.
    pub fn committed(&self, path: &str, bytes: impl AsRef<[u8]>) {
        self.stage(path, bytes);
        self.git(&["commit", "--quiet", "--no-verify", "--message", path]).exits(0);
    }

    /// The path of a hook of the repository.
    pub fn hook(&self, name: &str) -> PathBuf {
        self.repo.join(".git").join("hooks").join(name)
    }

    /// The id of a revision.
    pub fn id(&self, revision: &str) -> String {
        self.git(&["rev-parse", "--verify", revision]).exits(0).stdout.trim().to_owned()
    }

    /// Every file below a folder with its bytes and mode, for comparing before and after.
    pub fn snapshot(&self, folder: &Path) -> Vec<(PathBuf, u32, Vec<u8>)> {
        let mut files = Vec::new();
        collect(folder, &mut files);
        files.sort();
        files
    }
}

/// Sets a file's mode, where files have one.
pub fn set_mode(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
}

fn environment(home: &Path) -> Vec<(OsString, OsString)> {
    // What a process needs to run at all; the last two on Windows.
    let kept = ["PATH", "TMPDIR", "SystemRoot", "TEMP"];
    let mut all: Vec<(OsString, OsString)> =
        kept.iter().filter_map(|name| Some((name.into(), std::env::var_os(name)?))).collect();
    let fixed: [(&str, &OsStr); 12] = [
        ("HOME", home.as_os_str()),
        ("GIT_CONFIG_NOSYSTEM", "1".as_ref()),
        ("LC_ALL", "C".as_ref()),
        ("TERM", "dumb".as_ref()),
        ("GIT_AUTHOR_NAME", "A Tester".as_ref()),
        ("GIT_AUTHOR_EMAIL", "tester@example.com".as_ref()),
        ("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z".as_ref()),
        ("GIT_COMMITTER_NAME", "A Tester".as_ref()),
        ("GIT_COMMITTER_EMAIL", "tester@example.com".as_ref()),
        ("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z".as_ref()),
        ("GIT_EDITOR", "true".as_ref()),
        ("GIT_MERGE_AUTOEDIT", "no".as_ref()),
    ];
    all.extend(fixed.iter().map(|(name, value)| ((*name).into(), (*value).to_owned())));
    all
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, u32, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let found = fs::symlink_metadata(&path).unwrap();
        if found.is_dir() {
            collect(&path, files);
        } else if found.is_symlink() {
            let target = fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes();
            files.push((path, u32::MAX, target));
        } else {
            files.push((path.clone(), mode(&found), fs::read(&path).unwrap()));
        }
    }
}

fn mode(found: &fs::Metadata) -> u32 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        found.permissions().mode()
    }
    #[cfg(not(unix))]
    {
        u32::from(found.permissions().readonly())
    }
}
