//! A secret value, which can be looked at but not printed.

use std::fmt;
use zeroize::Zeroizing;

/// The bytes of a secret. Overwritten with zeros when dropped; has no `Serialize` and no `Display`,
/// and its `Debug` shows three stars.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

/// What may be shown of a secret: the first 4 and last 2 characters of a value of 20 characters or more,
/// `***` for a shorter one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Preview(String);

const SHORTEST_SHOWN: usize = 20;

impl Secret {
    /// Takes the decoded bytes of a secret.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The value itself: for matching, checksums and fingerprints, never for output.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The masked form.
    pub fn preview(&self) -> Preview {
        let text = String::from_utf8_lossy(&self.0);
        let count = text.chars().count();
        let plain = |c: &char| c.is_ascii_graphic();
        if count < SHORTEST_SHOWN || !text.chars().all(|c| plain(&c)) {
            return Preview("***".to_owned());
        }
        let mut shown: String = text.chars().take(4).collect();
        shown.push_str("***");
        shown.extend(text.chars().skip(count - 2));
        Preview(shown)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl Preview {
    /// The masked text, printable ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A masked text that was written down before; `None` if it shows more than a preview may.
    pub fn stored(text: &str) -> Option<Self> {
        let (start, end) = text.split_once("***")?;
        let plain = |part: &str, most| part.len() <= most && part.bytes().all(|byte| byte.is_ascii_graphic());
        (plain(start, 4) && plain(end, 2)).then(|| Self(text.to_owned()))
    }

    /// Nothing but stars, for values of which not even an end may be seen (regulated data, multi-line keys).
    pub fn hidden() -> Self {
        Self("***".to_owned())
    }
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_value_shows_nothing() {
        assert_eq!(Secret::new("a".repeat(19)).preview().as_str(), "***");
    }

    #[test]
    fn a_long_value_shows_four_and_two() {
        assert_eq!(Secret::new("abcdefghijklmnopqrst").preview().as_str(), "abcd***st");
    }

    #[test]
    fn a_value_with_control_characters_shows_nothing() {
        assert_eq!(Secret::new("abcdefghijklmnopqr\u{1b}[31m").preview().as_str(), "***");
    }

    #[test]
    fn a_preview_that_was_stored_shows_no_more_than_one_that_is_made() {
        let made = Secret::new("abcdefghijklmnopqrst").preview();
        assert_eq!(Preview::stored(made.as_str()), Some(made));
        assert_eq!(Preview::stored("***"), Some(Preview::hidden()));
        for text in ["", "**", "abcde***st", "abcd***rst", "abcdefgh", "ab\n***", "a***b***c"] {
            assert_eq!(Preview::stored(text), None, "{text}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("abcdefghijklmnopqrst")), "Secret(***)");
    }
}
