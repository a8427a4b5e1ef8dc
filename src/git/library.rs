//! Objects through libgit2.

use super::alternates;
use super::error::ObjectError;
use super::object::{Backend, Header, Kind, Objects};
use crate::blob::ObjectId;
use git2::{ErrorCode, ObjectFormat, ObjectType, Odb, Oid};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Object databases over the same folders, one for each read that runs at a time: libgit2's handle is not shared.
pub(crate) struct Library {
    folders: Vec<String>,
    format: ObjectFormat,
    idle: Mutex<Vec<Odb<'static>>>,
}

impl Library {
    /// `None` where libgit2 would not see every object that git sees: a folder whose name it cannot take, or an
    /// alternate that it would pass over in silence.
    pub(crate) fn new(objects: &Path, more: Option<&std::ffi::OsStr>, sha256: bool) -> Option<Self> {
        let mut folders = vec![objects.to_str()?.to_owned()];
        folders.extend(alternates::from_variable(more)?);
        if !folders.iter().all(|folder| alternates::known_to_libgit2(Path::new(folder))) {
            return None;
        }
        let format = if sha256 { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 };
        let library = Self { folders, format, idle: Mutex::default() };
        let first = library.open().ok()?;
        library.put(first);
        Some(library)
    }

    fn open(&self) -> Result<Odb<'static>, git2::Error> {
        let odb = Odb::new_ext(self.format)?;
        for folder in &self.folders {
            odb.add_disk_alternate(folder)?;
        }
        Ok(odb)
    }

    fn take(&self) -> Result<Odb<'static>, ObjectError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| self.open().map_err(|_| ObjectError::Corrupt), Ok)
    }

    fn put(&self, odb: Odb<'static>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(odb);
    }
}

impl Objects for Library {
    fn header(&self, id: &ObjectId) -> Result<Header, ObjectError> {
        let odb = self.take()?;
        let header = header(&odb, id);
        self.put(odb);
        header
    }

    fn visit(&self, id: &ObjectId, limit: u64, see: &mut dyn FnMut(Kind, &[u8])) -> Result<(), ObjectError> {
        let odb = self.take()?;
        let result = visit(&odb, id, limit, see);
        self.put(odb);
        result
    }

    fn backend(&self) -> Backend {
        Backend::Library
    }
}

fn header(odb: &Odb<'_>, id: &ObjectId) -> Result<Header, ObjectError> {
    let oid = Oid::from_bytes(id.as_bytes()).map_err(|_| ObjectError::Corrupt)?;
    let (size, kind) = odb.read_header(oid).map_err(|error| reason(&error))?;
    Ok(Header { kind: kind_of(kind)?, size: size as u64 })
}

fn visit(odb: &Odb<'_>, id: &ObjectId, limit: u64, see: &mut dyn FnMut(Kind, &[u8])) -> Result<(), ObjectError> {
    let Header { size, .. } = header(odb, id)?;
    if size > limit {
        return Err(ObjectError::TooLarge { size });
    }
    let oid = Oid::from_bytes(id.as_bytes()).map_err(|_| ObjectError::Corrupt)?;
    let object = odb.read(oid).map_err(|error| reason(&error))?;
    see(kind_of(object.kind())?, object.data());
    Ok(())
}

fn kind_of(kind: ObjectType) -> Result<Kind, ObjectError> {
    match kind {
        ObjectType::Blob => Ok(Kind::Blob),
        ObjectType::Tree => Ok(Kind::Tree),
        ObjectType::Commit => Ok(Kind::Commit),
        ObjectType::Tag => Ok(Kind::Tag),
        ObjectType::Any => Err(ObjectError::Corrupt),
    }
}

fn reason(error: &git2::Error) -> ObjectError {
    if error.code() == ErrorCode::NotFound { ObjectError::Missing } else { ObjectError::Corrupt }
}
