//! One pack: its index, its bytes, and its entries in the order in which they lie.

use super::entry::{self, Entry};
use super::fault::{Damage, Fault};
use super::index::Index;
use super::map::map;
use super::order::Order;
use crate::blob::ObjectId;
use memmap2::Mmap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// `PACK`, the version and the count of objects.
const HEAD: usize = 12;

/// A pack. Entries are numbered in the order of their offsets.
pub(super) struct Pack {
    pub(super) file: PathBuf,
    pub(super) index: Index,
    map: Mmap,
    width: usize,
    order: OnceLock<Order>,
}

impl Pack {
    /// Opens the pack that belongs to an index. What is damaged as a whole and may hold readable objects is opened
    /// and told.
    pub(super) fn open(index: &Path, width: usize) -> Result<(Self, Option<Damage>), Damage> {
        let file = index.with_extension("pack");
        let damage = |file: &Path, fault| Damage { file: file.to_owned(), fault };
        let map = map(&file).map_err(|fault| damage(&file, fault))?;
        let index = Index::open(index, width).map_err(|fault| damage(index, fault))?;
        let head = [&b"PACK\0\0\0\x02"[..], &b"PACK\0\0\0\x03"[..]];
        let known = head.iter().any(|head| map.starts_with(head));
        let counted = super::bytes::be32(&map, 8) == Some(index.count());
        let whole = map.len() >= HEAD + width && index.of_pack().is_some_and(|checksum| map.ends_with(checksum));
        let trouble = (!(known && counted && whole)).then(|| damage(&file, Fault::Format));
        Ok((Self { file, index, map, width, order: OnceLock::new() }, trouble))
    }

    /// How many entries there are.
    pub(super) fn count(&self) -> u32 {
        self.index.count()
    }

    /// The position in the index of an entry.
    pub(super) fn position(&self, entry: u32) -> Option<u32> {
        self.order().positions.get(entry as usize).copied()
    }

    /// Where an entry begins; 0 where there is none.
    pub(super) fn offset(&self, entry: u32) -> u64 {
        self.order().offsets.get(entry as usize).copied().unwrap_or(0)
    }

    /// The entry that begins at an offset.
    pub(super) fn at(&self, offset: u64) -> Option<u32> {
        self.order().at(offset)
    }

    /// The entry of an id.
    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        self.order().entries.get(self.index.find(id)? as usize).copied()
    }

    /// The head of an entry, unchecked.
    pub(super) fn head(&self, entry: u32) -> Option<Entry<'_>> {
        entry::parse(self.bytes(entry)?, self.offset(entry), self.width)
    }

    /// An entry whose packed bytes are those that the index was made for.
    pub(super) fn entry(&self, entry: u32) -> Result<Entry<'_>, Fault> {
        let bytes = self.bytes(entry).ok_or(Fault::Header)?;
        let checksum = self.position(entry).and_then(|position| self.index.checksum(position));
        if checksum.is_some_and(|checksum| crc32fast::hash(bytes) != checksum) {
            return Err(Fault::Checksum);
        }
        entry::parse(bytes, self.offset(entry), self.width).ok_or(Fault::Header)
    }

    /// From where an entry begins to where the next one does.
    fn bytes(&self, entry: u32) -> Option<&[u8]> {
        let offsets = &self.order().offsets;
        let start = *offsets.get(entry as usize)?;
        let mut next = offsets.get(entry as usize + 1);
        if next == Some(&start) {
            next = offsets.get(offsets.partition_point(|offset| *offset <= start));
        }
        let last = self.map.len().checked_sub(self.width)?;
        let end = next.map_or(Some(last), |next| usize::try_from(*next).ok())?.min(last);
        self.map.get(usize::try_from(start).ok()?.max(HEAD)..end)
    }

    fn order(&self) -> &Order {
        self.order.get_or_init(|| Order::new(&self.index))
    }
}
