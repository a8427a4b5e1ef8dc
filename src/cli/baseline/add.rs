//! `keyward baseline add`: somebody decides about a finding.

use super::{Desk, parse_day, parse_fingerprint, refused};
use crate::cli::args::BaselineAddArgs;
use crate::cli::error::{CommandError, ErrorKind, Unmasked};
use crate::cli::run::judge;
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::policy::Occasion;
use crate::policy::baseline::{Entry, Status, path_text};
use crate::rule::{Confidence, Severity};
use crate::source::{History, Snapshot, Source, SourceError, Staged};
use crate::text::Shown;

pub(super) fn run(desk: &Desk<'_>, args: &BaselineAddArgs) -> Result<u8, CommandError> {
    let fingerprint = parse_fingerprint(&args.fingerprint)?;
    let status = parse_status(&args.status)?;
    let before = desk.load()?;
    let held = find(desk, fingerprint, status == Status::Revoked)?;
    let known = before.of_fingerprint(fingerprint).max_by_key(|entry| entry.rev);
    let rule = held.first().map(|finding| finding.rule.id.clone()).or(known.map(|entry| entry.rule.clone()));
    let Some(rule) = rule else {
        return Err(CommandError::new(ErrorKind::Usage, format!("nothing here holds {fingerprint}"))
            .hint("copy it from a report of this repository; another salt gives other fingerprints"));
    };
    let paths = match args.paths.as_slice() {
        [] if held.is_empty() => {
            return Err(CommandError::new(ErrorKind::Usage, format!("no file holds {fingerprint} now"))
                .hint("name where it holds with --path"));
        }
        [] => held.iter().filter_map(|f| f.origin.path.as_deref()).map(path_text).collect(),
        named => named.iter().map(|path| path_text(path.as_bytes())).collect(),
    };
    let entry = Entry {
        reason: Some(args.reason.clone()),
        owner: args.owner.clone(),
        approver: args.approver.clone(),
        ticket: args.ticket.clone(),
        risk: args.risk.clone(),
        controls: args.controls.clone(),
        until: args.expires.as_deref().map(|text| parse_day(text, desk.today)).transpose()?,
        revoked_at: (status == Status::Revoked).then_some(desk.today),
        ..Entry::new(fingerprint, &rule, paths, status, desk.today)
    };
    let grave = |f: &Finding| f.confidence == Confidence::Certain || f.severity == Severity::Critical;
    let after = before.add(entry, held.iter().any(grave)).map_err(|error| refused(&error))?;
    desk.save(&after)?;
    desk.say(&format!("{fingerprint} is {}\n", status.as_str()))
}

fn parse_status(text: &str) -> Result<Status, CommandError> {
    [Status::FalsePositive, Status::Accepted, Status::Revoked].into_iter().find(|s| s.as_str() == text).ok_or_else(
        || {
            let shown = Shown::new(text.as_bytes(), &Unmasked);
            CommandError::new(
                ErrorKind::Usage,
                format!("unknown status {shown}: give false-positive, accepted or revoked"),
            )
        },
    )
}

/// The findings of a secret in the working tree, the index and HEAD; in the history where nothing else has it.
fn find(desk: &Desk<'_>, fingerprint: Fingerprint, history: bool) -> Result<Vec<Finding>, CommandError> {
    let place = &desk.place;
    let gear = place.gear(&place.files(), &desk.policy(), &desk.clock)?;
    let mut held: Vec<Finding> = Vec::new();
    let mut look = |source: &mut dyn Source<Error = SourceError>| -> Result<bool, CommandError> {
        let outcome = judge(&gear, &desk.clock, source, Occasion::New, None)?;
        held.extend(outcome.judged.into_iter().map(|judged| judged.finding).filter(|f| f.fingerprint == fingerprint));
        Ok(held.is_empty())
    };
    look(&mut place.tree())?;
    if let Some(repository) = &place.repository {
        let nowhere = look(&mut Staged::new(repository, &[]))? && look(&mut Snapshot::head(repository))?;
        if nowhere && history {
            look(&mut History::new(repository))?;
        }
    }
    Ok(held)
}
