//! A folder in which files are opened by their names alone: the system need not look up the way to it each time.

use super::file;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A folder.
pub(crate) struct Root {
    path: PathBuf,
    #[cfg(unix)]
    handle: Option<std::os::fd::OwnedFd>,
}

impl Root {
    /// The whole path of a file in the folder.
    pub(crate) fn path_of(&self, name: &[u8]) -> PathBuf {
        self.path.join(file::path_of(name))
    }
}

#[cfg(unix)]
impl Root {
    /// One that is not there opens nothing.
    pub(crate) fn new(path: PathBuf) -> Self {
        use rustix::fs::{Mode, OFlags, open};
        let handle = open(&path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok();
        Self { path, handle }
    }

    /// As [`open`], by the name in the folder.
    pub(crate) fn open(&self, name: &[u8]) -> Option<File> {
        open_in(self.handle.as_ref()?, name)
    }
}

/// Opens a file; `None` if there is none, if it may not be read, or if it is a link. Whatever else it is, this does not
/// wait for it.
#[cfg(unix)]
pub(crate) fn open(path: &Path) -> Option<File> {
    open_in(rustix::fs::CWD, path)
}

#[cfg(unix)]
fn open_in(folder: impl std::os::fd::AsFd, name: impl rustix::path::Arg) -> Option<File> {
    use rustix::fs::{Mode, OFlags, openat};
    let how = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    openat(folder, name, how, Mode::empty()).ok().map(File::from)
}

#[cfg(not(unix))]
impl Root {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn open(&self, _: &[u8]) -> Option<File> {
        None
    }
}

/// Opens nothing: here a file is asked what it is before it is opened.
#[cfg(not(unix))]
pub(crate) fn open(_: &Path) -> Option<File> {
    None
}
