//! What a baseline says of a secret at a place.

use super::Baseline;
use super::entry::{Entry, Status, path_text};
use crate::fingerprint::Fingerprint;
use jiff::civil::Date;
use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;

/// What a baseline says of a secret at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known<'b> {
    /// The line that decides.
    pub entry: &'b Entry,
    /// Whether it names this place, and does not merely speak of the secret as such.
    pub names_place: bool,
}

impl Baseline {
    /// The line that decides for a secret at a raw path (none: outside any file), whatever it says: it may be
    /// expired or withdrawn.
    pub fn find(&self, fingerprint: Fingerprint, path: Option<&[u8]>, today: Date) -> Option<Known<'_>> {
        if !self.by_fingerprint.contains_key(&fingerprint) {
            return None;
        }
        let path = path.map(path_text);
        self.find_text(fingerprint, path.as_deref(), today)
    }

    pub(super) fn find_text(&self, fingerprint: Fingerprint, path: Option<&str>, today: Date) -> Option<Known<'_>> {
        let here = self.winner(fingerprint, path, today).map(|entry| Known { entry, names_place: true });
        let elsewhere = self
            .of_fingerprint(fingerprint)
            .filter(|entry| entry.status.anywhere() && !names(entry, path) && self.holds_its_places(entry, today))
            .map(|entry| Known { entry, names_place: false });
        here.into_iter().chain(elsewhere).min_by(|a, b| {
            let order = rank(a.entry, today).cmp(&rank(b.entry, today));
            order.then(b.names_place.cmp(&a.names_place)).then_with(|| compare(a.entry, b.entry, today))
        })
    }

    /// Of the lines that name a place, the one that holds.
    pub(super) fn winner(&self, fingerprint: Fingerprint, path: Option<&str>, today: Date) -> Option<&Entry> {
        let here = self.of_fingerprint(fingerprint).filter(|entry| names(entry, path));
        here.min_by(|a, b| compare(a, b, today))
    }

    /// Whether at none of its own places a line that comes before it says something else.
    fn holds_its_places(&self, entry: &Entry, today: Date) -> bool {
        let other = |line: &&Entry| line.status != entry.status || line.rev != entry.rev;
        let before = |line: &&Entry| rank(line, today) < rank(entry, today);
        let mut others = self.of_fingerprint(entry.fingerprint).filter(other).filter(before).peekable();
        if others.peek().is_none() {
            return true;
        }
        let own: HashSet<Option<&str>> = places(entry).collect();
        !others.flat_map(places).any(|place| own.contains(&place))
    }
}

/// The places that an entry names: its paths, or "outside any file".
pub(super) fn places(entry: &Entry) -> impl Iterator<Item = Option<&str>> {
    let outside = entry.paths.is_empty().then_some(None);
    outside.into_iter().chain(entry.paths.iter().map(|path| Some(path.as_str())))
}

pub(super) fn names(entry: &Entry, path: Option<&str>) -> bool {
    match path {
        None => entry.paths.is_empty(),
        Some(path) => entry.paths.iter().any(|named| named == path),
    }
}

/// A total order, so that the order of the lines never matters.
fn compare(a: &Entry, b: &Entry, today: Date) -> Ordering {
    rank(a, today).cmp(&rank(b, today)).then_with(|| a.line().cmp(&b.line()))
}

/// The least one holds: the highest revision, then the strictest, then the one that ends first.
fn rank(entry: &Entry, today: Date) -> (Reverse<u32>, u8, Date, Status) {
    (Reverse(entry.rev), entry.leniency(today), entry.last_day().unwrap_or(Date::MAX), entry.status)
}
