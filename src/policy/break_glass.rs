//! Break-glass: a commit that was refused is let through, on somebody's word.
//!
//! The first try is refused and leaves an [`Attempt`]. Repeated with a reason, in the same worktree, for the same tree
//! and within 15 minutes, exactly what that attempt showed is excused. This module decides; `record` keeps the
//! attempts and writes down what was let through.

use super::{ExcusedBy, Judgement, Suppression, Verdict};
use crate::blob::ObjectKind;
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How long a refused attempt counts.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// A finding, told so that no secret is in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The secret.
    pub fingerprint: Fingerprint,
    /// The rule.
    pub rule: String,
    /// What it was in: `blob` or `path`; for a waiver also `commit` or `tag`.
    pub object: String,
    /// SHA-256 of the path, in hexadecimal: a path can hold a secret itself. Empty without a path.
    pub place: String,
}

/// A commit that was refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Which worktree, as the caller names it.
    pub worktree: String,
    /// What was to be committed: the id of the tree, or a digest of the index.
    pub tree: String,
    /// When.
    pub at: Timestamp,
    /// What blocked, in the content and the names of files.
    pub shown: BTreeSet<Seen>,
}

/// Why a glass is not broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// No reason was given.
    #[error("breaking the glass takes a reason")]
    NoReason,
    /// No attempt was refused for this tree, here and lately.
    #[error("no commit of exactly this content was refused here in the last 15 minutes; repeat the command")]
    NoAttempt,
}

/// A broken glass: it excuses what was shown, and nothing else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokenGlass {
    reason: String,
    shown: BTreeSet<Seen>,
    /// What was let through before, with the reason of then.
    earlier: BTreeMap<Seen, String>,
}

impl Attempt {
    /// Writes down what blocked. Findings in messages, tags and names of refs are left out: no glass opens for them.
    pub fn new<'f>(
        worktree: &str,
        tree: &str,
        at: Timestamp,
        judged: impl IntoIterator<Item = (&'f Finding, &'f Judgement)>,
    ) -> Self {
        let blocked = judged.into_iter().filter(|(_, judgement)| judgement.verdict == Verdict::Block);
        let shown = blocked.filter_map(|(finding, _)| Seen::of(finding)).collect();
        Self { worktree: worktree.to_owned(), tree: tree.to_owned(), at, shown }
    }

    /// Whether it still counts at a time. One from the future (a clock was put back) does not.
    pub fn counts_at(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        !age.is_negative() && age <= WINDOW
    }
}

impl Seen {
    /// How a finding is told; `None` for one that is not in the content or the name of a file.
    pub fn of(finding: &Finding) -> Option<Self> {
        if !matches!(finding.origin.kind, ObjectKind::Blob | ObjectKind::Path) {
            return None;
        }
        Some(Self::told(finding))
    }

    /// How a finding is told, wherever it is.
    pub fn told(finding: &Finding) -> Self {
        let place = finding.origin.path.as_ref().map(|path| data_encoding::HEXLOWER.encode(&Sha256::digest(path)));
        Self {
            fingerprint: finding.fingerprint,
            rule: finding.rule.id.clone(),
            object: finding.origin.kind.as_str().to_owned(),
            place: place.unwrap_or_default(),
        }
    }
}

impl BrokenGlass {
    /// Breaks the glass for the latest attempt that was refused for this tree in this worktree.
    pub fn new(
        reason: &str,
        worktree: &str,
        tree: &str,
        now: Timestamp,
        attempts: &[Attempt],
    ) -> Result<Self, Refused> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Refused::NoReason);
        }
        let here = attempts.iter().filter(|it| it.worktree == worktree && it.tree == tree && it.counts_at(now));
        let latest = here.max_by_key(|it| it.at).ok_or(Refused::NoAttempt)?;
        Ok(Self { reason: reason.to_owned(), shown: latest.shown.clone(), earlier: BTreeMap::new() })
    }

    /// One that excuses what was let through before, each with the reason that was given then.
    pub fn recorded(earlier: impl IntoIterator<Item = (Seen, String)>) -> Self {
        Self { reason: String::new(), shown: BTreeSet::new(), earlier: earlier.into_iter().collect() }
    }

    /// This one, and what `other` recorded before.
    #[must_use]
    pub fn with_earlier(mut self, other: &Self) -> Self {
        self.earlier.extend(other.earlier.iter().map(|(seen, reason)| (seen.clone(), reason.clone())));
        self
    }

    /// Whether it is this very breaking, and not an earlier one, that excuses a finding.
    pub fn opens_for(&self, finding: &Finding) -> bool {
        Seen::of(finding).is_some_and(|seen| self.shown.contains(&seen))
    }

    /// The judgement of a finding under the broken glass: changed only if it blocks and was shown.
    pub fn apply(&self, finding: &Finding, judgement: Judgement) -> Judgement {
        if judgement.would != Verdict::Block {
            return judgement;
        }
        let Some(seen) = Seen::of(finding) else { return judgement };
        let reason = if self.shown.contains(&seen) { Some(&self.reason) } else { self.earlier.get(&seen) };
        let Some(reason) = reason else { return judgement };
        let suppressed = Verdict::Suppressed(Suppression {
            by: ExcusedBy::BreakGlass,
            reason: reason.clone(),
            owner: None,
            expires: None,
            bound_to_place: true,
        });
        Judgement { verdict: suppressed.clone(), would: suppressed, ..judgement }
    }

    /// The reason that was given, raw.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
