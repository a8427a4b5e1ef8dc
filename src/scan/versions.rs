//! Contents of which some are made of others: each is searched once for all its places that look alike to the
//! detector, and only where it differs from its base.

use super::collect::Collector;
use crate::blob::{Blob, Memory, Origin, Stored};
use crate::detect::{Aspect, DetectError, Trace};
use crate::source::Nothing;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

/// The aspects of all paths that were met, numbered.
#[derive(Default)]
pub(super) struct Aspects {
    by_path: HashMap<Option<Arc<[u8]>>, Numbered>,
    all: Vec<Arc<Aspect>>,
}

/// An aspect and its number.
type Numbered = (usize, Arc<Aspect>);

/// What is remembered of a content, by aspect.
type Traces = Vec<(usize, Trace)>;

impl Collector<'_> {
    /// Searches a content that stands at some places, and judges what it holds at each.
    pub(super) fn see(
        &self,
        bytes: &[u8],
        origins: &[Origin],
        stored: Stored<'_>,
    ) -> Result<Option<Memory>, DetectError> {
        let known = stored.made_of.and_then(|(memory, pieces)| Some((memory.downcast_ref::<Traces>()?, pieces)));
        let is_base = stored.is_base;
        let mut traces = Traces::new();
        let places: Vec<(Numbered, &Origin)> =
            origins.iter().map(|origin| Ok((self.aspect(origin)?, origin))).collect::<Result<_, DetectError>>()?;
        for (number, ((aspect, like), origin)) in places.iter().enumerate() {
            if places.iter().take(number).any(|((other, _), _)| other == aspect) {
                continue;
            }
            let of_aspect = |(traces, pieces)| Some((find(traces, *aspect)?, pieces));
            let blob = |origin: &Origin| Blob { bytes: bytes.into(), origin: origin.clone() };
            let (detection, trace) =
                self.scanner.detector.version(&blob(origin), like, known.and_then(of_aspect), is_base)?;
            for (_, origin) in places.iter().skip(number).filter(|((other, _), _)| other == aspect) {
                self.judged(&blob(origin), detection.clone(), &Nothing)?;
            }
            traces.push((*aspect, trace));
        }
        Ok(is_base.then(|| Arc::new(traces) as Memory))
    }

    /// The aspect of a place, with its number.
    fn aspect(&self, origin: &Origin) -> Result<Numbered, DetectError> {
        let mut aspects = self.aspects.lock().unwrap_or_else(PoisonError::into_inner);
        let Aspects { by_path, all } = &mut *aspects;
        if let Some(known) = by_path.get(&origin.path) {
            return Ok(known.clone());
        }
        let aspect = self.scanner.detector.aspect(origin)?;
        let known = all.iter().position(|known| **known == aspect);
        let number = known.unwrap_or(all.len());
        let aspect = known.and_then(|number| all.get(number)).map_or_else(|| Arc::new(aspect), Arc::clone);
        if known.is_none() {
            all.push(Arc::clone(&aspect));
        }
        by_path.insert(origin.path.clone(), (number, Arc::clone(&aspect)));
        Ok((number, aspect))
    }
}

fn find(traces: &Traces, aspect: usize) -> Option<&Trace> {
    traces.iter().find(|(known, _)| *known == aspect).map(|(_, trace)| trace)
}
