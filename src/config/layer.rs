//! What one file, or the command line, sets.

use super::entry::{Allow, Unscanned};
use super::regulated::Regulated;
use super::rollout::{Override, Ratchet};
use super::server::Server;
use super::setting::{Action, Approvals, By, Dialect, Mode, OnIncomplete};
use super::value::Version;
use crate::rule::{Confidence, Severity};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::time::Duration;

/// A setting that an administrator can lock. The names are those of the keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs, reason = "each is the key that `as_str` gives")]
pub enum Key {
    MinVersion,
    Mode,
    BlockOn,
    MinConfidence,
    OnIncomplete,
    PragmasUpTo,
    EnforceSince,
    Disable,
    New,
    Salt,
    Pragmas,
    Object,
    Decoded,
    DecodeDepth,
    Findings,
    Budget,
    Allow,
    Unscanned,
    Approvals,
    AllowedSigners,
    ServerId,
    Runs,
    Regulated,
}

impl Key {
    /// Every one.
    pub const ALL: [Self; 23] = [
        Self::MinVersion,
        Self::Mode,
        Self::BlockOn,
        Self::MinConfidence,
        Self::OnIncomplete,
        Self::PragmasUpTo,
        Self::EnforceSince,
        Self::Disable,
        Self::New,
        Self::Salt,
        Self::Pragmas,
        Self::Object,
        Self::Decoded,
        Self::DecodeDepth,
        Self::Findings,
        Self::Budget,
        Self::Allow,
        Self::Unscanned,
        Self::Approvals,
        Self::AllowedSigners,
        Self::ServerId,
        Self::Runs,
        Self::Regulated,
    ];

    /// The name, as it stands under `[administrator] lock`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MinVersion => "keyward.min-version",
            Self::Mode => "gate.mode",
            Self::BlockOn => "gate.block-on",
            Self::MinConfidence => "gate.min-confidence",
            Self::OnIncomplete => "gate.on-incomplete",
            Self::PragmasUpTo => "gate.pragmas-up-to",
            Self::EnforceSince => "gate.enforce-since",
            Self::Disable => "rules.disable",
            Self::New => "rules.new",
            Self::Salt => "fingerprint.salt",
            Self::Pragmas => "pragmas",
            Self::Object => "limits.object",
            Self::Decoded => "limits.decoded",
            Self::DecodeDepth => "limits.decode-depth",
            Self::Findings => "limits.findings",
            Self::Budget => "limits.budget",
            Self::Allow => "allow",
            Self::Unscanned => "unscanned",
            Self::Approvals => "baseline.approvals",
            Self::AllowedSigners => "waivers.allowed-signers",
            Self::ServerId => "waivers.server-id",
            Self::Runs => "record.runs",
            Self::Regulated => "regulated.path",
        }
    }
}

/// What one file, or the command line, sets: `None` and empty lists leave things as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs, reason = "the keys of keyward.toml, described at `Config`")]
pub struct Layer {
    /// Who sets it.
    pub by: By,
    /// What layers above this one may not weaken.
    pub lock: Vec<Key>,
    pub min_version: Option<Version>,
    pub mode: Option<Mode>,
    pub block_on: Option<Severity>,
    pub min_confidence: Option<Confidence>,
    pub on_incomplete: Option<OnIncomplete>,
    pub pragmas_up_to: Option<Confidence>,
    pub enforce_since: Option<Date>,
    pub overrides: Vec<Override>,
    pub ratchet: Vec<Ratchet>,
    pub disable: Vec<String>,
    pub include: Vec<String>,
    pub new_rules: Option<Action>,
    pub salt: Option<String>,
    pub key_file: Option<String>,
    pub pragmas: BTreeMap<Dialect, bool>,
    pub object: Option<u64>,
    pub decoded: Option<u64>,
    pub decode_depth: Option<u64>,
    pub findings: Option<u64>,
    /// `Some(None)` is `"none"`: no limit.
    pub budget: Option<Option<Duration>>,
    pub allow: Vec<Allow>,
    pub unscanned: Vec<Unscanned>,
    pub approvals: Option<Approvals>,
    pub allowed_signers: Option<String>,
    pub server_id: Option<String>,
    /// `waivers.folder`, from the administrator only.
    pub waiver_folder: Option<String>,
    pub runs: Option<bool>,
    pub regulated: Regulated,
    /// `[server]`, from the administrator only.
    pub server: Server,
}

impl Layer {
    /// What it can do to what is below it, if that is locked whole: make it stronger. Left out is what says where things
    /// are (rule files, salt, signers), and what costs the one who judges (limits).
    #[must_use]
    pub fn only_strictness(self) -> Self {
        Self {
            include: Vec::new(),
            salt: None,
            key_file: None,
            object: None,
            decoded: None,
            decode_depth: None,
            findings: None,
            budget: None,
            allowed_signers: None,
            server_id: None,
            waiver_folder: None,
            ..self
        }
    }

    /// One that sets nothing yet.
    pub fn new(by: By) -> Self {
        Self { by, ..Self::default() }
    }
}
