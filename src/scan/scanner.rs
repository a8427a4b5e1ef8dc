//! What a scan works with.

use crate::coverage::Unread;
use crate::detect::Detector;
use crate::fingerprint::Fingerprinter;
use crate::policy::break_glass::BrokenGlass;
use crate::policy::{Occasion, Policy};

/// Is told how far a scan is, by several threads.
pub trait Progress: Sync {
    /// So many objects will be visited.
    fn expect(&self, objects: u64);
    /// An object of so many bytes is visited.
    fn visited(&self, bytes: u64);
}

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
    /// Why to stop reading, if there is a reason to: a spent budget, a signal.
    pub stop: &'a (dyn Fn() -> Option<Unread> + Sync),
    /// Told how far it is.
    pub progress: Option<&'a dyn Progress>,
    /// SHA-256 over the rules.
    pub rules_digest: [u8; 32],
}
