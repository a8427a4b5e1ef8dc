//! `keyward drill`: a leak rehearsal. A scratch repository and server, the hooks as `install` writes them, real commits
//! and real pushes.

mod pushes;
mod record;

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
use jiff::Timestamp;
use pushes::Pushes;
use record::{Record, Recorder};
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
    /// When git was asked to commit or to push it, and when git had answered.
    tried: (Timestamp, Timestamp),
}

impl Attempt {
    fn stopped(&self) -> bool {
        !self.through && self.verdict == Some("block")
    }
}

/// What came of a rehearsal.
struct Rehearsal {
    clean: [Attempt; 2],
    attempts: Vec<Attempt>,
}

impl Rehearsal {
    fn good(&self) -> bool {
        self.clean.iter().all(|clean| clean.through) && self.attempts.iter().all(Attempt::stopped)
    }

    fn stopped(&self) -> usize {
        self.attempts.iter().filter(|attempt| attempt.stopped()).count()
    }
}

/// Rehearses; writes what was stopped. 0 only where every secret was stopped by keyward and the clean commit passed,
/// with a record also at every edge that is installed in the repository around.
pub fn run(args: &DrillArgs, session: &Session<'_>, out: &mut dyn Write) -> Result<u8, CommandError> {
    // Before minutes are spent: a key or a folder that cannot be used.
    let recorder = args.record.as_deref().map(|folder| Recorder::open(folder, args.key.as_deref())).transpose()?;
    let rehearsal = rehearse(session)?;
    let record = recorder.map(|recorder| recorder.write(&rehearsal, session)).transpose()?;
    let good = rehearsal.good() && record.as_ref().is_none_or(|record| record.good);
    match args.format {
        PlainFormat::Human => human(&rehearsal, record.as_ref(), out)?,
        PlainFormat::Json => {
            let mut report = report(&rehearsal);
            if let (Some(record), Some(fields)) = (&record, report.as_object_mut()) {
                fields.insert("record".to_owned(), json!(record.path));
                fields.insert("installed".to_owned(), record.installed.clone());
                fields.insert("passed".to_owned(), json!(good));
            }
            writeln!(out, "{report:#}").map_err(lost)?;
        }
    }
    Ok(u8::from(!good))
}

fn rehearse(session: &Session<'_>) -> Result<Rehearsal, CommandError> {
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
    Ok(Rehearsal { clean: [passed, pushed], attempts })
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
    let asked = Timestamp::now();
    let ran = session.git(git.run(["commit", "--quiet", "--message", &plant.message], b""))?;
    let tried = (asked, Timestamp::now());
    let committed = head(git, session)? != before;
    if !committed {
        session.git(git.read(["rm", "--quiet", "-r", "--cached", "--force", "--", "."]))?;
        if before.is_some() {
            session.git(git.read(["reset", "--quiet", "--hard"]))?;
        }
        _ = fs::remove_file(&file);
    }
    let edge = if plant.family == "secret in the message" { "message" } else { "commit" };
    Ok(Attempt {
        family: plant.family,
        edge,
        through: committed,
        verdict: verdict(&ran),
        said: said(&ran, session),
        tried,
    })
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

fn human(rehearsal: &Rehearsal, record: Option<&Record>, out: &mut dyn Write) -> Result<(), CommandError> {
    let mut text = String::from("In a scratch repository, with this program's hooks:\n\n");
    let mut line = |word: &str, attempt: &Attempt, good| {
        text.push_str(&format!("{word:<9} {:<8} {}{}\n", attempt.edge, attempt.family, why(attempt, good)));
    };
    for clean in &rehearsal.clean {
        line(if clean.through { "passed" } else { "REFUSED" }, clean, clean.through);
    }
    for attempt in &rehearsal.attempts {
        line(if attempt.stopped() { "stopped" } else { "MISSED" }, attempt, attempt.stopped());
    }
    let end = if rehearsal.good() { "" } else { "; something is wrong" };
    text.push_str(&format!("\n{} of {} attempts stopped{end}\n", rehearsal.stopped(), rehearsal.attempts.len()));
    text.push_str(&record.map(Record::told).unwrap_or_default());
    out.write_all(text.as_bytes()).map_err(lost)
}

fn why(attempt: &Attempt, good: bool) -> String {
    if good { String::new() } else { format!(" (git's last words: {})", attempt.said) }
}

fn report(rehearsal: &Rehearsal) -> Value {
    let one = |attempt: &Attempt| {
        json!({
            "family": attempt.family,
            "edge": attempt.edge,
            "through": attempt.through,
            "verdict": attempt.verdict,
            "stopped": attempt.stopped(),
            "said": attempt.said,
            "planted_at": attempt.tried.0.to_string(),
            "answered_at": attempt.tried.1.to_string(),
            "seconds": seconds(attempt.tried),
        })
    };
    json!({
        "schema": "keyward/drill/v1",
        "passed": rehearsal.good(),
        "planted": rehearsal.attempts.len(),
        "stopped": rehearsal.stopped(),
        "attempts": rehearsal.attempts.iter().map(one).collect::<Vec<_>>(),
        "clean": rehearsal.clean.iter().map(one).collect::<Vec<_>>(),
    })
}

/// How long an answer took; 0 where the clock was set back meanwhile.
fn seconds((asked, answered): (Timestamp, Timestamp)) -> f64 {
    (answered.as_millisecond() - asked.as_millisecond()).max(0) as f64 / 1000.0
}
