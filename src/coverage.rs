//! What was read, what was left out on purpose, and what could not be read.

use std::collections::BTreeMap;

/// How many examples a reason keeps.
const EXAMPLES: usize = 5;

/// Why something was left out on purpose: it is counted and does not change the verdict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Skip {
    /// A submodule: its content belongs to another repository.
    Submodule,
    /// An LFS pointer whose object is not in this clone.
    LfsPointer,
    /// A device, socket or pipe below a scanned folder.
    SpecialFile,
    /// A nested repository below a scanned folder.
    NestedRepository,
    /// An unreadable object that an `[[unscanned]]` entry admits.
    Admitted,
    /// An archive with members that are encrypted, damaged, or packed in a way that is not known here.
    ClosedArchive,
}

/// Why something that should have been judged was not: the verdict is `incomplete`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unread {
    /// A name that git cannot resolve.
    UnresolvableRef,
    /// An object that is not in the store (a partial clone, a damaged store).
    MissingObject,
    /// An object that is there and cannot be decoded.
    CorruptObject,
    /// The history ends at a shallow boundary inside what was asked for.
    Shallow,
    /// A graft changes the history inside what was asked for.
    Graft,
    /// An object or file over the size limit.
    TooLarge,
    /// Encoded text over the limits for decoding.
    DecodeLimit,
    /// The time budget was spent.
    Budget,
    /// An index that cannot be read.
    UnreadableIndex,
    /// A file or folder that the system does not let us read.
    UnreadableFile,
    /// A ref store that gave no refs.
    UnreadableRefs,
    /// A replace ref among what was pushed.
    ReplaceRef,
    /// Stopped by a signal.
    Interrupted,
    /// A part of the history whose report is missing.
    MissingShard,
}

impl Skip {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::Submodule, Self::LfsPointer, Self::SpecialFile, Self::NestedRepository, Self::Admitted];

    /// The reason in reports and configs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submodule => "submodule",
            Self::LfsPointer => "lfs-pointer",
            Self::SpecialFile => "special-file",
            Self::NestedRepository => "nested-repository",
            Self::Admitted => "admitted",
            Self::ClosedArchive => "closed-archive",
        }
    }
}

impl Unread {
    /// Every reason, for configs to name.
    pub const ALL: [Self; 14] = [
        Self::UnresolvableRef,
        Self::MissingObject,
        Self::CorruptObject,
        Self::Shallow,
        Self::Graft,
        Self::TooLarge,
        Self::DecodeLimit,
        Self::Budget,
        Self::UnreadableIndex,
        Self::UnreadableFile,
        Self::UnreadableRefs,
        Self::ReplaceRef,
        Self::Interrupted,
        Self::MissingShard,
    ];

    /// The reason in reports and configs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnresolvableRef => "unresolvable-ref",
            Self::MissingObject => "missing-object",
            Self::CorruptObject => "corrupt-object",
            Self::Shallow => "shallow",
            Self::Graft => "graft",
            Self::TooLarge => "too-large",
            Self::DecodeLimit => "decode-limit",
            Self::Budget => "budget",
            Self::UnreadableIndex => "unreadable-index",
            Self::UnreadableFile => "unreadable-file",
            Self::UnreadableRefs => "unreadable-refs",
            Self::ReplaceRef => "replace-ref",
            Self::Interrupted => "interrupted",
            Self::MissingShard => "missing-shard",
        }
    }
}

/// How often a reason occurred, with the first few things it occurred for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Occurrences.
    pub count: u64,
    /// Raw bytes of paths, refs or ids; at most five, the first in their order.
    pub examples: Vec<Vec<u8>>,
}

/// How far a run came that had to stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// What was gone through.
    pub done: u64,
    /// Out of how many.
    pub all: u64,
    /// Of what, in the plural.
    pub what: &'static str,
}

/// The receipt of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Coverage {
    /// References looked at.
    pub refs: u64,
    /// Commits looked at.
    pub commits: u64,
    /// Distinct contents judged.
    pub blobs: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// How far it came, where it had to stop and can tell.
    pub progress: Option<Progress>,
    skipped: BTreeMap<Skip, Tally>,
    unread: BTreeMap<Unread, Tally>,
}

impl Coverage {
    /// Counts a content that was judged.
    pub fn judged(&mut self, bytes: usize) {
        self.blobs += 1;
        self.bytes += bytes as u64;
    }

    /// Counts something left out on purpose.
    pub fn skip(&mut self, reason: Skip, example: impl Into<Vec<u8>>) {
        note(self.skipped.entry(reason).or_default(), example.into());
    }

    /// Adds something left out on purpose to what was counted before.
    pub fn add_skipped(&mut self, reason: Skip, tally: Tally) {
        fold(self.skipped.entry(reason).or_default(), tally);
    }

    /// Adds something that could not be judged to what was counted before.
    pub fn add_unread(&mut self, reason: Unread, tally: Tally) {
        fold(self.unread.entry(reason).or_default(), tally);
    }

    /// Counts something that could not be judged.
    pub fn unread(&mut self, reason: Unread, example: impl Into<Vec<u8>>) {
        note(self.unread.entry(reason).or_default(), example.into());
    }

    /// What was left out on purpose.
    pub fn skipped(&self) -> &BTreeMap<Skip, Tally> {
        &self.skipped
    }

    /// What could not be judged.
    pub fn unread_reasons(&self) -> &BTreeMap<Unread, Tally> {
        &self.unread
    }

    /// True when nothing is unread.
    pub fn complete(&self) -> bool {
        self.unread.is_empty()
    }

    /// Adds another receipt to this one.
    pub fn merge(&mut self, other: Self) {
        self.refs += other.refs;
        self.commits += other.commits;
        self.blobs += other.blobs;
        self.bytes += other.bytes;
        self.progress = self.progress.or(other.progress);
        for (reason, tally) in other.skipped {
            fold(self.skipped.entry(reason).or_default(), tally);
        }
        for (reason, tally) in other.unread {
            fold(self.unread.entry(reason).or_default(), tally);
        }
    }
}

fn note(tally: &mut Tally, example: Vec<u8>) {
    tally.count += 1;
    keep(tally, example);
}

fn fold(into: &mut Tally, from: Tally) {
    into.count += from.count;
    from.examples.into_iter().for_each(|example| keep(into, example));
}

/// Keeps the first examples in their order, whatever order the threads found them in.
fn keep(tally: &mut Tally, example: Vec<u8>) {
    let at = tally.examples.partition_point(|known| *known <= example);
    if at < EXAMPLES {
        tally.examples.insert(at, example);
        tally.examples.truncate(EXAMPLES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_examples_are_kept_in_whatever_order_they_come() {
        let noted = |order: &[u8]| {
            let mut coverage = Coverage::default();
            order.iter().for_each(|byte| coverage.skip(Skip::Submodule, [*byte]));
            coverage
        };
        let (there, back) = (noted(&[1, 2, 3, 4, 5, 6, 7]), noted(&[7, 6, 5, 4, 3, 2, 1]));
        assert_eq!(there, back);
        let (mut merged, mut other) = (noted(&[7, 1, 4]), noted(&[6, 2, 3, 5]));
        other.merge(noted(&[]));
        merged.merge(other);
        assert_eq!(merged, there);
    }
}
