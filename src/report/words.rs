//! The sentences that formats for people share.

use super::Timing;
use super::view::{Counts, complete};
use crate::coverage::Unread;
use crate::policy::{Decision, Verdict};
use crate::rule::Confidence;
use crate::scan::{Gap, Judged, Outcome};

/// The verdict with its numbers: `block: 2 findings block, 1 warns; 3 files, 12 kB read in 8 ms`.
/// Without `timing` it holds no time.
pub(super) fn verdict_line(outcome: &Outcome, timing: Option<&Timing>) -> String {
    let mut parts = vec![findings(outcome)];
    if let Some(lost) = lost(outcome) {
        let place = usize::from(outcome.decision != Decision::Incomplete);
        parts.insert(place, lost);
    }
    if outcome.would != outcome.decision {
        parts.push(format!("{} mode, enforce mode would say {}", outcome.mode, outcome.would.as_str()));
    }
    let files = plural(outcome.coverage.blobs, "file");
    let read = size(outcome.coverage.bytes);
    let time = timing.map(|timing| format!(" in {}", duration(timing.seconds))).unwrap_or_default();
    parts.push(format!("{files}, {read} read{time}"));
    format!("{}: {}", outcome.decision.as_str(), parts.join("; "))
}

fn lost(outcome: &Outcome) -> Option<String> {
    let allowed = if outcome.exit == 0 { " (let through by the settings)" } else { "" };
    if !outcome.unread.is_empty() {
        return Some(format!("not judged: {}{allowed}", reasons(&outcome.unread)));
    }
    (!complete(outcome)).then(|| format!("not everything was judged{allowed}"))
}

fn findings(outcome: &Outcome) -> String {
    let counts = Counts::of(outcome);
    let mut parts = Vec::new();
    let mut noun = Some("finding");
    for (count, one, many) in [
        (counts.block, "blocks", "block"),
        (counts.warn, "warns", "warn"),
        (counts.suppressed, "is excused", "are excused"),
        (outcome.unlisted, "is not listed", "are not listed"),
    ] {
        if count > 0 {
            let verb = if count == 1 { one } else { many };
            let what = noun.take().map_or_else(|| count.to_string(), |noun| plural(count, noun));
            parts.push(format!("{what} {verb}"));
        }
    }
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

/// `1 shallow, 2 too-large`.
fn reasons(gaps: &[Gap]) -> String {
    gaps.iter().map(|gap| format!("{} {}", gap.count, gap.reason)).collect::<Vec<_>>().join(", ")
}

/// A reason with its count and its examples: `2 too-large: a.bin, b.bin`.
pub(super) fn gap(gap: &Gap) -> String {
    let named = gap.examples.iter().map(|example| example.as_str());
    let named: Vec<&str> = named.filter(|example| !example.is_empty()).collect();
    let more = if gap.count > named.len() as u64 && !named.is_empty() { ", …" } else { "" };
    let colon = if named.is_empty() { "" } else { ": " };
    format!("{} {}{colon}{}{more}", gap.count, gap.reason, named.join(", "))
}

/// A reason with its remedy, in one line.
pub(super) fn unread(reason: &Gap) -> String {
    let remedy = remedy(reason.reason).map(|remedy| format!("; remedy: {remedy}")).unwrap_or_default();
    format!("could not be judged: {}{remedy}", gap(reason))
}

/// How far a run came that had to stop: `came to 120 of 4000 objects (3 %)`.
pub(super) fn progress(outcome: &Outcome) -> Option<String> {
    let progress = outcome.coverage.progress?;
    let share = progress.done.saturating_mul(100).checked_div(progress.all).unwrap_or(0);
    Some(format!("came to {} of {} {} ({share} %)", progress.done, progress.all, progress.what))
}

/// What to do about a reason for which something could not be judged.
pub(super) fn remedy(reason: &str) -> Option<&'static str> {
    let reason = Unread::ALL.into_iter().find(|known| known.as_str() == reason)?;
    Some(match reason {
        Unread::UnresolvableRef => "check the name: git rev-parse --verify NAME",
        Unread::MissingObject => "a partial clone: git fetch --refetch --filter=blob:limit=1t; otherwise: git fsck",
        Unread::CorruptObject => "git fsck names the damaged object; fetch it again from another clone",
        Unread::Shallow => "git fetch --unshallow (in CI: a checkout with the full history)",
        Unread::Graft => "take the grafts out: .git/info/grafts",
        Unread::TooLarge => "raise the size limit in keyward.toml, or admit the object with an [[unscanned]] entry",
        Unread::DecodeLimit => "raise the limits for decoding in keyward.toml",
        Unread::Budget => "give more time: --budget 60s, or --budget none; to a server: push in smaller parts",
        Unread::UnreadableIndex => "git status says what is wrong with the index",
        Unread::UnreadableFile => "give this user the right to read it",
        Unread::UnreadableRefs => "check the refs: git for-each-ref",
        Unread::ReplaceRef => "push without refs/replace/*, or have the administrator allow them",
        Unread::Interrupted => "run it again",
        Unread::MissingShard => "run that shard too, and merge the reports of all",
    })
}

/// Why a finding is held to be a secret.
pub(super) fn why(judged: &Judged) -> String {
    let finding = &judged.finding;
    let proof = match (&judged.because, finding.confidence) {
        (_, Confidence::Certain) => "its checksum proves it".to_owned(),
        (Some(because), _) => because.to_string(),
        (None, Confidence::High) => "nearly all that matches it is real".to_owned(),
        (None, Confidence::Medium) => "much that matches it is real".to_owned(),
        (None, Confidence::Low) => "most that matches it is harmless".to_owned(),
    };
    let decoded: Vec<&str> = finding.decoded_from.iter().map(|encoding| encoding.as_str()).collect();
    let decoded =
        if decoded.is_empty() { String::new() } else { format!(" (decoded from {})", decoded.join(", then ")) };
    format!("rule {}{decoded}: {proof}", finding.rule.id)
}

/// `severity high, confidence certain`.
pub(super) fn grade(judged: &Judged) -> String {
    let finding = &judged.finding;
    format!("severity {}, confidence {}", finding.severity.as_str(), finding.confidence.as_str())
}

/// What excused a finding: `baseline: a test key (owner Ann, until 2027-01-31)`.
pub(super) fn excuse(judged: &Judged) -> Option<String> {
    let Verdict::Suppressed(suppression) = &judged.judgement.verdict else { return None };
    let owner = judged.owner.as_ref().map(|owner| format!("owner {owner}"));
    let until = suppression.expires.map(|day| format!("until {day}"));
    let terms: Vec<String> = owner.into_iter().chain(until).collect();
    let terms = if terms.is_empty() { String::new() } else { format!(" ({})", terms.join(", ")) };
    let reason = judged.reason.as_ref().map_or("no reason given", |reason| reason.as_str());
    Some(format!("{}: {reason}{terms}", suppression.by.as_str()))
}

/// How many lie under the least confidence: `3 findings under the least confidence (2 low, 1 medium)`.
pub(super) fn below(outcome: &Outcome) -> Option<String> {
    let levels = Confidence::ALL.map(|level| (level, outcome.below.count(level)));
    let all: u64 = levels.iter().map(|(_, count)| count).sum();
    let named: Vec<String> = levels
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| format!("{count} {}", level.as_str()))
        .collect();
    (all > 0).then(|| format!("{} under the least confidence ({})", plural(all, "finding"), named.join(", ")))
}

/// The headline: what blocks and how many. `what` is what is stopped, such as `this commit`, or empty.
pub(super) fn headline(outcome: &Outcome, what: &str) -> Option<String> {
    let counts = Counts::of(outcome);
    let what = if what.is_empty() { String::new() } else { format!(" {what}") };
    let verb = |count| if count == 1 { "blocks" } else { "block" };
    match outcome.decision {
        _ if counts.block > 0 => Some(format!("{} {}{what}", plural(counts.block, "finding"), verb(counts.block))),
        Decision::Block => {
            let unlisted = plural(outcome.unlisted, "finding");
            Some(format!("{unlisted} beyond the limit of the list {}{what}", verb(outcome.unlisted)))
        }
        Decision::Incomplete => Some("not everything could be judged, so this is no pass".to_owned()),
        Decision::Pass if counts.would_block > 0 => {
            let would = plural(counts.would_block, "finding");
            Some(format!("{} mode stops nothing; in enforce mode {would} would block{what}", outcome.mode))
        }
        Decision::Pass if counts.broken > 0 => {
            let broken = plural(counts.broken, "finding");
            Some(format!("break-glass: {broken} let through; a record is kept"))
        }
        Decision::Pass if counts.warn > 0 => {
            let verb = if counts.warn == 1 { "warns" } else { "warn" };
            Some(format!("{} {verb}, nothing blocks", plural(counts.warn, "finding")))
        }
        Decision::Pass => None,
    }
}

/// `1 file`, `2 files`.
pub(super) fn plural(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// Bytes in units of 1000: `0 B`, `999 B`, `1.5 kB`, `12 MB`.
fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for larger in ["kB", "MB", "GB", "TB"] {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    let digits = usize::from(unit != "B" && value < 9.95);
    format!("{value:.digits$} {unit}")
}

fn duration(seconds: f64) -> String {
    if seconds < 0.9995 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    format!("{seconds:.1} s")
}
