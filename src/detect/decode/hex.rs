//! Text written as hexadecimal digits.

use super::{Decoded, behind_name, is_text};
use crate::candidate::Encoding;
use data_encoding::HEXLOWER_PERMISSIVE;
use std::ops::Range;

/// A shorter run is not worth a look: 32 digits are 16 bytes.
const SHORTEST: usize = 32;

/// Opens a run of `text` that is all digits, `0x` before them or not, and stands for text: a digest never does.
pub(super) fn open(text: &[u8], run: &Range<usize>) -> Option<Decoded> {
    let whole = text.get(run.clone())?;
    let marked = whole.starts_with(b"0x") || whole.starts_with(b"0X");
    let digits = if marked { run.start + 2..run.end } else { run.clone() };
    let encoded = text.get(digits.clone())?;
    let even = encoded.get(..encoded.len() / 2 * 2)?;
    let taste = even.get(..SHORTEST)?;
    if !is_text(&HEXLOWER_PERMISSIVE.decode(taste).ok()?) {
        return None;
    }
    let inner = HEXLOWER_PERMISSIVE.decode(even).ok()?;
    behind_name(text, &digits, inner, Some((2, 1)), &[Encoding::Hex])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str, run: Range<usize>) -> Option<Vec<u8>> {
        open(text.as_bytes(), &run).map(|decoded| decoded.text)
    }

    #[test]
    fn digits_that_stand_for_text_are_opened_behind_their_name() {
        let digits = data_encoding::HEXUPPER.encode(b"correct horse battery");
        let text = format!("key={digits}");
        assert_eq!(opened(&text, 4..text.len()), Some(b"key=correct horse battery".to_vec()));
        let text = format!("key=0x{digits}");
        assert_eq!(opened(&text, 4..text.len()), Some(b"key=0xcorrect horse battery".to_vec()));
    }

    #[test]
    fn digests_and_short_runs_stay_closed() {
        assert_eq!(opened("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c", 0..48), None);
        assert_eq!(opened("636f727265637420686f727365", 0..26), None);
    }
}
