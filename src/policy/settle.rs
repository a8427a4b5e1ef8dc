//! What a policy says of all findings of a run together: what is old, and what is too much.

use super::judge::{Occasion, Policy};
use super::{Judgement, Verdict};
use crate::config::{Mode, Ratchet};
use crate::finding::Finding;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

impl Policy {
    /// Whether a finding may be judged otherwise for what else a run finds, or for which of several commits was the
    /// first: then no part of a history can be judged by itself.
    pub fn needs_all(&self, occasion: Occasion) -> bool {
        let counts = self.config().ratchet.iter().any(|step| step.value.from_count.is_some());
        counts || occasion == Occasion::History && self.config().enforce_since.value.is_some()
    }

    /// Settles judgements that depend on more than one finding by itself. First: in a history, what a commit before
    /// `gate.enforce-since` brought in is only reported. (On any other occasion everything is new, whatever date a
    /// commit claims.) Then: where a run has as many findings as a step of the ratchet names, they block.
    pub fn settle(&self, findings: &mut [(Finding, Judgement)], occasion: Occasion) {
        let since = self.config().enforce_since.value.filter(|_| occasion == Occasion::History);
        if let Some(since) = since {
            findings.iter_mut().filter(|(finding, _)| older(finding, since)).for_each(|(_, judgement)| {
                report_only(judgement, since);
            });
        }
        for step in self.config().ratchet.iter().map(|setting| &setting.value) {
            self.turn(step, findings, since);
        }
    }

    fn turn(&self, step: &Ratchet, findings: &mut [(Finding, Judgement)], since: Option<Date>) {
        let Some(least) = step.from_count.filter(|_| step.from.is_none_or(|day| day <= self.today())) else { return };
        let counts = |(finding, judgement): &(Finding, Judgement)| {
            let open = matches!(judgement.would, Verdict::Warn | Verdict::Block);
            open && finding.severity >= step.block_on && !since.is_some_and(|since| older(finding, since))
        };
        let count = findings.iter().filter(|one| counts(one)).count() as u64;
        if count < least {
            return;
        }
        let warns = |one: &&mut (Finding, Judgement)| counts(one) && one.1.would == Verdict::Warn;
        for (finding, judgement) in findings.iter_mut().filter(warns) {
            let level = step.block_on.as_str();
            let note = format!("{count} findings of severity {level} or more, and from {least} on they block");
            if let Some(suppression) = self.waived(finding) {
                judgement.verdict = Verdict::Suppressed(suppression);
                judgement.would = judgement.verdict.clone();
                continue;
            }
            judgement.would = Verdict::Block;
            if self.stance(finding).mode == Mode::Enforce {
                judgement.verdict = Verdict::Block;
            }
            add(judgement, note);
        }
    }
}

/// Whether the commit that brought it in was made before a day (UTC). What no commit is known of is not old.
fn older(finding: &Finding, since: Date) -> bool {
    let commit = finding.origin.commit.as_ref();
    let made = commit.and_then(|commit| Timestamp::from_second(commit.seconds).ok());
    made.is_some_and(|made| made.to_zoned(TimeZone::UTC).date() < since)
}

fn report_only(judgement: &mut Judgement, since: Date) {
    if judgement.would == Verdict::Block {
        judgement.verdict = Verdict::Warn;
        judgement.would = Verdict::Warn;
        add(judgement, format!("older than {since}, from which day on findings block: it is only reported"));
    }
}

fn add(judgement: &mut Judgement, note: String) {
    let notes = judgement.note.take().into_iter().chain([note]);
    judgement.note = Some(notes.collect::<Vec<_>>().join("; "));
}

#[cfg(test)]
mod tests;
