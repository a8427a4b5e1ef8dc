//! Decides what happens with a finding.

mod verdict;

pub use verdict::{Decision, ExcusedBy, Judgement, Suppression, Verdict};
