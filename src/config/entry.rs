//! The entries of `[[allow]]` and `[[unscanned]]`.

use super::glob::Globs;
use jiff::civil::Date;

/// An `[[allow]]` entry: findings of some rules, at some paths, do not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allow {
    /// Where; empty is everywhere (then `rules` is not).
    pub paths: Globs,
    /// Ids of rules; empty is all of them (then `paths` is neither empty nor matches everything).
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// The last day it holds.
    pub expires: Option<Date>,
}

impl Allow {
    /// Whether it speaks of a finding of `rule` at the raw `path` (none: a message, a name of a ref), expired or not.
    pub fn covers(&self, rule: &str, path: Option<&[u8]>) -> bool {
        let at = self.paths.is_empty() || path.is_some_and(|path| self.paths.matches(path));
        at && (self.rules.is_empty() || self.rules.iter().any(|id| id == rule))
    }

    /// Whether it allows no more than `other`, which speaks of the same paths and rules.
    pub(super) fn within(&self, other: &Self) -> bool {
        let as_long = match (self.expires, other.expires) {
            (_, None) => true,
            (Some(own), Some(other)) => own <= other,
            (None, Some(_)) => false,
        };
        self.paths == other.paths && self.rules == other.rules && as_long
    }

    /// Whether it still holds on a day.
    pub fn holds_on(&self, today: Date) -> bool {
        self.expires.is_none_or(|last| today <= last)
    }
}

/// An `[[unscanned]]` entry: an object that cannot be read is admitted all the same.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unscanned {
    /// The object's id, 40 or 64 lower-case hexadecimal digits.
    pub id: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day it holds.
    pub expires: Date,
}

impl Unscanned {
    /// Whether it admits no more than `other`.
    pub(super) fn within(&self, other: &Self) -> bool {
        self.id == other.id && self.expires <= other.expires
    }

    /// Whether it still holds on a day.
    pub fn holds_on(&self, today: Date) -> bool {
        today <= self.expires
    }
}
