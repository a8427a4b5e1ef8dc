//! Inflates one piece of known size.

use super::fault::Fault;

/// Deflate makes at most this many bytes of one (258 of two bits; RFC 1951, 3.2.5).
const MOST: u64 = 1032;
/// Buffers grow at least to this, and keep it.
const LEAST: usize = 4096;
/// A buffer over this is given back instead of kept for the next object.
const KEPT: usize = 1 << 20;

/// Bytes of one object in a buffer that is used again: it stays initialised, so that nothing is cleared twice.
#[derive(Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    len: usize,
}

impl Buffer {
    /// The object.
    pub(super) fn get(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Room for an object of this size, with anything in it.
    pub(super) fn room(&mut self, len: usize) -> &mut [u8] {
        if self.bytes.len() < len {
            self.bytes = vec![0; len.max(LEAST).max(if len < KEPT { len + len / 4 } else { 0 })];
        }
        self.len = len;
        self.bytes.get_mut(..len).unwrap_or_default()
    }

    /// The bytes of memory that it holds.
    pub(super) fn held(&self) -> usize {
        self.bytes.len()
    }
}

/// So many bytes of buffers wait.
const POOLED: usize = 4 << 20;

/// Buffers that wait for their next use.
#[derive(Default)]
pub(super) struct Pool {
    buffers: Vec<Buffer>,
    held: usize,
}

impl Pool {
    pub(super) fn take(&mut self) -> Buffer {
        let buffer = self.buffers.pop().unwrap_or_default();
        self.held -= buffer.held();
        buffer
    }

    pub(super) fn put(&mut self, buffer: Buffer) {
        if buffer.held() <= KEPT && self.held + buffer.held() <= POOLED {
            self.held += buffer.held();
            self.buffers.push(buffer);
        }
    }
}

/// zlib data in one piece.
pub(super) struct Inflater(libdeflater::Decompressor);

impl Inflater {
    pub(super) fn new() -> Self {
        Self(libdeflater::Decompressor::new())
    }

    /// Inflates what `data` begins with to exactly `size` bytes. No memory is taken for a size over `limit`, or one
    /// that `data` is too short for.
    pub(super) fn inflate(&mut self, data: &[u8], size: u64, limit: u64, out: &mut Buffer) -> Result<(), Fault> {
        if size > limit {
            return Err(Fault::TooLarge { size });
        }
        if size > (data.len() as u64).saturating_mul(MOST) {
            return Err(Fault::Size);
        }
        let room = out.room(usize::try_from(size).map_err(|_| Fault::TooLarge { size })?);
        match self.0.zlib_decompress(data, room) {
            Ok(written) if written as u64 == size => Ok(()),
            Ok(_) | Err(libdeflater::DecompressionError::InsufficientSpace) => Err(Fault::Size),
            Err(_) => Err(Fault::Inflate),
        }
    }
}
