//! Reads many files of the system in parallel and pushes name and content of each.

use super::{Nothing, Sink, content, file};
use crate::blob::Origin;
use crate::coverage::Skip;
use crate::git::Repository;
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// One file to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Task {
    /// Its name in reports.
    pub(crate) shown: Arc<[u8]>,
    pub(crate) file: PathBuf,
    /// True if it was named, so that it must be there. One that git tracks may be deleted.
    pub(crate) expected: bool,
}

/// Pushes files.
pub(crate) struct Reader<'a> {
    pub(crate) repository: Option<&'a Repository>,
    pub(crate) sink: &'a dyn Sink,
}

impl Reader<'_> {
    /// Reads all, or until the sink has enough.
    pub(crate) fn read_all(&self, tasks: &[Task]) {
        _ = tasks.par_iter().try_for_each(|task| self.read(task));
    }

    fn read(&self, task: &Task) -> ControlFlow<()> {
        let kind = match std::fs::symlink_metadata(&task.file) {
            Ok(about) => about.file_type(),
            Err(error) => return self.trouble(task, file::trouble(error.kind())),
        };
        if !(kind.is_file() || kind.is_dir() || kind.is_symlink()) {
            return self.trouble(task, file::Trouble::Special);
        }
        if kind.is_dir() {
            // Tracked as a file, and now a folder: git lists what is in it by itself.
            return ControlFlow::Continue(());
        }
        content::path_name(self.sink, &task.shown, None, &Nothing)?;
        let read = if kind.is_symlink() {
            std::fs::read_link(&task.file).map(|to| file::bytes_of(&to)).map_err(|error| file::trouble(error.kind()))
        } else {
            file::read(&task.file, self.sink.largest())
        };
        match read {
            Ok(bytes) => self.push(task, &bytes),
            Err(trouble) => self.trouble(task, trouble),
        }
    }

    fn push(&self, task: &Task, bytes: &[u8]) -> ControlFlow<()> {
        let origin = Origin::file(Arc::clone(&task.shown));
        content::plain(self.sink, bytes, origin.clone())?;
        match self.repository {
            Some(repository) => content::behind_pointer(repository, self.sink, bytes, &origin, &Nothing),
            None => ControlFlow::Continue(()),
        }
    }

    fn trouble(&self, task: &Task, trouble: file::Trouble) -> ControlFlow<()> {
        match trouble {
            file::Trouble::Gone if !task.expected => {}
            file::Trouble::Special if !task.expected => self.sink.skip(Skip::SpecialFile, &task.shown),
            trouble => self.sink.unread(trouble.reason(), &task.shown, None),
        }
        ControlFlow::Continue(())
    }
}
