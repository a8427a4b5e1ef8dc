//! `keyward drill`: a leak rehearsal. A scratch repository and server, the hooks as `install` writes them, real commits
//! and real pushes.

mod pushes;

use super::args::{DrillArgs, PlainFormat};
use super::error::CommandError;
use super::hooks::canary::verdict;
use super::hooks::place::Place;
use super::hooks::plant::{Plant, Random, clean, plants};
use super::hooks::script::GUARDED;
use super::hooks::{Session, lost};
use super::install;
use crate::git::porcelain::{Porcelain, Ran};
use crate::text::Shown;
use bstr::ByteSlice;
use pushes::Pushes;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What became of one commit or push.
struct Attempt {
    family: &'static str,
    /// The hook's edge that was to stop it.
    edge: &'static str,
    /// Whether it is in the history, or on the server, now.
    through: bool,
    verdict: Option<&'static str>,
    /// The last line that was printed.
    said: Shown,
}

impl Attempt {
    fn stopped(&self) -> bool {
        !self.through && self.verdict == Some("block")
    }
}

/// Rehearses; writes what was stopped. 0 only where every secret was stopped by keyward and the clean commit passed.
pub fn run(args: &DrillArgs, session: &Session<'_>, out: &mut dyn Write) -> Result<u8, CommandError> {
    let folder = tempfile::tempdir().map_err(|error| session.io("cannot make", &std::env::temp_dir(), &error))?;
    let git = scratch(folder.path(), session)?;
    let place = Place::find(&git, session)?;
    install::into(&place, &GUARDED, session)?;
    let mut random = Random::new();
    let passed = attempt(&git, &clean(&mut random), session)?;
    let plants = plants(&mut random);
    let mut attempts = plants.iter().map(|plant| attempt(&git, plant, session)).collect::<Result<Vec<_>, _>>()?;
    let pushes = Pushes::new(&git, session)?;
    let pushed = pushes.clean()?;
    for (number, plant) in plants.iter().enumerate() {
        attempts.extend(pushes.attempts(plant, number)?);
    }
    let passed = [passed, pushed];
    let good = passed.iter().all(|clean| clean.through) && attempts.iter().all(Attempt::stopped);
    match args.format {
        PlainFormat::Human => human(&passed, &attempts, good, out)?,
        PlainFormat::Json => writeln!(out, "{:#}", report(&passed, &attempts, good)).map_err(lost)?,
    }
    Ok(u8::from(!good))
}

/// An empty repository, and a git that reads nobody's configuration.
fn scratch(folder: &Path, session: &Session<'_>) -> Result<Porcelain, CommandError> {
    let config = folder.join("gitconfig");
    let identity = "[user]\n\tname = keyward drill\n\temail = drill@localhost\n";
    fs::write(&config, identity).map_err(|error| session.io("cannot write", &config, &error))?;
    let home = folder.join("home");
    fs::create_dir(&home).map_err(|error| session.io("cannot make", &home, &error))?;
    let names = ["KEYWARD_BREAK_GLASS", "PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF", "GIT_TEMPLATE_DIR"];
    let who = ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"];
    let git = names.iter().chain(&who).fold(Porcelain::at(folder), |git, name| git.without(*name));
    let git = session
        .git(git.unbound())?
        .with("HOME", &home)
        .with("XDG_CONFIG_HOME", home.join(".config"))
        .with("GIT_CONFIG_GLOBAL", &config)
        .with("GIT_CONFIG_NOSYSTEM", "1");
    session.git(git.read(["init", "--quiet", "--template=", "repository"]))?;
    Ok(git.moved(folder.join("repository")))
}

/// Commits a plant as a person would, and clears up behind a refusal.
fn attempt(git: &Porcelain, plant: &Plant, session: &Session<'_>) -> Result<Attempt, CommandError> {
    let file = write(git, plant, session)?;
    session.git(git.read(["add", "--force", "--", &plant.path]))?;
    let before = head(git, session)?;
    let ran = session.git(git.run(["commit", "--quiet", "--message", &plant.message], b""))?;
    let committed = head(git, session)? != before;
    if !committed {
        session.git(git.read(["rm", "--quiet", "-r", "--cached", "--force", "--", "."]))?;
        if before.is_some() {
            session.git(git.read(["reset", "--quiet", "--hard"]))?;
        }
        _ = fs::remove_file(&file);
    }
    let edge = if plant.family == "secret in the message" { "message" } else { "commit" };
    Ok(Attempt { family: plant.family, edge, through: committed, verdict: verdict(&ran), said: said(&ran, session) })
}

/// Writes the file of a plant.
fn write(git: &Porcelain, plant: &Plant, session: &Session<'_>) -> Result<PathBuf, CommandError> {
    let file = git.folder().join(&plant.path);
    file.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&file, &plant.content))
        .map_err(|error| session.io("cannot write", &file, &error))?;
    Ok(file)
}

fn head(git: &Porcelain, session: &Session<'_>) -> Result<Option<Vec<u8>>, CommandError> {
    session.git(git.ask(["rev-parse", "--verify", "--quiet", "HEAD"]))
}

fn said(ran: &Ran, session: &Session<'_>) -> Shown {
    let text = [ran.stdout.as_slice(), &ran.stderr].concat();
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.map_or(Shown::fixed("nothing"), |line| Shown::new(line, session.mask))
}

fn human(passed: &[Attempt], attempts: &[Attempt], good: bool, out: &mut dyn Write) -> Result<(), CommandError> {
    let mut text = String::from("In a scratch repository, with this program's hooks:\n\n");
    let mut line = |word: &str, attempt: &Attempt, good| {
        text.push_str(&format!("{word:<9} {:<8} {}{}\n", attempt.edge, attempt.family, why(attempt, good)));
    };
    for clean in passed {
        line(if clean.through { "passed" } else { "REFUSED" }, clean, clean.through);
    }
    for attempt in attempts {
        line(if attempt.stopped() { "stopped" } else { "MISSED" }, attempt, attempt.stopped());
    }
    let stopped = attempts.iter().filter(|attempt| attempt.stopped()).count();
    let end = if good { "" } else { "; something is wrong" };
    text.push_str(&format!("\n{stopped} of {} attempts stopped{end}\n", attempts.len()));
    out.write_all(text.as_bytes()).map_err(lost)
}

fn why(attempt: &Attempt, good: bool) -> String {
    if good { String::new() } else { format!(" (git's last words: {})", attempt.said) }
}

fn report(passed: &[Attempt], attempts: &[Attempt], good: bool) -> Value {
    let one = |attempt: &Attempt| {
        json!({
            "family": attempt.family,
            "edge": attempt.edge,
            "through": attempt.through,
            "verdict": attempt.verdict,
            "stopped": attempt.stopped(),
            "said": attempt.said,
        })
    };
    json!({
        "schema": "keyward/drill/v1",
        "passed": good,
        "planted": attempts.len(),
        "stopped": attempts.iter().filter(|attempt| attempt.stopped()).count(),
        "attempts": attempts.iter().map(one).collect::<Vec<_>>(),
        "clean": passed.iter().map(one).collect::<Vec<_>>(),
    })
}
