//! How every source that reads git objects pushes them: size first, then the content, then what a pointer stands for.

use super::{Before, Nothing, Sink, file, lfs};
use crate::blob::{Blob, CommitInfo, ObjectId, ObjectKind, Origin};
use crate::coverage::{Skip, Unread};
use crate::git::{ObjectError, Repository, SUBMODULE, Version};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The reason in the receipt.
pub(crate) fn unread(error: ObjectError) -> Unread {
    match error {
        ObjectError::Missing => Unread::MissingObject,
        ObjectError::Corrupt => Unread::CorruptObject,
        ObjectError::TooLarge { .. } => Unread::TooLarge,
    }
}

/// Pushes objects of one repository into one sink.
pub(crate) struct Content<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) sink: &'a dyn Sink,
}

impl Content<'_> {
    /// The content of the file at `path`.
    pub(crate) fn file(
        &self,
        path: &Arc<[u8]>,
        (mode, id): Version,
        commit: Option<&Arc<CommitInfo>>,
        before: &dyn Before,
    ) -> ControlFlow<()> {
        if mode == SUBMODULE {
            self.sink.skip(Skip::Submodule, path);
            return ControlFlow::Continue(());
        }
        let origin = Origin {
            kind: ObjectKind::Blob,
            path: Some(Arc::clone(path)),
            id: Some(id),
            commit: commit.map(Arc::clone),
            ..Origin::default()
        };
        self.object(origin, &id, before)
    }

    /// The raw bytes of an object, whatever its kind.
    pub(crate) fn object(&self, origin: Origin, id: &ObjectId, before: &dyn Before) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        let read = self.repository.objects().visit(id, self.sink.largest(), &mut |_, bytes| {
            flow = self.bytes(bytes, &origin, before);
        });
        if let Err(error) = read {
            let example = origin.path.as_deref().map_or_else(|| id.to_string().into_bytes(), <[u8]>::to_vec);
            self.sink.unread(unread(error), &example, Some(*id));
        }
        flow
    }

    /// The bytes of an object that was read.
    pub(crate) fn bytes(&self, bytes: &[u8], origin: &Origin, before: &dyn Before) -> ControlFlow<()> {
        self.sink.blob(Blob { bytes: Cow::Borrowed(bytes), origin: origin.clone() }, before)?;
        if origin.kind == ObjectKind::Blob {
            return behind_pointer(self.repository, self.sink, bytes, origin, before);
        }
        ControlFlow::Continue(())
    }

    /// The name of a file that is new.
    pub(crate) fn path(
        &self,
        path: &Arc<[u8]>,
        commit: Option<&Arc<CommitInfo>>,
        before: &dyn Before,
    ) -> ControlFlow<()> {
        path_name(self.sink, path, commit, before)
    }
}

/// Pushes the name of a file.
pub(crate) fn path_name(
    sink: &dyn Sink,
    path: &Arc<[u8]>,
    commit: Option<&Arc<CommitInfo>>,
    before: &dyn Before,
) -> ControlFlow<()> {
    let origin = Origin {
        kind: ObjectKind::Path,
        path: Some(Arc::clone(path)),
        commit: commit.map(Arc::clone),
        ..Origin::default()
    };
    sink.blob(Blob { bytes: Cow::Borrowed(path), origin }, before)
}

/// The content that `bytes` stand for, if they are an LFS pointer.
pub(crate) fn behind_pointer(
    repository: &Repository,
    sink: &dyn Sink,
    bytes: &[u8],
    origin: &Origin,
    before: &dyn Before,
) -> ControlFlow<()> {
    let Some(oid) = lfs::pointer(bytes) else { return ControlFlow::Continue(()) };
    let example = origin.path.as_deref().unwrap_or_default();
    let Ok(place) = lfs::place(repository, oid) else {
        sink.unread(Unread::UnreadableFile, example, None);
        return ControlFlow::Continue(());
    };
    match file::read(&place, sink.largest()) {
        Ok(content) => sink.blob(Blob { bytes: content.into(), origin: Origin { id: None, ..origin.clone() } }, before),
        Err(file::Trouble::Gone) => {
            sink.skip(Skip::LfsPointer, example);
            ControlFlow::Continue(())
        }
        Err(trouble) => {
            sink.unread(trouble.reason(), example, None);
            ControlFlow::Continue(())
        }
    }
}

/// Pushes bytes that replace nothing.
pub(crate) fn plain(sink: &dyn Sink, bytes: &[u8], origin: Origin) -> ControlFlow<()> {
    sink.blob(Blob { bytes: Cow::Borrowed(bytes), origin }, &Nothing)
}
