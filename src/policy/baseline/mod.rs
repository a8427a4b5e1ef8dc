//! `keyward.baseline`: secrets that are known, keyed by what they are and not by where in a file they stand.
//!
//! Every line is whole in itself, so that two branches are merged by taking the lines of both. Of several lines for
//! one fingerprint and path the highest `rev` holds, on a tie the strictest: withdrawn, expired, unaudited, revoked,
//! accepted, false-positive. `false-positive` and `revoked` speak of the secret as such: they reach every path that no
//! line of a higher revision (or a stricter one of the same) names, as long as they hold at all of their own paths.

mod approval;
mod entry;
mod lookup;
mod operations;
mod parse;
mod report;

#[cfg(test)]
mod tests;

pub use approval::{APPROVAL_NAMESPACE, ApprovalFault};
pub use entry::{Entry, Status, UNAUDITED_DAYS, path_text};
pub use lookup::Known;
pub use operations::OperationError;
pub use parse::BaselineError;
pub use report::{AGES, Debt, StatusCount};

use crate::fingerprint::Fingerprint;
use std::collections::HashMap;

/// The entries of a repository.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    entries: Vec<Entry>,
    by_fingerprint: HashMap<Fingerprint, Vec<usize>>,
}

impl Baseline {
    /// A baseline of these lines.
    pub fn of(entries: Vec<Entry>) -> Self {
        let mut baseline = Self::default();
        entries.into_iter().for_each(|entry| baseline.push(entry));
        baseline
    }

    /// Every line, superseded ones too.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The lines of a secret.
    pub fn of_fingerprint(&self, fingerprint: Fingerprint) -> impl Iterator<Item = &Entry> {
        let places = self.by_fingerprint.get(&fingerprint).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|&at| self.entries.get(at))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn push(&mut self, entry: Entry) {
        self.by_fingerprint.entry(entry.fingerprint).or_default().push(self.entries.len());
        self.entries.push(entry);
    }
}

impl PartialEq for Baseline {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Baseline {}
