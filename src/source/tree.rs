//! Files as they lie in a folder, inside git or not.

use super::error::SourceError;
use super::reading::{Place, Reader, Task};
use super::root::Root;
use super::{Sink, Source, file, folder};
use crate::blob::ObjectId;
use crate::coverage::{Skip, Unread};
use crate::git::{GitError, Repository, SUBMODULE};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The working tree, or any folder.
pub struct Tree<'a> {
    /// The repository of the current folder, if it is in one.
    pub repository: Option<&'a Repository>,
    /// The current folder: relative paths begin here.
    pub current: &'a Path,
    /// Files and folders to read; a file that is named is read whether or not git ignores it.
    pub paths: Vec<PathBuf>,
    /// Reads what git ignores too.
    pub no_ignore: bool,
}

impl Source for Tree<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        // A link that is named is followed, as `grep -r` does; links below it are not.
        self.read_as(sink, true)
    }
}

impl Tree<'_> {
    pub(crate) fn read_as(&self, sink: &dyn Sink, follow: bool) -> Result<(), SourceError> {
        let mut tasks = Vec::new();
        for path in &self.paths {
            self.collect(path, follow, sink, &mut tasks)?;
        }
        tasks.sort_unstable();
        tasks.dedup();
        let top = self.repository.and_then(|repository| repository.layout().top.clone()).unwrap_or_default();
        Reader { repository: self.repository, top: Root::new(top), sink }.read_all(&tasks);
        Ok(())
    }

    fn collect(&self, path: &Path, follow: bool, sink: &dyn Sink, tasks: &mut Vec<Task>) -> Result<(), SourceError> {
        let full = self.current.join(path);
        let about = if follow { std::fs::metadata(&full) } else { std::fs::symlink_metadata(&full) };
        if !about.map_err(|error| missing(path, error))?.is_dir() {
            let shown = self.shown(&full);
            let file = if follow { full.canonicalize().unwrap_or(full) } else { full };
            tasks.push(Task { shown, place: Place::Path(file), expected: true });
            return Ok(());
        }
        match self.below_top(&full)? {
            Some((repository, folder)) => self.collect_git(repository, &folder, sink, tasks),
            None => {
                folder::collect(&full, self.no_ignore, sink, &mut |file, regular| {
                    let place = if regular { Place::File } else { Place::Path };
                    tasks.push(Task { shown: self.shown(&file), place: place(file), expected: false });
                });
                Ok(())
            }
        }
    }

    /// The repository and the folder, resolved, if git's rules are to be used: not for a folder that git ignores or
    /// that belongs to a nested repository, because it was named on purpose.
    fn below_top(&self, folder: &Path) -> Result<Option<(&Repository, PathBuf)>, SourceError> {
        let Some(repository) = self.repository else { return Ok(None) };
        let Some(top) = repository.layout().top.as_ref().and_then(|top| top.canonicalize().ok()) else {
            return Ok(None);
        };
        let Ok(folder) = folder.canonicalize() else { return Ok(None) };
        let Ok(inside) = folder.strip_prefix(&top) else { return Ok(None) };
        let mut above = inside;
        while !above.as_os_str().is_empty() {
            if above.file_name().is_some_and(|name| name == ".git") || top.join(above).join(".git").exists() {
                return Ok(None);
            }
            above = above.parent().unwrap_or_else(|| Path::new(""));
        }
        if !inside.as_os_str().is_empty() && repository.ignores(&folder)? {
            return Ok(None);
        }
        Ok(Some((repository, folder)))
    }

    fn collect_git(
        &self,
        repository: &Repository,
        folder: &Path,
        sink: &dyn Sink,
        tasks: &mut Vec<Task>,
    ) -> Result<(), SourceError> {
        let files = match repository.files(folder, self.no_ignore) {
            Ok(files) => files,
            Err(GitError::Index(detail)) => {
                sink.unread(Unread::UnreadableIndex, &detail.0, None::<ObjectId>);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        for words in &files.unreadable {
            sink.unread(Unread::UnreadableFile, words, None);
        }
        let mut task = |shown| tasks.push(Task { shown, place: Place::Tree, expected: false });
        for path in files.untracked {
            match path.strip_suffix(b"/") {
                Some(nested) => sink.skip(Skip::NestedRepository, nested),
                None => task(path),
            }
        }
        for (mode, path) in files.tracked {
            match mode {
                SUBMODULE => sink.skip(Skip::Submodule, &path),
                _ => task(path),
            }
        }
        Ok(())
    }

    /// How a file is named in reports: from the top level inside git, from the current folder outside.
    fn shown(&self, full: &Path) -> Arc<[u8]> {
        let top = self.repository.and_then(|repository| repository.layout().top.as_ref());
        let inside = top.and_then(|top| Some(real(full).ok()?.strip_prefix(top).ok()?.to_owned()));
        if let Some(inside) = inside {
            return file::bytes_of(&inside).into();
        }
        let plain: PathBuf = full.strip_prefix(self.current).unwrap_or(full).components().collect();
        file::bytes_of(plain.strip_prefix(".").unwrap_or(&plain)).into()
    }
}

/// The folder resolved, the last name kept: a link has its own name.
fn real(full: &Path) -> std::io::Result<PathBuf> {
    match (full.parent(), full.file_name()) {
        (Some(parent), Some(name)) => Ok(parent.canonicalize()?.join(name)),
        _ => full.canonicalize(),
    }
}

fn missing(path: &Path, error: std::io::Error) -> SourceError {
    match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => SourceError::NoSuchPath(path.to_owned()),
        _ => SourceError::Io { path: Some(path.to_owned()), error },
    }
}
