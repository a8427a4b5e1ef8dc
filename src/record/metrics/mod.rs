//! Prometheus text from reports, logs and baselines. Every label has a fixed set of values: edges, severities, verdicts,
//! statuses, ages, and the providers of the built-in rules (`custom` for any other).

mod exposition;
mod lifetimes;

use super::runs::{Event, Run};
use crate::policy::baseline::{Baseline, Status};
use crate::report::document::{Fate, Report, Word};
use crate::rule::{Catalogue, Severity};
use exposition::{Exposition, Histogram};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Seconds of a run: a hook takes milliseconds, a history minutes.
const RUN_BOUNDS: &[f64] = &[0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0, 1800.0];
/// An hour, four, a day, three, a week, 30 days, 90 days.
const LIFE_BOUNDS: &[f64] = &[3_600.0, 14_400.0, 86_400.0, 259_200.0, 604_800.0, 2_592_000.0, 7_776_000.0];
const EDGES: [&str; 6] = ["commit", "push", "server", "ci", "history", "scan"];
const VERDICTS: [&str; 3] = ["pass", "incomplete", "block"];
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

/// What is counted of runs.
#[derive(Default)]
struct Runs {
    total: BTreeMap<(&'static str, &'static str), u64>,
    failed: BTreeMap<&'static str, u64>,
    prevented: BTreeMap<(&'static str, &'static str, String), u64>,
    overridden: BTreeMap<(&'static str, &'static str), u64>,
    seconds: BTreeMap<&'static str, Histogram>,
    bytes: BTreeMap<&'static str, u64>,
    last: BTreeMap<&'static str, Timestamp>,
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

fn fixed(list: &[&'static str], word: &str) -> &'static str {
    list.iter().copied().find(|known| *known == word).unwrap_or("other")
}

impl Runs {
    fn hook(&mut self, run: &Run, families: &dyn Fn(&str) -> String) {
        let edge = fixed(&EDGES, &run.edge);
        self.run(edge, fixed(&VERDICTS, &run.verdict), run.exit != 0, Some((run.time, run.seconds)), run.bytes);
        for tally in &run.findings {
            let severity = tally.severity.as_str();
            match tally.verdict.as_str() {
                "block" => *self.prevented.entry((edge, severity, families(&tally.family))).or_default() += tally.count,
                "override" => *self.overridden.entry((edge, severity)).or_default() += tally.count,
                _ => {}
            }
        }
    }

    fn report(&mut self, report: &Report, families: &dyn Fn(&str) -> String) {
        let history = whole_history(report);
        let edge = if history { "history" } else { "ci" };
        let verdict = match report.verdict {
            Word::Pass => "pass",
            Word::Incomplete => "incomplete",
            Word::Block => "block",
        };
        let failed = report.exit.map_or(report.verdict != Word::Pass, |exit| exit != 0);
        let time = report.timing.as_ref().map(|timing| (timing.started, timing.seconds));
        self.run(edge, verdict, failed, time, report.coverage.as_ref().map_or(0, |coverage| coverage.bytes));
        // What a history holds already is not prevented.
        let stopped = report.findings.iter().filter(|finding| finding.verdict == Fate::Block && !history);
        for finding in stopped {
            let key = (edge, finding.severity.as_str(), families(&finding.provider));
            *self.prevented.entry(key).or_default() += 1;
        }
    }

    fn run(
        &mut self,
        edge: &'static str,
        verdict: &'static str,
        failed: bool,
        time: Option<(Timestamp, f64)>,
        bytes: u64,
    ) {
        *self.total.entry((edge, verdict)).or_default() += 1;
        *self.failed.entry(edge).or_default() += u64::from(failed);
        let all = self.bytes.entry(edge).or_default();
        *all = all.saturating_add(bytes);
        if let Some((started, seconds)) = time {
            self.seconds.entry(edge).or_insert_with(|| Histogram::new(RUN_BOUNDS)).observe(seconds.max(0.0));
            let last = self.last.entry(edge).or_insert(started);
            *last = started.max(*last);
        }
    }

    fn write(&self, out: &mut Exposition) {
        out.family("keyward_runs_total", "counter", "Runs, by edge and verdict.");
        for edge in self.failed.keys() {
            for verdict in VERDICTS.into_iter().chain(["other"]) {
                let count = self.total.get(&(edge, verdict)).copied();
                if let Some(count) = count.or((verdict != "other").then_some(0)) {
                    out.sample("keyward_runs_total", &[("edge", edge), ("verdict", verdict)], count as f64);
                }
            }
        }
        out.family("keyward_failed_runs_total", "counter", "Runs with an exit code that is not 0, by edge.");
        for (edge, count) in &self.failed {
            out.sample("keyward_failed_runs_total", &[("edge", edge)], *count as f64);
        }
        out.family("keyward_prevented_total", "counter", "Findings that blocked, by edge, severity and rule family.");
        for ((edge, severity, family), count) in &self.prevented {
            let labels = [("edge", *edge), ("severity", *severity), ("family", family.as_str())];
            out.sample("keyward_prevented_total", &labels, *count as f64);
        }
        out.family("keyward_overridden_total", "counter", "Findings passed on somebody's word, by edge and severity.");
        for ((edge, severity), count) in &self.overridden {
            out.sample("keyward_overridden_total", &[("edge", edge), ("severity", severity)], *count as f64);
        }
        out.family("keyward_run_seconds", "histogram", "How long runs took: what the check adds to a commit or build.");
        out.histograms("keyward_run_seconds", "edge", &self.seconds);
        out.family("keyward_read_bytes_total", "counter", "Bytes that runs read, by edge.");
        for (edge, bytes) in &self.bytes {
            out.sample("keyward_read_bytes_total", &[("edge", edge)], *bytes as f64);
        }
        out.family("keyward_last_run_timestamp_seconds", "gauge", "When the last run began, by edge.");
        for (edge, time) in &self.last {
            out.sample("keyward_last_run_timestamp_seconds", &[("edge", edge)], time.as_second() as f64);
        }
    }
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
