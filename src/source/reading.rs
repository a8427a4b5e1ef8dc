//! Reads many files of the system in parallel and pushes name and content of each.

use super::room::Room;
use super::root::{self, Root};
use super::{Nothing, Sink, content, file};
use crate::blob::Origin;
use crate::coverage::Skip;
use crate::git::Repository;
use rayon::prelude::*;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One file to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Task {
    /// Its name in reports.
    pub(crate) shown: Arc<[u8]>,
    pub(crate) place: Place,
    /// True if it was named, so that it must be there. One that git tracks may be deleted.
    pub(crate) expected: bool,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In the work tree of the repository, under the name of reports.
    Tree,
    /// Where a walk has seen a regular file.
    File(PathBuf),
    /// Anywhere.
    Path(PathBuf),
}

/// Pushes files.
pub(crate) struct Reader<'a> {
    pub(crate) repository: Option<&'a Repository>,
    /// The top of its work tree, where there is one.
    pub(crate) top: Root,
    pub(crate) sink: &'a dyn Sink,
}

impl Reader<'_> {
    /// Reads all, or until the sink has enough.
    pub(crate) fn read_all(&self, tasks: &[Task]) {
        _ = tasks.par_iter().try_for_each_init(Room::default, |room, task| self.read(task, room));
    }

    fn read(&self, task: &Task, room: &mut Room) -> ControlFlow<()> {
        // What is nearly always a file is opened before it is asked what it is.
        let opened = match &task.place {
            Place::Tree => self.top.open(&task.shown),
            Place::File(path) => root::open(path),
            Place::Path(_) => None,
        };
        match (opened, &task.place) {
            (Some(file), _) => self.opened(task, file, room),
            (None, Place::Tree) => self.at(task, &self.top.path_of(&task.shown)),
            (None, Place::File(path) | Place::Path(path)) => self.at(task, path),
        }
    }

    fn opened(&self, task: &Task, file: File, room: &mut Room) -> ControlFlow<()> {
        let about = match file.metadata() {
            Ok(about) if about.is_dir() => return ControlFlow::Continue(()),
            Ok(about) if about.is_file() => about,
            Ok(_) => return self.trouble(task, file::Trouble::Special),
            Err(error) => return self.trouble(task, file::trouble(error.kind())),
        };
        content::path_name(self.sink, &task.shown, None, &Nothing)?;
        let limit = self.sink.largest();
        if about.len() > limit {
            return self.trouble(task, file::Trouble::TooLarge);
        }
        match room.fill(file, about.len(), limit) {
            Ok(Some(bytes)) => self.push(task, bytes),
            Ok(None) => self.trouble(task, file::Trouble::TooLarge),
            Err(error) => self.trouble(task, file::trouble(error.kind())),
        }
    }

    /// Asks what is there before it is opened.
    fn at(&self, task: &Task, path: &Path) -> ControlFlow<()> {
        let kind = match std::fs::symlink_metadata(path) {
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
            std::fs::read_link(path).map(|to| file::bytes_of(&to)).map_err(|error| file::trouble(error.kind()))
        } else {
            file::read(path, self.sink.largest())
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
