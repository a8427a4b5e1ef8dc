//! Objects by their names: the trait that both back ends implement.

use super::error::ObjectError;
use crate::blob::ObjectId;

/// The kinds of git objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Content of a file.
    Blob,
    /// A folder.
    Tree,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
}

impl Kind {
    /// git's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Tree => "tree",
            Self::Commit => "commit",
            Self::Tag => "tag",
        }
    }

    /// The kind of git's word for it.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"blob" => Some(Self::Blob),
            b"tree" => Some(Self::Tree),
            b"commit" => Some(Self::Commit),
            b"tag" => Some(Self::Tag),
            _ => None,
        }
    }
}

/// What is known of an object before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its kind.
    pub kind: Kind,
    /// Its size in bytes, unpacked.
    pub size: u64,
}

/// Reads objects. Replace refs and grafts are not followed, nothing is fetched. Shared by threads; a visitor may
/// read other objects.
pub trait Objects: Send + Sync {
    /// Kind and size.
    fn header(&self, id: &ObjectId) -> Result<Header, ObjectError>;

    /// Shows the raw bytes of an object of at most `limit` bytes; the size is asked before anything is read.
    fn visit(&self, id: &ObjectId, limit: u64, see: &mut dyn FnMut(Kind, &[u8])) -> Result<(), ObjectError>;

    /// Which back end this is.
    fn backend(&self) -> Backend;
}

/// The ways to objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// libgit2, in this process.
    Library,
    /// The git program, `git cat-file --batch-command`.
    Program,
    /// The files of the store themselves.
    Store,
}

/// The bytes of an object that has to be of one kind.
pub(crate) fn read_as(objects: &dyn Objects, id: &ObjectId, want: Kind, limit: u64) -> Result<Vec<u8>, ObjectError> {
    let mut out = Err(ObjectError::Corrupt);
    objects.visit(id, limit, &mut |kind, bytes| {
        if kind == want {
            out = Ok(bytes.to_vec());
        }
    })?;
    out
}
