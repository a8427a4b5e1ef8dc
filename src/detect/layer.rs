//! From offsets in a decoded text back to the text as it is stored.

use crate::candidate::Encoding;
use std::ops::Range;

/// How the offsets of a decoded text map to the text around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Map {
    /// The text as it is stored.
    Same,
    /// Some bytes of the outer text (the name before an encoded value), then what a run of it decodes to:
    /// nothing finer than the whole run can be told.
    Decoded { prefix: Range<usize>, run: Range<usize> },
    /// One byte for every second one of the outer text, from `start`.
    Folded { start: usize },
}

/// A text and how it came out of the one around it.
#[derive(Debug)]
pub(super) struct Layer<'a> {
    pub(super) text: &'a [u8],
    pub(super) map: Map,
    pub(super) encoding: Option<Encoding>,
    pub(super) outer: Option<&'a Layer<'a>>,
}

impl<'a> Layer<'a> {
    /// The stored text.
    pub(super) fn root(text: &'a [u8]) -> Self {
        Self { text, map: Map::Same, encoding: None, outer: None }
    }

    /// How many decodings lie between this text and the stored one.
    pub(super) fn depth(&self) -> u32 {
        self.outer.map_or(0, |outer| outer.depth() + 1)
    }

    /// The encodings, outermost first.
    pub(super) fn encodings(&self) -> Vec<Encoding> {
        let mut list = self.outer.map(Layer::encodings).unwrap_or_default();
        list.extend(self.encoding);
        list
    }

    /// The range of the stored text that `range` of this one came from.
    pub(super) fn to_root(&self, range: &Range<usize>) -> Range<usize> {
        let mapped = match &self.map {
            Map::Same => range.clone(),
            Map::Folded { start } => start + range.start * 2..start + range.end * 2,
            Map::Decoded { prefix, run } => {
                let width = prefix.len();
                let start = if range.start < width { prefix.start + range.start } else { run.start };
                let end = if range.end <= width { prefix.start + range.end } else { run.end };
                start..end
            }
        };
        match self.outer {
            Some(outer) => outer.to_root(&mapped),
            None => mapped,
        }
    }

    /// Whether `range` takes part in what was decoded, and not only in the prefix.
    pub(super) fn touches_decoded(&self, range: &Range<usize>) -> bool {
        match &self.map {
            Map::Decoded { prefix, .. } => range.end > prefix.len(),
            Map::Same | Map::Folded { .. } => true,
        }
    }
}
