//! All packs and loose objects of a repository, each object by its name or by its spot.

use super::entry::Form;
use super::fault::{Damage, Failed, Fault};
use super::file::Pack;
use super::folders;
use super::loose::Loose;
use super::reader::Reader;
use super::{delta, identity};
use crate::blob::ObjectId;
use crate::git::error::ObjectError;
use crate::git::object::{Backend, Header, Kind, Objects};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the bases of a delta may be larger than what was asked for, they may still have this many bytes.
const BASES: u64 = 256 << 20;

/// The number of an object in one store. Numbers begin at 0, leave few gaps, and ascend with the place in the packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot(pub u32);

/// One copy of an object: a pack's number and an entry, or a number among the loose objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copy {
    Packed(u32, u32),
    Loose(u32),
}

/// The objects of a repository, as they were when it was opened.
pub struct Store {
    pub(super) packs: Vec<Pack>,
    /// By pack: the spot of its first entry. Loose objects come behind the last one.
    firsts: Vec<u32>,
    pub(super) loose: Loose,
    verify: bool,
    damage: Vec<Damage>,
    idle: Mutex<Vec<Reader>>,
}

impl Store {
    /// Opens the store of the folder `objects`, with its alternates and those of `variable`
    /// (`GIT_ALTERNATE_OBJECT_DIRECTORIES`, relative to `current`). Ids have 32 bytes if `sha256`, else 20. With
    /// `verify` no object is given whose bytes have another id; without it that is so for loose objects, and the
    /// checksums in the index of its pack stand for a packed one.
    pub fn open(objects: &Path, variable: Option<&OsStr>, current: &Path, sha256: bool, verify: bool) -> Self {
        let width = if sha256 { 32 } else { 20 };
        let mut damage = Vec::new();
        let folders = folders::all(objects, variable, current, &mut damage);
        let packs = packs(&folders, width, &mut damage);
        let loose = Loose::list(&folders, width, &mut damage);
        let mut store = Self { packs: Vec::new(), firsts: Vec::new(), loose, verify, damage, idle: Mutex::default() };
        let mut next = 0_u32;
        for pack in packs {
            match next.checked_add(pack.count()).filter(|end| end.checked_add(store.loose.count()).is_some()) {
                Some(end) => {
                    store.firsts.push(next);
                    store.packs.push(pack);
                    next = end;
                }
                None => store.damage.push(Damage { file: pack.file, fault: Fault::Format }),
            }
        }
        store.firsts.push(next);
        store
    }

    /// Files that cannot be read whole.
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// One more than the highest spot.
    pub fn spots(&self) -> u32 {
        self.firsts.last().copied().unwrap_or(0) + self.loose.count()
    }

    /// The spot of an object: that of its first copy.
    pub fn find(&self, id: &ObjectId) -> Option<Spot> {
        self.copies(id).next().map(|copy| self.spot(copy))
    }

    /// The object at a spot; `None` at a spot of another copy.
    pub fn id(&self, spot: Spot) -> Option<ObjectId> {
        self.name(spot).filter(|id| self.find(id) == Some(spot))
    }

    /// The object at a spot, whichever copy of it is there.
    pub fn name(&self, spot: Spot) -> Option<ObjectId> {
        match self.copy(spot) {
            Copy::Packed(pack, entry) => {
                let pack = self.packs.get(pack as usize)?;
                pack.index.id(pack.position(entry)?)
            }
            Copy::Loose(at) => self.loose.id(at),
        }
    }

    /// Every object once, with its spot.
    pub fn ids(&self) -> impl Iterator<Item = (Spot, ObjectId)> + '_ {
        (0..self.spots()).filter_map(|spot| Some((Spot(spot), self.id(Spot(spot))?)))
    }

    /// The object at a spot that [`Store::find`] gave for `id`, of at most `limit` bytes, or from any other copy.
    pub(crate) fn get(&self, id: &ObjectId, spot: Spot, limit: u64) -> Result<(Kind, Arc<[u8]>), ObjectError> {
        let first = self.read_copy(id, self.copy(spot), limit);
        first.or_else(|_| self.read(id, limit)).map_err(Fault::as_error)
    }

    /// The object at a spot, if it is remembered from the reads before.
    pub(crate) fn remembered(&self, spot: Spot) -> Option<(Kind, Arc<[u8]>)> {
        let Copy::Packed(pack, entry) = self.copy(spot) else { return None };
        self.with_reader(|reader| reader.remembered((pack, entry)))
    }

    /// Gives back the memory of objects that were remembered for the next read.
    pub(crate) fn forget(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Reads from any copy; the fault of the first one if there is no good one.
    pub(super) fn read(&self, id: &ObjectId, limit: u64) -> Result<(Kind, Arc<[u8]>), Fault> {
        let mut first = None;
        for copy in self.copies(id) {
            match self.read_copy(id, copy, limit) {
                Ok(object) => return Ok(object),
                Err(fault) => first = first.or(Some(fault)),
            }
        }
        Err(first.unwrap_or(Fault::Missing))
    }

    pub(super) fn read_copy(&self, id: &ObjectId, copy: Copy, limit: u64) -> Result<(Kind, Arc<[u8]>), Fault> {
        self.with_reader(|reader| {
            let (kind, bytes) = reader.read(self, copy, Self::memory(limit))?;
            if bytes.len() as u64 > limit {
                return Err(Fault::TooLarge { size: bytes.len() as u64 });
            }
            if self.verifies(copy) && !identity::is(id, kind, &bytes) {
                return Err(Fault::Id);
            }
            Ok((kind, bytes))
        })
    }

    /// True for a copy whose bytes are hashed: any on request, and always one that no checksum of an index covers.
    pub(super) fn verifies(&self, copy: Copy) -> bool {
        let covered = |pack: u32| self.pack(pack).is_ok_and(|pack| pack.index.has_checksums());
        self.verify || !matches!(copy, Copy::Packed(pack, _) if covered(pack))
    }

    /// The most bytes of any object on the way to one of `limit` bytes.
    pub(super) fn memory(limit: u64) -> u64 {
        limit.max(BASES)
    }

    pub(super) fn with_reader<T>(&self, read: impl FnOnce(&mut Reader) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let mut reader = known.unwrap_or_else(Reader::new);
        let out = read(&mut reader);
        idle().push(reader);
        out
    }

    pub(super) fn pack(&self, number: u32) -> Result<&Pack, Fault> {
        self.packs.get(number as usize).ok_or(Fault::Missing)
    }

    /// Where the base of a delta in a pack is: in the same pack, or anywhere.
    pub(super) fn base(&self, number: u32, id: &ObjectId) -> Option<Copy> {
        let here = self.packs.get(number as usize)?.find(id).map(|entry| Copy::Packed(number, entry));
        here.or_else(|| self.copies(id).next())
    }

    /// Every copy of an object, those in packs first.
    pub(super) fn copies<'s>(&'s self, id: &'s ObjectId) -> impl Iterator<Item = Copy> + 's {
        let packs = self.packs.iter().enumerate();
        let packed = packs.filter_map(|(number, pack)| Some(Copy::Packed(number as u32, pack.find(id)?)));
        let first = self.loose.find(id).unwrap_or(self.loose.count());
        let loose = (first..self.loose.count()).take_while(|at| self.loose.id(*at) == Some(*id));
        packed.chain(loose.map(Copy::Loose))
    }

    pub(super) fn spot(&self, copy: Copy) -> Spot {
        let first = |at: usize| self.firsts.get(at).copied().unwrap_or(0);
        match copy {
            Copy::Packed(pack, entry) => Spot(first(pack as usize) + entry),
            Copy::Loose(at) => Spot(first(self.packs.len()) + at),
        }
    }

    /// What went wrong with a copy, and where that is.
    pub(super) fn failed(&self, id: ObjectId, copy: Copy, fault: Fault) -> Failed {
        let (file, offset) = match copy {
            Copy::Packed(pack, entry) => match self.pack(pack) {
                Ok(pack) => (pack.file.clone(), pack.offset(entry)),
                Err(_) => (PathBuf::new(), 0),
            },
            Copy::Loose(at) => (self.loose.file(at), 0),
        };
        Failed { id, fault, file, offset }
    }

    fn copy(&self, Spot(spot): Spot) -> Copy {
        let pack = self.firsts.partition_point(|first| *first <= spot).saturating_sub(1);
        let behind = spot - self.firsts.get(pack).copied().unwrap_or(0);
        if pack >= self.packs.len() { Copy::Loose(behind) } else { Copy::Packed(pack as u32, behind) }
    }

    fn head(&self, mut copy: Copy) -> Result<Header, Fault> {
        let (mut size, mut named) = (None, HashSet::new());
        loop {
            let (number, at) = match copy {
                Copy::Packed(number, at) => (number, at),
                Copy::Loose(at) => {
                    let header = self.loose.header(at)?;
                    return Ok(Header { size: size.unwrap_or(header.size), ..header });
                }
            };
            let pack = self.pack(number)?;
            let entry = pack.entry(at)?;
            if size.is_none() && !matches!(entry.form, Form::Whole(_)) {
                size = Some(delta::size_of_result(entry.data)?);
            }
            copy = match entry.form {
                Form::Whole(kind) => return Ok(Header { kind, size: size.unwrap_or(entry.size) }),
                Form::Offset(offset) => Copy::Packed(number, pack.at(offset).ok_or(Fault::Base)?),
                Form::Named(_) if !named.insert((number, at)) => return Err(Fault::Circle),
                Form::Named(id) => self.base(number, &id).ok_or(Fault::Base)?,
            };
        }
    }
}

impl Objects for Store {
    fn header(&self, id: &ObjectId) -> Result<Header, ObjectError> {
        let mut first = None;
        for copy in self.copies(id) {
            match self.head(copy) {
                Ok(header) => return Ok(header),
                Err(fault) => first = first.or(Some(fault)),
            }
        }
        Err(first.unwrap_or(Fault::Missing).as_error())
    }

    fn visit(&self, id: &ObjectId, limit: u64, see: &mut dyn FnMut(Kind, &[u8])) -> Result<(), ObjectError> {
        let (kind, bytes) = self.read(id, limit).map_err(Fault::as_error)?;
        see(kind, &bytes);
        Ok(())
    }

    fn backend(&self) -> Backend {
        Backend::Store
    }
}

/// The packs of all folders, the largest first, so that most objects are found in the first one.
fn packs(folders: &[PathBuf], width: usize, damage: &mut Vec<Damage>) -> Vec<Pack> {
    let mut packs = Vec::new();
    for folder in folders.iter().map(|folder| folder.join("pack")) {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(_) => {
                damage.push(Damage { file: folder, fault: Fault::File });
                continue;
            }
        };
        for entry in entries {
            let Ok(entry) = entry else {
                damage.push(Damage { file: folder.clone(), fault: Fault::File });
                continue;
            };
            let index = entry.path();
            if index.extension().is_none_or(|ending| ending != "idx") {
                continue;
            }
            match Pack::open(&index, width) {
                Ok((pack, trouble)) => {
                    packs.push(pack);
                    damage.extend(trouble);
                }
                Err(trouble) => damage.push(trouble),
            }
        }
    }
    packs.sort_by(|a, b| b.count().cmp(&a.count()).then_with(|| a.file.cmp(&b.file)));
    packs
}
