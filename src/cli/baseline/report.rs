//! `keyward baseline report`: the debt, and whether it is too much.

use super::Desk;
use crate::cli::args::{BaselineFormat, BaselineReportArgs, PolicyArgs};
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::problems;
use crate::cli::run::judge;
use crate::config::parse_duration;
use crate::policy::baseline::{Debt, Entry, path_text};
use crate::policy::{Baseline, Occasion};
use crate::rule::Confidence;
use crate::source::History;
use crate::text::Shown;
use crate::trust::Side;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Seconds of a day.
const DAY: u64 = 86_400;
/// The share of exceptions open for over 30 days that a team should stay under, in percent.
const GOAL: f64 = 5.0;
/// Entries of a kind that people are shown.
const SHOWN: usize = 20;

/// What there is to tell.
struct Told {
    debt: Debt,
    /// Entries that speak of nothing any more; `None` where that was not or could not be looked up.
    unmatched: Option<Vec<Entry>>,
}

pub(super) fn run(desk: &Desk<'_>, args: &BaselineReportArgs) -> Result<u8, CommandError> {
    let oldest = args.max_age.as_deref().map(days).transpose()?;
    let baseline = desk.load()?;
    let debt = baseline.report(desk.today);
    let unmatched = if args.no_scan { None } else { unmatched(desk, &baseline)? };
    let told = Told { debt, unmatched };
    desk.say(&match args.format {
        BaselineFormat::Human => human(&told),
        BaselineFormat::Json => format!("{:#}\n", machine(&told, args.entries.then_some((&baseline, desk)))),
        BaselineFormat::Markdown => markdown(&told),
    })?;
    let debt = &told.debt;
    let old = debt.oldest_open_days.zip(oldest).is_some_and(|(age, most)| age > most);
    let many = args.max_open.is_some_and(|most| debt.open_over_30_days_percent() > most);
    if old {
        desk.terminal.warn("an open entry is older than --max-age allows");
    }
    if many {
        desk.terminal.warn("a larger share of exceptions has been open for over 30 days than --max-open allows");
    }
    Ok(u8::from(old || many))
}

fn days(text: &str) -> Result<i64, CommandError> {
    let plain = text.strip_suffix('d').and_then(|days| days.parse().ok());
    let other = || parse_duration(text).flatten().and_then(|time| i64::try_from(time.as_secs() / DAY).ok());
    plain.or_else(other).ok_or_else(|| CommandError::new(ErrorKind::Usage, "--max-age takes a time such as 90d or 36h"))
}

/// Entries that nothing in the history is about. `None` outside a repository, and where not all of it could be read or
/// listed: then nobody knows.
fn unmatched(desk: &Desk<'_>, baseline: &Baseline) -> Result<Option<Vec<Entry>>, CommandError> {
    let Some(repository) = &desk.place.repository else { return Ok(None) };
    if baseline.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let policy = PolicyArgs { min_confidence: Some(Confidence::Low), ..desk.policy() };
    let gear = desk.place.gear(&Side::Tree("HEAD".to_owned()), &policy, &desk.clock)?;
    let outcome = judge(&gear, &desk.clock, &mut History::new(repository), Occasion::History, None)?;
    if !outcome.unread.is_empty() || outcome.unlisted > 0 {
        desk.terminal.warn("not everything could be read or listed, so that it is not told what matches nothing");
        return Ok(None);
    }
    let findings = outcome.judged.iter().map(|judged| &judged.finding);
    let found = findings.map(|f| (f.fingerprint, f.origin.path.as_deref().map(path_text))).collect();
    Ok(Some(baseline.unmatched(&found)))
}

fn human(told: &Told) -> String {
    let debt = &told.debt;
    let mut out = String::new();
    for row in debt.by_status.iter().filter(|row| row.count > 0) {
        let age = row.oldest_days.map(|days| format!(", the oldest {days} days")).unwrap_or_default();
        _ = writeln!(out, "{:<15} {:>6}, {} expired{age}", row.status.as_str(), row.count, row.expired);
    }
    _ = writeln!(
        out,
        "open            {:>6} of {} exceptions, {} for over 30 days ({:.1} %; the goal is under {GOAL} %)",
        debt.open,
        debt.exceptions,
        debt.open_over_30_days,
        debt.open_over_30_days_percent()
    );
    for entry in debt.expiring.iter().take(SHOWN) {
        let day = entry.last_day().map(|day| day.to_string()).unwrap_or_default();
        _ = writeln!(out, "ends {day}: {} ({})", entry.fingerprint, entry.status.as_str());
    }
    more(debt.expiring.len(), "end within 7 days", &mut out);
    let unmatched = told.unmatched.as_deref().unwrap_or_default();
    for entry in unmatched.iter().take(SHOWN) {
        _ = writeln!(out, "matches nothing: {} ({})", entry.fingerprint, entry.status.as_str());
    }
    more(unmatched.len(), "match nothing", &mut out);
    if !unmatched.is_empty() {
        _ = writeln!(out, "  hint: what matches nothing can go: keyward baseline withdraw FINGERPRINT");
    }
    out
}

fn more(count: usize, what: &str, out: &mut String) {
    if count > SHOWN {
        _ = writeln!(out, "... in all {count} {what}");
    }
}

fn markdown(told: &Told) -> String {
    let debt = &told.debt;
    let mut out = String::from("| status | entries | expired | oldest, days |\n|---|---:|---:|---:|\n");
    for row in &debt.by_status {
        let age = row.oldest_days.map(|days| days.to_string()).unwrap_or_default();
        _ = writeln!(out, "| {} | {} | {} | {age} |", row.status.as_str(), row.count, row.expired);
    }
    let unmatched = match &told.unmatched {
        Some(list) => format!("{} match nothing any more", list.len()),
        None => "what matches nothing any more was not looked up".to_owned(),
    };
    _ = writeln!(
        out,
        "\n{} of {} exceptions are open, {} of them for over 30 days ({:.1} %; the goal is under {GOAL} %); {} end \
         within 7 days; {unmatched}.",
        debt.open,
        debt.exceptions,
        debt.open_over_30_days,
        debt.open_over_30_days_percent(),
        debt.expiring.len()
    );
    out
}

/// `keyward/baseline-report/v1`; with a baseline each of its entries that was not replaced, too.
fn machine(told: &Told, listed: Option<(&Baseline, &Desk<'_>)>) -> Value {
    let debt = &told.debt;
    let statuses: serde_json::Map<String, Value> = debt
        .by_status
        .iter()
        .map(|row| {
            let ages: serde_json::Map<String, Value> = crate::policy::baseline::AGES
                .iter()
                .zip(row.ages)
                .map(|(age, count)| ((*age).to_owned(), count.into()))
                .collect();
            let value =
                json!({"count": row.count, "expired": row.expired, "oldest_days": row.oldest_days, "ages": ages});
            (row.status.as_str().to_owned(), value)
        })
        .collect();
    let brief = |e: &Entry| json!({"fingerprint": e.fingerprint, "status": e.status.as_str(), "until": e.last_day()});
    let mut report = json!({
        "schema": "keyward/baseline-report/v1",
        "statuses": statuses,
        "exceptions": debt.exceptions,
        "open": debt.open,
        "open_over_30_days": debt.open_over_30_days,
        "open_over_30_days_percent": debt.open_over_30_days_percent(),
        "oldest_open_days": debt.oldest_open_days,
        "expired": debt.expired,
        "expiring": debt.expiring.iter().map(brief).collect::<Vec<_>>(),
        "unmatched": told.unmatched.as_ref().map(|list| list.iter().map(brief).collect::<Vec<_>>()),
    });
    if let (Some((baseline, desk)), Some(fields)) = (listed, report.as_object_mut()) {
        fields.insert("entries".to_owned(), entries(baseline, desk));
    }
    report
}

fn entries(baseline: &Baseline, desk: &Desk<'_>) -> Value {
    let mask = problems::builtin_mask();
    let safe = |text: &String| Shown::new(text.as_bytes(), mask.as_ref());
    let current = baseline.prune();
    let rows = current.entries().iter().map(|entry| {
        json!({
            "fingerprint": entry.fingerprint,
            "rule": safe(&entry.rule),
            "paths": entry.paths.iter().map(safe).collect::<Vec<_>>(),
            "status": entry.status.as_str(),
            "reason": entry.reason.as_ref().map(safe),
            "owner": entry.owner.as_ref().map(safe),
            "approver": entry.approver.as_ref().map(safe),
            "ticket": entry.ticket.as_ref().map(safe),
            "opened": entry.opened,
            "until": entry.last_day(),
            "revoked_at": entry.revoked_at,
            "lasts_days": entry.last_day().map(|last| (last - entry.opened).get_days()),
            "age_days": entry.age_days(desk.today),
            "open": entry.open(desk.today),
            "expired": entry.expired(desk.today),
        })
    });
    rows.collect()
}
