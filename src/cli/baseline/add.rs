//! `keyward baseline add`: somebody decides about a finding.

use super::{Desk, parse_day, parse_fingerprint, refused};
use crate::cli::args::BaselineAddArgs;
use crate::cli::env::Environment;
use crate::cli::error::{CommandError, ErrorKind, Unmasked};
use crate::cli::run::judge;
use crate::cli::{problems, sign};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::policy::Occasion;
use crate::policy::baseline::{APPROVAL_NAMESPACE, Entry, Status, path_text};
use crate::policy::signature::Signature;
use crate::rule::{Confidence, Severity};
use crate::source::{History, Snapshot, Source, SourceError, Staged};
use crate::text::Shown;

pub(super) fn run(desk: &Desk<'_>, args: &BaselineAddArgs, env: &Environment) -> Result<u8, CommandError> {
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
    let grave = held.iter().any(grave);
    let mut after = before.add(entry.clone(), grave).map_err(|error| refused(&error))?;
    if args.print_payload || args.key.is_some() || args.approval.is_some() {
        let Some(made) = after.entries().last() else { return Ok(0) };
        let payload = made.to_be_approved();
        if args.print_payload {
            return desk.say(&String::from_utf8_lossy(&payload));
        }
        let approval = Some(approve(args, &payload, env)?);
        after = before.add(Entry { approval, ..entry }, grave).map_err(|error| refused(&error))?;
    }
    desk.save(&after)?;
    desk.say(&format!("{fingerprint} is {}\n", status.as_str()))
}

/// The approver's signature over an entry; it has to fit.
fn approve(args: &BaselineAddArgs, payload: &[u8], env: &Environment) -> Result<String, CommandError> {
    let signature = match (&args.approval, &args.key) {
        (Some(file), _) => {
            let wrong = |error: &dyn std::fmt::Display| {
                let what = format!("{}: the approval does not count: {error}", problems::shown(file));
                CommandError::new(ErrorKind::Usage, what).hint(
                    "--print-payload, with the same arguments and on the same day, prints what is to be signed: \
                     ssh-keygen -Y sign -n keyward-approval -f KEY FILE",
                )
            };
            let text = std::fs::read(file).map_err(|error| problems::io(file, "read", &error))?;
            let signature = Signature::from_armour(&text).map_err(|error| wrong(&error))?;
            signature.fits(APPROVAL_NAMESPACE, payload).map_err(|error| wrong(&error))?;
            signature
        }
        (None, Some(key)) => sign::sign(key, APPROVAL_NAMESPACE, payload, env)?,
        (None, None) => return Ok(String::new()),
    };
    Ok(data_encoding::BASE64.encode(&signature.to_bytes()))
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
