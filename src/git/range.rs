//! Ranges of commits, in any form that git knows.

use super::command::Runner;
use super::error::{Detail, GitError};
use crate::blob::ObjectId;

/// What a range takes in, and what it leaves out.
pub type Ends = (Vec<ObjectId>, Vec<ObjectId>);

/// What `git rev-parse` turns into names of commits, as `git rev-list` takes it; with `=` and a pattern, or without.
const SETS: [&str; 6] = ["--branches", "--tags", "--remotes", "--glob", "--exclude", "--exclude-hidden"];

/// Asks git what some words name: revisions (`A..B`, `A...B`, `^X`, `A`), sets of references (`--all`,
/// `--remotes=origin/*`), `--not`.
pub(crate) fn read(runner: &Runner, texts: &[&str]) -> Result<Ends, GitError> {
    let unknown = || GitError::UnknownRevision(Detail(texts.join(" ").into_bytes()));
    let words: Vec<&str> = texts.iter().flat_map(|text| words(text)).collect();
    if words.is_empty() || words.iter().any(|word| word.starts_with('-') && !is_set(word)) {
        return Err(unknown());
    }
    // The dashes behind keep a word from being taken for the name of a file.
    let output = runner.output(&[&["rev-parse", "--revs-only"], words.as_slice(), &["--"]].concat())?;
    if !output.status.success() {
        return Err(unknown());
    }
    let (mut include, mut exclude) = (Vec::new(), Vec::new());
    for line in output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let (list, hex) = match line.strip_prefix(b"^") {
            Some(hex) => (&mut exclude, hex),
            None => (&mut include, line),
        };
        list.push(ObjectId::from_hex(hex).ok_or_else(unknown)?);
    }
    if include.is_empty() { Err(unknown()) } else { Ok((include, exclude)) }
}

fn is_set(word: &str) -> bool {
    let name = word.split_once('=').map_or(word, |(name, _)| name);
    matches!(word, "--all" | "--not") || SETS.contains(&name)
}

/// The words of one argument. Braces and the search for a message may hold spaces.
fn words(text: &str) -> Vec<&str> {
    if text.trim_start_matches('^').starts_with(":/") || text.contains("..:/") {
        return vec![text];
    }
    let mut depth = 0_u32;
    let between = |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && c.is_ascii_whitespace()
    };
    text.split(between).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn spaces_divide_words_but_not_within_braces_and_searches() {
        assert_eq!(words(" main ^HEAD~2  --not\n--remotes"), ["main", "^HEAD~2", "--not", "--remotes"]);
        assert_eq!(words("HEAD^{/fix the bug}..main A"), ["HEAD^{/fix the bug}..main", "A"]);
        assert_eq!(words(":/fix the bug"), [":/fix the bug"]);
        assert_eq!(words("main..:/fix the bug"), ["main..:/fix the bug"]);
    }
}
