//! How long secrets live: from the first time that keyward saw one until it was revoked, and until HEAD no longer
//! holds it.

use crate::policy::baseline::{Baseline, Status};
use crate::report::document::Report;
use crate::rule::{Catalogue, Severity};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::{HashMap, HashSet};

/// What is known of one secret.
#[derive(Default)]
struct Life {
    severity: Option<Severity>,
    first: Option<Timestamp>,
    revoked: Option<Date>,
    /// The last whole history in which HEAD held it.
    in_head: Option<Timestamp>,
    /// The first whole history since then in which HEAD did not.
    gone: Option<Timestamp>,
    /// It is no secret.
    false_positive: bool,
}

/// A time that ended, by severity.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Span {
    pub(super) severity: Severity,
    pub(super) seconds: f64,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Lifetimes {
    pub(super) to_revoked: Vec<Span>,
    pub(super) to_gone: Vec<Span>,
    /// Secrets that were revoked before the day on which they were first seen: a clock was wrong, or the first reports
    /// are missing. They count as revoked at once.
    pub(super) backwards: u64,
}

/// Measures. `reports` are sorted by time; only those of whole histories say what HEAD holds.
pub(super) fn measure(reports: &[&Report], baselines: &[Baseline], rules: &Catalogue) -> Lifetimes {
    let mut lives: HashMap<String, Life> = HashMap::new();
    for report in reports {
        note(report, &mut lives);
    }
    for entry in baselines.iter().flat_map(|baseline| baseline.entries()) {
        let life = lives.entry(entry.fingerprint.to_string()).or_default();
        life.severity = life.severity.or_else(|| rules.get(&entry.rule).map(|rule| rule.severity));
        let opened = start(entry.opened);
        life.first = life.first.into_iter().chain(opened).min();
        life.revoked = life.revoked.into_iter().chain(entry.revoked_at).min();
        life.false_positive |= entry.status == Status::FalsePositive;
    }
    let mut all = Lifetimes::default();
    for life in lives.values().filter(|life| !life.false_positive) {
        let (Some(severity), Some(first)) = (life.severity, life.first) else { continue };
        if let Some(revoked) = life.revoked.and_then(|day| Some((day, start(day)?))) {
            all.backwards += u64::from(revoked.0 < first.to_zoned(TimeZone::UTC).date());
            all.to_revoked.push(Span { severity, seconds: seconds(first, revoked.1) });
        }
        if let Some(gone) = life.gone {
            all.to_gone.push(Span { severity, seconds: seconds(first, gone) });
        }
    }
    // The order of a hash map must not decide how sums are rounded.
    let order = |a: &Span, b: &Span| a.severity.cmp(&b.severity).then(a.seconds.total_cmp(&b.seconds));
    all.to_revoked.sort_by(order);
    all.to_gone.sort_by(order);
    all
}

fn note(report: &Report, lives: &mut HashMap<String, Life>) {
    let Some(time) = report.timing.as_ref().map(|timing| timing.started) else { return };
    let mut held: HashSet<&str> = HashSet::new();
    for finding in &report.findings {
        let life = lives.entry(finding.fingerprint.clone()).or_default();
        life.severity = life.severity.max(Some(finding.severity));
        life.first = life.first.into_iter().chain([time]).min();
        if finding.in_head == Some(true) {
            held.insert(&finding.fingerprint);
        }
    }
    if !super::whole_history(report) {
        return;
    }
    let told = super::complete(report);
    for (fingerprint, life) in lives.iter_mut() {
        if held.contains(fingerprint.as_str()) {
            (life.in_head, life.gone) = (Some(time), None);
        } else if told && life.in_head.is_some() && life.gone.is_none() {
            life.gone = Some(time);
        }
    }
}

fn start(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp())
}

/// 0 where the clock ran backwards, and within the first day, since a revocation has no hour.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}
