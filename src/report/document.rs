//! `keyward/report/v1` as data: what `--format json` writes, and what reads it back. Fields are added, never renamed;
//! unknown ones are passed over. All texts are safe to print: made so when they are written, and again when they are
//! read, since a file can be edited.

use crate::rule::{Confidence, Kind, Severity};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The name of the format.
pub const SCHEMA: &str = "keyward/report/v1";

/// One run. After an error there are `error` and no findings, and everything that a run makes is absent or empty.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// The one word.
    pub verdict: Word,
    /// `enforce` or `audit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The word that enforce mode gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would: Option<Word>,
    /// The exit code of the run: 0, 1 or 2. Reports of version 0.1.0 do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<u8>,
    /// Sorted by path, line, column, rule, commit.
    pub findings: Vec<Finding>,
    /// Findings beyond the limit of what is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlisted: Option<u64>,
    /// Findings under the least confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Below>,
    /// The receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    /// What the user should know besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<String>>,
    /// What made the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<Engine>,
    /// Which part of a history it is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Why nothing was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
    /// All that differs between two runs on the same input. Evidence is kept without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
}

/// The word that a run ends in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// Nothing blocks and everything was read.
    Pass,
    /// Something could not be judged.
    Incomplete,
    /// A finding blocks.
    Block,
}

/// What happens with a finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It stops.
    Block,
    /// It is reported.
    Warn,
    /// It is listed and excused.
    Suppressed,
}

/// A secret at a place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// Who issues the secret.
    pub provider: String,
    /// What it is.
    pub description: String,
    /// What kind of secret it is. Reports of version 0.1.0 do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// How bad a leak is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// What happens with it in the mode that is set.
    pub verdict: Fate,
    /// What happens in enforce mode, where that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would: Option<Fate>,
    /// What excused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression: Option<Suppression>,
    /// What a reader should know besides, such as an entry that expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Why it is a secret, for generic rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The file; only for `blob` and `path`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// First line, from 1.
    pub line_start: u64,
    /// Last line, from 1.
    pub line_end: u64,
    /// First column in characters, from 1.
    pub column_start: u64,
    /// The column behind the last character.
    pub column_end: u64,
    /// The commit that it is in, or that first brought it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The annotated tag that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The author of the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The author's date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
    /// In a history: how many versions of the file hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurrences: Option<u64>,
    /// In a history: whether HEAD holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_head: Option<bool>,
    /// True for what no reference reaches.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreferenced: bool,
    /// The id of the file's content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// What it is in: `blob`, `commit`, `tag`, `ref-name` or `path`.
    pub object: String,
    /// The identity of the secret, `kw1:` and 32 hexadecimal digits.
    pub fingerprint: String,
    /// The masked value.
    pub preview: String,
    /// How it was wrapped, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decoded_from: Vec<String>,
    /// The provider's page about rotating it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotate: Option<String>,
    /// In the report of a shard: what joining it with the other shards takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seam: Option<Seam>,
}

/// What excused a finding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Suppression {
    /// `allow`, `pragma`, `baseline`, `break-glass` or `waiver`.
    pub by: String,
    /// The reason that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

/// What tells which of several findings of one secret at one path was the first, and how many there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seam {
    /// Where the commit stands in the history; absent outside commits, which come last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<(i64, u32)>,
    /// The place of the secret in bytes of the object, from 0.
    pub offset: u64,
    /// How many different objects hold it.
    pub objects: u64,
    /// Whether something without an id of its own holds it too (the content behind an LFS pointer).
    pub nameless: bool,
}

/// How many findings of each confidence lie under the least one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Below {
    /// Low.
    pub low: u64,
    /// Medium.
    pub medium: u64,
    /// High.
    pub high: u64,
}

/// What was read, left out and could not be read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Coverage {
    /// References looked at.
    pub refs: u64,
    /// Commits looked at.
    pub commits: u64,
    /// Contents judged.
    pub blobs: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// What was left out on purpose.
    pub skipped: Vec<Reason>,
    /// What could not be judged.
    pub unread: Vec<Reason>,
    /// True when nothing is unread.
    pub complete: bool,
}

/// A reason of the receipt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reason {
    /// In kebab-case.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// At most five paths, refs or ids.
    pub examples: Vec<String>,
}

/// What made a verdict.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Engine {
    /// keyward's version.
    pub version: String,
    /// SHA-256 over the rules.
    pub rules_digest: String,
    /// SHA-256 over the policy.
    pub policy_digest: String,
    /// The name of the fingerprints' salt.
    pub salt: String,
}

/// One part of a history that is scanned in parts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 1.
    pub index: u32,
    /// How many there are.
    pub of: u32,
    /// SHA-256 over what was asked for: the tips, and which of them count.
    pub tips: String,
    /// SHA-256 over the way the objects are divided, which depends on how they are packed.
    pub plan: String,
    /// How many findings a report lists at most; a shard lists all of its own.
    pub most: u64,
}

/// Why there is no outcome.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Error {
    /// In kebab-case.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// The file that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of that file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column of that line in characters, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
}

/// When a run took place.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Timing {
    /// When it began.
    pub started: Timestamp,
    /// How long it took, in seconds.
    pub seconds: f64,
}
