//! The identity of regulated data where none may be made of the data itself: the rule, the path, and the text around.

use crate::blob::Blob;
use crate::candidate::Candidate;
use crate::fingerprint::{Fingerprint, Fingerprinter};
use crate::text::Lines;

/// The identity of a candidate in `blob`, whose lines are `lines`.
pub(super) fn fingerprint(
    fingerprinter: &Fingerprinter,
    candidate: &Candidate,
    blob: &Blob<'_>,
    lines: &Lines<'_>,
) -> Fingerprint {
    let place = &candidate.place;
    let (first, last) = (lines.line_of(place.start), lines.line_of(place.end.saturating_sub(1).max(place.start)));
    let mut around = Vec::new();
    for number in first..=last {
        let line = lines.line(number);
        let start = blob.bytes.len().min(place.start);
        // Offsets of the value inside this line; other lines of it hold nothing else that counts.
        let offset = (line.as_ptr() as usize).saturating_sub(blob.bytes.as_ptr() as usize);
        let before = line.get(..start.saturating_sub(offset).min(line.len())).unwrap_or_default();
        let behind = line.get(place.end.saturating_sub(offset).min(line.len())..).unwrap_or_default();
        around.extend_from_slice(before);
        around.push(b'#');
        around.extend_from_slice(behind);
    }
    fingerprinter.of_context(&candidate.rule.id, blob.origin.path.as_deref(), &normal(&around))
}

/// Lower case, a run of blanks as one, a run of digits as `#`: other numbers beside it are nobody's business either.
fn normal(text: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    for byte in text {
        let byte = match byte {
            b'0'..=b'9' => b'#',
            blank if blank.is_ascii_whitespace() => b' ',
            other => other.to_ascii_lowercase(),
        };
        if !(matches!(byte, b'#' | b' ') && out.last() == Some(&byte)) {
            out.push(byte);
        }
    }
    out.trim_ascii().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_case_and_numbers_do_not_count() {
        assert_eq!(normal(b"  Anna\t Li, 17,#,  EUR 20\r"), b"anna li, #,#, eur #");
        assert_eq!(normal(b""), b"");
    }
}
