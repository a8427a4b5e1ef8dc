//! The debt in a baseline, in numbers.

use super::Baseline;
use super::entry::{Entry, Status};
use super::lookup::places;
use crate::fingerprint::Fingerprint;
use jiff::civil::Date;
use std::collections::HashSet;

/// The names of ages: up to 30 days since it was opened, up to 90, more.
pub const AGES: [&str; 3] = ["30d", "90d", "older"];

/// Entries of a status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StatusCount {
    /// The status.
    pub status: Status,
    /// How many, expired ones too.
    pub count: u64,
    /// How many of them have expired.
    pub expired: u64,
    /// Days since the oldest of them was opened.
    pub oldest_days: Option<i64>,
    /// How many of each age, in the order of [`AGES`].
    pub ages: [u64; 3],
}

/// The debt of a day. Entries that were replaced do not count. An *exception* is an entry about a real secret, or one
/// that may be: all but false positives, which are counted apart, and what was withdrawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Debt {
    /// Every status, in the order of [`Status::ALL`].
    pub by_status: Vec<StatusCount>,
    /// `unaudited`, `accepted` and `revoked` entries.
    pub exceptions: u64,
    /// Exceptions that somebody still has to deal with: `unaudited`, `accepted`, or expired.
    pub open: u64,
    /// Those of them that were opened more than 30 days ago.
    pub open_over_30_days: u64,
    /// Days since the oldest of them was opened.
    pub oldest_open_days: Option<i64>,
    /// Exceptions whose last day is over: they block again.
    pub expired: u64,
    /// Entries, false positives too, that end today or within the next seven days.
    pub expiring: Vec<Entry>,
}

impl Debt {
    /// The share of exceptions that have been open for more than 30 days in all exceptions, in percent; 0 where there
    /// are none.
    pub fn open_over_30_days_percent(&self) -> f64 {
        percent(self.open_over_30_days, self.exceptions)
    }

    /// How many entries have a status and one of [`AGES`].
    pub fn aged(&self, status: Status, age: &str) -> u64 {
        let row = self.by_status.iter().find(|row| row.status == status);
        row.into_iter().flat_map(|row| AGES.iter().zip(row.ages)).find(|(name, _)| **name == age).map_or(0, |(_, n)| n)
    }
}

impl Entry {
    /// Whether somebody still has to deal with it, on a day.
    pub fn open(&self, today: Date) -> bool {
        match self.status {
            Status::Withdrawn | Status::FalsePositive => false,
            Status::Unaudited | Status::Accepted => true,
            Status::Revoked => self.expired(today),
        }
    }

    /// Days since it was opened; 0 on a day before that.
    pub fn age_days(&self, today: Date) -> i64 {
        i64::from((today - self.opened).get_days()).max(0)
    }
}

impl Baseline {
    /// The debt on a day.
    pub fn report(&self, today: Date) -> Debt {
        // The same line twice, as a union merge can leave it, is one entry.
        let current = self.prune();
        let entries = current.entries();
        let exceptions = || entries.iter().filter(|e| !matches!(e.status, Status::Withdrawn | Status::FalsePositive));
        let ages: Vec<i64> = exceptions().filter(|e| e.open(today)).map(|entry| entry.age_days(today)).collect();
        let soon = |entry: &&Entry| {
            let last = if entry.status == Status::Withdrawn { None } else { entry.last_day() };
            last.is_some_and(|last| !entry.expired(today) && i64::from((last - today).get_days()) <= 7)
        };
        let mut expiring: Vec<Entry> = entries.iter().filter(soon).cloned().collect();
        expiring.sort_by_key(|entry| (entry.last_day(), entry.fingerprint));
        Debt {
            by_status: Status::ALL.iter().map(|&status| count(entries, status, today)).collect(),
            exceptions: exceptions().count() as u64,
            open: ages.len() as u64,
            open_over_30_days: ages.iter().filter(|&&age| age > 30).count() as u64,
            oldest_open_days: ages.into_iter().max(),
            expired: exceptions().filter(|entry| entry.expired(today)).count() as u64,
            expiring,
        }
    }

    /// The entries, but for withdrawn and replaced ones, that speak of nothing any more: none of `found` (secrets with
    /// their places as [`path_text`](super::path_text) writes them, `None` outside any file) is theirs.
    pub fn unmatched(&self, found: &HashSet<(Fingerprint, Option<String>)>) -> Vec<Entry> {
        let anywhere: HashSet<Fingerprint> = found.iter().map(|(fingerprint, _)| *fingerprint).collect();
        let matched = |entry: &Entry| match entry.status.anywhere() {
            true => anywhere.contains(&entry.fingerprint),
            false => {
                anywhere.contains(&entry.fingerprint)
                    && places(entry).any(|place| found.contains(&(entry.fingerprint, place.map(str::to_owned))))
            }
        };
        let mut list = self.prune().entries;
        list.retain(|entry| entry.status != Status::Withdrawn && !matched(entry));
        list
    }
}

fn count(entries: &[Entry], status: Status, today: Date) -> StatusCount {
    let of = || entries.iter().filter(|entry| entry.status == status);
    let between = |from: i64, to: i64| of().filter(|e| (from..=to).contains(&e.age_days(today))).count() as u64;
    StatusCount {
        status,
        count: of().count() as u64,
        expired: of().filter(|entry| entry.expired(today)).count() as u64,
        oldest_days: of().map(|entry| entry.age_days(today)).max(),
        ages: [between(0, 30), between(31, 90), between(91, i64::MAX)],
    }
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}
