//! Paths by pattern.

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};
use std::fmt;

/// Patterns for paths relative to the repository's top level, with `/`.
///
/// `*` and `?` do not cross a `/`, `**` does. As in `.gitignore`, a pattern without a `/` (but at its end) speaks
/// of the last name of a path, at any depth, and one that ends with `/` of everything in that folder; `{a,b}` and
/// `[a-z]` work, `!` does not.
#[derive(Clone, Default)]
pub struct Globs {
    patterns: Vec<String>,
    set: GlobSet,
}

/// Paths that have nothing in common: what matches all of them matches everything.
const PROBES: &[&str] =
    &["q", "Zx", "7", ".w", "-", "e.r", "q/w", ".t/y", "Q7/_w.e/r", "a b/c/d/e/f.gh", "\u{e4}/\u{f6}.\u{fc}"];

impl Globs {
    /// Compiles patterns. The error is the place of the first wrong one in the list, and why.
    pub fn new(patterns: Vec<String>) -> Result<Self, (usize, String)> {
        Self::compile(patterns, true)
    }

    /// Compiles patterns of which one without a `/` speaks of the top level only, as for `[rules] include`.
    pub fn rooted(patterns: Vec<String>) -> Result<Self, (usize, String)> {
        Self::compile(patterns, false)
    }

    fn compile(patterns: Vec<String>, any_depth: bool) -> Result<Self, (usize, String)> {
        let mut builder = GlobSetBuilder::new();
        for (at, pattern) in patterns.iter().enumerate() {
            let form = form(pattern, any_depth);
            let glob = GlobBuilder::new(&form).literal_separator(true).backslash_escape(true).build();
            builder.add(glob.map_err(|error| (at, error.kind().to_string()))?);
        }
        let set = builder.build().map_err(|error| (0, error.kind().to_string()))?;
        Ok(Self { patterns, set })
    }

    /// Whether a raw path matches.
    pub fn matches(&self, path: &[u8]) -> bool {
        self.set.is_match_candidate(&Candidate::from_bytes(path))
    }

    /// Whether any path matches.
    pub fn match_everything(&self) -> bool {
        PROBES.iter().all(|probe| self.matches(probe.as_bytes()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// As they were written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

impl Eq for Globs {}

impl fmt::Debug for Globs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Globs").field(&self.patterns).finish()
    }
}

/// The pattern for globset that one of ours stands for.
fn form(pattern: &str, any_depth: bool) -> String {
    let mut bare = pattern;
    while let Some(rest) = bare.strip_prefix("./") {
        bare = rest;
    }
    let rooted = bare.starts_with('/');
    let bare = bare.trim_start_matches('/');
    if bare.is_empty() || bare == "." {
        return "**".to_owned();
    }
    let folder = bare.strip_suffix('/');
    let name = folder.unwrap_or(bare);
    let anywhere = any_depth && !rooted && !name.contains('/') && name != "**";
    let start = if anywhere { "**/" } else { "" };
    let end = if folder.is_some() { "/**" } else { "" };
    format!("{start}{name}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(patterns: &[&str]) -> Globs {
        Globs::new(patterns.iter().map(|&p| p.to_owned()).collect()).unwrap()
    }

    #[test]
    fn a_star_stays_in_its_folder_and_two_stars_do_not() {
        let one = globs(&["tests/*.txt"]);
        assert!(one.matches(b"tests/a.txt") && !one.matches(b"tests/b/a.txt"));
        let two = globs(&["tests/fixtures/**"]);
        assert!(two.matches(b"tests/fixtures/a/b.txt") && !two.matches(b"tests/fixtures.txt"));
    }

    #[test]
    fn a_name_matches_at_any_depth_and_a_folder_all_in_it() {
        assert!(globs(&["*.lock"]).matches(b"a/b/Cargo.lock"));
        assert!(!globs(&["/Cargo.lock"]).matches(b"a/Cargo.lock"));
        let top = Globs::rooted(vec!["*.toml".to_owned()]).unwrap();
        assert!(top.matches(b"a.toml") && !top.matches(b"b/a.toml"));
        let folder = globs(&["vendor/"]);
        assert!(folder.matches(b"vendor/a") && folder.matches(b"x/vendor/a/b") && !folder.matches(b"vendor"));
    }

    #[test]
    fn bytes_that_are_not_utf8_match_too() {
        assert!(globs(&["a/*"]).matches(b"a/\xff\xfe"));
    }

    #[test]
    fn what_matches_everything_is_known_in_all_its_spellings() {
        for all in ["**", "*", "**/*", "**/**", ".", "./", "/", "./**", "", "*?", "**/{a,*}", "?*"] {
            assert!(globs(&[all]).match_everything(), "{all}");
        }
        assert!(globs(&["*/**", "/*"]).match_everything());
        assert!(!globs(&["*.*"]).match_everything());
        assert!(!globs(&["src/**"]).match_everything());
        assert!(!globs(&[]).match_everything());
    }

    #[test]
    fn a_broken_pattern_is_told_with_its_place() {
        assert_eq!(Globs::new(vec!["a".to_owned(), "[".to_owned()]).unwrap_err().0, 1);
    }
}
