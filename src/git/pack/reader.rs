//! Reads single objects: follows the chain of deltas to its end, then makes one object after the other.

use super::delta;
use super::entry::{Entry, Form};
use super::fault::Fault;
use super::inflate::{Buffer, Inflater};
use super::store::{Copy, Store};
use crate::git::mixed::Mixed;
use crate::git::object::Kind;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// How many bytes of objects are remembered: neighbours in a chain are often asked for one after the other.
const REMEMBERED: usize = 8 << 20;
/// What is larger is not remembered.
const LARGEST: usize = 1 << 20;

/// A pack's number and an entry of it.
type Place = (u32, u32);
/// An object.
type Object = (Kind, Arc<[u8]>);

/// What one thread needs to read objects.
pub(super) struct Reader {
    inflater: Inflater,
    delta: Buffer,
    result: Buffer,
    held: HashMap<Place, Object, Mixed>,
    order: VecDeque<Place>,
    bytes: usize,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            inflater: Inflater::new(),
            delta: Buffer::default(),
            result: Buffer::default(),
            held: HashMap::default(),
            order: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Reads one copy of an object, it and every base of at most `limit` bytes.
    pub(super) fn read(&mut self, store: &Store, copy: Copy, limit: u64) -> Result<Object, Fault> {
        let (chain, (kind, mut data)) = self.chain(store, copy, limit)?;
        for (place, entry) in chain.into_iter().rev() {
            self.inflater.inflate(entry.data, entry.size, limit, &mut self.delta)?;
            delta::apply(self.delta.get(), &data, limit, &mut self.result)?;
            data = self.result.get().into();
            self.remember(place, (kind, Arc::clone(&data)));
        }
        Ok((kind, data))
    }

    /// The deltas from `copy` on, and what the last of them is a delta to.
    fn chain<'s>(
        &mut self,
        store: &'s Store,
        mut copy: Copy,
        limit: u64,
    ) -> Result<(Vec<(Place, Entry<'s>)>, Object), Fault> {
        let (mut chain, mut named) = (Vec::new(), HashSet::new());
        loop {
            let (number, at) = match copy {
                Copy::Packed(number, at) => (number, at),
                Copy::Loose(at) => {
                    let (kind, bytes) = store.loose.read(at, limit)?;
                    return Ok((chain, (kind, bytes.into())));
                }
            };
            if let Some((kind, bytes)) = self.held.get(&(number, at)) {
                return Ok((chain, (*kind, Arc::clone(bytes))));
            }
            let pack = store.pack(number)?;
            let entry = pack.entry(at)?;
            copy = match entry.form {
                Form::Whole(kind) => {
                    self.inflater.inflate(entry.data, entry.size, limit, &mut self.result)?;
                    let object: Object = (kind, self.result.get().into());
                    // Hardly any commit has deltas.
                    if kind != Kind::Commit || !chain.is_empty() {
                        self.remember((number, at), (kind, Arc::clone(&object.1)));
                    }
                    return Ok((chain, object));
                }
                Form::Offset(offset) => Copy::Packed(number, pack.at(offset).ok_or(Fault::Base)?),
                // Offsets only lead backwards, names may lead anywhere.
                Form::Named(_) if !named.insert((number, at)) => return Err(Fault::Circle),
                Form::Named(id) => store.base(number, &id).ok_or(Fault::Base)?,
            };
            chain.push(((number, at), entry));
        }
    }

    fn remember(&mut self, place: Place, object: Object) {
        let size = object.1.len();
        if size > LARGEST || self.held.insert(place, object).is_some() {
            return;
        }
        self.order.push_back(place);
        self.bytes += size;
        while self.bytes > REMEMBERED {
            let Some(oldest) = self.order.pop_front() else { return };
            self.bytes -= self.held.remove(&oldest).map_or(0, |object| object.1.len());
        }
    }
}
