//! What an expression matched, before its value is checked.

use std::ops::Range;

/// What an expression matched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Match {
    /// The whole match.
    pub(super) span: Range<usize>,
    /// The secret.
    pub(super) secret: Range<usize>,
    /// The group that a checksum is computed over.
    pub(super) over: Option<Range<usize>>,
    /// The group that holds the expected checksum.
    pub(super) equals: Option<Range<usize>>,
    /// The value stands in an assignment right behind its name, not merely near a context word.
    pub(super) close: bool,
}
