//! The debt in a repository, from its reports: how much of what, whose, and since when.

use super::document::{Fate, Finding, Report};
use crate::policy::codeowners::Codeowners;
use crate::rule::Severity;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The name of the format.
pub const SCHEMA: &str = "keyward/debt/v1";
/// The name of what nobody owns.
const NOBODY: &str = "(nobody)";
/// Days up to which findings are of an age, and the name of that age.
const AGES: [(i64, &str); 3] = [(7, "7d"), (30, "30d"), (90, "90d")];
const OLDER: &str = "older";
const SEVERITIES: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// The debt as of the newest report.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Debt {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// When the newest report began.
    pub as_of: Option<Timestamp>,
    /// How many reports there are.
    pub reports: usize,
    /// Whether the newest report read and lists everything.
    pub complete: bool,
    /// Findings that block or warn.
    pub open: u64,
    /// Findings that something excuses.
    pub excused: u64,
    /// Open findings whose secret the report before did not hold at their path; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<u64>,
    /// What was open in the report before and is neither open nor excused now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<u64>,
    /// The worst first.
    pub severities: Vec<Row>,
    /// The most findings first.
    pub rules: Vec<Row>,
    /// The most findings first. A finding with several owners counts for each.
    pub owners: Vec<Row>,
    /// The youngest first.
    pub ages: Vec<Row>,
}

/// Open findings that have something in common.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Row {
    /// What they have in common.
    pub name: String,
    /// How many there are.
    pub open: u64,
    /// How many of them are high or critical.
    pub grave: u64,
    /// Days since the oldest of them came in or was first reported.
    pub oldest_days: i64,
}

/// A secret at a path.
type Key<'r> = (&'r str, Option<&'r str>);

impl Debt {
    /// The debt in reports of one repository. `owners`: whose paths are whose. Reports of runs that ended in an error
    /// are not looked at; `None` where there is no other.
    pub fn of(reports: &[Report], owners: &Codeowners) -> Option<Self> {
        let mut sound: Vec<&Report> = reports.iter().filter(|report| report.error.is_none()).collect();
        sound.sort_by_key(|report| started(report));
        let (newest, earlier) = sound.split_last()?;
        let mut first: HashMap<Key<'_>, Timestamp> = HashMap::new();
        for report in &sound {
            let Some(time) = started(report) else { continue };
            for finding in &report.findings {
                let known = first.entry(key(finding)).or_insert(time);
                *known = time.min(*known);
            }
        }
        let days = |finding: &Finding| {
            let since = first.get(&key(finding)).copied().into_iter().chain(finding.date).min();
            let days = started(newest).zip(since).map(|(now, since)| now.duration_since(since).as_hours() / 24);
            days.unwrap_or(0).max(0)
        };
        let open: Vec<(&Finding, i64)> = opened(newest).map(|finding| (finding, days(finding))).collect();
        let rows = |name: &dyn Fn(&Finding, i64) -> Vec<String>| rows(&open, name);
        let before = earlier.last().map(|report| opened(report).map(key).collect::<HashSet<_>>());
        let now: HashSet<Key<'_>> = newest.findings.iter().map(key).collect();
        Some(Self {
            schema: SCHEMA,
            as_of: started(newest),
            reports: sound.len(),
            complete: newest.coverage.as_ref().is_some_and(|coverage| coverage.complete)
                && newest.unlisted.unwrap_or(0) == 0
                && newest.shard.is_none(),
            open: open.len() as u64,
            excused: newest.findings.len() as u64 - open.len() as u64,
            new: before.as_ref().map(|before| open.iter().filter(|(f, _)| !before.contains(&key(f))).count() as u64),
            gone: before.as_ref().map(|before| before.difference(&now).count() as u64),
            severities: ordered(
                rows(&|finding, _| vec![finding.severity.as_str().to_owned()]),
                SEVERITIES.iter().map(|severity| severity.as_str()),
            ),
            rules: by_count(rows(&|finding, _| vec![finding.rule.clone()])),
            owners: by_count(rows(&|finding, _| whose(owners, finding))),
            ages: ordered(
                rows(&|_, days| vec![age(days).to_owned()]),
                AGES.iter().map(|(_, name)| *name).chain([OLDER]),
            ),
        })
    }
}

fn started(report: &Report) -> Option<Timestamp> {
    report.timing.as_ref().map(|timing| timing.started)
}

fn opened(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|finding| finding.verdict != Fate::Suppressed)
}

fn key(finding: &Finding) -> Key<'_> {
    (&finding.fingerprint, finding.path.as_deref())
}

fn age(days: i64) -> &'static str {
    AGES.iter().find(|(most, _)| days <= *most).map_or(OLDER, |(_, name)| name)
}

fn whose(owners: &Codeowners, finding: &Finding) -> Vec<String> {
    let found = finding.path.as_deref().map(|path| owners.owners(path.as_bytes())).unwrap_or_default();
    match found.as_slice() {
        [] => vec![NOBODY.to_owned()],
        some => some.iter().map(|owner| (*owner).to_owned()).collect(),
    }
}

fn rows(open: &[(&Finding, i64)], name: &dyn Fn(&Finding, i64) -> Vec<String>) -> Vec<Row> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (finding, days) in open {
        for name in name(finding, *days) {
            let row = rows.entry(name.clone()).or_insert(Row { name, open: 0, grave: 0, oldest_days: 0 });
            row.open += 1;
            row.grave += u64::from(finding.severity >= Severity::High);
            row.oldest_days = row.oldest_days.max(*days);
        }
    }
    rows.into_values().collect()
}

fn by_count(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| b.open.cmp(&a.open).then_with(|| a.name.cmp(&b.name)));
    rows
}

/// In a given order, names without findings left out.
fn ordered<'n>(rows: Vec<Row>, order: impl Iterator<Item = &'n str>) -> Vec<Row> {
    order.filter_map(|name| rows.iter().find(|row| row.name == name).cloned()).collect()
}
