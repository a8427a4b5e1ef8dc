//! `keyward hook NAME`: git's hook protocols.

use super::args::{HookArgs, HookName, PolicyArgs};
use super::env::Environment;
use super::error::{CommandError, ErrorKind};
use super::glass::{Bench, Ledger};
use super::run::{Clock, judge, written_down};
use super::scan::Place;
use super::setup::Gear;
use super::terminal::Terminal;
use super::{input, problems, pushed, receive, trailer};
use crate::blob::ObjectId;
use crate::git::Repository;
use crate::policy::{Decision, ExcusedBy, Occasion, Verdict};
use crate::record::Run;
use crate::report::{Edge, Human, HumanOptions, Pushed, Report};
use crate::scan::Outcome;
use crate::source::{self, Files, Message, Push, Range, Staged};
use crate::trust::Side;
use bstr::ByteSlice;
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Answers a hook; gives the exit code.
pub fn run(args: &HookArgs, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    let server = matches!(args.name, HookName::PreReceive | HookName::Update);
    if !server && (args.config.is_some() || args.budget.is_some()) {
        return Err(CommandError::new(ErrorKind::Usage, "--config and --budget are for pre-receive and update"));
    }
    let hook = || -> Result<Hook<'_>, CommandError> {
        Ok(Hook { name: args.name, clock: Clock::start(), place: Place::find(env)?, env, terminal })
    };
    match args.name {
        HookName::PreCommit => hook()?.commit(&args.args),
        HookName::PreMergeCommit | HookName::PreApplypatch => hook()?.staged(),
        HookName::CommitMsg => hook()?.message(&args.args, true),
        HookName::ApplypatchMsg => hook()?.message(&args.args, false),
        HookName::PrePush => hook()?.push(&args.args),
        HookName::ReferenceTransaction => hook()?.transaction(&args.args),
        HookName::PreReceive | HookName::Update => receive::run(args, env, terminal),
        HookName::PostReceive => receive::after(env, terminal),
    }
}

struct Hook<'a> {
    name: HookName,
    clock: Clock,
    place: Place,
    env: &'a Environment,
    terminal: &'a Terminal,
}

impl Hook<'_> {
    fn gear(&self, side: &Side) -> Result<Gear, CommandError> {
        self.place.gear(side, &PolicyArgs::default(), &self.clock)
    }

    fn bench<'b>(&'b self, gear: &'b Gear) -> Bench<'b> {
        Bench { gear, clock: &self.clock, env: self.env, terminal: self.terminal }
    }

    /// pre-commit, by git or by the pre-commit framework.
    fn commit(&self, files: &[OsString]) -> Result<u8, CommandError> {
        let repository = self.place.needed()?;
        if let Some((from, to)) = &self.env.pre_commit_range {
            return self.range(repository, from, to);
        }
        if self.all_staged(repository, files)? {
            return self.staged();
        }
        let gear = self.gear(&self.place.files())?;
        let paths: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        let mut source = Files { repository: Some(repository), current: &self.place.current, paths };
        self.tell(&gear, &judge(&gear, &self.clock, &mut source, Occasion::New, None)?, Edge::Scan)
    }

    /// Whether every file that was named is staged, so that the index is what is asked for.
    fn all_staged(&self, repository: &Repository, files: &[OsString]) -> Result<bool, CommandError> {
        if files.is_empty() {
            return Ok(true);
        }
        let staged = repository.staged().map_err(|error| problems::git(&error))?;
        let known: HashSet<&[u8]> = staged.changes.iter().map(|change| &*change.path).collect();
        let top = repository.layout().top.as_deref().unwrap_or(Path::new(""));
        Ok(files.iter().all(|file| {
            let full = self.place.current.join(file);
            let inside = full.strip_prefix(top).unwrap_or(Path::new(file));
            known.contains(inside.as_os_str().as_encoded_bytes())
        }))
    }

    /// What the next commit would add.
    fn staged(&self) -> Result<u8, CommandError> {
        let repository = self.place.indexed()?;
        let gear = self.gear(&Side::Index)?;
        let ledger = Ledger::staged(repository);
        let outcome = match &ledger {
            Ok(ledger) => {
                let mut source = || Staged::new(repository, &self.env.merging);
                self.bench(&gear).judge(repository, ledger, &mut source)?
            }
            // An index that cannot be read is the source's to tell.
            Err(_) => judge(&gear, &self.clock, &mut Staged::new(repository, &self.env.merging), Occasion::New, None)?,
        };
        self.tell(&gear, &outcome, Edge::Commit)
    }

    /// The message of the next commit. No glass opens for it: a message can be written anew.
    fn message(&self, args: &[OsString], edited: bool) -> Result<u8, CommandError> {
        let repository = self.place.needed()?;
        let [file, ..] = args else {
            return Err(CommandError::new(ErrorKind::Usage, "this hook takes the file of the message"));
        };
        let file = self.place.current.join(file);
        let gear = self.gear(&Side::Index)?;
        let mut source = Message::new(repository, &file, edited && !self.env.no_editor);
        let outcome = judge(&gear, &self.clock, &mut source, Occasion::New, None)?;
        let code = self.tell(&gear, &outcome, Edge::Commit)?;
        if code == 0 && self.env.break_glass.is_some() {
            trailer::add(repository, &file, self.clock.started)?;
        }
        Ok(code)
    }

    fn range(&self, repository: &Repository, from: &OsString, to: &OsString) -> Result<u8, CommandError> {
        let name = |name: &OsString| name.to_string_lossy().into_owned();
        let tip = repository.resolve(&name(to), true).map_err(|error| problems::git(&error))?;
        let base = repository.resolve(&name(from), true).map_err(|error| problems::git(&error))?;
        let gear = self.gear(&Side::Tree("HEAD".to_owned()))?;
        let mut source = Range::new(repository, vec![tip], vec![base]);
        self.tell(&gear, &judge(&gear, &self.clock, &mut source, Occasion::New, None)?, Edge::Scan)
    }

    /// Everything that the remote does not surely have yet.
    fn push(&self, args: &[OsString]) -> Result<u8, CommandError> {
        let repository = self.place.needed()?;
        let lines = input::stdin()?;
        let sent = source::sent(&lines).map_err(|error| {
            CommandError::new(ErrorKind::Usage, error.to_string())
                .hint("each line is: <local ref> <local id> <remote ref> <remote id>")
        })?;
        if sent.iter().all(|one| one.new.is_zero()) {
            return Ok(0);
        }
        // Where a push names an address and no remote, git gives the address twice.
        let known = match args {
            [name, address, ..] if name != address => source::on_remote(repository, name, address),
            _ => Ok(Vec::new()),
        }
        .map_err(|error| problems::source(&error))?;
        let gear = self.gear(&Side::Tree("HEAD".to_owned()))?;
        let ledger = Ledger::push(repository, &lines);
        let mut source = || Push::new(repository, sent.clone(), known.clone());
        let outcome = self.bench(&gear).judge_recorded(repository, &ledger, &mut source)?;
        let pushed = (outcome.exit != 0).then(|| {
            let names = sent.iter().map(|one| (one.name.as_slice(), one.new));
            let pushed = pushed::of(&source().commits(), names, &gear.detector);
            Pushed { head: repository.layout().head, ..pushed }
        });
        self.tell_of(&gear, &outcome, Edge::Push, pushed)
    }

    /// `<old> <new> <ref>` a line. Only `prepared` can still be refused; what a reference reaches already is old.
    fn transaction(&self, args: &[OsString]) -> Result<u8, CommandError> {
        if args.first().is_none_or(|state| state != "prepared") {
            return Ok(0);
        }
        let repository = self.place.needed()?;
        let lines = input::stdin()?;
        let mut include = Vec::new();
        for line in lines.lines() {
            let Some(new) = line.fields().nth(1) else { continue };
            // A symbolic reference moves to a name, not to an object.
            if let Some(id) = ObjectId::from_hex(new).filter(|id| !id.is_zero()) {
                include.push(id);
            }
        }
        if include.is_empty() {
            return Ok(0);
        }
        let refs = repository.refs().map_err(|error| problems::git(&error))?;
        let known: HashSet<ObjectId> = refs.refs.iter().map(|it| it.id).chain(repository.layout().head).collect();
        include.retain(|id| !known.contains(id));
        if include.is_empty() {
            return Ok(0);
        }
        let gear = self.gear(&Side::Tree("HEAD".to_owned()))?;
        let ledger = Ledger::push(repository, &lines);
        let exclude: Vec<ObjectId> = known.into_iter().collect();
        let mut source = || Range::new(repository, include.clone(), exclude.clone());
        self.tell(&gear, &self.bench(&gear).judge(repository, &ledger, &mut source)?, Edge::Commit)
    }

    /// Reports on standard error: what there is to see in full, else the verdict's line.
    fn tell(&self, gear: &Gear, outcome: &Outcome, edge: Edge) -> Result<u8, CommandError> {
        self.tell_of(gear, outcome, edge, None)
    }

    fn tell_of(&self, gear: &Gear, outcome: &Outcome, edge: Edge, pushed: Option<Pushed>) -> Result<u8, CommandError> {
        let nothing = |verdict: &Verdict| match verdict {
            Verdict::Suppressed(suppression) => suppression.by != ExcusedBy::BreakGlass,
            Verdict::Below => true,
            Verdict::Block | Verdict::Warn => false,
        };
        let clean = outcome.decision == Decision::Pass
            && outcome.judged.iter().all(|judged| nothing(&judged.judgement.verdict));
        let options = HumanOptions {
            color: self.terminal.color_err,
            verbose: self.terminal.verbose,
            quiet: self.terminal.quiet || (clean && !self.terminal.verbose),
            edge,
        };
        // The report says them itself, unless it is one line.
        if options.quiet {
            outcome.warnings.iter().for_each(|warning| self.terminal.warn(warning.as_str()));
        }
        let mut text = Vec::new();
        Human { options, pushed }
            .write(outcome, &self.clock.timing(), &mut text)
            .map_err(|error| CommandError::new(ErrorKind::Internal, format!("the report cannot be made: {error}")))?;
        self.terminal.err(&String::from_utf8_lossy(&text));
        if let Some(repository) = self.place.repository.as_ref().filter(|_| gear.policy.config().runs.value) {
            let line = Run::of(outcome, edge, self.name.as_str(), &self.clock.timing());
            if let Err(error) = written_down(repository, &line) {
                self.terminal.warn(&format!("this run is not written down for metrics: {error}"));
            }
        }
        Ok(outcome.exit)
    }
}
