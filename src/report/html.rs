//! A page for people: one file with everything in it, which loads nothing from anywhere. A content security policy
//! lets run nothing but the script that is written here, so that no text of others can.

mod coverage;
mod findings;
mod head;
mod text;
mod trend;

pub use trend::Earlier;

use super::links::Links;
use super::{Report, Timing};
use crate::scan::Outcome;
use std::io;

/// Writes the page.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Html {
    /// Where its links lead.
    pub links: Links,
    /// Earlier runs for the trend, in the order of their time.
    pub earlier: Vec<Earlier>,
}

impl Report for Html {
    fn write(&self, outcome: &Outcome, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        head::write(outcome, timing, &self.links, out)?;
        trend::write(&self.earlier, outcome, timing, out)?;
        findings::write(outcome, &self.links, out)?;
        coverage::write(outcome, out)?;
        head::end(out)
    }
}
