//! What comes of a scan.

use crate::coverage::Coverage;
use crate::finding::Finding;
use crate::policy::{Decision, Judgement};
use crate::rule::Confidence;
use crate::source::{Age, Shard};
use crate::text::Shown;

/// What made a verdict: equal values and equal bytes give an equal verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Engine {
    /// keyward's version.
    pub version: &'static str,
    /// SHA-256 over the rules, lower-case hexadecimal.
    pub rules_digest: String,
    /// SHA-256 over the policy, lower-case hexadecimal.
    pub policy_digest: String,
    /// The name of the fingerprints' salt.
    pub salt: String,
}

/// A finding and what happens with it, with everything foreign made safe to print.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// What happens with it.
    pub judgement: Judgement,
    /// Its path: only for content of files and for names of files.
    pub path: Option<Shown>,
    /// The author of the commit that brought it in.
    pub author: Option<Shown>,
    /// The reason of a suppression.
    pub reason: Option<Shown>,
    /// The owner of a suppression.
    pub owner: Option<Shown>,
    /// The finding's `because`, which may quote what stands beside the secret.
    pub because: Option<Shown>,
    /// The judgement's `note`.
    pub note: Option<Shown>,
    /// What joining it with the findings of other parts takes; `None` for what is in no history or in no file.
    pub seam: Option<Seam>,
}

/// What tells which of several findings of one secret at one path was the first, and how many there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seam {
    /// Where the commit that brought it in stands among others; `None` outside commits.
    pub age: Option<Age>,
    /// How many different objects hold it.
    pub objects: u64,
    /// Whether something without an id of its own holds it too.
    pub nameless: bool,
}

/// A reason of the receipt, ready for a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The reason, in kebab-case.
    pub reason: &'static str,
    /// How often.
    pub count: u64,
    /// At most five paths, refs or ids.
    pub examples: Vec<Shown>,
}

/// How many findings of each confidence lie under the least one, lowest first: low, medium, high.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Below {
    counts: [u64; 4],
}

impl Below {
    /// So many of each: low, medium, high.
    pub fn of(low: u64, medium: u64, high: u64) -> Self {
        Self { counts: [low, medium, high, 0] }
    }

    /// Adds another count to this one.
    pub fn merge(&mut self, other: Self) {
        self.counts.iter_mut().zip(other.counts).for_each(|(count, more)| *count += more);
    }

    /// Counts one.
    pub fn add(&mut self, confidence: Confidence) {
        self.counts[confidence as usize] += 1;
    }

    /// How many of this confidence.
    pub fn count(&self, confidence: Confidence) -> u64 {
        self.counts[confidence as usize]
    }
}

/// What a run found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The one word, in the mode that is set.
    pub decision: Decision,
    /// The word that enforce mode gives.
    pub would: Decision,
    /// `enforce` or `audit`.
    pub mode: &'static str,
    /// The process's exit code: 0, 1 or 2.
    pub exit: u8,
    /// Sorted by path, line, column, rule, commit.
    pub judged: Vec<Judged>,
    /// Findings beyond the limit of what is listed.
    pub unlisted: u64,
    /// Findings under the least confidence.
    pub below: Below,
    /// The receipt.
    pub coverage: Coverage,
    /// The receipt's reasons for what was left out.
    pub skipped: Vec<Gap>,
    /// The receipt's reasons for what could not be read.
    pub unread: Vec<Gap>,
    /// What made the verdict.
    pub engine: Engine,
    /// Which part of a history it is, where it is one; then it lists every finding, whatever the limit.
    pub shard: Option<Shard>,
    /// How many findings are listed at most.
    pub most: u64,
    /// What the user should know besides, such as a locked setting that was not weakened.
    pub warnings: Vec<Shown>,
}
