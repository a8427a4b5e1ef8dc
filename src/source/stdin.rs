//! Bytes from a pipe.

use super::error::SourceError;
use super::{Sink, Source, content, file};
use crate::blob::Origin;
use crate::coverage::Unread;
use std::io::Read;

/// Everything that a reader gives, as one content without a path.
pub struct Stdin<R>(R);

impl<R: Read> Stdin<R> {
    /// Reads from `reader` to its end.
    pub fn new(reader: R) -> Self {
        Self(reader)
    }
}

impl<R: Read> Source for Stdin<R> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        match file::up_to(&mut self.0, sink.largest(), 0) {
            Ok(Some(bytes)) => _ = content::plain(sink, &bytes, Origin::default()),
            Ok(None) => sink.unread(Unread::TooLarge, b"standard input", None),
            Err(error) => return Err(SourceError::Io { path: None, error }),
        }
        Ok(())
    }
}
