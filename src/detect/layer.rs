//! From offsets in a decoded text back to the text as it is stored.

use crate::candidate::Encoding;
use std::ops::Range;

/// How the offsets of a decoded text map to the text around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Map {
    /// The text as it is stored.
    Same,
    /// Some bytes of the outer text (the name before an encoded value), then what a run of it decodes to: by `scale`
    /// so many bytes of the run for so many decoded ones; `None` where nothing finer than the whole run can be told.
    Decoded { prefix: Range<usize>, run: Range<usize>, scale: Option<(usize, usize)> },
    /// One byte for every second one of the outer text, from `start`.
    Folded { start: usize },
    /// A member of an archive, a stored text of its own.
    Member,
}

/// A text and how it came out of the one around it.
#[derive(Debug)]
pub(super) struct Layer<'a> {
    pub(super) text: &'a [u8],
    pub(super) map: Map,
    pub(super) encodings: &'static [Encoding],
    pub(super) outer: Option<&'a Layer<'a>>,
}

impl<'a> Layer<'a> {
    /// The stored text.
    pub(super) fn root(text: &'a [u8]) -> Self {
        Self { text, map: Map::Same, encodings: &[], outer: None }
    }

    /// How many decodings lie between this text and the stored one.
    pub(super) fn depth(&self) -> u32 {
        self.outer.map_or(0, |outer| outer.depth() + 1)
    }

    /// The encodings, outermost first.
    pub(super) fn encodings(&self) -> Vec<Encoding> {
        let mut list = self.outer.map(Layer::encodings).unwrap_or_default();
        list.extend(self.encodings);
        list
    }

    /// The range of the stored text, in the repository or in an archive, that `range` of this one came from.
    pub(super) fn to_root(&self, range: &Range<usize>) -> Range<usize> {
        let mapped = match &self.map {
            Map::Same => range.clone(),
            Map::Member => return range.clone(),
            Map::Folded { start } => start + range.start * 2..start + range.end * 2,
            Map::Decoded { prefix, run, scale } => {
                let width = prefix.len();
                let inside =
                    |at: usize, round: usize| scale.map(|(outer, inner)| (at * outer + round * (inner - 1)) / inner);
                let start = match range.start.checked_sub(width) {
                    Some(at) => run.start + inside(at, 0).unwrap_or(0),
                    None => prefix.start + range.start,
                };
                let end = match range.end.checked_sub(width) {
                    Some(at) if at > 0 => inside(at, 1).map_or(run.end, |at| (run.start + at).min(run.end)),
                    _ => prefix.start + range.end,
                };
                start..end
            }
        };
        match self.outer {
            Some(outer) => outer.to_root(&mapped),
            None => mapped,
        }
    }

    /// Whether this is a content as it is stored, in the repository or in an archive.
    pub(super) fn stored(&self) -> bool {
        matches!(self.map, Map::Same | Map::Member)
    }

    /// Whether `range` takes part in what was decoded, and not only in the prefix.
    pub(super) fn touches_decoded(&self, range: &Range<usize>) -> bool {
        match &self.map {
            Map::Decoded { prefix, .. } => range.end > prefix.len(),
            Map::Same | Map::Folded { .. } | Map::Member => true,
        }
    }
}
