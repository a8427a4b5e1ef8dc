//! `keyward metrics`: numbers for Prometheus from what earlier runs wrote.

use super::args::MetricsArgs;
use super::error::{CommandError, ErrorKind, Place};
use super::terminal::Terminal;
use super::{inputs, problems};
use crate::policy::Baseline;
use crate::record::{EventsError, Material, metrics, read_events};
use crate::rule::Catalogue;
use crate::text::{Mask, Shown};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::path::Path;

/// What a file is.
enum Input {
    Log,
    Baseline,
    Report,
}

/// Reads every file and writes the numbers; gives the exit code.
pub fn run(args: &MetricsArgs, terminal: &Terminal) -> Result<u8, CommandError> {
    let mask = problems::builtin_mask();
    let rules = Catalogue::complete().map_err(|error| CommandError::new(ErrorKind::Internal, error.to_string()))?;
    let labels =
        args.labels.iter().map(|(name, value)| (name.clone(), Shown::new(value.as_bytes(), mask.as_ref()).to_string()));
    let mut material = Material { labels: labels.collect(), ..Material::default() };
    for (path, bytes) in inputs::files(&args.files, mask.as_ref(), terminal)? {
        add(path, &bytes, &mut material, mask.as_ref(), terminal)?;
    }
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let metrics = metrics(&material, &rules, today);
    if metrics.backwards > 0 {
        terminal.warn(&format!(
            "secrets that were revoked before the day they were first seen: {}; they count as revoked at once",
            metrics.backwards
        ));
    }
    inputs::deliver(&metrics.text, args.output.as_deref(), terminal).map(|()| 0)
}

fn add(
    path: &Path,
    bytes: &[u8],
    material: &mut Material,
    mask: &dyn Mask,
    terminal: &Terminal,
) -> Result<(), CommandError> {
    match kind(path, bytes) {
        Input::Log => {
            let read = read_events(bytes).map_err(|error| broken(path, error, mask))?;
            for line in read.torn {
                let name = inputs::name(path, mask);
                terminal.warn(&format!(
                    "{name}:{line}: was cut off in the middle (a crash, a full disk); it does not count"
                ));
            }
            material.events.extend(read.events);
        }
        Input::Baseline => {
            let name = path.to_string_lossy();
            material.baselines.push(Baseline::parse(&name, bytes).map_err(|error| problems::baseline(&error))?);
        }
        Input::Report => {
            let report = inputs::report(path, bytes, mask)?;
            if report.shard.is_some() {
                let hint = "join the shards first: keyward merge REPORT... --format json --output FILE";
                let told = CommandError::new(ErrorKind::Usage, "it is one shard of a history");
                return Err(told.at(Place { file: inputs::name(path, mask), line: None, column: None }).hint(hint));
            }
            material.reports.push(report);
        }
    }
    Ok(())
}

/// Told by the first line, or where that tells nothing by the name.
fn kind(path: &Path, bytes: &[u8]) -> Input {
    let first = bytes.split(|&byte| byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let named = |ending: &str| path.extension().is_some_and(|own| own == ending);
    match first.and_then(|line| serde_json::from_slice::<Value>(line).ok()) {
        Some(line) if line.get("previous").is_some() => Input::Log,
        Some(line) if line.get("fingerprint").is_some() => Input::Baseline,
        _ if named("jsonl") => Input::Log,
        _ if named("baseline") => Input::Baseline,
        _ => Input::Report,
    }
}

fn broken(path: &Path, error: EventsError, mask: &dyn Mask) -> CommandError {
    let (EventsError::Edited(line) | EventsError::Foreign(line)) = error;
    CommandError::new(ErrorKind::Usage, error.to_string())
        .at(Place { file: inputs::name(path, mask), line: Some(line), column: None })
        .hint("find out who changed it, then move the file away: keyward begins a new one")
}
