//! Prometheus text from reports, logs and baselines. Every label has a fixed set of values: edges, severities, verdicts,
//! statuses, ages, and the providers of the built-in rules (`custom` for any other).

mod exposition;
mod lifetimes;
mod runs;

use super::runs::Event;
use crate::policy::baseline::{Baseline, Status};
use crate::report::document::{Fate, Report};
use crate::rule::{Catalogue, Severity};
use exposition::{Exposition, Histogram};
use jiff::civil::Date;
use runs::Runs;
use std::collections::{BTreeMap, BTreeSet};

/// An hour, four, a day, three, a week, 30 days, 90 days.
const LIFE_BOUNDS: &[f64] = &[3_600.0, 14_400.0, 86_400.0, 259_200.0, 604_800.0, 2_592_000.0, 7_776_000.0];
const SEVERITIES: [Severity; 5] = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

/// Everything that numbers are made of.
#[derive(Debug, Default)]
pub struct Material {
    /// Runs in CI, and of whole histories.
    pub reports: Vec<Report>,
    /// What hooks wrote down.
    pub events: Vec<Event>,
    /// Exceptions.
    pub baselines: Vec<Baseline>,
    /// Labels of every number, such as the repository's name: none that [`may_label`] refuses.
    pub labels: Vec<(String, String)>,
}

/// Labels that numbers have of their own.
const OWN_LABELS: [&str; 9] = ["edge", "verdict", "severity", "family", "means", "status", "age", "version", "le"];

/// Whether a name can be a further label: letters, digits and `_`, no digit first, not `__` first, and none of our own.
/// <https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels>
pub fn may_label(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let starts = name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    plain && starts && !name.starts_with("__") && !OWN_LABELS.contains(&name)
}

/// The text, and what whoever reads it should know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Metrics {
    /// For a file that ends in `.prom`.
    pub text: String,
    /// How many secrets were revoked before they were first seen.
    pub backwards: u64,
}

/// Counts everything as of a day.
pub fn metrics(material: &Material, rules: &Catalogue, today: Date) -> Metrics {
    let known: BTreeSet<&str> = rules.rules().iter().map(|rule| rule.provider.as_str()).collect();
    let families = |name: &str| if known.contains(name) { name.to_owned() } else { "custom".to_owned() };
    let mut reports: Vec<&Report> = material.reports.iter().collect();
    reports.sort_by_key(|report| report.timing.as_ref().map(|timing| timing.started));
    let mut runs = Runs::default();
    let mut overrides: BTreeMap<&'static str, u64> =
        BTreeMap::from([("break-glass", 0), ("loosening", 0), ("waiver", 0)]);
    for event in &material.events {
        match event {
            Event::Run(run) => runs.hook(run, &families),
            Event::Other { event, .. } => {
                if let Some(count) = overrides.get_mut(event.as_str()) {
                    *count += 1;
                }
            }
        }
    }
    reports.iter().for_each(|report| runs.report(report, &families));
    let lives = lifetimes::measure(&reports, &material.baselines, rules);
    let mut out = Exposition::labelled(&material.labels);
    out.family("keyward_build_info", "gauge", "The keyward that made these numbers.");
    out.sample("keyward_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    runs.write(&mut out);
    out.family("keyward_overrides_total", "counter", "Times that somebody passed the gate on their word, by means.");
    overrides.iter().for_each(|(means, count)| {
        out.sample("keyward_overrides_total", &[("means", means)], *count as f64);
    });
    findings(&reports, &families, &mut out);
    if !material.baselines.is_empty() {
        exceptions(&material.baselines, today, &mut out);
    }
    spans("keyward_time_to_revoke_seconds", "From first seen to revoked-at.", &lives.to_revoked, &mut out);
    spans("keyward_time_to_remove_seconds", "From first seen to gone from HEAD.", &lives.to_gone, &mut out);
    Metrics { text: out.finish(), backwards: lives.backwards }
}

/// Whether a report speaks of everything that references reach: only then are references looked at.
fn whole_history(report: &Report) -> bool {
    report.coverage.as_ref().is_some_and(|coverage| coverage.refs > 0)
}

/// Whether what a report does not list is not there.
fn complete(report: &Report) -> bool {
    let read = report.coverage.as_ref().is_some_and(|coverage| coverage.complete);
    read && report.unlisted.unwrap_or(0) == 0 && report.shard.is_none() && report.error.is_none()
}

/// What is there now: the last report of a whole history, else the last report.
fn findings(reports: &[&Report], families: &dyn Fn(&str) -> String, out: &mut Exposition) {
    let whole = reports.iter().rev().find(|report| whole_history(report) && report.error.is_none());
    let Some(report) = whole.or(reports.last()) else { return };
    let mut counts: BTreeMap<(Severity, &str, String), u64> = BTreeMap::new();
    for finding in &report.findings {
        let verdict = match finding.verdict {
            Fate::Block => "block",
            Fate::Warn => "warn",
            Fate::Suppressed => "suppressed",
        };
        *counts.entry((finding.severity, verdict, families(&finding.provider))).or_default() += 1;
    }
    out.family("keyward_findings", "gauge", "Findings of the last report, by severity, verdict and rule family.");
    for ((severity, verdict, family), count) in &counts {
        let labels = [("severity", severity.as_str()), ("verdict", verdict), ("family", family)];
        out.sample("keyward_findings", &labels, *count as f64);
    }
    out.family("keyward_open_findings", "gauge", "Findings of the last report that nothing excuses, by severity.");
    for severity in SEVERITIES {
        let open = counts.iter().filter(|((of, verdict, _), _)| *of == severity && *verdict != "suppressed");
        let open: u64 = open.map(|(_, count)| count).sum();
        out.sample("keyward_open_findings", &[("severity", severity.as_str())], open as f64);
    }
    out.family("keyward_report_complete", "gauge", "1 where the last report read everything and lists everything.");
    out.sample("keyward_report_complete", &[], f64::from(u8::from(complete(report))));
}

fn exceptions(baselines: &[Baseline], today: Date, out: &mut Exposition) {
    let debts: Vec<_> = baselines.iter().map(|baseline| baseline.report(today)).collect();
    out.family("keyward_exceptions", "gauge", "Entries of the baseline, by status and age.");
    for status in Status::ALL {
        for age in crate::policy::baseline::AGES {
            let count: u64 = debts.iter().map(|debt| debt.aged(status, age)).sum();
            out.sample("keyward_exceptions", &[("status", status.as_str()), ("age", age)], count as f64);
        }
    }
    let mut gauge = |name: &str, help: &str, value: f64| {
        out.family(name, "gauge", help);
        out.sample(name, &[], value);
    };
    let sum = |of: fn(&crate::policy::baseline::Debt) -> u64| debts.iter().map(of).sum::<u64>() as f64;
    let (open, old, all) = (sum(|d| d.open), sum(|d| d.open_over_30_days), sum(|d| d.exceptions));
    gauge("keyward_exceptions_open", "Exceptions that somebody still has to deal with.", open);
    let share = if all > 0.0 { old / all } else { 0.0 };
    gauge(
        "keyward_exceptions_overdue_ratio",
        "Share of all exceptions that has been open for over 30 days, 0 to 1.",
        share,
    );
    gauge("keyward_exceptions_expired", "Exceptions whose last day is over.", sum(|d| d.expired));
    gauge("keyward_exceptions_ending_soon", "Exceptions that end within seven days.", sum(|d| d.expiring.len() as u64));
}

fn spans(name: &str, help: &str, spans: &[lifetimes::Span], out: &mut Exposition) {
    let mut all: BTreeMap<&'static str, Histogram> =
        SEVERITIES.iter().map(|severity| (severity.as_str(), Histogram::new(LIFE_BOUNDS))).collect();
    for span in spans {
        all.entry(span.severity.as_str()).or_insert_with(|| Histogram::new(LIFE_BOUNDS)).observe(span.seconds);
    }
    out.family(name, "histogram", help);
    out.histograms(name, "severity", &all);
}

#[cfg(test)]
mod tests;
