//! What a policy says of a finding.

use jiff::civil::Date;

/// What excused a finding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ExcusedBy {
    /// An `[[allow]]` entry of the configuration.
    Allow,
    /// A comment beside it.
    Pragma,
    /// An entry of the baseline.
    Baseline,
    /// A break-glass record.
    BreakGlass,
    /// A signed waiver.
    Waiver,
}

impl ExcusedBy {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Allow, Self::Pragma, Self::Baseline, Self::BreakGlass, Self::Waiver];

    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Pragma => "pragma",
            Self::Baseline => "baseline",
            Self::BreakGlass => "break-glass",
            Self::Waiver => "waiver",
        }
    }
}

/// Why a finding does not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppression {
    /// What excused it.
    pub by: ExcusedBy,
    /// The reason that was given, raw.
    pub reason: String,
    /// Who answers for it, raw.
    pub owner: Option<String>,
    /// The last day it holds.
    pub expires: Option<Date>,
    /// Whether it holds for this place only (a path, a pragma, an entry bound to paths) and not for the secret as such.
    pub bound_to_place: bool,
}

/// What happens with a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It stops the commit.
    Block,
    /// It is reported.
    Warn,
    /// It is listed and excused.
    Suppressed(Suppression),
    /// It is under the least confidence: counted, not listed.
    Below,
}

impl Verdict {
    /// The name in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Warn => "warn",
            Self::Suppressed(_) => "suppressed",
            Self::Below => "below",
        }
    }
}

/// A verdict, and what somebody who reads it should know besides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judgement {
    /// What happens in the mode that is set.
    pub verdict: Verdict,
    /// What would happen in enforce mode; differs from `verdict` only in audit mode.
    pub would: Verdict,
    /// Such as: the baseline entry for it expired on a day.
    pub note: Option<String>,
    /// What used to excuse it, until it expired or was withdrawn.
    pub lapsed: Option<ExcusedBy>,
}

/// The one word that a run ends in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Decision {
    /// Nothing blocks and everything was read.
    Pass,
    /// Something could not be judged.
    Incomplete,
    /// A finding blocks.
    Block,
}

impl Decision {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Incomplete => "incomplete",
            Self::Block => "block",
        }
    }
}

impl Judgement {
    /// What excused the finding.
    pub fn suppression(&self) -> Option<&Suppression> {
        match &self.verdict {
            Verdict::Suppressed(suppression) => Some(suppression),
            Verdict::Block | Verdict::Warn | Verdict::Below => None,
        }
    }
}
