//! `keyward install`: writes the hooks of this repository, or of all repositories of the user.

use super::args::{HookName, InstallArgs};
use super::error::{CommandError, ErrorKind};
use super::hooks::block::BlockFile;
use super::hooks::file::{HookFile, Step};
use super::hooks::global::Global;
use super::hooks::place::Place;
use super::hooks::script::{ALL_OF_GIT, Author, Formers, GUARDED, script};
use super::hooks::server::{Done, Server};
use super::hooks::shared::Shared;
use super::hooks::{Session, advice, lost};
use super::setup;
use crate::config::By;
use crate::git::porcelain::Porcelain;
use bstr::ByteSlice;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Installs; tells on `out` what was done. Changes nothing where something stands in the way of any hook.
pub fn run(args: &InstallArgs, session: &Session<'_>, out: &mut dyn Write) -> Result<u8, CommandError> {
    if args.hooks.iter().any(|hook| matches!(hook, HookName::PreReceive | HookName::Update | HookName::PostReceive)) {
        return Err(CommandError::new(ErrorKind::Usage, "pre-receive, update and post-receive are hooks of a server")
            .hint("keyward install --server PATH"));
    }
    if args.global {
        return everywhere(args, session, out);
    }
    if let Some(path) = &args.server {
        let config = args.config.as_deref().map(|file| administrators(file, session)).transpose()?;
        if let Some(shared) = Shared::find(path, session) {
            told(&shared.install(config.as_deref(), session)?, session, out)?;
            writeln!(out, "{}", shared.next()).map_err(lost)?;
            return Ok(0);
        }
        return on_server(&Server::find(path, session)?, config.as_deref(), session, out);
    }
    let git = session.porcelain();
    let place = Place::find(&git, session)?;
    if keywards_own(&place, &git, session)? {
        return already_everywhere(args, &place, session, out);
    }
    let steps = into(&place, &wanted(args), session)?;
    for (hook, path, step) in &steps {
        let done = match step {
            Step::Nothing => "installed already",
            Step::Write => "installed",
            Step::Replace => "brought up to date",
            Step::Keep if place.husky.is_some() => "added to what is there",
            Step::Keep => "installed; the hook that was there is kept and called",
        };
        writeln!(out, "{:<21} {done} ({})", hook.as_str(), session.shown(path)).map_err(lost)?;
    }
    for line in advice::after_install(&place, &wanted(args), session) {
        writeln!(out, "note: {line}").map_err(lost)?;
    }
    writeln!(out, "`keyward doctor` proves with a canary that they stop a secret.").map_err(lost)?;
    Ok(0)
}

/// Writes these hooks where `place` says; all or, where something stands in the way, none.
pub fn into(
    place: &Place,
    hooks: &[HookName],
    session: &Session<'_>,
) -> Result<Vec<(HookName, PathBuf, Step)>, CommandError> {
    let mut plans = Vec::new();
    for hook in hooks {
        let target = Target::of(place, *hook, session)?;
        let step = target.plan(session)?;
        plans.push((*hook, target, step));
    }
    let mut done = Vec::new();
    for (hook, target, step) in plans {
        target.apply(&step, session)?;
        done.push((hook, target.path().to_owned(), step));
    }
    Ok(done)
}

/// What is written for one hook.
enum Target {
    /// A script of keyward's own.
    File(HookFile, Vec<u8>),
    /// A block in a file of the user's.
    Block(BlockFile),
}

impl Target {
    fn of(place: &Place, hook: HookName, session: &Session<'_>) -> Result<Self, CommandError> {
        match &place.husky {
            // husky neither makes nor overwrites this one.
            Some(folder) if hook != HookName::ReferenceTransaction => {
                Ok(Self::Block(BlockFile::new(folder, hook.as_str())))
            }
            _ => {
                let text = text(hook.as_str(), Some(session.program), &Formers::Beside)?;
                Ok(Self::File(HookFile::new(&place.hooks, hook.as_str()), text))
            }
        }
    }

    fn plan(&self, session: &Session<'_>) -> Result<Step, CommandError> {
        match self {
            Self::File(file, text) => file.plan(text, session),
            Self::Block(file) => file.plan(session),
        }
    }

    fn apply(&self, step: &Step, session: &Session<'_>) -> Result<(), CommandError> {
        match self {
            Self::File(file, text) => file.apply(step, text, session),
            Self::Block(file) => file.apply(step, session),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::File(file, _) => &file.path,
            Self::Block(file) => &file.path,
        }
    }
}

fn on_server(
    server: &Server,
    config: Option<&Path>,
    session: &Session<'_>,
    out: &mut dyn Write,
) -> Result<u8, CommandError> {
    told(&server.install(config, session)?, session, out)?;
    writeln!(
        out,
        "`keyward doctor --server {}` proves with a canary that it stops a secret.",
        session.shown(&server.folder)
    )
    .map_err(lost)?;
    Ok(0)
}

/// The administrator's file as an absolute path; one that cannot be read would refuse every push.
fn administrators(file: &Path, session: &Session<'_>) -> Result<PathBuf, CommandError> {
    let path = session.cwd.join(file);
    let path = std::fs::canonicalize(&path).map_err(|error| session.io("cannot find", &path, &error))?;
    let text = std::fs::read(&path).map_err(|error| session.io("cannot read", &path, &error))?;
    setup::parse(By::Administrator(path.to_string_lossy().into_owned()), &text)?;
    Ok(path)
}

fn told(done: &[Done], session: &Session<'_>, out: &mut dyn Write) -> Result<(), CommandError> {
    for (hook, path, step) in done {
        let done = match step {
            Step::Nothing => "installed already",
            Step::Write => "installed",
            Step::Replace => "brought up to date",
            Step::Keep => "installed; the hook that was there is kept and called",
        };
        writeln!(out, "{:<21} {done} ({})", hook.as_str(), session.shown(path)).map_err(lost)?;
    }
    Ok(())
}

/// The hooks that were asked for.
fn wanted(args: &InstallArgs) -> Vec<HookName> {
    let mut hooks = if args.hooks.is_empty() { GUARDED.to_vec() } else { args.hooks.clone() };
    if args.strict {
        hooks.push(HookName::ReferenceTransaction);
    }
    let mut seen = std::collections::HashSet::new();
    hooks.retain(|hook| seen.insert(*hook));
    hooks
}

fn text(hook: &str, program: Option<&Path>, formers: &Formers<'_>) -> Result<Vec<u8>, CommandError> {
    script(hook, program, formers).map_err(|error| CommandError::new(ErrorKind::Usage, error))
}

fn keywards_own(place: &Place, git: &Porcelain, session: &Session<'_>) -> Result<bool, CommandError> {
    let shared = place.setting.as_ref().is_some_and(|setting| setting.scope == "global");
    Ok(shared && Global::read(git, session).is_ok_and(|global| global.active && global.folder == place.hooks))
}

fn already_everywhere(
    args: &InstallArgs,
    place: &Place,
    session: &Session<'_>,
    out: &mut dyn Write,
) -> Result<u8, CommandError> {
    for hook in wanted(args) {
        if !judges(&HookFile::new(&place.hooks, hook.as_str())) {
            let more = if hook == HookName::ReferenceTransaction { " --strict" } else { "" };
            let message = format!("keyward's global hooks guard this repository, but not {}", hook.as_str());
            return Err(
                CommandError::new(ErrorKind::Repository, message).hint(format!("run `keyward install --global{more}`"))
            );
        }
    }
    writeln!(out, "keyward's global hooks guard this repository already ({})", session.shown(&place.hooks))
        .map_err(lost)?;
    Ok(0)
}

/// Whether this hook of keyward's calls the program, and not only former hooks.
fn judges(file: &HookFile) -> bool {
    let own = matches!(file.author(), Ok(Some(Author::Keyward)));
    own && std::fs::read(&file.path).is_ok_and(|text| text.contains_str("\nprogram="))
}

fn everywhere(args: &InstallArgs, session: &Session<'_>, out: &mut dyn Write) -> Result<u8, CommandError> {
    let git = session.porcelain();
    let global = Global::read(&git, session)?;
    let wanted = wanted(args);
    let mut plans = Vec::new();
    for name in ALL_OF_GIT {
        let file = global.file(name);
        let judged = wanted.iter().any(|hook| hook.as_str() == name) || judges(&file);
        let formers = Formers::Elsewhere(global.former.as_deref());
        let text = text(name, judged.then_some(session.program), &formers)?;
        let step = file.plan(&text, session)?;
        if step == Step::Keep {
            let message = format!("{} is not keyward's, but in keyward's folder", session.shown(&file.path));
            return Err(CommandError::new(ErrorKind::Repository, message).hint("move it away and install again"));
        }
        plans.push((file, step, text));
    }
    for (file, step, text) in &plans {
        file.apply(step, text, session)?;
    }
    global.activate(&git, session)?;
    let same = global.active && plans.iter().all(|(_, step, _)| *step == Step::Nothing);
    let done = if same { "installed already" } else { "installed" };
    writeln!(out, "{done} for every repository of this user: {}", session.shown(&global.folder)).map_err(lost)?;
    let names: Vec<&str> = wanted.iter().map(|hook| hook.as_str()).collect();
    writeln!(out, "judged: {}; every other hook only calls the repository's own", names.join(", ")).map_err(lost)?;
    for line in advice::after_global(&global, session) {
        writeln!(out, "note: {line}").map_err(lost)?;
    }
    Ok(0)
}
