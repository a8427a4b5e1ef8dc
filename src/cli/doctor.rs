//! `keyward doctor`: would this repository's own hooks, the ones that git finds, really stop a secret?

pub mod edge;
mod records;
mod server;

use super::args::{DoctorArgs, HookName, PlainFormat};
use super::error::CommandError;
use super::hooks::canary::Canary;
use super::hooks::place::Place;
use super::hooks::unseen::UNSEEN;
use super::hooks::{Session, lost};
use crate::git::porcelain::Porcelain;
use crate::text::Shown;
use edge::{Edge, State};
use records::Records;
use serde_json::{Value, json};
use std::io::Write;

/// The edges of a repository, and the hook of each.
const EDGES: [(&str, HookName); 6] = [
    ("commit", HookName::PreCommit),
    ("message", HookName::CommitMsg),
    ("merge", HookName::PreMergeCommit),
    ("am", HookName::PreApplypatch),
    ("am message", HookName::ApplypatchMsg),
    ("push", HookName::PrePush),
];

/// Examines; writes what was found. 0 only where every edge stopped the canary with a secret and let the clean one pass.
pub fn run(args: &DoctorArgs, session: &Session<'_>, out: &mut dyn Write) -> Result<u8, CommandError> {
    if let Some(path) = &args.server {
        return server::run(path, args.format, session, out);
    }
    let git = session.git(session.porcelain().unbound())?;
    let place = Place::find(&git, session)?;
    let edges = rehearse(&place, &git, session)?;
    let guarded = edges.iter().all(|edge| edge.state == State::Guarded);
    match args.format {
        PlainFormat::Human => human(&edges, guarded, &place, session, out)?,
        PlainFormat::Json => {
            let report = report(&edges, guarded, &place, session);
            writeln!(out, "{report:#}").map_err(lost)?;
        }
    }
    Ok(u8::from(!guarded))
}

/// Shows the canaries to every hook of a repository, and leaves no trace.
pub fn rehearse(place: &Place, git: &Porcelain, session: &Session<'_>) -> Result<Vec<Edge>, CommandError> {
    let records =
        Records::keep(&place.common).map_err(|error| session.io("cannot read below", &place.common, &error))?;
    let edges = examined(place, git, session);
    records.put_back().map_err(|error| session.io("cannot put back the records below", &place.common, &error))?;
    edges
}

fn examined(place: &Place, git: &Porcelain, session: &Session<'_>) -> Result<Vec<Edge>, CommandError> {
    let secret = Canary::new(place, git, true, session)?;
    let clean = Canary::new(place, git, false, session)?;
    let examine = |name, hook| edge::examine(name, hook, place, &secret, &clean, session);
    let mut edges = EDGES.iter().map(|(name, hook)| examine(*name, *hook)).collect::<Result<Vec<_>, _>>()?;
    let strict = place.hooks.join(HookName::ReferenceTransaction.as_str());
    if std::fs::symlink_metadata(strict).is_ok() {
        edges.push(examine("references", HookName::ReferenceTransaction)?);
    }
    Ok(edges)
}

fn human(
    edges: &[Edge],
    guarded: bool,
    place: &Place,
    session: &Session<'_>,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let mut text = format!("hooks: {}{}\n\n", session.shown(&place.hooks), set_by(place, session));
    for edge in edges {
        text.push_str(&format!("{:<11} {:<12} {}\n", edge.name, edge.state.as_str(), edge.reason));
        if let Some(remedy) = &edge.remedy {
            text.push_str(&format!("{:<24} remedy: {remedy}\n", ""));
        }
    }
    let strict = edges.iter().any(|edge| edge.hook == HookName::ReferenceTransaction && edge.state == State::Guarded);
    text.push_str("\nWhat the hooks of a commit do not see");
    text.push_str(if strict {
        " (*: but reference-transaction does):\n"
    } else {
        " (*: `keyward install --strict` does):\n"
    });
    for unseen in UNSEEN {
        let mark = if unseen.strict { "*" } else { " " };
        text.push_str(&format!("  {mark} {}: {}\n", unseen.command, unseen.why));
    }
    let open = edges.iter().filter(|edge| edge.state != State::Guarded).count();
    text.push_str(&match guarded {
        true => format!("\nguarded: all {} edges stopped the canary\n", edges.len()),
        false => format!("\nnot guarded: {open} of {} edges\n", edges.len()),
    });
    out.write_all(text.as_bytes()).map_err(lost)
}

fn set_by(place: &Place, session: &Session<'_>) -> String {
    let Some(setting) = &place.setting else { return String::new() };
    format!(" (core.hooksPath, {}, {})", setting.scope, Shown::new(&setting.origin, session.mask))
}

fn report(edges: &[Edge], guarded: bool, place: &Place, session: &Session<'_>) -> Value {
    let setting = place
        .setting
        .as_ref()
        .map(|setting| json!({ "scope": setting.scope, "origin": Shown::new(&setting.origin, session.mask) }));
    let edges: Vec<Value> = edges
        .iter()
        .map(|edge| {
            json!({
                "edge": edge.name,
                "hook": edge.hook.as_str(),
                "state": edge.state.as_str(),
                "reason": edge.reason,
                "remedy": edge.remedy,
            })
        })
        .collect();
    let unseen: Vec<Value> = UNSEEN
        .iter()
        .map(|unseen| json!({ "command": unseen.command, "why": unseen.why, "strict_sees": unseen.strict }))
        .collect();
    json!({
        "schema": "keyward/doctor/v1",
        "guarded": guarded,
        "hooks": session.shown(&place.hooks),
        "core_hooks_path": setting,
        "edges": edges,
        "unseen": unseen,
    })
}
