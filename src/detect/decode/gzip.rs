//! Gzip inside a decoded text, as Kubernetes and Helm keep their releases.

use super::is_text;
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// Identification and the deflate method (RFC 1952, 2.3.1).
pub(in crate::detect) const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];
/// So many bytes tell whether it is text.
const TASTE: usize = 64;

/// What is packed, if it is text: at most `most` bytes and one more, which tells that there is more.
pub(super) fn text(packed: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    // What came out before an error is still text.
    _ = MultiGzDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut text);
    is_text(text.get(..TASTE.min(text.len()))?).then_some(text)
}
