//! What is scanned: some bytes and where they come from.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// The name of a git object: 20 bytes (SHA-1) or 32 (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    len: u8,
    bytes: [u8; 32],
}

impl ObjectId {
    /// An id from its raw bytes; `None` unless there are 20 or 32 of them.
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        if raw.len() != 20 && raw.len() != 32 {
            return None;
        }
        let mut bytes = [0; 32];
        bytes.get_mut(..raw.len())?.copy_from_slice(raw);
        Some(Self { len: raw.len() as u8, bytes })
    }

    /// An id from 40 or 64 hexadecimal digits, upper or lower case.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        if hex.len() != 40 && hex.len() != 64 {
            return None;
        }
        let mut raw = [0; 32];
        let raw = raw.get_mut(..hex.len() / 2)?;
        data_encoding::HEXLOWER_PERMISSIVE.decode_mut(hex, raw).ok()?;
        Self::from_bytes(raw)
    }

    /// The raw bytes, 20 or 32.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or(&self.bytes)
    }

    /// True for git's "no object": all zeros.
    pub fn is_zero(&self) -> bool {
        self.as_bytes().iter().all(|&b| b == 0)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(self.as_bytes()))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What kind of thing the bytes of a [`Blob`] are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum ObjectKind {
    /// The content of a file.
    #[default]
    Blob,
    /// A raw commit object, or a commit message that is about to become one.
    Commit,
    /// A raw annotated tag.
    Tag,
    /// The name of a reference.
    RefName,
    /// The path of a file.
    Path,
}

impl ObjectKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Blob, Self::Commit, Self::Tag, Self::RefName, Self::Path];

    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Commit => "commit",
            Self::Tag => "tag",
            Self::RefName => "ref-name",
            Self::Path => "path",
        }
    }
}

/// The commit that brought some bytes in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CommitInfo {
    /// The commit's id.
    pub id: ObjectId,
    /// `Name <mail>` of the author, raw bytes; shared, because most commits are of few authors.
    pub author: Arc<[u8]>,
    /// Author time, seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
}

/// Where bytes come from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Origin {
    /// What they are.
    pub kind: ObjectKind,
    /// The path, relative to the repository's top level (outside git: to the current folder), with `/`.
    /// `None` for commits, tags and ref names, and for standard input.
    pub path: Option<Arc<[u8]>>,
    /// The object that holds them, where there is one.
    pub id: Option<ObjectId>,
    /// The commit that brought them in, where it is known.
    pub commit: Option<Arc<CommitInfo>>,
    /// True for an object that no reference reaches.
    pub unreferenced: bool,
}

impl Origin {
    /// The content of the file at `path`, outside any commit.
    pub fn file(path: impl Into<Arc<[u8]>>) -> Self {
        Self { path: Some(path.into()), ..Self::default() }
    }
}

/// Bytes to be judged, whole.
#[derive(Clone)]
pub struct Blob<'a> {
    /// The content, raw.
    pub bytes: Cow<'a, [u8]>,
    /// Where it comes from.
    pub origin: Origin,
}

impl fmt::Debug for Blob<'_> {
    // The content may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob").field("len", &self.bytes.len()).field("origin", &self.origin).finish()
    }
}

/// A part of a content that is made out of another one, its base: bytes that stand in the base, or new ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Where the base holds these bytes; `None` for new ones.
    pub from: Option<usize>,
    /// How many bytes.
    pub len: usize,
}

/// What somebody knows of a content, kept by who reads it until the contents that are made of it were read.
pub type Memory = Arc<dyn Any + Send + Sync>;

/// How a content is stored.
#[derive(Clone, Copy, Default)]
pub struct Stored<'m> {
    /// What is known of its base, and the pieces, in their order, of which it is made.
    pub made_of: Option<(&'m Memory, &'m [Piece])>,
    /// Others are made of it.
    pub is_base: bool,
}
