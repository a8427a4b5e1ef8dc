//! What is counted of runs: those of hooks, and those that left a report.

use super::super::runs::Run;
use super::exposition::{Exposition, Histogram};
use crate::report::document::{Fate, Report, Word};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Seconds of a run: a hook takes milliseconds, a history minutes.
const RUN_BOUNDS: &[f64] = &[0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0, 1800.0];
const EDGES: [&str; 6] = ["commit", "push", "server", "ci", "history", "scan"];
const VERDICTS: [&str; 3] = ["pass", "incomplete", "block"];

/// What is counted of runs.
#[derive(Default)]
pub(super) struct Runs {
    total: BTreeMap<(&'static str, &'static str), u64>,
    failed: BTreeMap<&'static str, u64>,
    prevented: BTreeMap<(&'static str, &'static str, String), u64>,
    overridden: BTreeMap<(&'static str, &'static str), u64>,
    seconds: BTreeMap<&'static str, Histogram>,
    bytes: BTreeMap<&'static str, u64>,
    last: BTreeMap<&'static str, Timestamp>,
}

fn fixed(list: &[&'static str], word: &str) -> &'static str {
    list.iter().copied().find(|known| *known == word).unwrap_or("other")
}

impl Runs {
    pub(super) fn hook(&mut self, run: &Run, families: &dyn Fn(&str) -> String) {
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

    pub(super) fn report(&mut self, report: &Report, families: &dyn Fn(&str) -> String) {
        let history = super::whole_history(report);
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

    pub(super) fn write(&self, out: &mut Exposition) {
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
