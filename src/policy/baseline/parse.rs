//! From JSON Lines to entries and back.

use super::Baseline;
use super::entry::Entry;

/// A line of a baseline that cannot be read, or says too little. It is never skipped: what it excuses is not known.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}:{line}: {message}; {hint}")]
pub struct BaselineError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong. May quote the file: it goes out through `Shown` only.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
}

const CONFLICT: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

impl Baseline {
    /// Reads a file: one entry a line, in any order; the same line twice is one. `file` is only for the error,
    /// which is that of the first wrong line.
    pub fn parse(file: &str, text: &[u8]) -> Result<Self, BaselineError> {
        let mut entries = Vec::new();
        for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            let read = entry(line).map_err(|(message, hint)| BaselineError {
                file: file.to_owned(),
                line: at + 1,
                message,
                hint,
            })?;
            entries.push(read);
        }
        Ok(Self::of(entries))
    }

    /// The file: sorted, one entry a line, ended by a line feed.
    pub fn serialise(&self) -> String {
        let mut lines: Vec<String> = self.entries().iter().map(Entry::line).collect();
        lines.sort_unstable();
        lines.dedup();
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}

fn entry(line: &[u8]) -> Result<Entry, (String, &'static str)> {
    let text = std::str::from_utf8(line)
        .map_err(|_| ("not UTF-8".to_owned(), "restore the line from git, or remove it if it excuses nothing"))?;
    if CONFLICT.iter().any(|marker| text.starts_with(marker)) {
        let hint = "keep the lines of both sides and remove the marker; `keyward.baseline merge=union` in \
                    .gitattributes avoids it";
        return Err(("a marker of a merge conflict".to_owned(), hint));
    }
    let entry: Entry = serde_json::from_str(text).map_err(|error| {
        (format!("not an entry: {error}"), "restore the line from git, or write it anew with `keyward baseline add`")
    })?;
    match entry.lacks() {
        Some(what) => {
            let message = format!("an entry of status {} needs {what}", entry.status.as_str());
            Err((message, "write it anew with `keyward baseline add`"))
        }
        None => Ok(entry),
    }
}
