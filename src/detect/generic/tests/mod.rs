//! What the tier finds, what it leaves alone, and its bounds.

mod bounds;
mod found;
mod quiet;
mod scores;

use super::*;

/// Everything that is found in `text` from the prefilter's hits, in order.
pub(super) fn scan(text: &[u8], path: &str) -> Vec<Generic> {
    let (mut out, mut last) = (Vec::new(), Last::default());
    for hit in hits(text) {
        at(text, hit, &|| Surroundings::of(path.as_bytes()), &mut last, &mut out);
    }
    rivals(out.into_iter())
}

/// Where the keywords stand.
pub(super) fn hits(text: &[u8]) -> Vec<Range<usize>> {
    let search = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(KEYWORDS).unwrap();
    search.find_overlapping_iter(text).map(|hit| hit.range()).collect()
}

/// A random-looking value that no file holds in one piece.
pub(super) fn made() -> String {
    ["vR7kQz", "2mW9xT", "b4Lp8H", "sJ3c"].concat()
}

/// The values that are found at medium confidence or above.
pub(super) fn values(text: &str, path: &str) -> Vec<String> {
    let sure = scan(text.as_bytes(), path).into_iter().filter(|found| found.confidence >= Confidence::Medium);
    sure.map(|found| text.get(found.value).unwrap_or("<cut inside a character>").to_owned()).collect()
}
