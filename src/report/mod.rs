//! What a run found, written for people and for machines: one file a format. A report only reads an
//! [`Outcome`], writes its findings in the order they have, and holds no time but what [`Timing`] gives it.

pub mod debt;
pub mod document;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod links;
mod markdown;
pub mod read;
mod sarif;
mod view;
mod words;

pub use github::Github;
pub use gitlab::Gitlab;
pub use html::{Earlier, Html};
pub use human::{Edge, Human, HumanOptions, Pushed, PushedCommit, Way};
pub use json::{Failure, Json, document, write_failure};
pub use junit::Junit;
pub use links::Links;
pub use markdown::Markdown;
pub use sarif::Sarif;

use crate::scan::Outcome;
use jiff::Timestamp;
use std::io;

/// A format that an outcome can be written in.
pub trait Report {
    /// Writes the whole report, with a line feed at its end.
    fn write(&self, outcome: &Outcome, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()>;
}

/// When a run took place and how long it took: all that differs between two runs on the same input.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Timing {
    /// When it began.
    pub started: Timestamp,
    /// How long it took, in seconds.
    pub seconds: f64,
}
