//! The edges of a push: each secret is committed past the hooks, pushed with the clone's own pre-push, and pushed past
//! that to a server whose pre-receive is keyward.

use super::{Attempt, said, write};
use crate::cli::error::CommandError;
use crate::cli::hooks::Session;
use crate::cli::hooks::canary::verdict;
use crate::cli::hooks::plant::Plant;
use crate::cli::hooks::server::Server;
use crate::git::porcelain::Porcelain;
use jiff::Timestamp;
use std::ffi::OsStr;

/// A clone with its hooks, and the server that it pushes to.
pub(super) struct Pushes<'a> {
    git: &'a Porcelain,
    server: Porcelain,
    session: &'a Session<'a>,
}

impl<'a> Pushes<'a> {
    /// Makes the server beside the clone `git` and installs its hook.
    pub(super) fn new(git: &'a Porcelain, session: &'a Session<'a>) -> Result<Self, CommandError> {
        let folder = git.folder().with_file_name("server.git");
        let words = ["init", "--quiet", "--bare", "--template=", "--"].map(OsStr::new);
        session.git(git.read(words.into_iter().chain([folder.as_os_str()])))?;
        Server::seen_by(git, &folder, session)?.install(None, session)?;
        Ok(Self { git, server: git.moved(folder), session })
    }

    /// Pushes what HEAD is now, which is clean.
    pub(super) fn clean(&self) -> Result<Attempt, CommandError> {
        self.push("clean push", "receive", "clean", true)
    }

    /// Pushes a plant through both edges, and clears up behind it.
    pub(super) fn attempts(&self, plant: &Plant, number: usize) -> Result<[Attempt; 2], CommandError> {
        write(self.git, plant, self.session)?;
        self.session.git(self.git.read(["add", "--force", "--", &plant.path]))?;
        self.session.git(self.git.read(["commit", "--quiet", "--no-verify", "--message", &plant.message]))?;
        let push = self.push(plant.family, "push", &format!("push-{number}"), true)?;
        let receive = self.push(plant.family, "receive", &format!("receive-{number}"), false)?;
        self.session.git(self.git.read(["reset", "--quiet", "--hard", "HEAD^"]))?;
        Ok([push, receive])
    }

    fn push(
        &self,
        family: &'static str,
        edge: &'static str,
        branch: &str,
        hooks: bool,
    ) -> Result<Attempt, CommandError> {
        let name = format!("refs/heads/{branch}");
        let spec = format!("HEAD:{name}");
        let past = if hooks { "--verify" } else { "--no-verify" };
        let words = ["push", "--quiet", past, "--"].map(OsStr::new);
        let target = [self.server.folder().as_os_str(), OsStr::new(&spec)];
        let asked = Timestamp::now();
        let ran = self.session.git(self.git.run(words.into_iter().chain(target), b""))?;
        let tried = (asked, Timestamp::now());
        let there = self.session.git(self.server.ask(["rev-parse", "--verify", "--quiet", &name]))?;
        // What pre-push refuses never reaches the server, whose words begin with "remote: ".
        let by_server = ran.stderr.windows(8).any(|words| words == b"remote: ");
        let verdict = verdict(&ran).filter(|_| by_server == (edge == "receive"));
        Ok(Attempt { family, edge, through: there.is_some(), verdict, said: said(&ran, self.session), tried })
    }
}
