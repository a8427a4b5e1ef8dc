//! Visits many objects in the order that costs least: the packs' trees of deltas, each from its root on, so that
//! every object is made once; the trees in parallel.

use super::delta;
use super::entry::Form;
use super::fault::{Failed, Fault};
use super::file::Pack;
use super::forest::{Forest, NONE};
use super::identity;
use super::inflate::{Buffer, Inflater, Pool};
use super::store::{Copy, Spot, Store};
use crate::blob::{Memory, ObjectId, Piece, Stored};
use crate::git::object::Kind;
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

/// Bases that wait for further deltas are held up to this many bytes a thread; others are made again.
const WAITING: usize = 8 << 20;

/// An object that is visited.
#[derive(Clone, Copy)]
pub struct Found<'b> {
    /// Its name.
    pub id: ObjectId,
    /// Its spot.
    pub spot: Spot,
    /// Its kind.
    pub kind: Kind,
    /// Its bytes.
    pub bytes: &'b [u8],
    /// How it is stored.
    pub stored: Stored<'b>,
}

/// Which objects to visit, and what to do with them. Both are called by several threads.
pub struct Visit<'v> {
    /// True for what is wanted. Asked of the spots that [`Store::find`] gives.
    pub wanted: &'v (dyn Fn(Spot) -> bool + Sync),
    /// Objects over this many bytes are not given.
    pub limit: u64,
    /// Takes an object; a break ends the visit. What is given back comes with each delta to the object.
    pub see: &'v (dyn Fn(Found<'_>) -> ControlFlow<(), Option<Memory>> + Sync),
}

impl<'b> Found<'b> {
    fn alone(id: ObjectId, spot: Spot, kind: Kind, bytes: &'b [u8]) -> Self {
        Self { id, spot, kind, bytes, stored: Stored::default() }
    }
}

impl Store {
    /// Visits every wanted object once, in no particular order. Gives those that could not be read from any copy,
    /// by id.
    pub fn visit_all(&self, visit: &Visit<'_>) -> Vec<Failed> {
        let failed = Mutex::new(Vec::new());
        if self.visit_copies(visit, &failed).is_break() {
            return Vec::new();
        }
        let mut lost = Vec::new();
        for (copy, fault) in failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let spot = self.spot(copy);
            let Some(id) = self.id(spot) else { continue };
            // Another copy may be whole.
            match self.read(&id, visit.limit) {
                Ok((kind, bytes)) => {
                    if (visit.see)(Found::alone(id, spot, kind, &bytes)).is_break() {
                        break;
                    }
                }
                Err(_) => lost.push(self.failed(id, copy, fault)),
            }
        }
        lost.sort_unstable_by_key(|failed| failed.id);
        lost
    }

    fn visit_copies(&self, visit: &Visit<'_>, failed: &Mutex<Vec<(Copy, Fault)>>) -> ControlFlow<()> {
        for (number, pack) in self.packs.iter().enumerate() {
            let number = number as u32;
            let wanted = |entry| (visit.wanted)(self.spot(Copy::Packed(number, entry)));
            let forest = Forest::new(pack, &wanted);
            let shared = Shared { store: self, pack, number, forest: &forest, visit, failed };
            forest.circles.iter().for_each(|entry| shared.fail(*entry, Fault::Circle));
            let worker = || Worker::new(&shared);
            forest.roots.par_iter().with_min_len(16).try_for_each_init(worker, |worker, root| worker.family(*root))?;
        }
        (0..self.loose.count())
            .into_par_iter()
            .map(Copy::Loose)
            .try_for_each(|copy| self.visit_loose(visit, copy, failed))
    }

    fn visit_loose(&self, visit: &Visit<'_>, copy: Copy, failed: &Mutex<Vec<(Copy, Fault)>>) -> ControlFlow<()> {
        let Copy::Loose(at) = copy else { return ControlFlow::Continue(()) };
        let spot = self.spot(copy);
        let Some(id) = self.loose.id(at).filter(|_| (visit.wanted)(spot)) else { return ControlFlow::Continue(()) };
        match self.loose.read(at, visit.limit) {
            Ok((kind, bytes)) if identity::is(&id, kind, &bytes) => {
                (visit.see)(Found::alone(id, spot, kind, &bytes))?;
            }
            Ok(_) => note(failed, copy, Fault::Id),
            Err(fault) => note(failed, copy, fault),
        }
        ControlFlow::Continue(())
    }
}

fn note(failed: &Mutex<Vec<(Copy, Fault)>>, copy: Copy, fault: Fault) {
    failed.lock().unwrap_or_else(PoisonError::into_inner).push((copy, fault));
}

/// What the threads of one pack share.
struct Shared<'s> {
    store: &'s Store,
    pack: &'s Pack,
    number: u32,
    forest: &'s Forest,
    visit: &'s Visit<'s>,
    failed: &'s Mutex<Vec<(Copy, Fault)>>,
}

impl Shared<'_> {
    fn wanted(&self, entry: u32) -> bool {
        (self.visit.wanted)(self.store.spot(Copy::Packed(self.number, entry)))
    }

    fn fail(&self, entry: u32, fault: Fault) {
        note(self.failed, Copy::Packed(self.number, entry), fault);
    }

    /// An entry cannot be made, and so nothing below it.
    fn fail_all(&self, entry: u32, fault: Fault) {
        let mut open = vec![entry];
        while let Some(entry) = open.pop() {
            if self.wanted(entry) {
                self.fail(entry, fault);
            }
            let mut child = self.forest.first(entry);
            while child != NONE {
                open.push(child);
                child = self.forest.next(child);
            }
        }
    }
}

/// A base that waits for its further deltas.
struct Base {
    entry: u32,
    /// The next of them.
    next: u32,
    /// `None` where memory was short.
    data: Option<Buffer>,
    memory: Option<Memory>,
}

/// One thread's walk through trees of deltas.
struct Worker<'s> {
    shared: &'s Shared<'s>,
    inflater: Inflater,
    pool: Pool,
    delta: Buffer,
    /// How the object made last is made of its base.
    pieces: Vec<Piece>,
    bases: Vec<Base>,
    /// Bytes of all bases.
    waiting: usize,
    /// Bases before this one have no data.
    held: usize,
}

impl<'s> Worker<'s> {
    fn new(shared: &'s Shared<'s>) -> Self {
        Self {
            shared,
            inflater: Inflater::new(),
            pool: Pool::default(),
            delta: Buffer::default(),
            pieces: Vec::new(),
            bases: Vec::new(),
            waiting: 0,
            held: 0,
        }
    }

    /// Visits what is wanted of one tree.
    fn family(&mut self, root: u32) -> ControlFlow<()> {
        let (kind, data) = match self.root(root) {
            Ok(found) => found,
            Err(fault) => {
                self.shared.fail_all(root, fault);
                return ControlFlow::Continue(());
            }
        };
        self.done(root, kind, data, None)?;
        while let Some(base) = self.pop() {
            let child = base.next;
            let memory = base.memory.clone();
            match self.child(child, base) {
                Ok(data) => self.done(child, kind, data, memory.as_ref())?,
                Err(fault) => self.shared.fail_all(child, fault),
            }
        }
        ControlFlow::Continue(())
    }

    fn root(&mut self, root: u32) -> Result<(Kind, Buffer), Fault> {
        let entry = self.shared.pack.entry(root)?;
        let Form::Whole(kind) = entry.form else {
            // Its base is elsewhere.
            return self.again(root);
        };
        let mut data = self.pool.take();
        let limit = self.limit(root);
        self.inflater.inflate(entry.data, entry.size, limit, &mut data)?;
        Ok((kind, data))
    }

    /// Makes an entry all by itself.
    fn again(&mut self, entry: u32) -> Result<(Kind, Buffer), Fault> {
        let Shared { store, number, .. } = *self.shared;
        let limit = Store::memory(self.shared.visit.limit);
        let (kind, bytes) = store.with_reader(|reader| reader.read(store, Copy::Packed(number, entry), limit))?;
        let mut data = self.pool.take();
        data.room(bytes.len()).copy_from_slice(&bytes);
        Ok((kind, data))
    }

    /// Makes the next delta of a base, and puts the base back if there are more.
    fn child(&mut self, child: u32, mut base: Base) -> Result<Buffer, Fault> {
        base.next = self.shared.forest.next(child);
        let data = match base.data.take() {
            Some(data) => Ok(data),
            None => self.again(base.entry).map(|made| made.1),
        };
        let data = match data {
            Ok(data) => data,
            Err(fault) => {
                self.push(base);
                return Err(fault);
            }
        };
        let made = self.apply(child, &data, base.memory.is_some());
        if base.next == NONE {
            self.pool.put(data);
        } else {
            base.data = Some(data);
            self.push(base);
        }
        made
    }

    fn apply(&mut self, child: u32, base: &Buffer, remembered: bool) -> Result<Buffer, Fault> {
        let entry = self.shared.pack.entry(child)?;
        let memory = Store::memory(self.shared.visit.limit);
        self.inflater.inflate(entry.data, entry.size, memory, &mut self.delta)?;
        let mut data = self.pool.take();
        let (delta, limit) = (self.delta.get(), self.limit(child));
        if remembered {
            delta::apply_and_tell(delta, base.get(), limit, &mut data, &mut self.pieces)?;
        } else {
            delta::apply(delta, base.get(), limit, &mut data)?;
        }
        Ok(data)
    }

    /// The most bytes that an entry may have: more than is given, if others are deltas to it.
    fn limit(&self, entry: u32) -> u64 {
        let limit = self.shared.visit.limit;
        if self.shared.forest.first(entry) == NONE { limit } else { Store::memory(limit) }
    }

    /// Gives an object that was made, and keeps it where it is a base. `memory` is that of its own base.
    fn done(&mut self, entry: u32, kind: Kind, data: Buffer, memory: Option<&Memory>) -> ControlFlow<()> {
        let made_of = memory.map(|memory| (memory, self.pieces.as_slice()));
        let wanted = self.shared.wanted(entry);
        let memory = if wanted { self.give(entry, kind, data.get(), made_of)? } else { None };
        match self.shared.forest.first(entry) {
            NONE => self.pool.put(data),
            next => self.push(Base { entry, next, data: Some(data), memory }),
        }
        ControlFlow::Continue(())
    }

    fn give(
        &self,
        entry: u32,
        kind: Kind,
        bytes: &[u8],
        made_of: Option<(&Memory, &[Piece])>,
    ) -> ControlFlow<(), Option<Memory>> {
        let Shared { store, pack, number, visit, forest, .. } = *self.shared;
        let id = pack.position(entry).and_then(|position| pack.index.id(position));
        let spot = store.spot(Copy::Packed(number, entry));
        match id {
            _ if bytes.len() as u64 > visit.limit => {
                self.shared.fail(entry, Fault::TooLarge { size: bytes.len() as u64 });
            }
            Some(id) if !store.verifies(Copy::Packed(number, entry)) || identity::is(&id, kind, bytes) => {
                let is_base = forest.first(entry) != NONE;
                return (visit.see)(Found { id, spot, kind, bytes, stored: Stored { made_of, is_base } });
            }
            _ => self.shared.fail(entry, Fault::Id),
        }
        ControlFlow::Continue(None)
    }

    fn push(&mut self, base: Base) {
        if base.next == NONE {
            return;
        }
        self.waiting += base.data.as_ref().map_or(0, Buffer::held);
        self.bases.push(base);
        let last = self.bases.len() - 1;
        while self.waiting > WAITING && self.held < last {
            let data = self.bases.get_mut(self.held).and_then(|base| base.data.take());
            self.waiting -= data.map_or(0, |data| data.held());
            self.held += 1;
        }
    }

    fn pop(&mut self) -> Option<Base> {
        let base = self.bases.pop()?;
        self.waiting -= base.data.as_ref().map_or(0, Buffer::held);
        self.held = self.held.min(self.bases.len());
        Some(base)
    }
}
