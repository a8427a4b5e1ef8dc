//! A canary for a repository's real hooks: an index and an object folder of its own, so that nothing is left behind.

use super::Session;
use super::place::Place;
use super::plant::Random;
use crate::cli::args::HookName;
use crate::cli::error::{CommandError, ErrorKind};
use crate::git::porcelain::{Porcelain, Ran};
use bstr::ByteSlice;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

/// What a hook said to one canary.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whether it refused.
    pub refused: bool,
    /// keyward's word in what it printed: the start of the last line that is a verdict.
    pub verdict: Option<&'static str>,
    /// All that it printed, raw.
    pub text: Vec<u8>,
}

/// Content to show to hooks.
pub struct Canary<'a> {
    git: Porcelain,
    session: &'a Session<'a>,
    folder: tempfile::TempDir,
    head: Option<String>,
    text: String,
}

impl<'a> Canary<'a> {
    /// A file and a message in a place of their own, with a secret or without.
    pub fn new(place: &Place, git: &Porcelain, secret: bool, session: &'a Session<'a>) -> Result<Self, CommandError> {
        let folder = tempfile::tempdir().map_err(|error| session.io("cannot make", &std::env::temp_dir(), &error))?;
        let mut random = Random::new();
        let text =
            if secret { format!("token = {}\n", random.github_token()) } else { "nothing to see here\n".to_owned() };
        let git = apart(place, git, folder.path(), session)?;
        let head = session.git(git.ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]))?;
        let head = head.map(|id| String::from_utf8_lossy(&id).into_owned());
        if let Some(head) = &head {
            session.git(git.read(["read-tree", head]))?;
        }
        let blob = session.git(git.feed(["hash-object", "-w", "--stdin"], text.as_bytes()))?;
        let name = format!("keyward-canary-{}.txt", random.text(b"abcdefghijklmnopqrstuvwxyz", 8));
        let entry = format!("100644,{},{name}", blob.to_str_lossy());
        session.git(git.read(["update-index", "--add", "--cacheinfo", &entry]))?;
        Ok(Self { git, session, folder, head, text })
    }

    /// Shows it to a hook, the way git does.
    pub fn show(&self, hook: HookName, script: &Path) -> Result<Answer, CommandError> {
        let (args, stdin) = self.input(hook)?;
        let mut git = self.git.clone();
        if let (HookName::PreMergeCommit, Some(head)) = (hook, &self.head) {
            git = git.with(format!("GITHEAD_{head}"), "a branch");
        }
        let mut words: Vec<OsString> = ["hook", "run"].map(OsString::from).to_vec();
        if !stdin.is_empty() {
            let file = self.folder.path().join("stdin");
            fs::write(&file, &stdin).map_err(|error| self.session.io("cannot write", &file, &error))?;
            let mut option = OsString::from("--to-stdin=");
            option.push(file);
            words.push(option);
        }
        words.extend([hook.as_str(), "--"].map(OsString::from));
        words.extend(args.iter().cloned());
        let ran = self.session.git(git.run(&words, b""))?;
        // `git hook` came with git 2.36, its `--to-stdin` with 2.40.
        if ["is not a git command", "unknown option"].iter().any(|words| ran.stderr.contains_str(words)) {
            return Ok(answer(&self.session.git(git.run_program(script.as_os_str(), &args, &stdin))?));
        }
        Ok(answer(&ran))
    }

    /// Shows it to a copy of one of keyward's scripts, with no former hook beside it.
    pub fn show_alone(&self, hook: HookName, script: &Path) -> Result<Answer, CommandError> {
        let (args, stdin) = self.input(hook)?;
        let alone = self.folder.path().join("alone");
        let copy = alone.join(hook.as_str());
        fs::create_dir_all(&alone)
            .and_then(|()| fs::copy(script, &copy))
            .map_err(|error| self.session.io("cannot copy", script, &error))?;
        let words = std::iter::once(copy.as_os_str()).chain(args.iter().map(OsString::as_os_str));
        Ok(answer(&self.session.git(self.git.run_program(OsStr::new("sh"), words, &stdin))?))
    }

    /// The arguments and the standard input that git gives this hook.
    fn input(&self, hook: HookName) -> Result<(Vec<OsString>, Vec<u8>), CommandError> {
        match hook {
            HookName::CommitMsg | HookName::ApplypatchMsg => {
                let file = self.folder.path().join("MESSAGE");
                let message = format!("chore: try the hooks\n\n{}", self.text);
                fs::write(&file, message).map_err(|error| self.session.io("cannot write", &file, &error))?;
                Ok((vec![file.into()], Vec::new()))
            }
            HookName::PrePush => {
                let id = self.commit()?;
                let none = "0".repeat(id.len());
                let line = format!("refs/heads/keyward-canary {id} refs/heads/keyward-canary {none}\n");
                Ok((vec!["keyward-canary".into(), "keyward-canary:".into()], line.into_bytes()))
            }
            HookName::PreReceive | HookName::PostReceive | HookName::Update => {
                let id = self.commit()?;
                let (none, name) = ("0".repeat(id.len()), "refs/heads/keyward-canary");
                if hook == HookName::Update {
                    return Ok((vec![name.into(), none.into(), id.into()], Vec::new()));
                }
                Ok((Vec::new(), format!("{none} {id} {name}\n").into_bytes()))
            }
            HookName::ReferenceTransaction => {
                let id = self.commit()?;
                let line = format!("{} {id} refs/heads/keyward-canary\n", "0".repeat(id.len()));
                Ok((vec!["prepared".into()], line.into_bytes()))
            }
            HookName::PreCommit | HookName::PreMergeCommit | HookName::PreApplypatch => Ok((Vec::new(), Vec::new())),
        }
    }

    /// A commit of the canary, in the object folder that goes away.
    fn commit(&self) -> Result<String, CommandError> {
        let tree = self.session.git(self.git.read(["write-tree"]))?;
        let mut words = vec!["commit-tree".to_owned(), tree.to_str_lossy().into_owned(), "-m".into(), "canary".into()];
        if let Some(head) = &self.head {
            words.extend(["-p".to_owned(), head.clone()]);
        }
        let git = self.git.clone();
        let git = ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].iter().fold(git, |git, name| git.with(name, "keyward"));
        let git = ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"]
            .iter()
            .fold(git, |git, name| git.with(name, "keyward@localhost"));
        Ok(self.session.git(git.read(words))?.to_str_lossy().into_owned())
    }
}

/// git with an index and an object folder in `folder`; the repository's objects are read, and nothing is written there.
fn apart(place: &Place, git: &Porcelain, folder: &Path, session: &Session<'_>) -> Result<Porcelain, CommandError> {
    let git = git.moved(&place.top);
    let objects = session.git(git.read(["rev-parse", "--git-path", "objects"]))?;
    let objects = place.top.join(super::place::path(objects)?);
    let own: PathBuf = folder.join("objects");
    fs::create_dir(&own).map_err(|error| session.io("cannot make", &own, &error))?;
    let git = git
        .with("GIT_INDEX_FILE", folder.join("index"))
        .with("GIT_OBJECT_DIRECTORY", &own)
        .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", listed(&objects)?)
        .without("KEYWARD_BREAK_GLASS")
        .without("PRE_COMMIT_FROM_REF")
        .without("PRE_COMMIT_TO_REF");
    // These write into the git folder beside the index.
    let off = [("core.splitIndex", "false"), ("core.untrackedCache", "false"), ("core.fsmonitor", "false")];
    let git = git.with("GIT_CONFIG_COUNT", off.len().to_string());
    Ok(off.iter().enumerate().fold(git, |git, (number, (key, value))| {
        git.with(format!("GIT_CONFIG_KEY_{number}"), key).with(format!("GIT_CONFIG_VALUE_{number}"), value)
    }))
}

/// A path as an entry of the list of alternates: quoted in the C style where it holds what divides the list (git(1)).
fn listed(path: &Path) -> Result<OsString, CommandError> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if !cfg!(unix) || !bytes.iter().any(|byte| b":\"\n".contains(byte)) {
        return Ok(path.into());
    }
    let escaped: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| match byte {
            b'"' | b'\\' => vec![b'\\', *byte],
            b'\n' => b"\\n".to_vec(),
            _ => vec![*byte],
        })
        .collect();
    let quoted = [b"\"".as_slice(), &escaped, b"\""].concat();
    let word =
        quoted.to_os_str().map_err(|_| CommandError::new(ErrorKind::Repository, "a path is not valid Unicode"))?;
    Ok(word.to_owned())
}

fn answer(ran: &Ran) -> Answer {
    let text = [ran.stdout.as_slice(), &ran.stderr].concat();
    let word = |line: &[u8]| ["block", "pass", "incomplete"].into_iter().find(|word| says(line, word));
    let verdict = text.lines().rev().find_map(word);
    Answer { refused: !ran.ok(), verdict, text }
}

/// A verdict's line begins with the word and a colon, behind what git and GitLab put before what a server says.
fn says(line: &[u8], word: &str) -> bool {
    let line = line.strip_prefix(b"remote: ").unwrap_or(line);
    let line = line.strip_prefix(b"GL-HOOK-ERR: ").unwrap_or(line);
    line.strip_prefix(word.as_bytes()).is_some_and(|rest| rest.starts_with(b":"))
}

/// The word of the last verdict line in a program's output.
pub fn verdict(ran: &Ran) -> Option<&'static str> {
    answer(ran).verdict
}
