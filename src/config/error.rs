//! What is wrong with a configuration: data, for the command line to render with the line it points at.

use std::fmt;
use std::ops::Range;

/// One thing that is wrong in one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigError {
    /// The file, as it was named.
    pub file: String,
    /// The bytes of it that are wrong, where they can be told.
    pub span: Option<Range<usize>>,
    /// What is wrong. May quote the file: it goes out through `Shown` only.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for ConfigError {}

/// The errors of one file, as they are found.
pub(super) struct Faults {
    file: String,
    found: Vec<ConfigError>,
}

impl Faults {
    pub(super) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), found: Vec::new() }
    }

    pub(super) fn add(&mut self, span: Range<usize>, message: impl Into<String>, hint: Option<String>) {
        self.found.push(ConfigError { file: self.file.clone(), span: Some(span), message: message.into(), hint });
    }

    /// How many there are so far.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    pub(super) fn syntax(&mut self, error: &toml::de::Error) {
        let message = error.message().to_owned();
        self.found.push(ConfigError { file: self.file.clone(), span: error.span(), message, hint: None });
    }

    /// What was found, in the order of the file.
    pub(super) fn into_errors(mut self) -> Vec<ConfigError> {
        self.found.sort_by_key(|error| error.span.as_ref().map_or(0, |span| span.start));
        self.found
    }
}

/// `did you mean "high"?`, where one of `known` is near enough to `word`.
pub(super) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    // Keys are short: a longer word is no typing error, and the table below stays small.
    if word.len() > 64 {
        return None;
    }
    let near = known.into_iter().map(|candidate| (distance(word, candidate), candidate)).min()?;
    let (steps, candidate) = near;
    (steps <= 1 + candidate.chars().count() / 4).then(|| format!("did you mean {candidate:?}?"))
}

/// How many letters have to be put in, taken out, replaced or swapped with their neighbour
/// (optimal string alignment) to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    let mut previous = None;
    for (row, a) in from.chars().enumerate() {
        let mut current = vec![row + 1];
        let mut left = None;
        for (column, &b) in to.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, column) + usize::from(a != b);
            let mut best = replaced.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            if column > 0 && previous == Some(b) && left == Some(a) {
                best = best.min(at(&before, column - 1) + 1);
            }
            current.push(best);
            left = Some(b);
        }
        previous = Some(a);
        before = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_offered_and_a_far_one_is_not() {
        assert_eq!(did_you_mean("hgih", ["low", "high"]), Some("did you mean \"high\"?".to_owned()));
        assert_eq!(did_you_mean("blokc-on", ["mode", "block-on"]), Some("did you mean \"block-on\"?".to_owned()));
        assert_eq!(did_you_mean("values", ["paths", "rules"]), None);
        assert_eq!(did_you_mean("x", []), None);
    }

    #[test]
    fn the_distance_counts_single_steps() {
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("acb", "abc"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
