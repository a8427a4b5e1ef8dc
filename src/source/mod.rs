//! Where blobs come from. A source pushes what it reads into a [`Sink`].

mod changes;
mod commits;
mod content;
mod error;
mod file;
mod files;
mod folder;
mod head;
mod history;
mod lfs;
mod message;
mod push;
mod range;
mod reading;
mod receive;
mod room;
mod root;
mod snapshot;
mod staged;
mod stdin;
mod tips;
mod tree;
mod versions;

pub use error::SourceError;
pub use files::Files;
pub use history::{Counted, History, Known, Part, Scope, Shard};
pub use message::Message;
pub use push::{Malformed, Push, Sent, on_remote, sent};
pub use range::Range;
pub use receive::{Receive, Update, received, update};
pub use snapshot::Snapshot;
pub use staged::Staged;
pub use stdin::Stdin;
pub use tree::Tree;

pub use crate::git::Age;

use crate::blob::{Blob, Memory, ObjectId, Origin, Stored};
use crate::coverage::{Progress, Skip, Unread};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// What takes the blobs of a source. Shared by threads.
pub trait Sink: Sync {
    /// Judges one content. `before` gives what the same change had before. Break: stop reading (a spent budget).
    fn blob(&self, blob: Blob<'_>, before: &dyn Before) -> ControlFlow<()>;
    /// Judges one content that stands at each of some places and replaces nothing there. What it gives comes back, in
    /// `stored`, with each content that is made of this one.
    fn version(&self, bytes: &[u8], origins: &[Origin], stored: Stored<'_>) -> ControlFlow<(), Option<Memory>> {
        _ = stored;
        for origin in origins {
            self.blob(Blob { bytes: bytes.into(), origin: origin.clone() }, &Nothing)?;
        }
        ControlFlow::Continue(None)
    }
    /// Counts something left out on purpose; `example` is a raw path, ref name or id.
    fn skip(&self, reason: Skip, example: &[u8]);
    /// Counts something that could not be judged; `id` where it is an object, for `[[unscanned]]` entries to admit.
    fn unread(&self, reason: Unread, example: &[u8], id: Option<ObjectId>);
    /// Counts references looked at.
    fn refs(&self, count: u64);
    /// Counts commits looked at.
    fn commits(&self, count: u64);
    /// Contents over this many bytes are not read but `unread`.
    fn largest(&self) -> u64;
    /// Counts contents and their bytes that an earlier run judged.
    fn known(&self, _contents: u64, _bytes: u64) {}
    /// Tells how many objects will be visited, where that is known beforehand.
    fn expect(&self, _objects: u64) {}
    /// Tells that an object of so many bytes is visited.
    fn visited(&self, _bytes: u64) {}
    /// Whether the time budget is spent, for whoever reads much that is not pushed here. If it is, that is counted
    /// once, with what was about to be read as the example.
    fn spent(&self, _example: &[u8]) -> bool {
        false
    }
    /// Tells how far a source came that had to stop.
    fn came(&self, _progress: Progress) {}
}

/// What a change replaces: a parent's version of the same path, and every path that the same change deletes.
/// Asked for only where the new version holds a finding.
pub trait Before: Sync {
    /// Shows each version, with its own path in its origin. One that cannot be read is left out, which can only
    /// make a finding new.
    fn versions(&self, visit: &mut dyn FnMut(Blob<'_>));
}

/// Nothing was there before: a file outside a change, standard input, a message.
pub struct Nothing;

impl Before for Nothing {
    fn versions(&self, _: &mut dyn FnMut(Blob<'_>)) {}
}

/// Something that can be read to its end.
pub trait Source {
    /// The error that makes the whole run impossible; single objects that cannot be read go to [`Sink::unread`].
    type Error: std::error::Error;

    /// Pushes everything into `sink`.
    fn read(&mut self, sink: &dyn Sink) -> Result<(), Self::Error>;

    /// What a history knows of a place, once it was read; `None` where the source is no history, and for what has no
    /// path.
    fn standing(&self, _: &Origin) -> Option<Standing> {
        None
    }

    /// Which part of which whole was read, where it was one.
    fn shard(&self) -> Option<Shard> {
        None
    }

    /// For each author, raw, that goes by another name, that name.
    fn people(&self, _authors: &[&[u8]]) -> HashMap<Vec<u8>, Vec<u8>> {
        HashMap::new()
    }
}

/// What a history knows of a place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where the commit that brought it in stands among others; `None` for what is in no commit, which comes last.
    pub age: Option<Age>,
    /// Whether HEAD still has it; `None` where that cannot be told.
    pub in_head: Option<bool>,
}
