//! One line of `keyward.baseline`.

use crate::fingerprint::Fingerprint;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How long an `unaudited` entry without a date of its own holds, in days.
pub const UNAUDITED_DAYS: i64 = 90;

/// What is known of a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nobody has looked at it: holds at its paths, until its date or 90 days after it was opened.
    Unaudited,
    /// No secret: holds anywhere in the repository.
    FalsePositive,
    /// A risk that somebody takes: holds at its paths, until its date.
    Accepted,
    /// A secret that is worth nothing any more: excuses history, and nothing new.
    Revoked,
    /// Holds no longer.
    Withdrawn,
}

impl Status {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Unaudited, Self::FalsePositive, Self::Accepted, Self::Revoked, Self::Withdrawn];

    /// The name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unaudited => "unaudited",
            Self::FalsePositive => "false-positive",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether an entry holds for the secret wherever it is, and not for its paths only.
    pub(in crate::policy) fn anywhere(self) -> bool {
        matches!(self, Self::FalsePositive | Self::Revoked)
    }
}

/// One line. The fields stand in the file in this order; those without a value are left out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// The secret.
    pub fingerprint: Fingerprint,
    /// The rule that found it, for people.
    pub rule: String,
    /// Where, as [`path_text`] writes it; empty for a secret outside any file (a message, a tag, the name of a ref).
    pub paths: Vec<String>,
    /// What is known of it.
    pub status: Status,
    /// Why; for `false-positive`, `accepted` and `revoked` there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for it; for `accepted` there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Who agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approver: Option<String>,
    /// Where that is written down, or the approver's signature: see [`Entry::to_be_approved`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// An issue about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// How bad it would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<String>,
    /// What limits the damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controls: Option<String>,
    /// The day of its first entry.
    pub opened: Date,
    /// The last day it holds; for `accepted` there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The day the secret was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Date>,
    /// Counts the changes, from 1.
    pub rev: u32,
}

impl Entry {
    /// An entry of its first revision, with nothing that can be left out.
    pub fn new(fingerprint: Fingerprint, rule: &str, paths: Vec<String>, status: Status, opened: Date) -> Self {
        Self {
            fingerprint,
            rule: rule.to_owned(),
            paths,
            status,
            reason: None,
            owner: None,
            approver: None,
            approval: None,
            ticket: None,
            risk: None,
            controls: None,
            opened,
            until: None,
            revoked_at: None,
            rev: 1,
        }
    }

    /// The last day it holds, where there is one. For `unaudited` there always is.
    pub fn last_day(&self) -> Option<Date> {
        match (self.until, self.status) {
            (None, Status::Unaudited) => Some(self.opened.saturating_add(UNAUDITED_DAYS.days())),
            (until, _) => until,
        }
    }

    /// Whether its last day is over, or lies before the day it was opened.
    pub fn expired(&self, today: Date) -> bool {
        self.last_day().is_some_and(|last| last < today || last < self.opened)
    }

    /// What its status needs and it does not have.
    pub(super) fn lacks(&self) -> Option<&'static str> {
        let empty = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
        let explained = matches!(self.status, Status::FalsePositive | Status::Accepted | Status::Revoked);
        if self.rev == 0 {
            Some("a `rev` of 1 or more")
        } else if explained && empty(&self.reason) {
            Some("a `reason`")
        } else if self.status == Status::Accepted && empty(&self.owner) {
            Some("an `owner`")
        } else if self.status == Status::Accepted && self.until.is_none() {
            Some("a date in `until`")
        } else {
            None
        }
    }

    /// Whether somebody owns it and somebody approved it, as `false-positive` needs for what is certain or critical.
    pub(in crate::policy) fn approved(&self) -> bool {
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        said(&self.owner) && said(&self.approver)
    }

    /// The line, without its end.
    pub(super) fn line(&self) -> String {
        // An entry is strings, dates and a number under string keys, which JSON can always write.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Lower is stricter: what holds of several lines of one revision.
    pub(super) fn leniency(&self, today: Date) -> u8 {
        match self.status {
            Status::Withdrawn => 0,
            _ if self.expired(today) => 1,
            Status::Unaudited => 2,
            Status::Revoked => 3,
            Status::Accepted => 4,
            Status::FalsePositive => 5,
        }
    }
}

/// A raw path as text: UTF-8 as it is, a backslash doubled, any other byte as `\xNN`.
pub fn path_text(path: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        out.push_str(&chunk.valid().replace('\\', "\\\\"));
        for byte in chunk.invalid() {
            _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}
