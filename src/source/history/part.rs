//! One part of a history that several processes scan.

use crate::blob::{Blob, ObjectId};
use crate::coverage::{Skip, Unread};
use crate::source::{Before, Sink};
use std::ops::ControlFlow;

/// Which part: `index` from 1, of `of`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// From 1.
    pub index: u32,
    /// At least 1.
    pub of: u32,
}

/// What part of which whole was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shard {
    /// Which part.
    pub part: Part,
    /// SHA-256 over references, tips and options, lower-case hexadecimal.
    pub tips: String,
    /// SHA-256 over the way the objects are divided, lower-case hexadecimal; empty where the reading was stopped before.
    pub plan: String,
}

/// A sink for what another part judges: it only counts what every part looks at.
pub(super) struct Elsewhere<'s>(pub(super) &'s dyn Sink);

impl Sink for Elsewhere<'_> {
    fn blob(&self, _: Blob<'_>, _: &dyn Before) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn skip(&self, _: Skip, _: &[u8]) {}

    fn unread(&self, _: Unread, _: &[u8], _: Option<ObjectId>) {}

    fn refs(&self, count: u64) {
        self.0.refs(count);
    }

    fn commits(&self, count: u64) {
        self.0.commits(count);
    }

    fn largest(&self) -> u64 {
        self.0.largest()
    }

    fn spent(&self, example: &[u8]) -> bool {
        self.0.spent(example)
    }
}
