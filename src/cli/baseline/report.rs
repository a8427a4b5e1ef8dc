//! `keyward baseline report`: the debt, and whether it is too much.

use super::Desk;
use crate::cli::args::BaselineFormat;
use crate::cli::error::{CommandError, ErrorKind};
use crate::config::parse_duration;
use crate::policy::baseline::Debt;
use std::fmt::Write as _;

/// Seconds of a day.
const DAY: u64 = 86_400;

pub(super) fn run(
    desk: &Desk<'_>,
    format: BaselineFormat,
    max_age: Option<&str>,
    max_open: Option<f64>,
) -> Result<u8, CommandError> {
    let oldest = max_age.map(days).transpose()?;
    let debt = desk.load()?.report(desk.today);
    desk.say(&match format {
        BaselineFormat::Human => human(&debt),
        BaselineFormat::Json => format!("{:#}\n", json(&debt)),
        BaselineFormat::Markdown => markdown(&debt),
    })?;
    let old = debt.oldest_open_days.zip(oldest).is_some_and(|(age, most)| age > most);
    let many = max_open.is_some_and(|most| debt.open_over_30_days_percent() > most);
    if old {
        desk.terminal.warn("an open entry is older than --max-age allows");
    }
    if many {
        desk.terminal.warn("a larger share of open entries is older than 30 days than --max-open allows");
    }
    Ok(u8::from(old || many))
}

fn days(text: &str) -> Result<i64, CommandError> {
    let plain = text.strip_suffix('d').and_then(|days| days.parse().ok());
    let other = || parse_duration(text).flatten().and_then(|time| i64::try_from(time.as_secs() / DAY).ok());
    plain.or_else(other).ok_or_else(|| CommandError::new(ErrorKind::Usage, "--max-age takes a time such as 90d or 36h"))
}

fn human(debt: &Debt) -> String {
    let mut out = String::new();
    for row in debt.by_status.iter().filter(|row| row.count > 0) {
        let age = row.oldest_days.map(|days| format!(", the oldest {days} days")).unwrap_or_default();
        _ = writeln!(out, "{:<15} {:>6}, {} expired{age}", row.status.as_str(), row.count, row.expired);
    }
    _ = writeln!(
        out,
        "open            {:>6} ({:.1} % of all), {} for over 30 days ({:.1} %)",
        debt.open,
        debt.open_percent(),
        debt.open_over_30_days,
        debt.open_over_30_days_percent()
    );
    for entry in &debt.expiring {
        let day = entry.last_day().map(|day| day.to_string()).unwrap_or_default();
        _ = writeln!(out, "ends {day}: {} ({})", entry.fingerprint, entry.status.as_str());
    }
    out
}

fn markdown(debt: &Debt) -> String {
    let mut out = String::from("| status | entries | expired | oldest, days |\n|---|---:|---:|---:|\n");
    for row in &debt.by_status {
        let age = row.oldest_days.map(|days| days.to_string()).unwrap_or_default();
        _ = writeln!(out, "| {} | {} | {} | {age} |", row.status.as_str(), row.count, row.expired);
    }
    _ = writeln!(
        out,
        "\n{} open ({:.1} %), {} of them for over 30 days; {} end within 7 days.",
        debt.open,
        debt.open_percent(),
        debt.open_over_30_days,
        debt.expiring.len()
    );
    out
}

fn json(debt: &Debt) -> serde_json::Value {
    let statuses: serde_json::Map<String, serde_json::Value> = debt
        .by_status
        .iter()
        .map(|row| {
            let value = serde_json::json!({"count": row.count, "expired": row.expired, "oldest_days": row.oldest_days});
            (row.status.as_str().to_owned(), value)
        })
        .collect();
    let expiring: Vec<_> = debt
        .expiring
        .iter()
        .map(|e| serde_json::json!({"fingerprint": e.fingerprint, "status": e.status.as_str(), "until": e.last_day()}))
        .collect();
    serde_json::json!({
        "schema": "keyward/baseline-report/v1",
        "statuses": statuses,
        "open": debt.open,
        "open_percent": debt.open_percent(),
        "open_over_30_days": debt.open_over_30_days,
        "open_over_30_days_percent": debt.open_over_30_days_percent(),
        "oldest_open_days": debt.oldest_open_days,
        "expiring": expiring,
    })
}
