//! Memory that holds one small file after the other.

use super::file;
use std::fs::File;
use std::io::{ErrorKind, Read, Result};

/// A file of more bytes gets memory of its own.
const LARGEST: usize = 1 << 20;

/// Bytes that are there to be written over.
#[derive(Default)]
pub(crate) struct Room {
    bytes: Vec<u8>,
    own: Vec<u8>,
}

impl Room {
    /// The bytes of a file that had `size` of them when it was asked; `None` if there are more than `limit`. One read
    /// tells that there are as many: it asks for one more.
    pub(crate) fn fill(&mut self, mut file: File, size: u64, limit: u64) -> Result<Option<&[u8]>> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size >= LARGEST {
            return self.fill_own(file, limit, size);
        }
        if self.bytes.len() <= size {
            self.bytes.resize((size + 1).next_power_of_two(), 0);
        }
        let room = self.bytes.get_mut(..=size).unwrap_or_default();
        let read = loop {
            match file.read(room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        if read != size {
            // It changes meanwhile, or its system does not tell sizes or reads in pieces.
            let first = room.get(..read).unwrap_or_default().to_vec();
            return self.fill_own(first.chain(file), limit, size);
        }
        Ok(self.bytes.get(..size).filter(|_| size as u64 <= limit))
    }

    fn fill_own(&mut self, reader: impl Read, limit: u64, expected: usize) -> Result<Option<&[u8]>> {
        let bytes = file::up_to(reader, limit, expected)?;
        Ok(bytes.map(|bytes| {
            self.own = bytes;
            self.own.as_slice()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(room: &mut Room, text: &[u8], size: u64, limit: u64) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, text).unwrap();
        room.fill(File::open(path).unwrap(), size, limit).unwrap().map(<[u8]>::to_vec)
    }

    #[test]
    fn a_file_is_whole_whatever_size_it_had_before() {
        let mut room = Room::default();
        for size in [0, 4, 5, 6, 9, LARGEST as u64] {
            assert_eq!(filled(&mut room, b"12345", size, 5).unwrap(), b"12345", "size {size}");
        }
        assert_eq!(filled(&mut room, b"", 0, 5).unwrap(), b"");
        assert_eq!(filled(&mut room, b"", 3, 5).unwrap(), b"");
    }

    #[test]
    fn a_file_that_grows_over_the_limit_is_too_large() {
        let mut room = Room::default();
        for size in [0, 4, 5, LARGEST as u64] {
            assert_eq!(filled(&mut room, b"12345", size, 4), None, "size {size}");
        }
    }

    #[test]
    fn nothing_is_left_of_the_file_before() {
        let mut room = Room::default();
        let long = vec![b'x'; LARGEST + 1];
        assert_eq!(filled(&mut room, &long, long.len() as u64, u64::MAX).unwrap(), long);
        assert_eq!(filled(&mut room, b"a long text", 11, 99).unwrap(), b"a long text");
        assert_eq!(filled(&mut room, b"short", 5, 99).unwrap(), b"short");
        assert_eq!(filled(&mut room, b"grown", 2, 99).unwrap(), b"grown");
    }
}
