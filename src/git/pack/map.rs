//! Files mapped into memory.

use super::fault::Fault;
use memmap2::Mmap;
use std::path::Path;

/// Maps a file for reading.
pub(super) fn map(file: &Path) -> Result<Mmap, Fault> {
    let opened = std::fs::File::open(file).map_err(|_| Fault::File)?;
    if !opened.metadata().is_ok_and(|about| about.is_file()) {
        return Err(Fault::File);
    }
    // SAFETY: git writes a pack and its index under another name, renames them when they are whole, and from then on
    // only ever deletes them, which leaves a mapping as it is. Who else could write to them could change every object.
    #[allow(unsafe_code)]
    let map = unsafe { Mmap::map(&opened) };
    map.map_err(|_| Fault::File)
}
