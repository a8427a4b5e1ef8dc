//! `keyward merge`: the reports of all shards as the one that a run without shards writes.

mod revive;

use super::args::MergeArgs;
use super::error::{CommandError, ErrorKind, Place};
use super::run::{Clock, finish};
use super::terminal::Terminal;
use super::{output, problems};
use crate::report::Edge;
use crate::report::document::{Report, Shard};
use crate::report::read::read;
use crate::scan::{Outcome, join};
use crate::text::{Mask, Shown};
use std::path::{Path, PathBuf};

/// Merges; gives the exit code.
pub fn run(args: &MergeArgs, terminal: &Terminal) -> Result<u8, CommandError> {
    let clock = Clock::start();
    let done = merged(&args.files).and_then(|outcome| {
        if args.reports.show_secrets {
            return Err(CommandError::new(
                ErrorKind::Usage,
                "a report holds no secrets that --show-secrets could show",
            ));
        }
        finish(&outcome, &clock, &args.reports, terminal, Edge::Scan)
    });
    if let Err(error) = &done {
        output::write_failure(error, &clock.timing(), &args.reports, terminal);
    }
    done
}

fn merged(files: &[PathBuf]) -> Result<Outcome, CommandError> {
    let mask = problems::builtin_mask();
    let mut given: Vec<(&Path, Report, Shard)> = Vec::new();
    for file in files {
        let (report, shard) = sound(file, mask.as_ref())?;
        for (other, first, its) in &given {
            if its.index == shard.index {
                let index = shard.index;
                let what = format!("it is shard {index}, and so is {}", problems::shown(other));
                return Err(wrong(file, &what, mask.as_ref()).hint("name each shard's report once"));
            }
            if let Some(what) = differs((first, its), (&report, &shard)) {
                let what = format!("{what} than in {}", problems::shown(other));
                return Err(wrong(file, &what, mask.as_ref()).hint("shards of one run only can be merged"));
            }
        }
        given.push((file, report, shard));
    }
    let mut parts = Vec::new();
    for (file, report, _) in &given {
        parts.push(revive::outcome(report).map_err(|what| wrong(file, &what, mask.as_ref()))?);
    }
    join(parts).ok_or_else(|| CommandError::new(ErrorKind::Usage, "there is no report to merge"))
}

/// Reads the report of a shard.
fn sound(file: &Path, mask: &dyn Mask) -> Result<(Report, Shard), CommandError> {
    let text = std::fs::read(file).map_err(|error| problems::io(file, "read", &error))?;
    let report = read(&text, mask).map_err(|error| wrong(file, &error.to_string(), mask))?;
    if let Some(error) = &report.error {
        let what = format!("the run that wrote it came to no result: {}", error.message);
        return Err(wrong(file, &what, mask).hint("run that shard again"));
    }
    let Some(shard) = report.shard.clone() else {
        let what = "it is not the report of a shard";
        return Err(wrong(file, what, mask).hint("write one with: keyward scan --history --shard I/N --format json"));
    };
    if shard.index < 1 || shard.index > shard.of {
        return Err(wrong(file, &format!("there is no shard {} of {}", shard.index, shard.of), mask));
    }
    let version = report.engine.as_ref().map(|engine| engine.version.as_str());
    if version != Some(env!("CARGO_PKG_VERSION")) {
        let what = format!(
            "it was written by keyward {}, and this is {}",
            version.unwrap_or("of an unknown version"),
            env!("CARGO_PKG_VERSION")
        );
        return Err(wrong(file, &what, mask).hint("scan and merge with one version"));
    }
    Ok((report, shard))
}

/// What keeps two reports from being parts of one whole.
fn differs((a, a_shard): (&Report, &Shard), (b, b_shard): (&Report, &Shard)) -> Option<String> {
    let (a_engine, b_engine) = (a.engine.as_ref(), b.engine.as_ref());
    let engine = |field: fn(&crate::report::document::Engine) -> &String| a_engine.map(field) != b_engine.map(field);
    let what = if a_shard.of != b_shard.of {
        "there are more or fewer shards"
    } else if a_shard.tips != b_shard.tips {
        "the references, the tips or the options of the scan are others"
    } else if engine(|engine| &engine.rules_digest) {
        "the rules are others"
    } else if engine(|engine| &engine.policy_digest) || a.mode != b.mode || a_shard.most != b_shard.most {
        "the policy is another"
    } else if engine(|engine| &engine.salt) {
        "the salt of the fingerprints is another"
    } else if a_shard.plan != b_shard.plan && !a_shard.plan.is_empty() && !b_shard.plan.is_empty() {
        "the objects are packed in another way, so that some may be in no shard,"
    } else {
        return None;
    };
    Some(what.to_owned())
}

fn wrong(file: &Path, what: &str, mask: &dyn Mask) -> CommandError {
    let file = Shown::new(file.as_os_str().as_encoded_bytes(), mask);
    CommandError::new(ErrorKind::Io, what).at(Place { file, line: None, column: None })
}
