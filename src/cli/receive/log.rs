//! The administrator's log: what went wrong, in full, for the one who may know the server's files.

use crate::cli::error::{CommandError, ErrorKind};
use jiff::Timestamp;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// Writes an error down in `folder` and gives what the pusher may know: its kind and its place.
pub fn for_pusher(error: &CommandError, folder: Option<&Path>, now: Timestamp) -> CommandError {
    let written = folder.is_some_and(|folder| append(error, folder, now).is_ok());
    let what = match error.kind {
        ErrorKind::Config => "the configuration that this push is judged by is wrong",
        ErrorKind::Repository => "the repository on the server cannot be judged",
        ErrorKind::Io => "a file on the server cannot be read or written",
        ErrorKind::Usage => "the hook on the server is called in a wrong way",
        ErrorKind::Internal => "keyward failed on the server",
    };
    let told = CommandError::new(error.kind, format!("{what}, so nothing is let through"));
    let told = error.place.iter().fold(told, |told, place| told.at(place.clone()));
    told.hint(match written {
        true => "the server's administrator finds the reason in keyward/admin.log of this repository",
        false => "the server's administrator finds the reason by running the hook by hand; its log cannot be written",
    })
}

/// Writes down what went wrong and changes no verdict; where not even that works, nobody is told.
pub fn note(error: &CommandError, folder: &Path, now: Timestamp) {
    _ = append(error, folder, now);
}

/// One line: everything in an error's text is masked and escaped already.
fn append(error: &CommandError, folder: &Path, now: Timestamp) -> std::io::Result<()> {
    let place = error.place.as_ref().map(|place| {
        let numbers = [place.line, place.column].into_iter().flatten().map(|number| format!(":{number}"));
        format!("{}{}: ", place.file, numbers.collect::<String>())
    });
    let hints: String = error.hints.iter().map(|hint| format!("; {hint}")).collect();
    let message = error.message.replace('\n', " ");
    let line = format!("{now} {}: {}{message}{hints}\n", error.kind.as_str(), place.unwrap_or_default());
    std::fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join("admin.log"))?;
    file.write_all(line.as_bytes())
}
