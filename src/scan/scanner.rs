//! What a scan works with.

use crate::detect::Detector;
use crate::fingerprint::Fingerprinter;
use crate::policy::break_glass::BrokenGlass;
use crate::policy::{Occasion, Policy};

/// Everything that a scan needs besides its source.
pub struct Scanner<'a> {
    /// Finds.
    pub detector: &'a Detector,
    /// Judges.
    pub policy: &'a Policy,
    /// Names what is reported.
    pub fingerprinter: &'a Fingerprinter,
    /// What kind of run it is, for entries that excuse the past only.
    pub occasion: Occasion,
    /// What somebody let through on their word.
    pub glass: Option<&'a BrokenGlass>,
    /// Whether the time budget is spent.
    pub spent: &'a (dyn Fn() -> bool + Sync),
    /// SHA-256 over the rules.
    pub rules_digest: [u8; 32],
}
