//! `keyward waive`: makes a waiver.

use super::args::{PolicyArgs, WaiveArgs};
use super::env::Environment;
use super::error::{CommandError, ErrorKind, Unmasked};
use super::run::Clock;
use super::scan::Place;
use super::terminal::Terminal;
use super::{problems, sign};
use crate::blob::ObjectId;
use crate::config::{parse_date, parse_duration};
use crate::fingerprint::Fingerprint;
use crate::policy::signature::Signature;
use crate::policy::waiver::{Kind, NAMESPACE, Payload, Waiver};
use crate::record::write_atomic;
use crate::text::Shown;
use crate::trust::Side;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::path::Path;

/// Makes a waiver, or its payload, and prints it; gives the exit code.
pub fn run(args: &WaiveArgs, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    let waiver = match (&args.payload, &args.signature) {
        (Some(payload), Some(signature)) => assembled(payload, signature)?,
        _ => {
            let payload = payload(args, env)?;
            let bytes = payload.to_bytes().map_err(wrong)?;
            let Some(key) = args.key.as_deref().filter(|_| !args.print_payload) else {
                return hand_out(&bytes, args, terminal);
            };
            let signature = sign::sign(key, NAMESPACE, &bytes, env)?;
            Waiver::new(payload, signature).map_err(wrong)?
        }
    };
    hand_out(format!("{}\n", waiver.to_text()).as_bytes(), args, terminal)
}

fn hand_out(bytes: &[u8], args: &WaiveArgs, terminal: &Terminal) -> Result<u8, CommandError> {
    match &args.output {
        Some(file) => write_atomic(file, bytes).map_err(|error| problems::io(file, "written", &error))?,
        None => terminal.out(bytes).map_err(|error| {
            CommandError::new(ErrorKind::Io, format!("standard output: {error}; the waiver is lost"))
        })?,
    }
    Ok(0)
}

/// The texts of these errors speak of the waiver as "it", and quote nothing.
fn wrong(error: impl std::fmt::Display) -> CommandError {
    CommandError::new(ErrorKind::Usage, format!("the waiver is not made: {error}"))
}

/// What was signed elsewhere.
fn assembled(payload: &Path, signature: &Path) -> Result<Waiver, CommandError> {
    let read = |file: &Path| std::fs::read(file).map_err(|error| problems::io(file, "read", &error));
    let payload = Payload::from_bytes(&read(payload)?)
        .map_err(|error| wrong(error).hint("the file has to be as --print-payload wrote it, byte for byte"))?;
    let signature = Signature::from_armour(&read(signature)?).map_err(wrong)?;
    let waiver = Waiver::new(payload, signature);
    waiver.map_err(|error| wrong(error).hint(format!("ssh-keygen -Y sign -n {NAMESPACE} -f KEY PAYLOAD")))
}

fn payload(args: &WaiveArgs, env: &Environment) -> Result<Payload, CommandError> {
    let clock = Clock::start();
    let place = Place::find(env)?;
    let kind = if args.loosening { Kind::Loosening } else { Kind::Findings };
    let issued = whole(clock.started);
    let expires = expiry(args.expires.as_deref().unwrap_or_default(), issued)?;
    let mut payload = Payload::new(kind, args.refs.clone(), issued, expires);
    if kind == Kind::Findings {
        payload.fingerprints = fingerprints(&args.fingerprints)?;
        payload.salt = Some(match &args.salt {
            Some(name) => name.clone(),
            None => salt(&place, &clock)?,
        });
    }
    payload.commit = commit(&args.commit, &place)?;
    payload.server_id.clone_from(&args.server_id);
    payload.single_use = args.single_use;
    payload.principal = args.principal.clone().unwrap_or_default();
    payload.reason = args.reason.clone().unwrap_or_default();
    Ok(payload)
}

fn fingerprints(texts: &[String]) -> Result<Vec<Fingerprint>, CommandError> {
    let parse = |text: &String| {
        text.parse::<Fingerprint>().map_err(|error| {
            CommandError::new(ErrorKind::Usage, error.to_string()).hint("copy it from the refusal, such as kw1:0123…")
        })
    };
    let mut all: Vec<Fingerprint> = texts.iter().map(parse).collect::<Result<_, _>>()?;
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn salt(place: &Place, clock: &Clock) -> Result<String, CommandError> {
    let side = match &place.repository {
        Some(_) => Side::Tree("HEAD".to_owned()),
        None => place.files(),
    };
    Ok(place.gear(&side, &PolicyArgs::default(), clock)?.fingerprinter.salt().name())
}

/// The full id that a revision has here, or that is given as such.
fn commit(text: &str, place: &Place) -> Result<String, CommandError> {
    if text == "any" {
        return Ok(text.to_owned());
    }
    let given = ObjectId::from_hex(text.as_bytes());
    let found = match (&place.repository, given) {
        (_, Some(id)) => id,
        (Some(repository), None) => repository.resolve(text, false).map_err(|error| {
            problems::git(&error).hint("--commit takes what the reference shall name after the push, or any")
        })?,
        (None, None) => {
            return Err(CommandError::new(ErrorKind::Usage, "outside a repository --commit takes a full id, or any"));
        }
    };
    Ok(found.to_string())
}

fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

/// When it no longer holds: so long from now on, or once a day is over.
fn expiry(text: &str, now: Timestamp) -> Result<Timestamp, CommandError> {
    let wrong = |what: &str| {
        let shown = Shown::new(text.as_bytes(), &Unmasked);
        CommandError::new(ErrorKind::Usage, format!("--expires {shown}: {what}"))
            .hint("give a time from now on such as 12h or 1d, or the last day such as 2027-06-30")
    };
    let ends = match (parse_date(text), text.strip_suffix('d').map(str::parse::<u32>)) {
        (Some(day), _) => day
            .checked_add(1.day())
            .and_then(|day| day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC))
            .map(|time| time.timestamp())
            .ok(),
        (None, Some(Ok(days))) => now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok(),
        _ => {
            // Whole seconds are enough, and a part of one counts as one.
            let seconds = parse_duration(text).flatten().map(|time| time.as_millis().div_ceil(1000));
            let seconds = seconds.and_then(|seconds| i64::try_from(seconds).ok());
            seconds.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok())
        }
    };
    let ends = ends.ok_or_else(|| wrong("neither a time nor a day"))?;
    if ends <= now { Err(wrong("that is over already")) } else { Ok(ends) }
}
