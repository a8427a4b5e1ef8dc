//! Break-glass: joins the policy's decision with the records of this repository.

use super::env::Environment;
use super::error::{CommandError, ErrorKind};
use super::problems;
use super::run::{Clock, judge};
use super::setup::Gear;
use super::terminal::Terminal;
use crate::git::Repository;
use crate::policy::break_glass::{Attempt, BrokenGlass, Refused, Seen};
use crate::policy::{ExcusedBy, Occasion, Suppression};
use crate::record::{AuditEvent, append, let_through, load_attempts, remember_attempt};
use crate::scan::Outcome;
use crate::source::{Source, SourceError};
use crate::text::{Mask, Shown};
use bstr::ByteSlice;
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// Where the records of a repository lie, and what a commit is about.
pub struct Ledger {
    folder: PathBuf,
    worktree: String,
    subject: String,
}

impl Ledger {
    /// The records for what is staged: HEAD and every staged change.
    pub fn staged(repository: &Repository) -> Result<Self, CommandError> {
        let staged = repository.staged().map_err(|error| problems::git(&error))?;
        let mut digest = Sha256::new();
        digest.update(format!("{:?}\n", repository.layout().head));
        for change in &staged.changes {
            digest.update(format!("{:?} {}\n", change.new, change.path.len()));
            digest.update(&change.path);
        }
        Ok(Self::new(repository, digest))
    }

    /// The records for a push of some revisions.
    pub fn push(repository: &Repository, lines: &[u8]) -> Self {
        Self::new(repository, Sha256::new().chain_update(b"push\0").chain_update(lines))
    }

    fn new(repository: &Repository, digest: Sha256) -> Self {
        let layout = repository.layout();
        // A path may hold a secret; its digest names the worktree as well.
        let worktree = Sha256::digest(layout.git_dir.as_os_str().as_encoded_bytes());
        Self {
            folder: layout.common_dir.join("keyward"),
            worktree: data_encoding::HEXLOWER.encode(&worktree),
            subject: data_encoding::HEXLOWER.encode(&digest.finalize()),
        }
    }

    /// The audit log.
    pub fn log(&self) -> PathBuf {
        self.folder.join("audit.jsonl")
    }

    /// Everything that was let through in this repository before. A log that cannot be trusted excuses nothing.
    fn recorded(&self, terminal: &Terminal) -> BrokenGlass {
        let events = let_through(&self.log()).unwrap_or_else(|error| {
            terminal.warn(&error.to_string());
            Vec::new()
        });
        let reason = |reason: Option<String>| reason.unwrap_or_else(|| "no reason given".to_owned());
        BrokenGlass::recorded(events.into_iter().flat_map(|event| {
            let reason = reason(event.reason);
            event.findings.into_iter().map(move |seen| (seen, reason.clone()))
        }))
    }

    /// What the commit is about.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    fn attempts(&self) -> PathBuf {
        self.folder.join("attempts.json")
    }
}

/// What a hook is given to judge with.
pub struct Bench<'a> {
    /// All that judges.
    pub gear: &'a Gear,
    /// When the run began.
    pub clock: &'a Clock,
    /// The environment.
    pub env: &'a Environment,
    /// Where to tell.
    pub terminal: &'a Terminal,
}

impl Bench<'_> {
    /// As [`judge`](Self::judge), where what was let through in a commit of this repository passes here too.
    pub fn judge_recorded<S: Source<Error = SourceError>>(
        &self,
        repository: &Repository,
        ledger: &Ledger,
        source: &mut dyn FnMut() -> S,
    ) -> Result<Outcome, CommandError> {
        self.judge_with(repository, ledger, source, Some(&ledger.recorded(self.terminal)))
    }

    /// Judges a source; what blocks can be let through by whoever repeats a refused try with a reason.
    pub fn judge<S: Source<Error = SourceError>>(
        &self,
        repository: &Repository,
        ledger: &Ledger,
        source: &mut dyn FnMut() -> S,
    ) -> Result<Outcome, CommandError> {
        self.judge_with(repository, ledger, source, None)
    }

    fn judge_with<S: Source<Error = SourceError>>(
        &self,
        repository: &Repository,
        ledger: &Ledger,
        source: &mut dyn FnMut() -> S,
        earlier: Option<&BrokenGlass>,
    ) -> Result<Outcome, CommandError> {
        let outcome = judge(self.gear, self.clock, &mut source(), Occasion::New, earlier)?;
        if outcome.exit != 1 {
            return Ok(outcome);
        }
        let Some(reason) = &self.env.break_glass else {
            self.remember(ledger, &outcome);
            return Ok(outcome);
        };
        match self.broken(ledger, &reason.as_encoded_bytes().to_str_lossy()) {
            Ok(glass) => {
                let glass = earlier.into_iter().fold(glass, BrokenGlass::with_earlier);
                let through = judge(self.gear, self.clock, &mut source(), Occasion::New, Some(&glass))?;
                if through.exit != 1 {
                    self.write_down(repository, ledger, &through, &glass)?;
                }
                Ok(through)
            }
            Err(refused) => {
                self.remember(ledger, &outcome);
                self.terminal.warn(&format!("the glass is not broken: {refused}"));
                Ok(outcome)
            }
        }
    }

    fn broken(&self, ledger: &Ledger, reason: &str) -> Result<BrokenGlass, Refused> {
        // A record that cannot be read is no record: the try is refused and written down anew.
        let attempts = load_attempts(&ledger.attempts(), self.clock.started).unwrap_or_default();
        BrokenGlass::new(reason, &ledger.worktree, &ledger.subject, self.clock.started, &attempts)
    }

    fn remember(&self, ledger: &Ledger, outcome: &Outcome) {
        let judged = outcome.judged.iter().map(|judged| (&judged.finding, &judged.judgement));
        let attempt = Attempt::new(&ledger.worktree, &ledger.subject, self.clock.started, judged);
        if attempt.shown.is_empty() {
            return;
        }
        if let Err(error) = remember_attempt(&ledger.attempts(), attempt) {
            self.terminal.warn(&format!("{error}; this refusal is not written down, so the glass cannot be broken"));
        }
    }

    /// Nothing passes without its record.
    fn write_down(
        &self,
        repository: &Repository,
        ledger: &Ledger,
        outcome: &Outcome,
        glass: &BrokenGlass,
    ) -> Result<(), CommandError> {
        let mask: &dyn Mask = &self.gear.detector;
        let excused = |judged: &&crate::scan::Judged| {
            let broken = |s: &Suppression| s.by == ExcusedBy::BreakGlass;
            judged.judgement.suppression().is_some_and(broken) && glass.opens_for(&judged.finding)
        };
        let findings: Vec<Seen> =
            outcome.judged.iter().filter(excused).filter_map(|judged| Seen::of(&judged.finding)).collect();
        let count = findings.len();
        let event = AuditEvent {
            time: self.clock.started,
            event: "break-glass",
            actor: actor(repository).map(|actor| Shown::new(&actor, mask)),
            reason: Some(Shown::new(glass.reason().as_bytes(), mask)),
            tree: Some(ledger.subject.clone()),
            waiver: None,
            findings,
        };
        let appended = append(&ledger.log(), &event).map_err(|error| {
            CommandError::new(ErrorKind::Io, format!("{error}; without its record nothing is let through"))
        })?;
        if appended.after_torn_line {
            self.terminal.warn("the audit log's last line was cut off; it stays as it is");
        }
        let short: String = appended.digest.chars().take(12).collect();
        self.terminal.warn(&format!(
            "THE GLASS IS BROKEN: passed on somebody's word: {count}; record {short} in {}",
            problems::shown(&ledger.log())
        ));
        Ok(())
    }
}

/// Who git says is at work.
fn actor(repository: &Repository) -> Option<Vec<u8>> {
    let config = repository.config().ok()?;
    let value = |key| config.get(key).and_then(|setting| setting.value.clone());
    let (name, mail) = (value("user.name"), value("user.email"));
    let mail = mail.map(|mail| [b"<", mail.as_slice(), b">"].concat());
    let parts: Vec<Vec<u8>> = name.into_iter().chain(mail).collect();
    (!parts.is_empty()).then(|| parts.join(&b' '))
}
