//! Named files, whole: what the pre-commit framework hands over with `--all-files` and `--files`.

use super::error::SourceError;
use super::tree::Tree;
use super::{Sink, Source};
use crate::git::Repository;
use std::path::{Path, PathBuf};

/// Files by name. Each is read even if git ignores it; a link is its target's text; a folder is read as a tree.
pub struct Files<'a> {
    /// The repository of the current folder, if it is in one.
    pub repository: Option<&'a Repository>,
    /// The current folder: relative paths begin here.
    pub current: &'a Path,
    /// The files.
    pub paths: Vec<PathBuf>,
}

impl Source for Files<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let paths = std::mem::take(&mut self.paths);
        let tree = Tree { repository: self.repository, current: self.current, paths, no_ignore: false };
        tree.read_as(sink, false)
    }
}
