//! The debt in a baseline, in numbers.

use super::Baseline;
use super::entry::{Entry, Status};
use jiff::civil::Date;

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
}

/// The debt of a day. Entries that were replaced do not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Debt {
    /// Every status, in the order of [`Status::ALL`].
    pub by_status: Vec<StatusCount>,
    /// Entries that still have to be dealt with: `unaudited`, or expired.
    pub open: u64,
    /// Those of them that were opened more than 30 days ago.
    pub open_over_30_days: u64,
    /// Days since the oldest of them was opened.
    pub oldest_open_days: Option<i64>,
    /// Entries that end today or within the next seven days.
    pub expiring: Vec<Entry>,
}

impl Debt {
    /// The share of what is open in all entries that were not withdrawn, in percent; 0 where there are none.
    pub fn open_percent(&self) -> f64 {
        let standing = self.by_status.iter().filter(|row| row.status != Status::Withdrawn);
        percent(self.open, standing.map(|row| row.count).sum())
    }

    /// The share of what is older than 30 days in what is open, in percent; 0 where nothing is open.
    pub fn open_over_30_days_percent(&self) -> f64 {
        percent(self.open_over_30_days, self.open)
    }
}

impl Baseline {
    /// The debt on a day.
    pub fn report(&self, today: Date) -> Debt {
        // The same line twice, as a union merge can leave it, is one entry.
        let current = self.prune();
        let entries = current.entries();
        let open: Vec<&Entry> = entries.iter().filter(|entry| is_open(entry, today)).collect();
        let ages: Vec<i64> = open.iter().map(|entry| days(entry.opened, today)).collect();
        let soon = |entry: &&Entry| {
            let last = if entry.status == Status::Withdrawn { None } else { entry.last_day() };
            last.is_some_and(|last| !entry.expired(today) && days(today, last) <= 7)
        };
        let mut expiring: Vec<Entry> = entries.iter().filter(soon).cloned().collect();
        expiring.sort_by_key(|entry| (entry.last_day(), entry.fingerprint));
        Debt {
            by_status: Status::ALL.iter().map(|&status| count(entries, status, today)).collect(),
            open: open.len() as u64,
            open_over_30_days: ages.iter().filter(|&&age| age > 30).count() as u64,
            oldest_open_days: ages.into_iter().max(),
            expiring,
        }
    }
}

fn is_open(entry: &Entry, today: Date) -> bool {
    match entry.status {
        Status::Withdrawn => false,
        Status::Unaudited => true,
        _ => entry.expired(today),
    }
}

fn count(entries: &[Entry], status: Status, today: Date) -> StatusCount {
    let of = || entries.iter().filter(|entry| entry.status == status);
    StatusCount {
        status,
        count: of().count() as u64,
        expired: of().filter(|entry| entry.expired(today)).count() as u64,
        oldest_days: of().map(|entry| days(entry.opened, today)).max(),
    }
}

fn days(from: Date, to: Date) -> i64 {
    (to - from).get_days().into()
}

fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}
