//! What every format reads off an outcome: counts, places, texts that are safe to print.

use crate::finding::{Finding, ObjectId, ObjectKind};
use crate::policy::{Decision, ExcusedBy, Verdict};
use crate::scan::{Judged, Outcome};
use crate::text::{Mask, Shown};
use std::ops::Range;

/// How many hexadecimal digits of an object id people are shown.
const SHORT_ID: usize = 12;

/// How many findings there are of each verdict.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) block: u64,
    pub(super) warn: u64,
    pub(super) suppressed: u64,
    /// How many of the suppressed ones somebody pushed through with a break-glass record.
    pub(super) broken: u64,
    /// How many block in enforce mode.
    pub(super) would_block: u64,
}

impl Counts {
    pub(super) fn of(outcome: &Outcome) -> Self {
        let mut counts = Self::default();
        for judged in listed(outcome) {
            match judged.judgement.verdict {
                Verdict::Block => counts.block += 1,
                Verdict::Warn => counts.warn += 1,
                Verdict::Suppressed(_) => counts.suppressed += 1,
                Verdict::Below => {}
            }
            counts.broken += u64::from(broken(judged));
            counts.would_block += u64::from(judged.judgement.would == Verdict::Block);
        }
        counts
    }
}

/// The findings that a report lists: all but those under the least confidence, which are only counted.
pub(super) fn listed(outcome: &Outcome) -> impl Iterator<Item = &Judged> {
    outcome.judged.iter().filter(|judged| judged.judgement.verdict != Verdict::Below)
}

/// True for a finding that a break-glass record excuses: no report may pass over it in silence.
pub(super) fn broken(judged: &Judged) -> bool {
    matches!(&judged.judgement.verdict, Verdict::Suppressed(by) if by.by == ExcusedBy::BreakGlass)
}

/// True when nothing is unread.
pub(super) fn complete(outcome: &Outcome) -> bool {
    outcome.unread.is_empty() && outcome.coverage.complete() && outcome.decision != Decision::Incomplete
}

/// True where a path entry, a pragma or a break-glass record can excuse: a file's content or its name.
pub(super) fn in_file(finding: &Finding) -> bool {
    matches!(finding.origin.kind, ObjectKind::Blob | ObjectKind::Path)
}

/// The path, for the kinds that have one.
pub(super) fn path(judged: &Judged) -> Option<&str> {
    judged.path.as_ref().filter(|_| in_file(&judged.finding)).map(Shown::as_str)
}

/// The commit in full: the object itself, or the one that brought the bytes in.
pub(super) fn commit(finding: &Finding) -> Option<String> {
    commit_id(finding).map(|id| id.to_string())
}

/// The same as an id.
pub(super) fn commit_id(finding: &Finding) -> Option<ObjectId> {
    let origin = &finding.origin;
    let own = origin.id.filter(|_| origin.kind == ObjectKind::Commit);
    own.or(origin.commit.as_ref().map(|commit| commit.id))
}

/// The author's date in UTC, written as `2026-11-21T03:15:31Z`; `None` outside the years that can be written.
pub(super) fn date(finding: &Finding) -> Option<jiff::Timestamp> {
    let commit = finding.origin.commit.as_ref()?;
    jiff::Timestamp::from_second(commit.seconds).ok()
}

/// Where a finding is, in one word: `src/a.rs:3:12`, `commit 0123456789ab:1:5`.
pub(super) fn place(judged: &Judged) -> String {
    let finding = &judged.finding;
    let line = finding.location.line_start;
    let column = finding.location.column_start;
    match finding.origin.kind {
        ObjectKind::Path => format!("{} (the file's name)", path(judged).unwrap_or("a file")),
        ObjectKind::RefName => format!("a ref's name:{line}:{column}"),
        _ => format!("{}:{line}:{column}", holder(judged)),
    }
}

/// What holds a finding: a path, or a word for what has none.
pub(super) fn holder(judged: &Judged) -> String {
    let finding = &judged.finding;
    let named = |what: &str, id: Option<String>| match id {
        Some(id) => format!("{what} {}", short(&id)),
        None => format!("{what} message"),
    };
    match finding.origin.kind {
        ObjectKind::Blob => match (path(judged), finding.origin.id) {
            (Some(path), _) => path.to_owned(),
            (None, Some(id)) => format!("object {}", short(&id.to_string())),
            (None, None) => "standard input".to_owned(),
        },
        ObjectKind::Path => path(judged).unwrap_or("a file").to_owned(),
        ObjectKind::Commit => named("commit", commit(finding)),
        ObjectKind::Tag => named("tag", finding.origin.id.map(|id| id.to_string())),
        ObjectKind::RefName => "a ref's name".to_owned(),
    }
}

/// The first digits of an object id.
pub(super) fn short(id: &str) -> String {
    id.chars().take(SHORT_ID).collect()
}

/// A rule's text, which a user's rule file may have written, made safe to print. It is no scanned content, so only
/// control characters are escaped.
pub(super) fn plain(text: &str) -> Shown {
    struct Nothing;
    impl Mask for Nothing {
        fn secrets_in(&self, _: &[u8]) -> Vec<Range<usize>> {
            Vec::new()
        }
    }
    Shown::new(text.as_bytes(), &Nothing)
}

/// An address that is safe to put into a link: http(s), printable, and free of what ends a link anywhere.
pub(super) fn link(address: Option<&String>) -> Option<&str> {
    let address = address?.as_str();
    let web = address.starts_with("https://") || address.starts_with("http://");
    let safe = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&+,;=%".contains(c);
    (web && address.chars().all(safe)).then_some(address)
}
