//! What the `baseline` commands do. Nothing is ever deleted: every change is a line of a higher revision.

use super::Baseline;
use super::entry::{Entry, Status, path_text};
use super::lookup::{names, places};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Why an operation was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OperationError {
    /// No line has this fingerprint.
    #[error("the baseline has no entry for {0}")]
    Unknown(Fingerprint),
    /// The entry says too little for its status.
    #[error("an entry of status {} needs {what}", .status.as_str())]
    Lacks {
        /// The status.
        status: Status,
        /// What is missing.
        what: &'static str,
    },
    /// A line has the highest number that there is.
    #[error("no revision is left for {0}")]
    Revisions(Fingerprint),
}

impl Baseline {
    /// Adds an `unaudited` entry for every finding at a place that the baseline says nothing of yet. The same
    /// findings once more add nothing, and the date of an entry that is there, even an expired one, stays.
    pub fn create<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>, today: Date) -> Self {
        let mut new: BTreeMap<(Fingerprint, String), BTreeSet<Option<String>>> = BTreeMap::new();
        for finding in findings {
            let path = finding.origin.path.as_deref().map(path_text);
            if self.find_text(finding.fingerprint, path.as_deref(), today).is_none() {
                new.entry((finding.fingerprint, finding.rule.id.clone())).or_default().insert(path);
            }
        }
        let mut baseline = self.clone();
        for ((fingerprint, rule), paths) in new {
            // An entry names paths or "outside any file", never both.
            let outside = paths.contains(&None).then(Vec::new);
            let inside: Vec<String> = paths.into_iter().flatten().collect();
            let inside = (!inside.is_empty()).then_some(inside);
            for paths in outside.into_iter().chain(inside) {
                baseline.push(Entry::new(fingerprint, &rule, paths, Status::Unaudited, today));
            }
        }
        baseline
    }

    /// Adds an entry under the next revision of its secret. `opened` becomes that of the first line for it, where
    /// there is one. `needs_approval`: it is certain or critical, so that `false-positive` needs owner and approver.
    pub fn add(&self, mut entry: Entry, needs_approval: bool) -> Result<Self, OperationError> {
        entry.rev = self.next_revision(entry.fingerprint)?;
        entry.opened = self.of_fingerprint(entry.fingerprint).map(|e| e.opened).fold(entry.opened, Date::min);
        entry.paths.sort();
        entry.paths.dedup();
        let unapproved = needs_approval && entry.status == Status::FalsePositive && !entry.approved();
        let lack = entry.lacks().or(unapproved.then_some("an `owner` and an `approver`, being certain or critical"));
        if let Some(what) = lack {
            return Err(OperationError::Lacks { status: entry.status, what });
        }
        let mut baseline = self.clone();
        baseline.push(entry);
        Ok(baseline)
    }

    /// Takes back whatever is said of a secret, at every place that any of its lines names.
    pub fn withdraw(&self, fingerprint: Fingerprint, reason: Option<String>) -> Result<Self, OperationError> {
        let rev = self.next_revision(fingerprint)?;
        let lines = || self.of_fingerprint(fingerprint);
        let newest = lines().max_by_key(|entry| entry.rev).ok_or(OperationError::Unknown(fingerprint))?;
        let inside: BTreeSet<String> = lines().flat_map(|entry| entry.paths.iter().cloned()).collect();
        let outside = lines().any(|entry| names(entry, None)).then(Vec::new);
        let inside = (!inside.is_empty()).then(|| inside.into_iter().collect());
        let opened = lines().map(|entry| entry.opened).fold(newest.opened, Date::min);
        let mut baseline = self.clone();
        for paths in outside.into_iter().chain(inside) {
            let entry = Entry::new(fingerprint, &newest.rule, paths, Status::Withdrawn, opened);
            baseline.push(Entry { rev, reason: reason.clone(), ..entry });
        }
        Ok(baseline)
    }

    /// Drops the lines that a higher revision has replaced at each of their places. Lines of one revision stay side
    /// by side: which of them is the strictest can change when a date passes.
    pub fn prune(&self) -> Self {
        let mut kept: Vec<Entry> = self.current().cloned().collect();
        kept.sort_by_cached_key(Entry::line);
        kept.dedup();
        Self::of(kept)
    }

    /// The entries that somebody has to look at: `unaudited`, and not replaced. Sorted by the day they were opened,
    /// then by fingerprint.
    pub fn audit(&self) -> Vec<&Entry> {
        let mut open: Vec<&Entry> = self.current().filter(|entry| entry.status == Status::Unaudited).collect();
        open.sort_by_key(|entry| (entry.opened, entry.fingerprint, &entry.paths));
        open
    }

    /// The lines that [`prune`](Self::prune) keeps.
    pub(super) fn current(&self) -> impl Iterator<Item = &Entry> {
        // One look at each place of each line: a secret may stand in very many lines.
        let mut newest: HashMap<(Fingerprint, Option<&str>), u32> = HashMap::new();
        for (entry, place) in self.entries().iter().flat_map(|entry| places(entry).map(move |place| (entry, place))) {
            let known = newest.entry((entry.fingerprint, place)).or_default();
            *known = entry.rev.max(*known);
        }
        self.entries().iter().filter(move |entry| {
            places(entry).any(|place| newest.get(&(entry.fingerprint, place)).is_none_or(|rev| entry.rev >= *rev))
        })
    }

    fn next_revision(&self, fingerprint: Fingerprint) -> Result<u32, OperationError> {
        let highest = self.of_fingerprint(fingerprint).map(|entry| entry.rev).max().unwrap_or(0);
        highest.checked_add(1).ok_or(OperationError::Revisions(fingerprint))
    }
}
