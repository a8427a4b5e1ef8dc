//! Annotations of GitHub Actions:
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>.

use super::view::{link, listed, path, place, plain};
use super::words::{excuse, unread, verdict_line, why};
use super::{Report, Timing};
use crate::finding::ObjectKind;
use crate::policy::Verdict;
use crate::scan::{Judged, Outcome};
use std::fmt::Write as _;
use std::io;

/// Writes workflow commands, one a line, and the verdict's line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Github;

impl Report for Github {
    fn write(&self, outcome: &Outcome, _: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        for judged in listed(outcome) {
            writeln!(out, "{}", annotation(judged))?;
        }
        let level = if outcome.exit == 0 { "warning" } else { "error" };
        for reason in &outcome.unread {
            writeln!(out, "::{level} title=keyward incomplete::{}", data(&unread(reason)))?;
        }
        for warning in &outcome.warnings {
            writeln!(out, "::warning title=keyward::{}", data(warning.as_str()))?;
        }
        writeln!(out, "{}", verdict_line(outcome, None))
    }
}

fn annotation(judged: &Judged) -> String {
    let finding = &judged.finding;
    let (level, word) = match judged.judgement.verdict {
        Verdict::Block => ("error", "blocks"),
        Verdict::Warn | Verdict::Below => ("warning", "warns"),
        Verdict::Suppressed(_) => ("notice", "excused"),
    };
    let title = property(&format!("keyward {word}: {}", finding.rule.id));
    let mut text = format!("{}: {}. {}", plain(&finding.rule.description), finding.preview, why(judged));
    if path(judged).is_none() {
        _ = write!(text, "\nin {}", place(judged));
    }
    let page = link(finding.rule.rotate.as_ref()).map(|page| format!("rotate it at {page}"));
    let note = judged.note.as_ref().map(|note| note.to_string());
    for line in page.into_iter().chain(excuse(judged)).chain(note) {
        _ = write!(text, "\n{line}");
    }
    _ = write!(text, "\nfingerprint {}", finding.fingerprint);
    format!("::{level} {}title={title}::{}", spot(judged), data(&text))
}

/// The properties that say where; columns only within one line, as the page above asks.
fn spot(judged: &Judged) -> String {
    let Some(path) = path(judged) else { return String::new() };
    let mut spot = format!("file={},", property(path));
    let place = &judged.finding.location;
    if judged.finding.origin.kind == ObjectKind::Blob {
        _ = write!(spot, "line={},endLine={},", place.line_start, place.line_end);
        if place.line_start == place.line_end {
            _ = write!(spot, "col={},endColumn={},", place.column_start, place.column_end);
        }
    }
    spot
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
