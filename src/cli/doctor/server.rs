//! `keyward doctor --server`: real pushes to a copy of a bare repository that runs the hooks of the real one.

use super::edge::State;
use crate::cli::args::PlainFormat;
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::hooks::canary::verdict;
use crate::cli::hooks::file::{is_executable, make_executable};
use crate::cli::hooks::plant::Random;
use crate::cli::hooks::script::{Author, author, quoted};
use crate::cli::hooks::server::Server;
use crate::cli::hooks::shared::Shared;
use crate::cli::hooks::{Session, lost};
use crate::git::porcelain::{Porcelain, Ran};
use crate::text::Shown;
use bstr::ByteSlice;
use serde_json::json;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;

/// Examines; writes what was found. 0 only where the push with a secret was blocked and the clean one passed.
pub fn run(path: &Path, format: PlainFormat, session: &Session<'_>, out: &mut dyn Write) -> Result<u8, CommandError> {
    if let Some(shared) = Shared::find(path, session) {
        let message = format!("{} is a folder of hooks, which no push goes to", session.shown(&shared.folder));
        return Err(CommandError::new(ErrorKind::Usage, message)
            .hint("name one of the repositories: `keyward doctor --server REPOSITORY.git`"));
    }
    let server = Server::find(path, session)?;
    let (state, reason, remedy) = examine(&server, session)?;
    match format {
        PlainFormat::Human => {
            let remedy = remedy.as_ref().map(|remedy| format!("{:<24} remedy: {remedy}\n", "")).unwrap_or_default();
            write!(out, "receive     {:<12} {reason}\n{remedy}", state.as_str())
        }
        PlainFormat::Json => writeln!(
            out,
            "{:#}",
            json!({
                "schema": "keyward/doctor/v1",
                "guarded": state == State::Guarded,
                "hooks": session.shown(&server.hooks),
                "edges": [{
                    "edge": "receive",
                    "hook": server.hook(),
                    "state": state.as_str(),
                    "reason": reason,
                    "remedy": remedy,
                }],
            })
        ),
    }
    .map_err(lost)?;
    Ok(u8::from(state != State::Guarded))
}

type Found = (State, String, Option<String>);

/// Pushes to a copy that runs the hooks of the real one. A hook of the server's own that refuses whatever does not come
/// through the server says nothing about keyward's script behind it, which is then tried by itself.
fn examine(server: &Server, session: &Session<'_>) -> Result<Found, CommandError> {
    let remedy = || Some(format!("keyward install --server {}", session.shown(&server.folder)));
    let alone = |script: &Path| {
        let (state, reason, remedy) = tried(&Copy::alone(server, script, session)?, remedy(), session)?;
        Ok((
            state,
            format!("keyward's script by itself: {reason}; that the server calls it, a push to it shows"),
            remedy,
        ))
    };
    if server.called_from_outside() {
        return match server.script_of_many() {
            Some(script) => alone(&script),
            None => Ok((State::NotGuarded, "keyward's script is not there".to_owned(), remedy())),
        };
    }
    let hook = server.hooks.join(server.hook());
    if std::fs::symlink_metadata(&hook).is_err() {
        return Ok((State::NotGuarded, "there is no pre-receive hook".to_owned(), remedy()));
    }
    if !is_executable(&hook) {
        return Ok((State::Broken, "git cannot run the hook: no run bit, or a link to nowhere".to_owned(), remedy()));
    }
    let found = tried(&Copy::new(server, &server.hooks, session)?, remedy(), session)?;
    // gitolite's update takes no strangers either.
    let own = || Some(hook).filter(|hook| std::fs::read(hook).is_ok_and(|text| author(&text) == Author::Keyward));
    match server.script_of_many().or_else(own) {
        Some(script) if found.0 == State::Broken => match alone(&script)? {
            guarded if guarded.0 == State::Guarded => Ok(guarded),
            _ => Ok(found),
        },
        _ => Ok(found),
    }
}

fn tried(copy: &Copy<'_>, remedy: Option<String>, session: &Session<'_>) -> Result<Found, CommandError> {
    let mut random = Random::new();
    let (stopped, arrived) = copy.push(&format!("token = {}\n", random.github_token()), &mut random)?;
    if arrived {
        return Ok((State::NotGuarded, "a push with a secret was taken".to_owned(), remedy));
    }
    if verdict(&stopped) != Some("block") {
        let reason = format!("it refuses a push with a secret, but not as keyward does: {}", said(&stopped, session));
        return Ok((State::Broken, reason, remedy));
    }
    let (passed, arrived) = copy.push("nothing to see here\n", &mut random)?;
    if !arrived {
        let reason = format!("it refuses a clean push too: {}", said(&passed, session));
        return Ok((State::Broken, reason, None));
    }
    Ok((State::Guarded, "stopped the push with a secret and took the clean one".to_owned(), None))
}

/// The last line that was not git's own.
fn said(ran: &Ran, session: &Session<'_>) -> Shown {
    let line = |line| <[u8]>::strip_prefix(line, b"remote: ").map(<[u8]>::trim).filter(|line| !line.is_empty());
    let last = ran.stderr.lines().rev().find_map(line);
    last.map_or(Shown::fixed("nothing"), |line| Shown::new(line, session.mask))
}

/// A bare repository with the references and the hooks of another one, whose objects it shares, and a repository to
/// push from.
struct Copy<'a> {
    _folder: tempfile::TempDir,
    _hooks: Option<tempfile::TempDir>,
    bare: Porcelain,
    from: Porcelain,
    session: &'a Session<'a>,
}

impl<'a> Copy<'a> {
    /// One whose only hook is one script.
    fn alone(server: &Server, script: &Path, session: &'a Session<'a>) -> Result<Self, CommandError> {
        let hooks = tempfile::tempdir().map_err(|error| session.io("cannot make", &std::env::temp_dir(), &error))?;
        let hook = hooks.path().join(server.hook());
        let text = quoted(script).map_err(|error| CommandError::new(ErrorKind::Usage, error))?;
        let text = [b"#!/bin/sh\nexec ".as_slice(), &text, b" \"$@\"\n"].concat();
        std::fs::write(&hook, text)
            .and_then(|()| make_executable(&hook))
            .map_err(|error| session.io("cannot write", &hook, &error))?;
        Ok(Self { _hooks: Some(hooks), ..Self::new(server, hook.parent().unwrap_or(&hook), session)? })
    }

    fn new(server: &Server, hooks: &Path, session: &'a Session<'a>) -> Result<Self, CommandError> {
        let folder = tempfile::tempdir().map_err(|error| session.io("cannot make", &std::env::temp_dir(), &error))?;
        let git = server.git.moved(folder.path()).without("GIT_TEMPLATE_DIR");
        let words = ["clone", "--quiet", "--mirror", "--shared", "--template=", "--"].map(OsStr::new);
        let target = [server.folder.as_os_str(), OsStr::new("copy.git")];
        session.git(git.read(words.into_iter().chain(target)))?;
        let bare = git.moved(folder.path().join("copy.git"));
        let words = [OsStr::new("config"), OsStr::new("core.hooksPath"), hooks.as_os_str()];
        session.git(bare.read(words))?;
        // Some hooks look for others beside the objects, whatever git was told.
        #[cfg(unix)]
        std::os::unix::fs::symlink(hooks, bare.folder().join("hooks"))
            .map_err(|error| session.io("cannot link", hooks, &error))?;
        let format = session.git(bare.read(["rev-parse", "--show-object-format"]))?;
        let format = format!("--object-format={}", format.to_str_lossy());
        session.git(git.read(["init", "--quiet", "--template=", &format, "from"]))?;
        let who = ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].iter().fold(git, |git, name| git.with(*name, "keyward"));
        let who = ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"]
            .iter()
            .fold(who, |git, name| git.with(*name, "keyward@localhost"));
        let from = who.moved(folder.path().join("from"));
        Ok(Self { _folder: folder, _hooks: None, bare, from, session })
    }

    /// Pushes a branch of one file; tells whether it arrived.
    fn push(&self, text: &str, random: &mut Random) -> Result<(Ran, bool), CommandError> {
        let git = |answer| self.session.git(answer).map(|bytes: Vec<u8>| bytes.to_str_lossy().into_owned());
        let blob = git(self.from.feed(["hash-object", "-w", "--stdin"], text.as_bytes()))?;
        let tree = git(self.from.feed(["mktree"], format!("100644 blob {blob}\tcanary.txt\n").as_bytes()))?;
        let commit = git(self.from.read(["commit-tree", &tree, "-m", "chore: try the hooks"]))?;
        let name = format!("refs/heads/keyward-canary-{}", random.text(b"abcdefghijklmnopqrstuvwxyz", 8));
        let spec = format!("{commit}:{name}");
        let words = ["push", "--quiet", "--no-verify", "--"].map(OsStr::new);
        let target = [self.bare.folder().as_os_str(), OsStr::new(&spec)];
        let ran = self.session.git(self.from.run(words.into_iter().chain(target), b""))?;
        let there = self.session.git(self.bare.ask(["rev-parse", "--verify", "--quiet", &name]))?;
        Ok((ran, there.is_some()))
    }
}
