//! `keyward evidence create`.

use super::{desk, release};
use crate::blob::ObjectId;
use crate::cli::args::{EvidenceCreateArgs, PlainFormat};
use crate::cli::env::Environment;
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::problems;
use crate::cli::run::{Clock, judge};
use crate::cli::scan::{Place, threads};
use crate::cli::setup::Gear;
use crate::cli::terminal::Terminal;
use crate::git::Repository;
use crate::policy::{Decision, Occasion};
use crate::record::evidence::{self, Archive, Draft, EVIDENCE, Put, Subject};
use crate::report::{Report, Sarif, Timing, document};
use crate::scan::Outcome;
use crate::source::{Range, Snapshot, Source, SourceError};
use crate::text::Shown;
use crate::trust::Side;
use serde_json::{Map, Value, json};

/// Commits that people are shown; of more, they are counted.
const NAMED: usize = 10;

/// What every bundle of a run says.
pub(super) struct Maker<'a> {
    pub(super) repository: &'a Repository,
    pub(super) args: &'a EvidenceCreateArgs,
    gear: Gear,
    clock: Clock,
    trust: ObjectId,
    actor: Shown,
    edge: &'static str,
    program: String,
    /// `policy.toml`, and the baseline's part of `exceptions.jsonl`.
    policy: Vec<u8>,
    known: Vec<String>,
}

/// A bundle that was written, for the report of the command.
pub(super) struct Written {
    pub(super) what: String,
    pub(super) decision: Decision,
    pub(super) exit: u8,
    pub(super) put: Put,
}

/// What a run wrote.
#[derive(Default)]
pub(super) struct Made {
    pub(super) written: Vec<Written>,
    /// `None` where no release was asked for.
    pub(super) release: Option<Lacks>,
}

/// What a release lacks.
pub(super) struct Lacks {
    /// Commits without intact evidence.
    pub(super) missing: Vec<String>,
    /// How many commits it has.
    pub(super) of: usize,
    /// Whether the history is cut inside it, so that there may be more.
    pub(super) cut: bool,
}

/// Judges and writes; gives the exit code of what was judged, or 2 where a release lacks evidence and nothing blocks.
pub(super) fn run(args: &EvidenceCreateArgs, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    let clock = Clock::start();
    evidence::Place::check_service(&args.service)
        .map_err(|error| CommandError::new(ErrorKind::Usage, error.to_string()))?;
    let key = args.key.as_deref().map(desk::signer).transpose()?;
    threads(&args.policy)?;
    let place = Place::find(env)?;
    let repository = place.needed()?;
    let trust = repository.resolve(&args.trust, true).map_err(|error| problems::git(&error))?;
    let gear = place.gear(&Side::Tree(trust.to_string()), &args.policy, &clock)?;
    gear.warnings.iter().for_each(|warning| terminal.warn(warning.as_str()));
    let maker = Maker {
        policy: gear.policy.config().to_toml(&gear.detector).into_bytes(),
        known: evidence::known(gear.policy.baseline(), &gear.detector),
        repository,
        args,
        gear,
        clock,
        trust,
        actor: actor(args, env, repository)?,
        edge: if env.ci { "ci" } else { "local" },
        program: desk::program_digest()?,
    };
    let mut archive = Archive::open(&args.output, key).map_err(|error| desk::wrong(&error))?;
    let made = maker.make(&mut archive);
    // What was written before an error is in the log, too.
    let closed = archive.close(jiff::Timestamp::now()).map_err(|error| desk::wrong(&error));
    let made = made?;
    closed?;
    tell(&made, args, terminal)
}

fn actor(args: &EvidenceCreateArgs, env: &Environment, repository: &Repository) -> Result<Shown, CommandError> {
    if let Some(named) = &args.actor {
        return Ok(desk::safe(named.as_bytes()));
    }
    if let Some(user) = &env.ci_user {
        return Ok(desk::safe(user.as_encoded_bytes()));
    }
    let git = repository.config().map_err(|error| problems::git(&error))?;
    let value = |key: &str| git.get(key).and_then(|setting| setting.value.clone());
    let who = match (value("user.name"), value("user.email")) {
        (Some(name), Some(email)) => [name.as_slice(), b" <", &email, b">"].concat(),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => b"unknown".to_vec(),
    };
    Ok(desk::safe(&who))
}

impl Maker<'_> {
    fn make(&self, archive: &mut Archive) -> Result<Made, CommandError> {
        match (&self.args.range, &self.args.tag) {
            (Some(range), _) => self.range(range, archive),
            (None, Some(tag)) => release::make(self, tag, archive),
            (None, None) => self.head(archive),
        }
    }

    fn head(&self, archive: &mut Archive) -> Result<Made, CommandError> {
        let head = self.repository.resolve("HEAD", true).map_err(|error| problems::git(&error))?;
        let outcome = self.judge(&mut Snapshot::of(self.repository, head))?;
        let predicate = self.predicate("tree", &outcome, Map::new());
        let place = evidence::Place::Commit { service: self.args.service.clone(), commit: head.to_string() };
        let draft = self.draft(place, self.commit(head), &outcome, predicate)?;
        let put = archive.put(&draft).map_err(|error| desk::wrong(&error))?;
        Ok(Made { written: vec![written(format!("tree of {head}"), &outcome, put)], release: None })
    }

    fn range(&self, text: &str, archive: &mut Archive) -> Result<Made, CommandError> {
        let (include, exclude) = self.ends(text)?;
        let walk = self.repository.walk(&include, &exclude);
        if let Some((id, _)) = walk.lost.first() {
            let message = format!("commit {id} of the range cannot be read, so that the range has no evidence");
            return Err(CommandError::new(ErrorKind::Repository, message)
                .hint("in a shallow clone: git fetch --unshallow; otherwise git fsck"));
        }
        if walk.commits.is_empty() {
            return Err(CommandError::new(ErrorKind::Usage, "the range has no commits")
                .hint("git log RANGE shows what a range holds"));
        }
        let mut made = Made::default();
        let mut listed = Vec::new();
        for commit in &walk.commits {
            let id = commit.info.id;
            let outcome = self.judge(&mut Range::new(self.repository, vec![id], commit.parents.clone()))?;
            let parents: Vec<String> = commit.parents.iter().map(ObjectId::to_string).collect();
            let more = Map::from_iter([("parents".to_owned(), json!(parents))]);
            let predicate = self.predicate("commit", &outcome, more);
            let place = evidence::Place::Commit { service: self.args.service.clone(), commit: id.to_string() };
            let draft = self.draft(place, self.commit(id), &outcome, predicate)?;
            let put = archive.put(&draft).map_err(|error| desk::wrong(&error))?;
            listed.push(json!({
                "commit": id.to_string(),
                "parents": parents,
                "verdict": outcome.decision.as_str(),
                "run_id": put.run_id,
                "manifest_sha256": put.manifest,
            }));
            made.written.push(written(format!("commit {id}"), &outcome, put));
        }
        let tip = include.first().copied().unwrap_or(self.trust);
        made.written.push(self.tied(text, (&include, &exclude), tip, &listed, &made, archive)?);
        Ok(made)
    }

    /// The commits that a range takes in and leaves out; those behind tags, where it names such.
    fn ends(&self, text: &str) -> Result<(Vec<ObjectId>, Vec<ObjectId>), CommandError> {
        let (include, exclude) = self.repository.range(&[text]).map_err(|error| problems::git(&error))?;
        let no_commit = |id: &ObjectId| {
            CommandError::new(ErrorKind::Usage, format!("the range names {id}, which is no commit that can be read"))
                .hint("git log RANGE shows what a range holds; in a shallow clone: git fetch --unshallow")
        };
        let commits = |ids: Vec<ObjectId>| -> Result<Vec<ObjectId>, CommandError> {
            ids.iter().map(|id| release::behind(self.repository, *id).ok_or_else(|| no_commit(id))).collect()
        };
        Ok((commits(include)?, commits(exclude)?))
    }

    /// The bundle that ties those of a range together.
    fn tied(
        &self,
        text: &str,
        (include, exclude): (&[ObjectId], &[ObjectId]),
        tip: ObjectId,
        commits: &[Value],
        made: &Made,
        archive: &mut Archive,
    ) -> Result<Written, CommandError> {
        let ids = |ids: &[ObjectId]| ids.iter().map(ObjectId::to_string).collect::<Vec<_>>();
        let (decision, exit) = worst(&made.written);
        let range = json!({
            "text": desk::safe(text.as_bytes()),
            "include": ids(include),
            "exclude": ids(exclude),
        });
        let file = json!({
            "schema": "keyward/evidence-range/v1",
            "range": range,
            "verdict": decision.as_str(),
            "commits": commits,
        });
        let mut predicate = self.common("range");
        predicate.insert("verdict".to_owned(), json!(decision.as_str()));
        predicate.insert("range".to_owned(), range);
        let draft = Draft {
            place: evidence::Place::Range { service: self.args.service.clone(), tip: tip.to_string() },
            subject: Some(self.commit(tip)),
            kind: EVIDENCE,
            predicate: predicate.into(),
            files: vec![("range.json", lines(&file))],
        };
        let put = archive.put(&draft).map_err(|error| desk::wrong(&error))?;
        let what = format!("range of {} commits", commits.len());
        Ok(Written { what, decision, exit, put })
    }

    pub(super) fn judge<S: Source<Error = SourceError>>(&self, source: &mut S) -> Result<Outcome, CommandError> {
        judge(&self.gear, &self.clock, source, Occasion::New, None)
    }

    pub(super) fn commit(&self, id: ObjectId) -> Subject {
        Subject { name: desk::safe(self.args.service.as_bytes()), digests: vec![("gitCommit", id.to_string())] }
    }

    /// What holds for every bundle of this run.
    fn common(&self, scope: &str) -> Map<String, Value> {
        let gear = &self.gear;
        let fields = json!({
            "service": self.args.service,
            "scope": scope,
            "edge": self.edge,
            "actor": self.actor,
            "mode": gear.policy.config().mode.value.as_str(),
            "engine": {
                "name": "keyward",
                "version": env!("CARGO_PKG_VERSION"),
                "rulesDigest": data_encoding::HEXLOWER.encode(gear.catalogue.digest()),
                "policyDigest": gear.policy.digest(),
                "salt": gear.fingerprinter.salt().name(),
                "binary": { "sha256": self.program },
            },
            "trust": { "ref": desk::safe(self.args.trust.as_bytes()), "commit": self.trust.to_string() },
        });
        match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }

    pub(super) fn predicate(&self, scope: &str, outcome: &Outcome, more: Map<String, Value>) -> Value {
        let mut fields = self.common(scope);
        fields.insert("verdict".to_owned(), json!(outcome.decision.as_str()));
        fields.insert("would".to_owned(), json!(outcome.would.as_str()));
        fields.extend(more);
        fields.into()
    }

    /// A bundle with all that was judged.
    pub(super) fn draft(
        &self,
        place: evidence::Place,
        subject: Subject,
        outcome: &Outcome,
        predicate: Value,
    ) -> Result<Draft, CommandError> {
        let lost = |error: std::io::Error| CommandError::new(ErrorKind::Internal, format!("a report: {error}"));
        let mut report = serde_json::to_vec_pretty(&document(outcome, None)).map_err(|error| lost(error.into()))?;
        report.push(b'\n');
        let mut sarif = Vec::new();
        // SARIF holds no time; the trait wants one.
        let timing = Timing { started: jiff::Timestamp::UNIX_EPOCH, seconds: 0.0 };
        Sarif.write(outcome, &timing, &mut sarif).map_err(lost)?;
        let files = vec![
            ("report.json", report),
            ("report.sarif", sarif),
            ("policy.toml", self.policy.clone()),
            ("exceptions.jsonl", evidence::exceptions(&self.known, outcome)),
        ];
        Ok(Draft { place, subject: Some(subject), kind: EVIDENCE, predicate, files })
    }
}

pub(super) fn written(what: String, outcome: &Outcome, put: Put) -> Written {
    Written { what, decision: outcome.decision, exit: outcome.exit, put }
}

/// A file of JSON.
pub(super) fn lines(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// The strictest word and exit code: a finding that blocks wins over what could not be judged.
fn worst(written: &[Written]) -> (Decision, u8) {
    let decision = written.iter().map(|one| one.decision).max().unwrap_or(Decision::Pass);
    let exits: Vec<u8> = written.iter().map(|one| one.exit).collect();
    let exit = [1, 2].into_iter().find(|code| exits.contains(code)).unwrap_or(0);
    (decision, exit)
}

fn tell(made: &Made, args: &EvidenceCreateArgs, terminal: &Terminal) -> Result<u8, CommandError> {
    let (mut decision, mut exit) = worst(&made.written);
    let lacking = made.release.as_ref().is_some_and(|release| !release.missing.is_empty() || release.cut);
    if lacking && exit == 0 {
        (decision, exit) = (decision.max(Decision::Incomplete), 2);
    }
    let text = match args.format {
        PlainFormat::Json => format!("{:#}\n", json_report(made, decision)),
        PlainFormat::Human => human(made, decision, args, terminal),
    };
    let lost = |error| CommandError::new(ErrorKind::Io, format!("standard output: {error}; the output is lost"));
    terminal.out(text.as_bytes()).map_err(lost)?;
    Ok(exit)
}

fn json_report(made: &Made, decision: Decision) -> Value {
    let bundles = made.written.iter().map(|one| {
        json!({
            "path": one.put.path,
            "run_id": one.put.run_id,
            "manifest_sha256": one.put.manifest,
            "verdict": one.decision.as_str(),
            "new": one.put.new,
        })
    });
    let mut report = json!({
        "schema": "keyward/evidence/v1",
        "verdict": decision.as_str(),
        "bundles": bundles.collect::<Vec<_>>(),
    });
    if let (Some(Lacks { missing, of, cut }), Some(fields)) = (&made.release, report.as_object_mut()) {
        fields.insert("release".to_owned(), json!({ "commits": of, "missing": missing, "history_cut": cut }));
    }
    report
}

fn human(made: &Made, decision: Decision, args: &EvidenceCreateArgs, terminal: &Terminal) -> String {
    let mut text = String::new();
    for one in made.written.iter().filter(|_| !terminal.quiet) {
        let known = if one.put.new { "" } else { " (known)" };
        text.push_str(&format!("{:<10} {}\n           {}{known}\n", one.decision.as_str(), one.what, one.put.path));
    }
    if let Some(Lacks { missing, of, cut }) = &made.release {
        let with = of.saturating_sub(missing.len());
        text.push_str(&format!("\n{with} of {of} commits of the release have evidence\n"));
        for id in missing.iter().take(NAMED) {
            text.push_str(&format!(
                "  lacking: keyward evidence create --service {} --range {id}^! --output {}\n",
                args.service,
                desk::safe(args.output.as_os_str().as_encoded_bytes())
            ));
        }
        if missing.len() > NAMED {
            text.push_str(&format!("  and {} more: --format json lists all\n", missing.len() - NAMED));
        }
        if *cut {
            text.push_str("  the history is cut, so that there may be more: git fetch --unshallow --tags\n");
        }
    }
    let new = made.written.iter().filter(|one| one.put.new).count();
    text.push_str(&format!("{}: bundles: {}, new: {new}\n", decision.as_str(), made.written.len()));
    text
}
