//! The rules of a detector, by number.

use crate::rule::{Catalogue, Rule};
use std::sync::Arc;

/// The catalogue, asked for rules by number alone.
#[derive(Debug)]
pub(super) struct Rules(pub(super) Catalogue);

impl Rules {
    /// The rule of this number; `None` for one that is disabled.
    pub(super) fn get(&self, number: usize) -> Option<&Arc<Rule>> {
        self.0.rule(u32::try_from(number).ok()?)
    }

    /// The numbers of the rules that do not look at all paths.
    pub(super) fn choosy(&self) -> impl Iterator<Item = u32> {
        self.0.choosy().map(|(number, _)| number)
    }

    /// All numbers are below this.
    pub(super) fn numbers(&self) -> u32 {
        self.0.numbers()
    }
}
