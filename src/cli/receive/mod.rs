//! `keyward hook pre-receive` and `keyward hook update`: judges a push on the server, where the pusher is not trusted.
//!
//! Nothing of the pusher's environment is read, and no glass can be broken. Errors are told to the pusher by kind and
//! place only; their text goes to the administrator's log.

mod advice;
mod ground;
mod log;
mod loosening;
mod parts;
mod post;
mod tell;
mod uses;
mod waivers;

use super::args::{HookArgs, HookName};
use super::env::Environment;
use super::error::{CommandError, ErrorKind};
use super::run::{Clock, judge, written_down};
use super::setup::Gear;
use super::terminal::Terminal;
use super::{input, problems, pushed};
use crate::coverage::Unread;
use crate::git::{self, Refs, Repository, Symbolic};
use crate::policy::Occasion;
use crate::record::Run;
use crate::report::{Edge, Pushed, Timing};
use crate::scan::Outcome;
use crate::source::{self, Receive, Update};
use bstr::ByteSlice;
use ground::Ground;
pub use post::run as after;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tell::Voice;
use waivers::Court;

/// The variables that let git see what is pushed; without them it sees what was there before. The list of alternates
/// stays: it names the folders of the repository itself.
const QUARANTINE: [&str; 2] = ["GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"];

/// Judges a push; gives the exit code.
pub fn run(args: &HookArgs, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    let clock = Clock::start();
    let voice = Voice { terminal, gitlab: env.gitlab_server };
    let updates = match updates(args) {
        Ok(updates) => updates,
        Err(error) => return Ok(voice.refuse(&error)),
    };
    let opened = open(env);
    let answer = opened.as_ref().map_err(Clone::clone).and_then(|(repository, before)| {
        let (refs, symbolic) = before.named().map_err(|error| problems::git(&error))?;
        let updates = behind_names(symbolic, updates);
        let head = before.head_name().map_err(|error| problems::git(&error))?;
        Reception { args, env, clock, repository, before, refs: &refs, head, updates: &updates }.judge(&voice)
    });
    Ok(answer.unwrap_or_else(|error| {
        let folder = opened.as_ref().ok().map(|(repository, _)| repository.layout().common_dir.join("keyward"));
        voice.refuse(&log::for_pusher(&error, folder.as_deref(), clock.started))
    }))
}

fn updates(args: &HookArgs) -> Result<Vec<Update>, CommandError> {
    let malformed =
        |shape: &str| CommandError::new(ErrorKind::Usage, source::Malformed.to_string()).hint(shape.to_owned());
    if args.name == HookName::Update {
        let words: Vec<&[u8]> = args.args.iter().map(|word| word.as_encoded_bytes()).collect();
        let [name, old, new] = words.as_slice() else { return Err(malformed("update takes: <ref> <old id> <new id>")) };
        let update = source::update(old, new, name).map_err(|_| malformed("update takes: <ref> <old id> <new id>"))?;
        return Ok(vec![update]);
    }
    source::received(&input::stdin()?).map_err(|_| malformed("each line is: <old id> <new id> <ref>"))
}

/// A push to a reference that stands for another one moves the other one.
fn behind_names(symbolic: Vec<Symbolic>, mut updates: Vec<Update>) -> Vec<Update> {
    let symbolic: HashMap<Vec<u8>, Vec<u8>> = symbolic.into_iter().collect();
    for update in &mut updates {
        if let Some(target) = symbolic.get(&update.name) {
            update.name.clone_from(target);
        }
    }
    updates
}

/// The repository with what is pushed, and without it.
fn open(env: &Environment) -> Result<(Repository, Repository), CommandError> {
    let current = std::env::current_dir()
        .map_err(|error| CommandError::new(ErrorKind::Io, format!("the current folder: {error}")))?;
    let environment = git::Environment::new(env.variables.iter().cloned());
    let with = Repository::open(&current, &environment).map_err(|error| problems::git(&error))?;
    let before = with.before_push(&QUARANTINE.map(str::to_owned));
    let with = match &env.quarantine {
        Some(folder) => with.by_packs_of(folder),
        None => with,
    };
    Ok((with, before))
}

struct Reception<'a> {
    args: &'a HookArgs,
    env: &'a Environment,
    clock: Clock,
    repository: &'a Repository,
    before: &'a Repository,
    refs: &'a Refs,
    /// The full name of the branch that HEAD names.
    head: Option<Vec<u8>>,
    updates: &'a [Update],
}

impl Reception<'_> {
    fn judge(&self, voice: &Voice<'_>) -> Result<u8, CommandError> {
        let ground = Ground::find(self.before, self.refs, self.head.as_deref(), self.args, self.env)?;
        let mut loosened = loosening::found(&ground, self.repository, self.before, self.updates)?;
        let mut code = 0;
        if self.updates.iter().any(|update| !update.new.is_zero()) {
            code = self.objects(&ground, &mut loosened, voice)?;
        }
        for update in waivers::tampered(self.updates) {
            voice.tampered(&update.name);
            code = code.max(1);
        }
        if !loosened.is_empty() {
            voice.loosened(&loosened, &ground);
            code = code.max(1);
        }
        Ok(code)
    }

    fn objects(
        &self,
        ground: &Ground,
        loosened: &mut Vec<&'static str>,
        voice: &Voice<'_>,
    ) -> Result<u8, CommandError> {
        let gear = ground.gear(self.repository, self.before, self.updates, self.clock.today())?;
        let counted = gear.policy.config().runs.value;
        let (first, pushed) = self.look(&gear, ground)?;
        let outcome = Court { reception: self, refs: self.refs, ground, gear }.appeal(first, loosened)?;
        let advice = advice::text(&outcome, self.updates, ground, self.before).filter(|_| outcome.exit == 1);
        let timing = self.clock.timing();
        let code = voice.report(&outcome, pushed, &timing, advice.as_deref())?;
        if counted {
            self.count(&outcome, &timing);
        }
        Ok(code)
    }

    /// Judges all that is pushed; gives also what the commands of a report have to know of it.
    fn look(&self, gear: &Gear, ground: &Ground) -> Result<(Outcome, Pushed), CommandError> {
        let server = &ground.server;
        let quarantine = self.quarantine();
        let mut source = Receive {
            repository: self.repository,
            before: self.before,
            refs: &self.refs.refs,
            updates: self.updates,
            protected: &|name| server.protects(name, self.head.as_deref()),
            replace_refs: server.replace_refs == Some(true),
            quarantine: quarantine.as_deref(),
            hurried: gear.budget.is_some(),
            commits: Vec::new(),
        };
        let mut outcome = judge(gear, &self.clock, &mut source, Occasion::New, None)?;
        outcome.warnings.dedup();
        let names = self.updates.iter().map(|update| (update.name.as_slice(), update.new));
        let mut pushed = pushed::of(&source.commits, names, &gear.detector);
        if outcome.exit != 0 && outcome.unread.iter().any(|gap| gap.reason == Unread::Budget.as_str()) {
            pushed.ways.push(parts::parts(self.updates, &source.commits, outcome.coverage.progress));
        }
        Ok((outcome, pushed))
    }

    /// Counts the run, where the policy has runs counted. That it cannot is for the administrator to know.
    fn count(&self, outcome: &Outcome, timing: &Timing) {
        let line = Run::of(outcome, Edge::Receive, self.args.name.as_str(), timing);
        if let Err(error) = written_down(self.before, &line) {
            let error = CommandError::new(ErrorKind::Io, format!("this run is not written down for metrics: {error}"));
            log::note(&error, &self.before.layout().common_dir.join("keyward"), self.clock.started);
        }
    }

    /// In `update` the objects have been moved already.
    fn quarantine(&self) -> Option<PathBuf> {
        let folder: &Path = self.env.quarantine.as_deref()?;
        (self.args.name == HookName::PreReceive).then(|| folder.to_owned())
    }
}

/// A name of a reference as git's own messages have it.
fn plain(name: &[u8]) -> String {
    name.to_str_lossy().into_owned()
}
