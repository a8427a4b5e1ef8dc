//! `keyward scan`.

use super::args::{Format, PolicyArgs, ScanArgs};
use super::env::Environment;
use super::error::{CommandError, ErrorKind};
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::run::{Clock, Watch, finish, judge, judge_watched};
use super::setup::{Gear, Origin};
use super::since::since;
use super::terminal::Terminal;
use super::{ci, incremental, output, problems, reveal};
use crate::git::{self, GitError, Repository};
use crate::policy::Occasion;
use crate::report::Edge;
use crate::scan::Outcome;
use crate::source::{History, Scope, Staged, Stdin, Tree};
use crate::trust::Side;
use jiff::tz::TimeZone;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Scans; gives the exit code.
pub fn run(args: &ScanArgs, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    let clock = Clock::start();
    let done = scan(args, env, terminal, &clock);
    if let Err(error) = &done {
        output::write_failure(error, &clock.timing(), &args.reports, terminal);
    }
    done
}

fn scan(args: &ScanArgs, env: &Environment, terminal: &Terminal, clock: &Clock) -> Result<u8, CommandError> {
    if args.reports.show_secrets && (args.reports.format != Format::Human || !std::io::stdout().is_terminal()) {
        let what = "--show-secrets works on a terminal only, in the human format";
        return Err(CommandError::new(ErrorKind::Usage, what));
    }
    threads(&args.policy)?;
    let place = Place::find(env)?;
    let outcome = look(args, &place, clock, terminal)?;
    if args.reports.show_secrets {
        reveal::print(&outcome, terminal)?;
    }
    finish(&outcome, clock, &args.reports.clone().within(env), terminal, Edge::Scan)
}

fn look(args: &ScanArgs, place: &Place, clock: &Clock, terminal: &Terminal) -> Result<Outcome, CommandError> {
    let mut watch = Watch { interrupt: interrupt(args)?, progress: None };
    if args.staged {
        let repository = place.indexed()?;
        let gear = place.gear(&Side::Index, &args.policy, clock)?;
        return judge_watched(&gear, clock, &mut Staged::new(repository, &[]), Occasion::New, None, &watch);
    }
    if let Some(words) = &args.history {
        let behind: Vec<_> = args.paths.iter().map(|word| word.to_string_lossy()).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).chain(behind.iter().map(|word| &**word)).collect();
        watch.progress = progress(terminal);
        return history(&words, args, place, clock, &watch, terminal);
    }
    let gear = place.gear(&place.files(), &args.policy, clock)?;
    if args.stdin {
        return judge(&gear, clock, &mut Stdin::new(std::io::stdin().lock()), Occasion::New, None);
    }
    let paths = if args.paths.is_empty() { vec![PathBuf::from(".")] } else { args.paths.clone() };
    let repository = place.repository.as_ref();
    let mut tree = Tree { repository, current: &place.current, paths, no_ignore: args.no_ignore };
    judge_watched(&gear, clock, &mut tree, Occasion::New, None, &watch)
}

fn history(
    range: &[&str],
    args: &ScanArgs,
    place: &Place,
    clock: &Clock,
    watch: &Watch,
    terminal: &Terminal,
) -> Result<Outcome, CommandError> {
    let repository = place.needed()?;
    let trusted = args.trust.as_deref();
    let side = match trusted {
        Some(revision) => Side::Tree(revision.to_owned()),
        None => Side::Tree("HEAD".to_owned()),
    };
    let gear = place.gear(&side, &args.policy, clock)?;
    if range.is_empty() {
        if !args.waiver.is_empty() {
            return Err(CommandError::new(ErrorKind::Usage, "--waiver is for a range: --history main..HEAD"));
        }
        let scope = scope(args, clock)?;
        if scope.part.is_some() && gear.policy.needs_all(Occasion::History) {
            let what =
                "a shard cannot be judged by itself where gate.ratchet counts findings or gate.enforce-since is set";
            return Err(CommandError::new(ErrorKind::Config, what).hint("scan the whole history: without --shard"));
        }
        if let Some(file) = &args.incremental {
            if args.reports.show_secrets {
                let what = "--show-secrets cannot show what --incremental does not read again";
                return Err(CommandError::new(ErrorKind::Usage, what));
            }
            let file = file.clone().unwrap_or_else(|| incremental::usual(repository));
            return incremental::run(repository, scope, &file, &gear, clock, watch, terminal);
        }
        let mut history = History::new(repository).within(scope);
        return judge_watched(&gear, clock, &mut history, Occasion::History, None, watch);
    }
    let whole = [
        ("--reflog", args.reflog),
        ("--unreachable", args.unreachable),
        ("--since", args.since.is_some()),
        ("--shard", args.shard.is_some()),
        ("--incremental", args.incremental.is_some()),
    ];
    if let Some((name, _)) = whole.iter().find(|(_, given)| *given) {
        let what = format!("{name} is for the whole history, and a range was given");
        return Err(CommandError::new(ErrorKind::Usage, what));
    }
    ci::range(repository, range, args, gear, clock, watch)
}

/// Standard input is waited for in the system, which a flag does not end.
fn interrupt(args: &ScanArgs) -> Result<Option<Interrupt>, CommandError> {
    if args.stdin {
        return Ok(None);
    }
    let failed = |error| CommandError::new(ErrorKind::Internal, format!("signals cannot be listened to: {error}"));
    Interrupt::listen().map(Some).map_err(failed)
}

fn progress(terminal: &Terminal) -> Option<Progress> {
    if terminal.quiet {
        return None;
    }
    let writer = *terminal;
    Some(if std::io::stderr().is_terminal() { Progress::bar() } else { Progress::lines(move |line| writer.err(line)) })
}

fn scope(args: &ScanArgs, clock: &Clock) -> Result<Scope, CommandError> {
    Ok(Scope {
        verify: args.verify_objects,
        full: args.full,
        reflog: args.reflog,
        unreferenced: args.unreachable,
        since: args.since.as_deref().map(|text| since(text, clock.started)).transpose()?,
        part: args.shard,
    })
}

/// Sets the number of threads.
pub fn threads(args: &PolicyArgs) -> Result<(), CommandError> {
    let Some(jobs) = args.jobs else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(jobs))
        .build_global()
        .map_err(|error| CommandError::new(ErrorKind::Internal, format!("no threads: {error}")))
}

/// Where a command was called.
pub struct Place {
    /// The repository, if the folder is in one.
    pub repository: Option<Repository>,
    /// The current folder.
    pub current: PathBuf,
    environment: git::Environment,
}

impl Place {
    /// Looks for a repository from the current folder on.
    pub fn find(env: &Environment) -> Result<Self, CommandError> {
        let current = std::env::current_dir()
            .map_err(|error| CommandError::new(ErrorKind::Io, format!("the current folder: {error}")))?;
        let environment = git::Environment::new(env.variables.iter().cloned());
        let repository = match Repository::open(&current, &environment) {
            Ok(repository) => Some(repository),
            Err(GitError::NotARepository) => None,
            Err(error) => return Err(problems::git(&error)),
        };
        Ok(Self { repository, current, environment })
    }

    /// The repository, or an error that says there is none.
    pub fn needed(&self) -> Result<&Repository, CommandError> {
        self.repository.as_ref().ok_or_else(|| {
            problems::git(&GitError::NotARepository).hint("call it in a clone, or scan plain files: keyward scan PATH")
        })
    }

    /// The repository, or an error that says there is none, or none with an index.
    pub fn indexed(&self) -> Result<&Repository, CommandError> {
        let repository = self.needed()?;
        if !repository.layout().bare {
            return Ok(repository);
        }
        Err(CommandError::new(ErrorKind::Repository, "a bare repository has no index, so nothing can be staged in it")
            .hint("scan its commits: keyward scan --history"))
    }

    /// What a scan of files takes its policy from: the worktree's top, outside git the current folder.
    pub fn files(&self) -> Side {
        Side::Worktree(self.top().to_owned())
    }

    /// All files below that folder.
    pub fn tree(&self) -> Tree<'_> {
        let paths = vec![self.top().to_owned()];
        Tree { repository: self.repository.as_ref(), current: &self.current, paths, no_ignore: false }
    }

    fn top(&self) -> &Path {
        let top = self.repository.as_ref().and_then(|repository| repository.layout().top.as_deref());
        top.unwrap_or(&self.current)
    }

    /// All that judges here.
    pub fn gear(&self, side: &Side, args: &PolicyArgs, clock: &Clock) -> Result<Gear, CommandError> {
        let outside;
        let git = match &self.repository {
            Some(repository) => repository.config().map_err(|error| problems::git(&error))?,
            None => {
                outside =
                    git::config_outside(&self.current, &self.environment).map_err(|error| problems::git(&error))?;
                &outside
            }
        };
        let today = clock.started.to_zoned(TimeZone::UTC).date();
        Gear::new(&Origin { repository: self.repository.as_ref(), git, side, today }, args)
    }
}
