//! One edge: what its hook did with the canaries, and what that means.

use crate::cli::args::HookName;
use crate::cli::error::CommandError;
use crate::cli::hooks::Session;
use crate::cli::hooks::canary::{Answer, Canary};
use crate::cli::hooks::file::{HookFile, is_executable};
use crate::cli::hooks::place::Place;
use crate::cli::hooks::script::{Author, Formers, GONE, script};
use crate::text::Shown;
use bstr::ByteSlice;
use jiff::Timestamp;
use std::fs;

/// How an edge stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It stopped the canary, and let the clean one pass.
    Guarded,
    /// Nothing of keyward's is there.
    NotGuarded,
    /// Something is there and does not do its work.
    Broken,
}

impl State {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guarded => "guarded",
            Self::NotGuarded => "not guarded",
            Self::Broken => "broken",
        }
    }
}

/// What was found at an edge.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Its name.
    pub name: &'static str,
    /// Its hook.
    pub hook: HookName,
    /// How it stands.
    pub state: State,
    /// Why, safe to print.
    pub reason: String,
    /// What to do, safe to print.
    pub remedy: Option<String>,
    /// When the canary with a secret was shown and answered; `None` where git would run no hook.
    pub tried: Option<(Timestamp, Timestamp)>,
}

/// Shows both canaries to the hook that git would run.
pub fn examine(
    name: &'static str,
    hook: HookName,
    place: &Place,
    secret: &Canary<'_>,
    clean: &Canary<'_>,
    session: &Session<'_>,
) -> Result<Edge, CommandError> {
    let file = HookFile::new(&place.hooks, hook.as_str());
    let edge = |(state, reason, remedy): Finding, tried| Edge { name, hook, state, reason, remedy, tried };
    let author = match fs::symlink_metadata(&file.path) {
        Err(_) => return Ok(edge(missing(place, session), None)),
        Ok(_) if !is_executable(&file.path) => return Ok(edge(not_run(hook, place, &file, session), None)),
        Ok(_) => file.author().map_err(|error| session.io("cannot read", &file.path, &error))?.unwrap_or(Author::Other),
    };
    let shown = Timestamp::now();
    let mut stopped = secret.show(hook, &file.path)?;
    let answered = Timestamp::now();
    let mut passed = clean.show(hook, &file.path)?;
    let mut aside = String::new();
    // A former hook may refuse any canary, such as one that wants a ticket's number in each message. keyward's part is
    // then shown by itself; that it runs behind the former hook is what its unchanged script says.
    if author == Author::Keyward && file.former().is_some() && stopped.verdict.is_none() && stopped.refused {
        stopped = secret.show_alone(hook, &file.path)?;
        passed = clean.show_alone(hook, &file.path)?;
        aside = "; the former hook refuses the canaries by itself, so keyward's part was tried alone".to_owned();
    }
    let (state, reason, remedy) = judge(hook, author, &stopped, &passed, session);
    let remedy = remedy.or_else(|| outdated(hook, author, &file, session));
    Ok(edge((state, reason + &aside, remedy), Some((shown, answered))))
}

type Finding = (State, String, Option<String>);

fn missing(place: &Place, session: &Session<'_>) -> Finding {
    let wins = place.setting.as_ref().filter(|setting| !["system", "global"].contains(&setting.scope.as_str()));
    let reason = match wins {
        Some(_) => format!(
            "no such hook in {}, the repository's own core.hooksPath, which wins over a global one",
            session.shown(&place.hooks)
        ),
        None => "there is no such hook".to_owned(),
    };
    (State::NotGuarded, reason, Some("keyward install".to_owned()))
}

fn not_run(hook: HookName, place: &Place, file: &HookFile, session: &Session<'_>) -> Finding {
    let dangling = !file.path.exists();
    let reason =
        if dangling { "the hook is a link to nowhere" } else { "the hook has no run bit, so that git ignores it" };
    let ours = matches!(file.author(), Ok(Some(Author::Keyward)));
    let remedy = if ours || dangling || place.husky.is_some() {
        "keyward install".to_owned()
    } else {
        format!("chmod +x {}, then `keyward install`", session.shown(&place.hooks.join(hook.as_str())))
    };
    (State::Broken, reason.to_owned(), Some(remedy))
}

fn judge(hook: HookName, author: Author, stopped: &Answer, passed: &Answer, session: &Session<'_>) -> Finding {
    let install = || Some("keyward install".to_owned());
    if stopped.text.contains_str(GONE) {
        let remedy = "install keyward again, then `keyward install`".to_owned();
        return (State::Broken, "the hook stops everything: the keyward program is missing".to_owned(), Some(remedy));
    }
    match (stopped.refused, stopped.verdict) {
        (true, Some("block")) if !passed.refused => {
            (State::Guarded, format!("{} stopped the canary", hook.as_str()), None)
        }
        (true, Some("block")) => {
            let reason = format!("the canary was stopped, but so was one without a secret: {}", told(passed, session));
            (State::Broken, reason, None)
        }
        (false, Some("block")) => {
            let reason = "keyward said block, and the hook let it pass: it ignores keyward's exit code".to_owned();
            (
                State::Broken,
                reason,
                Some(format!("end the line that calls keyward in {} with `|| exit`", hook.as_str())),
            )
        }
        (true, _) => {
            let reason = format!("the hook refuses, but not because of the secret: {}", told(stopped, session));
            (State::Broken, reason, install())
        }
        (false, Some("pass")) => (
            State::NotGuarded,
            "keyward ran and let the canary pass: its settings excuse it (audit mode, rules, paths)".to_owned(),
            Some("keyward scan --staged --verbose".to_owned()),
        ),
        (false, _) if author == Author::Other => {
            (State::NotGuarded, "the hook is not keyward's and let the canary pass".to_owned(), install())
        }
        (false, _) => {
            (State::NotGuarded, format!("the hook let the canary pass: {}", told(stopped, session)), install())
        }
    }
}

/// The last line that a hook printed.
fn told(answer: &Answer, session: &Session<'_>) -> Shown {
    let line = answer.text.lines().rev().find(|line| !line.trim().is_empty());
    line.map_or(Shown::fixed("it said nothing"), |line| Shown::new(line, session.mask))
}

/// What to do about a script that this version would write otherwise.
fn outdated(hook: HookName, author: Author, file: &HookFile, session: &Session<'_>) -> Option<String> {
    let update = "keyward install (it would write this hook otherwise now)";
    let text = fs::read(&file.path).ok()?;
    let current = script(hook.as_str(), Some(session.program), &Formers::Beside).ok()?;
    let beside = text.contains_str("\"keyward install\";");
    (author == Author::Keyward && beside && text != current).then(|| update.to_owned())
}
