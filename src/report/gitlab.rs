//! GitLab's secret detection report, schema 15.1.4:
//! <https://gitlab.com/gitlab-org/security-products/security-report-schemas>. The schema asks for the times of the
//! scan, so that this is the one format besides JSON with a time in it.

use super::view::{Counts, commit, complete, date, link, listed, path, place, plain};
use super::words::{grade, plural, unread, why};
use super::{Report, Timing};
use crate::policy::Verdict;
use crate::rule::Severity;
use crate::scan::{Judged, Outcome};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io;

const VERSION: &str = "15.1.4";
/// What GitLab's own analyzer writes where there is no commit.
const NO_COMMIT: &str = "0000000";
/// The longest name the schema takes, in characters.
const LONGEST_NAME: usize = 255;

/// Writes GitLab's secret detection report. Excused findings are only counted: the format has no place for them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gitlab;

impl Report for Gitlab {
    fn write(&self, outcome: &Outcome, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        let open = listed(outcome).filter(|judged| !matches!(judged.judgement.verdict, Verdict::Suppressed(_)));
        let report = json!({
            "version": VERSION,
            "scan": scan(outcome, timing),
            "vulnerabilities": open.map(vulnerability).collect::<Vec<_>>(),
        });
        serde_json::to_writer_pretty(&mut *out, &report)?;
        out.write_all(b"\n")
    }
}

fn scan(outcome: &Outcome, timing: &Timing) -> Value {
    let tool = json!({
        "id": "keyward",
        "name": "keyward",
        "version": outcome.engine.version,
        "vendor": { "name": "keyward" },
    });
    let took = SignedDuration::from_millis((timing.seconds * 1000.0) as i64);
    let end = timing.started.checked_add(took).unwrap_or(timing.started);
    json!({
        "type": "secret_detection",
        "status": if complete(outcome) { "success" } else { "failure" },
        "start_time": seconds(timing.started),
        "end_time": seconds(end),
        "analyzer": tool,
        "scanner": tool,
        "messages": messages(outcome),
    })
}

fn messages(outcome: &Outcome) -> Vec<Value> {
    let unread = outcome.unread.iter().map(|reason| ("warn", unread(reason)));
    let warnings = outcome.warnings.iter().map(|warning| ("warn", format!("warning: {warning}")));
    let unlisted = outcome.unlisted;
    let beyond =
        (unlisted > 0).then(|| ("warn", format!("{} beyond the limit of the list", plural(unlisted, "finding"))));
    let excused = Counts::of(outcome).suppressed;
    let excused = (excused > 0).then(|| ("info", format!("{} excused", plural(excused, "finding"))));
    let all = unread.chain(warnings).chain(beyond).chain(excused);
    all.map(|(level, value)| json!({ "level": level, "value": value })).collect()
}

fn vulnerability(judged: &Judged) -> Value {
    let finding = &judged.finding;
    let rule = &finding.rule;
    let description = plain(&rule.description);
    let page = link(rule.rotate.as_ref());
    let rotate = page.map(|page| format!(" How to: {page}")).unwrap_or_default();
    let links: Vec<Value> = page.map(|page| json!({ "name": "rotate", "url": page })).into_iter().collect();
    json!({
        "id": id(judged),
        "name": description.as_str().chars().take(LONGEST_NAME).collect::<String>(),
        "description": format!(
            "{description}\n\n{} at {}\n\n{} ({})\n\nfingerprint {}",
            finding.preview, place(judged), why(judged), grade(judged), finding.fingerprint
        ),
        "severity": severity(finding.severity),
        "solution": format!(
            "Revoke it, take it out, and read the new one from the environment or a secret store.{rotate}"
        ),
        "identifiers": [{ "type": "keyward_rule", "name": format!("keyward rule {}", rule.id), "value": rule.id }],
        "links": links,
        "location": location(judged),
    })
}

fn location(judged: &Judged) -> Value {
    let finding = &judged.finding;
    let mut commit = json!({ "sha": commit(finding).unwrap_or_else(|| NO_COMMIT.to_owned()) });
    if let Some(fields) = commit.as_object_mut() {
        fields.extend(judged.author.as_ref().map(|author| ("author".to_owned(), json!(author))));
        fields.extend(date(finding).map(|date| ("date".to_owned(), json!(date))));
    }
    let mut location = json!({
        "commit": commit,
        "start_line": finding.location.line_start,
        "end_line": finding.location.line_end,
    });
    if let (Some(path), Some(fields)) = (path(judged), location.as_object_mut()) {
        fields.insert("file".to_owned(), json!(path));
    }
    location
}

/// A UUID (RFC 9562, version 8) of what the finding is and where, so that equal findings keep it.
fn id(judged: &Judged) -> String {
    let finding = &judged.finding;
    let commit = commit(finding).unwrap_or_default();
    let identity = format!("{}\0{}\0{}\0{commit}", finding.rule.id, finding.fingerprint, place(judged));
    let digest = Sha256::digest(identity.as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    let number = u128::from_be_bytes(bytes);
    let version = (number & !(0xf << 76)) | (0x8 << 76);
    let variant = (version & !(0x3 << 62)) | (0x2 << 62);
    let field = |shift: u32, digits: usize| {
        let value = (variant >> shift) & ((1 << (4 * digits)) - 1);
        format!("{value:0digits$x}")
    };
    [field(96, 8), field(80, 4), field(64, 4), field(48, 4), field(0, 12)].join("-")
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// `yyyy-mm-ddThh:mm:ss` in UTC, the form that the schema asks for.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
