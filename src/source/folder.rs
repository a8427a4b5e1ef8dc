//! Finds the files of a folder that git does not manage.

use super::{Sink, file};
use crate::coverage::Unread;
use ignore::WalkBuilder;
use std::path::{Path, PathBuf};

/// Hands every file, link and special file below `folder` to `found`, and whether it is a regular file. Hidden ones
/// count; `.git` does not; what `.gitignore` and `.ignore` files inside the folder exclude only with `no_ignore`.
pub(crate) fn collect(folder: &Path, no_ignore: bool, sink: &dyn Sink, found: &mut dyn FnMut(PathBuf, bool)) {
    let walk = WalkBuilder::new(folder)
        .standard_filters(false)
        .ignore(!no_ignore)
        .git_ignore(!no_ignore)
        .require_git(false)
        .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git")
        .build();
    for entry in walk {
        match entry {
            Ok(entry) => {
                // A pattern that cannot be read excludes nothing, so that its error loses nothing.
                let kind = entry.file_type();
                if !kind.is_some_and(|kind| kind.is_dir()) {
                    found(entry.into_path(), kind.is_some_and(|kind| kind.is_file()));
                }
            }
            Err(error) => sink.unread(Unread::UnreadableFile, &place(&error).unwrap_or_default(), None),
        }
    }
}

fn place(error: &ignore::Error) -> Option<Vec<u8>> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(file::bytes_of(path)),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => place(err),
        _ => None,
    }
}
