//! Archives that somebody committed: zip (jar, docx, xlsx and their like), tar, gzip. Members are unpacked in memory,
//! one at a time, never to a file.

use super::decode::GZIP;
use crate::candidate::Encoding;
use flate2::read::MultiGzDecoder;
use std::io::{Cursor, Read};
use std::ops::Range;
use zip::{CompressionMethod, ZipArchive};

/// The first bytes of a zip with a member, and of one with none (PKWARE APPNOTE 4.3.7, 4.3.16).
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// Deflate makes at most this many bytes of one (258 of two bits; RFC 1951, 3.2.5).
const DEFLATE: usize = 1032;
/// Where a tar's first header says `ustar` (POSIX pax, "ustar Interchange Format").
const USTAR: Range<usize> = 257..262;

/// One file of an archive.
#[derive(Debug)]
pub(super) struct Member {
    /// Its path in the archive; empty for what a gzip holds.
    pub(super) name: Vec<u8>,
    pub(super) bytes: Vec<u8>,
    /// How it is packed, outermost first.
    pub(super) encodings: &'static [Encoding],
    /// The bytes of the archive that hold it, where they hold it as it is.
    pub(super) stored: Option<Range<usize>>,
}

/// How far an archive could be opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Opened {
    /// It is none, or `take` saw all of it.
    Whole,
    /// Something stayed closed: encrypted, damaged, or packed in a way that is not known here.
    Partly,
    /// There is more in it than may be unpacked.
    TooMuch,
}

/// Whether `bytes` look like an archive.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    ZIP.iter().any(|magic| bytes.starts_with(magic)) || bytes.starts_with(&GZIP) || is_tar(bytes)
}

fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(USTAR) == Some(b"ustar")
}

/// What two parts of an archive are together.
fn worse(a: Opened, b: Opened) -> Opened {
    if a == Opened::Whole { b } else { a }
}

/// Shows every member, up to `most` bytes of them. `take` gives how many bytes more may be unpacked, `None` to stop.
pub(super) fn open(bytes: &[u8], most: usize, take: &mut dyn FnMut(Member) -> Option<usize>) -> Opened {
    if bytes.starts_with(&GZIP) {
        return gzip(bytes, most, take);
    }
    if is_tar(bytes) {
        return tar(bytes, most, take);
    }
    zip(bytes, most, take)
}

fn gzip(bytes: &[u8], most: usize, take: &mut dyn FnMut(Member) -> Option<usize>) -> Opened {
    let (inflated, opened) = read(MultiGzDecoder::new(bytes), most);
    if opened == Opened::TooMuch {
        return opened;
    }
    if is_tar(&inflated) {
        // The two are one archive, as people see it: what it holds is no deeper than in a tar.
        let left = most - inflated.len();
        let packed = |member| Member { encodings: &[Encoding::Gzip, Encoding::Tar], stored: None, ..member };
        return worse(opened, tar(&inflated, left, &mut |member| take(packed(member))));
    }
    _ = take(Member { name: Vec::new(), bytes: inflated, encodings: &[Encoding::Gzip], stored: None });
    opened
}

fn zip(bytes: &[u8], mut most: usize, take: &mut dyn FnMut(Member) -> Option<usize>) -> Opened {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Opened::Partly };
    // Of several members of one name the reader shows one.
    let mut all = if archive.has_duplicate_names() { Opened::Partly } else { Opened::Whole };
    for number in 0..archive.len() {
        let whole = inflated(&mut archive, number, most);
        let Ok(file) = archive.by_index(number) else {
            all = Opened::Partly;
            continue;
        };
        if file.is_dir() {
            continue;
        }
        let name = file.name_raw().to_vec();
        let (bytes, opened) = whole.map_or_else(|| read(file, most), |bytes| (bytes, Opened::Whole));
        match opened {
            Opened::TooMuch => return opened,
            Opened::Partly => all = Opened::Partly,
            Opened::Whole => {}
        }
        match take(Member { name, bytes, encodings: &[Encoding::Zip], stored: None }) {
            Some(left) => most = left,
            None => return all,
        }
    }
    all
}

/// A member as most are: deflated, and of the size and the checksum that the archive says. In one piece that takes half
/// the time.
fn inflated(archive: &mut ZipArchive<Cursor<&[u8]>>, number: usize, most: usize) -> Option<Vec<u8>> {
    let mut file = archive.by_index_raw(number).ok()?;
    let (size, checksum) = (usize::try_from(file.size()).ok().filter(|size| *size <= most)?, file.crc32());
    if file.compression() != CompressionMethod::Deflated || file.encrypted() {
        return None;
    }
    let mut packed = Vec::new();
    file.read_to_end(&mut packed).ok()?;
    if size / DEFLATE > packed.len() {
        return None;
    }
    let mut bytes = vec![0; size];
    let written = libdeflater::Decompressor::new().deflate_decompress(&packed, &mut bytes).ok()?;
    (written == size && crc32fast::hash(&bytes) == checksum).then_some(bytes)
}

fn tar(bytes: &[u8], mut most: usize, take: &mut dyn FnMut(Member) -> Option<usize>) -> Opened {
    let mut archive = tar::Archive::new(bytes);
    let Ok(entries) = archive.entries() else { return Opened::Partly };
    for entry in entries {
        let Ok(entry) = entry else { return Opened::Partly };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path_bytes().into_owned();
        let start = usize::try_from(entry.raw_file_position()).unwrap_or(usize::MAX);
        let (bytes, opened) = read(entry, most);
        if opened != Opened::Whole {
            return opened;
        }
        let stored = Some(start..start.saturating_add(bytes.len()));
        match take(Member { name, bytes, encodings: &[Encoding::Tar], stored }) {
            Some(left) => most = left,
            None => return Opened::Whole,
        }
    }
    Opened::Whole
}

/// What a member holds; what came out before an error counts too.
fn read(member: impl Read, most: usize) -> (Vec<u8>, Opened) {
    let mut bytes = Vec::new();
    let outcome = member.take(most as u64 + 1).read_to_end(&mut bytes);
    let opened = match outcome {
        _ if bytes.len() > most => Opened::TooMuch,
        Ok(_) => Opened::Whole,
        Err(_) => Opened::Partly,
    };
    (bytes, opened)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn members(bytes: &[u8], most: usize) -> (Vec<(String, Vec<u8>)>, Opened) {
        let mut list = Vec::new();
        let opened = open(bytes, most, &mut |member| {
            list.push((String::from_utf8(member.name).expect("ASCII"), member.bytes));
            Some(most)
        });
        (list, opened)
    }

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("in memory");
            writer.write_all(bytes).expect("in memory");
        }
        writer.finish().expect("in memory").into_inner()
    }

    fn tarred(name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes).expect("in memory");
        builder.into_inner().expect("in memory")
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(bytes).expect("in memory");
        writer.finish().expect("in memory")
    }

    #[test]
    fn every_kind_shows_its_members() {
        let jar = zipped(&[("a/b.properties", b"x=1"), ("c", b"")]);
        let all = vec![("a/b.properties".to_owned(), b"x=1".to_vec()), ("c".to_owned(), Vec::new())];
        assert_eq!(members(&jar, 100), (all, Opened::Whole));
        let tar = tarred("etc/conf", b"y=2");
        assert_eq!(members(&tar, 100), (vec![("etc/conf".to_owned(), b"y=2".to_vec())], Opened::Whole));
        assert_eq!(members(&gzipped(&tar), 4096), members(&tar, 4096));
        assert_eq!(members(&gzipped(b"z=3"), 100), (vec![(String::new(), b"z=3".to_vec())], Opened::Whole));
    }

    #[test]
    fn a_member_of_a_tar_says_where_it_is_stored() {
        let tar = tarred("etc/conf", b"y=2");
        open(&tar, 100, &mut |member| {
            assert_eq!(tar.get(member.stored.expect("as it is")), Some(&b"y=2"[..]));
            None
        });
    }

    #[test]
    fn more_than_is_allowed_stays_closed() {
        let bomb = vec![0; 1 << 20];
        assert_eq!(members(&zipped(&[("bomb", &bomb)]), 1000).1, Opened::TooMuch);
        assert_eq!(members(&gzipped(&bomb), 1000).1, Opened::TooMuch);
        assert_eq!(members(&tarred("bomb", &bomb), 1000).1, Opened::TooMuch);
    }

    #[test]
    fn a_member_that_is_not_what_its_archive_says_is_opened_as_far_as_it_goes() {
        let zip = zipped(&[("a", &[b'a'; 1000])]);
        let at = |field: &[u8]| zip.windows(field.len()).rposition(|there| there == field).expect("is there");
        // In the central directory (PKWARE APPNOTE 4.3.12) checksum, packed and unpacked size follow one another.
        let (checksum, size) = (at(&crc32fast::hash(&[b'a'; 1000]).to_le_bytes()), at(&1000_u32.to_le_bytes()));
        for (place, value) in [(checksum, 7), (size, 1001), (size, u32::MAX - 1)] {
            let mut lying = zip.clone();
            lying[place..place + 4].copy_from_slice(&u32::to_le_bytes(value));
            let (list, opened) = members(&lying, 10_000);
            assert!(list[0].1.starts_with(&[b'a'; 900]), "{value}");
            assert_eq!(opened == Opened::Partly, place == checksum, "{value}");
        }
        let mut lying = zip.clone();
        lying[size..size + 4].copy_from_slice(&999_u32.to_le_bytes());
        assert_eq!(members(&lying, 10_000).1, Opened::Partly);
    }

    #[test]
    fn damaged_archives_are_opened_as_far_as_they_go() {
        let jar = zipped(&[("a", &[b'a'; 1000]), ("b", b"bb")]);
        assert_eq!(members(&jar[..jar.len() - 8], 10_000).1, Opened::Partly);
        let packed = gzipped(&(0..20_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
        let (list, opened) = members(&packed[..packed.len() / 2], 1 << 20);
        assert_eq!(opened, Opened::Partly);
        assert!(list[0].1.len() > 1000);
    }
}
