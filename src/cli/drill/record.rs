//! The record of a rehearsal, kept as evidence; with it every hook that is installed in the repository around.

use super::{Rehearsal, report, seconds};
use crate::cli::doctor;
use crate::cli::doctor::edge::{Edge, State};
use crate::cli::error::CommandError;
use crate::cli::evidence::desk;
use crate::cli::hooks::Session;
use crate::cli::hooks::place::Place;
use crate::record::evidence::{self, Archive, DRILL, Draft};
use serde_json::{Value, json};
use std::path::Path;

/// Where a record goes; the folder is locked until it is written.
pub(super) struct Recorder(Archive);

/// What was written.
pub(super) struct Record {
    /// Its folder below the top one.
    pub(super) path: String,
    /// What became of the canary at each edge of the repository around; null outside a repository.
    pub(super) installed: Value,
    /// Whether every edge that is installed stopped it.
    pub(super) good: bool,
    told: String,
}

impl Recorder {
    pub(super) fn open(folder: &Path, key: Option<&Path>) -> Result<Self, CommandError> {
        let key = key.map(desk::signer).transpose()?;
        Archive::open(folder, key).map(Self).map_err(|error| desk::wrong(&error))
    }

    /// Tries the edges that are installed, and writes all down.
    pub(super) fn write(mut self, rehearsal: &Rehearsal, session: &Session<'_>) -> Result<Record, CommandError> {
        let edges = installed(session)?;
        let good = edges.iter().flatten().all(|edge| edge.tried.is_none() || edge.state == State::Guarded);
        let listed = match &edges {
            Some(edges) => edges.iter().map(one).collect::<Vec<_>>().into(),
            None => Value::Null,
        };
        let mut file = report(rehearsal);
        if let Some(fields) = file.as_object_mut() {
            fields.insert("installed".to_owned(), listed.clone());
            fields.insert("passed".to_owned(), json!(good && rehearsal.good()));
        }
        let actor = session.env.ci_user.as_ref().map(|user| desk::safe(user.as_encoded_bytes()));
        let predicate = json!({
            "passed": good && rehearsal.good(),
            "planted": rehearsal.attempts.len(),
            "stopped": rehearsal.stopped(),
            "edge": if session.env.ci { "ci" } else { "local" },
            "actor": actor,
            "engine": {
                "name": "keyward",
                "version": env!("CARGO_PKG_VERSION"),
                "binary": { "sha256": desk::program_digest()? },
            },
        });
        let draft = Draft {
            place: evidence::Place::Drill,
            subject: None,
            kind: DRILL,
            predicate,
            files: vec![("drill.json", format!("{file:#}\n").into_bytes())],
        };
        let put = self.0.put(&draft).map_err(|error| desk::wrong(&error))?;
        self.0.close(jiff::Timestamp::now()).map_err(|error| desk::wrong(&error))?;
        Ok(Record { told: told(edges.as_deref(), &put.path), path: put.path, installed: listed, good })
    }
}

impl Record {
    /// For people.
    pub(super) fn told(&self) -> String {
        self.told.clone()
    }
}

/// The edges of the repository around; `None` outside one.
fn installed(session: &Session<'_>) -> Result<Option<Vec<Edge>>, CommandError> {
    let git = session.git(session.porcelain().unbound())?;
    let inside = session.git(git.run(["rev-parse", "--is-inside-work-tree"], b""))?;
    if !inside.ok() || !inside.stdout.starts_with(b"true") {
        return Ok(None);
    }
    let place = Place::find(&git, session)?;
    doctor::rehearse(&place, &git, session).map(Some)
}

fn one(edge: &Edge) -> Value {
    json!({
        "edge": edge.name,
        "hook": edge.hook.as_str(),
        "state": edge.state.as_str(),
        "reason": edge.reason,
        "planted_at": edge.tried.map(|tried| tried.0.to_string()),
        "answered_at": edge.tried.map(|tried| tried.1.to_string()),
        "seconds": edge.tried.map(seconds),
    })
}

fn told(edges: Option<&[Edge]>, path: &str) -> String {
    let mut text = String::new();
    match edges {
        Some(edges) => {
            text.push_str("\nIn this repository, with the hooks that are installed:\n\n");
            for edge in edges {
                let word = match (edge.state, edge.tried) {
                    (State::Guarded, _) => "stopped",
                    (_, None) => "no hook",
                    _ => "MISSED",
                };
                let why = if edge.state == State::Guarded { String::new() } else { format!(" {}", edge.reason) };
                let time = edge.tried.map(|tried| format!(" ({:.3} s)", seconds(tried))).unwrap_or_default();
                text.push_str(&format!("{word:<9} {:<11}{why}{time}\n", edge.name));
            }
        }
        None => text.push_str("\nOutside a repository: no installed hooks to try.\n"),
    }
    text.push_str(&format!("\nrecorded: {path}\n"));
    text
}
