//! Decides what happens with a finding.

pub mod baseline;
pub mod break_glass;
pub mod codeowners;
mod gate;
mod judge;
mod novelty;
pub mod pragma;
mod settle;
pub mod signature;
mod verdict;
pub mod waiver;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use baseline::Baseline;
pub use gate::{Gate, Outcome};
pub use judge::{Occasion, Policy};
pub use novelty::is_old;
pub use verdict::{Decision, ExcusedBy, Judgement, Suppression, Verdict};
