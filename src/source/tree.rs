//! Files as they lie in a folder, inside git or not.

use super::error::SourceError;
use super::reading::{Reader, Task};
use super::{Sink, Source, file, folder};
use crate::blob::ObjectId;
use crate::coverage::{Skip, Unread};
use crate::git::{GitError, Repository, SUBMODULE};
use std::collections::BTreeSet;
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
        let mut tasks = BTreeSet::new();
        for path in &self.paths {
            self.collect(path, follow, sink, &mut tasks)?;
        }
        let reader = Reader { repository: self.repository, sink };
        reader.read_all(&tasks.into_iter().collect::<Vec<_>>());
        Ok(())
    }

    fn collect(
        &self,
        path: &Path,
        follow: bool,
        sink: &dyn Sink,
        tasks: &mut BTreeSet<Task>,
    ) -> Result<(), SourceError> {
        let full = self.current.join(path);
        let about = if follow { std::fs::metadata(&full) } else { std::fs::symlink_metadata(&full) };
        if !about.map_err(|error| missing(path, error))?.is_dir() {
            let shown = self.shown(&full);
            let file = if follow { full.canonicalize().unwrap_or(full) } else { full };
            tasks.insert(Task { shown, file, expected: true });
            return Ok(());
        }
        match self.below_top(&full)? {
            Some((repository, top, inside)) => self.collect_git(repository, &top, &inside, &full, sink, tasks),
            None => {
                folder::collect(&full, self.no_ignore, sink, &mut |file| {
                    tasks.insert(Task { shown: self.shown(&file), file, expected: false });
                });
                Ok(())
            }
        }
    }

    /// The repository, its top and the way from there to `folder`, if git's rules are to be used: not for a folder
    /// that git ignores or that belongs to a nested repository, because it was named on purpose.
    fn below_top(&self, folder: &Path) -> Result<Option<(&Repository, PathBuf, PathBuf)>, SourceError> {
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
        let inside = inside.to_owned();
        Ok(Some((repository, top, inside)))
    }

    fn collect_git(
        &self,
        repository: &Repository,
        top: &Path,
        inside: &Path,
        folder: &Path,
        sink: &dyn Sink,
        tasks: &mut BTreeSet<Task>,
    ) -> Result<(), SourceError> {
        let untracked =
            repository.untracked(&folder.canonicalize().unwrap_or_else(|_| folder.to_owned()), self.no_ignore)?;
        for words in &untracked.unreadable {
            sink.unread(Unread::UnreadableFile, words, None);
        }
        for path in untracked.paths {
            match path.strip_suffix(b"/") {
                Some(nested) => sink.skip(Skip::NestedRepository, nested),
                None => _ = tasks.insert(task(top, path.into())),
            }
        }
        let entries = match repository.index() {
            Ok(entries) => entries,
            Err(GitError::Index(detail)) => {
                sink.unread(Unread::UnreadableIndex, &detail.0, None::<ObjectId>);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let prefix = file::bytes_of(inside);
        for entry in entries {
            let below = prefix.is_empty()
                || entry.path.strip_prefix(prefix.as_slice()).is_some_and(|rest| rest.starts_with(b"/"));
            match entry.version.0 {
                _ if !below => {}
                SUBMODULE => sink.skip(Skip::Submodule, &entry.path),
                _ => _ = tasks.insert(task(top, entry.path)),
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

fn task(top: &Path, path: Arc<[u8]>) -> Task {
    Task { file: top.join(file::path_of(&path)), shown: path, expected: false }
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
