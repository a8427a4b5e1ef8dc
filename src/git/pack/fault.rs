//! What is wrong with a stored object, and where.

use crate::blob::ObjectId;
use crate::git::error::ObjectError;
use std::path::PathBuf;

/// Why an object, or a file that holds objects, cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing of that name is in the store.
    #[error("it is missing")]
    Missing,
    /// It is larger than was asked for.
    #[error("it is too large ({size} bytes)")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
    },
    /// The system does not give the file.
    #[error("the file cannot be read")]
    File,
    /// The file is not of the format that its name says, or it was cut.
    #[error("the file is damaged")]
    Format,
    /// What stands before the object's data is malformed.
    #[error("the header is malformed")]
    Header,
    /// The packed bytes are not those that the index was made for.
    #[error("the checksum of the packed bytes is wrong")]
    Checksum,
    /// The data is not what zlib wrote.
    #[error("the data does not inflate")]
    Inflate,
    /// The object is longer or shorter than its header says.
    #[error("the size is not that of the header")]
    Size,
    /// The delta is malformed or does not fit its base.
    #[error("the delta is malformed")]
    Delta,
    /// The delta's base is not in the store.
    #[error("the base of the delta is missing")]
    Base,
    /// The delta is its own base, by whatever detour.
    #[error("the deltas form a circle")]
    Circle,
    /// The bytes have another id.
    #[error("the bytes have another id")]
    Id,
}

impl Fault {
    /// The reason as other readers of objects give it.
    pub fn as_error(self) -> ObjectError {
        match self {
            Self::Missing => ObjectError::Missing,
            Self::TooLarge { size } => ObjectError::TooLarge { size },
            _ => ObjectError::Corrupt,
        }
    }
}

/// A file of the store that cannot be read whole. What is in it and is wanted may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file or folder.
    pub file: PathBuf,
    /// Why.
    pub fault: Fault,
}

/// An object that was wanted and could not be read from any of its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The object.
    pub id: ObjectId,
    /// Why, for the first copy.
    pub fault: Fault,
    /// The file that holds the first copy.
    pub file: PathBuf,
    /// Where in that file, in bytes from its beginning.
    pub offset: u64,
}
