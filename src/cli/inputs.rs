//! Files that earlier runs wrote, read back.

use super::error::{CommandError, ErrorKind, Place};
use super::problems;
use super::terminal::Terminal;
use crate::record::write_atomic;
use crate::report::document::Report;
use crate::report::read::{ReadError, read};
use crate::text::{Mask, Shown};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The bytes of each file. The same content twice counts once, and is told.
pub fn files<'p>(
    paths: &'p [PathBuf],
    mask: &dyn Mask,
    terminal: &Terminal,
) -> Result<Vec<(&'p Path, Vec<u8>)>, CommandError> {
    let mut known: HashSet<Vec<u8>> = HashSet::new();
    let mut files = Vec::new();
    for path in paths {
        let bytes = std::fs::read(path).map_err(|error| problems::io(path, "read", &error))?;
        if known.insert(bytes.clone()) {
            files.push((path.as_path(), bytes));
        } else {
            terminal.warn(&format!("{}: is given twice, and counts once", name(path, mask)));
        }
    }
    Ok(files)
}

/// One JSON report.
pub fn report(path: &Path, bytes: &[u8], mask: &dyn Mask) -> Result<Report, CommandError> {
    read(bytes, mask).map_err(|error| {
        let line = match &error {
            ReadError::Truncated { line } | ReadError::NotJson { line, .. } => Some(*line as u64),
            _ => None,
        };
        let told = CommandError::new(ErrorKind::Usage, error.to_string());
        told.at(Place { file: name(path, mask), line, column: None })
    })
}

/// A file's name as it may be printed.
pub fn name(path: &Path, mask: &dyn Mask) -> Shown {
    Shown::new(path.as_os_str().as_encoded_bytes(), mask)
}

/// Writes to a file, whole or not at all, or to standard output.
pub fn deliver(text: &str, output: Option<&Path>, terminal: &Terminal) -> Result<(), CommandError> {
    match output {
        Some(path) => write_atomic(path, text.as_bytes()).map_err(|error| problems::io(path, "written", &error)),
        None => terminal
            .out(text.as_bytes())
            .map_err(|error| CommandError::new(ErrorKind::Io, format!("standard output: {error}; the output is lost"))),
    }
}
