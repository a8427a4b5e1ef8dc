//! The folders that make one store: its own, those of the environment, and their alternates.

use super::fault::{Damage, Fault};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// git follows alternates of alternates this deep (`object-file.c`, "link_alt_odb_entries": five beyond the first).
const DEEPEST: u32 = 6;

/// All folders, the store's own first, each once. `variable` is `GIT_ALTERNATE_OBJECT_DIRECTORIES`, whose relative
/// entries begin at `current`. A folder that is not there is left out, as git does: what it should hold is missing.
pub(super) fn all(own: &Path, variable: Option<&OsStr>, current: &Path, damage: &mut Vec<Damage>) -> Vec<PathBuf> {
    let listed = split(variable.unwrap_or_default().as_encoded_bytes(), b':');
    let mut open: Vec<(PathBuf, u32)> = listed.into_iter().map(|entry| (current.join(path(entry)), 0)).collect();
    open.push((own.to_owned(), 0));
    let (mut seen, mut folders) = (HashSet::new(), Vec::new());
    while let Some((folder, depth)) = open.pop() {
        let Ok(real) = folder.canonicalize() else { continue };
        if depth > DEEPEST || !seen.insert(real) {
            continue;
        }
        let file = folder.join("info/alternates");
        match std::fs::read(&file) {
            Ok(text) => {
                let lines = split(&text, b'\n').into_iter();
                open.extend(lines.map(|line| (folder.join(path(line)), depth + 1)));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(_) => damage.push(Damage { file, fault: Fault::File }),
        }
        folders.push(folder);
    }
    folders
}

/// Entries between separators, without comments; one that begins with `"` is quoted as in C, unless that goes wrong
/// (git's `parse_alt_odb_entry`).
fn split(mut text: &[u8], separator: u8) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Some(&first) = text.first() {
        let end = memchr::memchr(separator, text).unwrap_or(text.len());
        let (plain, behind) = text.split_at(end);
        let quoted = text.strip_prefix(b"\"").and_then(unquote);
        let quoted = quoted.filter(|(_, rest)| rest.first().is_none_or(|byte| *byte == separator));
        let (entry, rest) = quoted.unwrap_or_else(|| (plain.to_vec(), behind));
        if first != b'#' && !entry.is_empty() {
            entries.push(entry);
        }
        text = rest.split_first().map_or(&[][..], |(_, rest)| rest);
    }
    entries
}

/// The bytes up to the closing quote, and what follows it.
fn unquote(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut out = Vec::new();
    loop {
        let (&byte, rest) = text.split_first()?;
        text = rest;
        match byte {
            b'"' => return Some((out, text)),
            b'\\' => {
                let (&escape, rest) = text.split_first()?;
                text = rest;
                out.push(match escape {
                    b'"' | b'\\' => escape,
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 11,
                    b'0'..=b'3' => {
                        let (low, rest) = text.split_at_checked(2)?;
                        text = rest;
                        let digit = |byte: &u8| byte.checked_sub(b'0').filter(|digit| *digit < 8);
                        (escape - b'0') * 64 + digit(low.first()?)? * 8 + digit(low.get(1)?)?
                    }
                    _ => return None,
                });
            }
            plain => out.push(plain),
        }
    }
}

#[cfg(unix)]
fn path(bytes: Vec<u8>) -> PathBuf {
    <OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: Vec<u8>) -> PathBuf {
    OsString::from(String::from_utf8_lossy(&bytes).into_owned()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<String> {
        split(text.as_bytes(), b':').into_iter().map(|entry| String::from_utf8_lossy(&entry).into_owned()).collect()
    }

    #[test]
    fn quoted_entries_may_hold_the_separator_and_any_byte() {
        assert_eq!(entries(r#"/a::"/b:c\"d\101":/e"#), ["/a", "/b:c\"dA", "/e"]);
    }

    #[test]
    fn what_is_not_quoted_well_is_taken_as_it_is() {
        assert_eq!(entries(r#""/open:#no:"/a"b:/c"#), ["\"/open", "\"/a\"b", "/c"]);
    }
}
