//! Further object folders, and whether libgit2 reads them as git does.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// git follows alternates of alternates this deep (`object-file.c`, "link_alt_odb_entries"); libgit2 too.
const DEEPEST: u32 = 5;

/// The folders of `GIT_ALTERNATE_OBJECT_DIRECTORIES`: separated by `:`, an entry that begins with `"` quoted as in C
/// (git's documentation of that variable). `None` where it holds something that cannot be told with certainty.
pub(crate) fn from_variable(value: Option<&OsStr>) -> Option<Vec<String>> {
    let Some(value) = value else { return Some(Vec::new()) };
    let mut rest = value.to_str()?;
    let mut folders = Vec::new();
    while !rest.is_empty() {
        let folder;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, behind) = unquote(quoted)?;
            folder = text;
            rest = behind;
            if !rest.is_empty() && !rest.starts_with(':') {
                return None;
            }
        } else {
            let (text, _) = rest.split_once(':').unwrap_or((rest, ""));
            folder = text.to_owned();
            rest = rest.strip_prefix(text)?;
        }
        rest = rest.strip_prefix(':').unwrap_or(rest);
        if !folder.is_empty() {
            folders.push(folder);
        }
    }
    // A relative one is relative to the working folder of git's process; ours may differ.
    folders.iter().all(|folder| Path::new(folder).is_absolute()).then_some(folders)
}

/// The text up to the closing quote, and what follows it. Octal escapes may make bytes that are not UTF-8: `None`.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return Some((out, characters.as_str())),
            '\\' => match characters.next()? {
                plain @ ('"' | '\\') => out.push(plain),
                _ => return None,
            },
            plain => out.push(plain),
        }
    }
}

/// True if every line of `info/alternates`, and of those it names, is one that libgit2 follows.
pub(crate) fn known_to_libgit2(objects: &Path) -> bool {
    let mut open = vec![(objects.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        let text = match std::fs::read_to_string(folder.join("info/alternates")) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(_) => return false,
        };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let next = PathBuf::from(line);
            if depth >= DEEPEST || !(next.is_absolute() || line.starts_with('.')) {
                return false;
            }
            open.push((folder.join(next), depth + 1));
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(value: &str) -> Option<Vec<String>> {
        from_variable(Some(OsStr::new(value)))
    }

    #[test]
    fn a_quoted_folder_may_hold_a_colon() {
        assert_eq!(folders(r#"/a:"/b:c\"d":/e"#), Some(vec!["/a".into(), "/b:c\"d".into(), "/e".into()]));
    }

    #[test]
    fn what_cannot_be_told_is_left_to_git() {
        for value in ["relative", r#""/open"#, r#""/a"b"#, r#""/\303""#] {
            assert_eq!(folders(value), None, "{value}");
        }
    }
}
