//! Objects in files of their own: zlib data of `<kind> <size>\0` and the content.

use super::fault::{Damage, Fault};
use crate::blob::ObjectId;
use crate::git::object::{Header, Kind};
use flate2::bufread::ZlibDecoder;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The longest head: a kind of six letters, a blank, a number of 64 bits, a NUL.
const LONGEST_HEAD: u64 = 28;

/// The loose objects of several folders, by id; a copy in an earlier folder comes first.
#[derive(Default)]
pub(super) struct Loose {
    objects: Vec<(ObjectId, u32)>,
    folders: Vec<PathBuf>,
}

impl Loose {
    /// Lists the loose objects of `folders`, whose ids have `width` bytes.
    pub(super) fn list(folders: &[PathBuf], width: usize, damage: &mut Vec<Damage>) -> Self {
        let mut objects = Vec::new();
        for (number, folder) in folders.iter().enumerate() {
            for first in 0..=u8::MAX {
                let below = folder.join(format!("{first:02x}"));
                match list(&below, first, width) {
                    Ok(ids) => objects.extend(ids.into_iter().map(|id| (id, number as u32))),
                    Err(ErrorKind::NotFound) => {}
                    Err(_) => damage.push(Damage { file: below, fault: Fault::File }),
                }
            }
        }
        objects.sort_unstable();
        Self { objects, folders: folders.to_vec() }
    }

    pub(super) fn count(&self) -> u32 {
        self.objects.len() as u32
    }

    /// The first copy of an object.
    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        let at = self.objects.partition_point(|(known, _)| known < id);
        self.objects.get(at).filter(|(known, _)| known == id).map(|_| at as u32)
    }

    pub(super) fn id(&self, at: u32) -> Option<ObjectId> {
        self.objects.get(at as usize).map(|object| object.0)
    }

    /// The file of an object.
    pub(super) fn file(&self, at: u32) -> PathBuf {
        let Some((id, folder)) = self.objects.get(at as usize) else { return PathBuf::new() };
        let name = id.to_string();
        let (first, rest) = name.split_at(2);
        self.folders.get(*folder as usize).map(|folder| folder.join(first).join(rest)).unwrap_or_default()
    }

    /// Kind and size of an object.
    pub(super) fn header(&self, at: u32) -> Result<Header, Fault> {
        head(&mut open(&self.file(at))?)
    }

    /// An object of at most `limit` bytes.
    pub(super) fn read(&self, at: u32, limit: u64) -> Result<(Kind, Vec<u8>), Fault> {
        let mut reader = open(&self.file(at))?;
        let Header { kind, size } = head(&mut reader)?;
        if size > limit {
            return Err(Fault::TooLarge { size });
        }
        let mut bytes = Vec::new();
        // One byte more: only the end of the data makes zlib compare its checksum.
        reader.take(size + 1).read_to_end(&mut bytes).map_err(|error| fault(error.kind()))?;
        if bytes.len() as u64 == size { Ok((kind, bytes)) } else { Err(Fault::Size) }
    }
}

type Inflating = BufReader<ZlibDecoder<BufReader<File>>>;

fn list(folder: &Path, first: u8, width: usize) -> Result<Vec<ObjectId>, ErrorKind> {
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| error.kind())? {
        let name = entry.map_err(|error| error.kind())?.file_name();
        // Other names are those of files that are being written.
        let hex = [format!("{first:02x}").as_bytes(), name.as_encoded_bytes()].concat();
        ids.extend(ObjectId::from_hex(&hex).filter(|id| id.as_bytes().len() == width));
    }
    Ok(ids)
}

fn open(file: &Path) -> Result<Inflating, Fault> {
    let opened = File::open(file).map_err(|error| fault(error.kind()))?;
    if !opened.metadata().is_ok_and(|about| about.is_file()) {
        return Err(Fault::File);
    }
    Ok(BufReader::new(ZlibDecoder::new(BufReader::new(opened))))
}

fn head(reader: &mut Inflating) -> Result<Header, Fault> {
    let mut head = Vec::new();
    reader.take(LONGEST_HEAD).read_until(0, &mut head).map_err(|error| fault(error.kind()))?;
    parse(&head).ok_or(Fault::Header)
}

fn parse(head: &[u8]) -> Option<Header> {
    let head = head.strip_suffix(b"\0")?;
    let (kind, size) = head.split_at(memchr::memchr(b' ', head)?);
    let size = std::str::from_utf8(size.get(1..)?).ok().filter(|size| !size.starts_with('+'))?;
    Some(Header { kind: Kind::from_name(kind)?, size: size.parse().ok()? })
}

fn fault(kind: ErrorKind) -> Fault {
    match kind {
        ErrorKind::NotFound => Fault::Missing,
        ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Fault::Inflate,
        _ => Fault::File,
    }
}
