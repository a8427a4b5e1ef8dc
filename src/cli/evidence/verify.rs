//! `keyward evidence verify`.

use super::desk;
use crate::cli::args::PlainFormat;
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::problems;
use crate::cli::terminal::Terminal;
use crate::record::evidence::{Problem, PublicKey, Verification, verify};
use crate::text::{Mask, Shown};
use serde_json::{Value, json};
use std::path::Path;

/// Verifies; 0 intact, 1 not intact. An error is 2: it could not be told.
pub(super) fn run(
    folder: &Path,
    key: Option<&Path>,
    format: PlainFormat,
    terminal: &Terminal,
) -> Result<u8, CommandError> {
    let key = key.map(public).transpose()?;
    let found = verify(folder, key.as_ref()).map_err(|error| desk::wrong(&error))?;
    let mask = problems::builtin_mask();
    let text = match format {
        PlainFormat::Human => human(&found, mask.as_ref(), terminal.quiet),
        PlainFormat::Json => format!("{:#}\n", report(&found, mask.as_ref())),
    };
    let lost = |error| CommandError::new(ErrorKind::Io, format!("standard output: {error}; the output is lost"));
    terminal.out(text.as_bytes()).map_err(lost)?;
    Ok(u8::from(!found.problems.is_empty()))
}

fn public(path: &Path) -> Result<PublicKey, CommandError> {
    let pem = std::fs::read(path).map_err(|error| problems::io(path, "read", &error))?;
    PublicKey::from_pem(&pem).map_err(|error| desk::bad_key(path, error))
}

/// The one word.
fn word(found: &Verification) -> &'static str {
    match (found.problems.is_empty(), found.authentic) {
        (false, _) => "not intact",
        (true, true) => "intact and authentic",
        (true, false) => "intact",
    }
}

fn human(found: &Verification, mask: &dyn Mask, quiet: bool) -> String {
    let mut text = String::new();
    let line = |problem: &Problem| format!("{}: {}\n", file(problem, mask), problem.what);
    found.problems.iter().for_each(|problem| text.push_str(&line(problem)));
    found.notes.iter().filter(|_| !quiet).for_each(|note| text.push_str(&format!("note: {}", line(note))));
    let proof = match (found.problems.is_empty(), found.authentic, found.signed) {
        (false, ..) => format!("; {} files or lines are not as they were written", found.problems.len()),
        (true, true, _) => "; the key signed it all".to_owned(),
        (true, false, true) => "; consistent in itself: --key PUBLIC.pem proves who signed it".to_owned(),
        (true, false, false) => {
            "; consistent in itself: it is not signed, so that nothing proves who wrote it".to_owned()
        }
    };
    text.push_str(&format!("{}: bundles: {}, lines of the log: {}{proof}\n", word(found), found.bundles, found.lines));
    text
}

fn report(found: &Verification, mask: &dyn Mask) -> Value {
    let list = |problems: &[Problem]| -> Vec<Value> {
        problems.iter().map(|problem| json!({ "file": file(problem, mask), "what": problem.what })).collect()
    };
    json!({
        "schema": "keyward/evidence-verification/v1",
        "verdict": word(found),
        "intact": found.problems.is_empty(),
        "authentic": found.authentic,
        "signed": found.signed,
        "bundles": found.bundles,
        "lines": found.lines,
        "problems": list(&found.problems),
        "notes": list(&found.notes),
    })
}

fn file(problem: &Problem, mask: &dyn Mask) -> Shown {
    Shown::new(problem.file.as_os_str().as_encoded_bytes(), mask)
}
