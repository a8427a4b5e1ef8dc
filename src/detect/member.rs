//! The members of an archive, each searched like a file of its name.

use super::archive::{self, Member, Opened};
use super::content::{BINARY_PROBE, Place, Run};
use super::layer::{Layer, Map};
use super::{DetectError, Detector, decode, overlap};
use crate::blob::ObjectKind;
use crate::candidate::Candidate;
use std::ops::Range;

/// Archives may unpack to so many times the bytes that encoded text may decode to.
const UNPACKED: usize = 16;

impl Detector {
    /// Searches the members of the archive that `layer` is, and theirs. What the archive shows already as it is
    /// stored, members tell better. True if something stayed closed.
    pub(super) fn archive(
        &self,
        run: &mut Run<'_>,
        layer: &Layer<'_>,
        out: &mut Vec<Candidate>,
    ) -> Result<bool, DetectError> {
        if layer.depth() >= self.limits.depth {
            run.limited = true;
            return Ok(false);
        }
        let most = self.limits.bytes.saturating_mul(UNPACKED);
        let mut outcome = Ok(());
        let mut closed = false;
        let mut inside = Vec::new();
        let left = most.saturating_sub(run.unpacked);
        let opened = archive::open(layer.text, left, &mut |member| {
            run.unpacked += member.bytes.len();
            match self.member(run, layer, &member, &mut inside) {
                Ok(more) => closed |= more,
                Err(error) => outcome = Err(error),
            }
            (outcome.is_ok() && !run.limited).then(|| most.saturating_sub(run.unpacked))
        });
        outcome?;
        run.limited |= opened == Opened::TooMuch;
        out.retain(|known| !inside.iter().any(|new| new.rule.id == known.rule.id && new.secret == known.secret));
        out.append(&mut inside);
        Ok(closed || opened == Opened::Partly)
    }

    fn member(
        &self,
        run: &mut Run<'_>,
        archive: &Layer<'_>,
        member: &Member,
        out: &mut Vec<Candidate>,
    ) -> Result<bool, DetectError> {
        let outer = run.place;
        // What a gzip holds has the archive's name without its last ending.
        let name = if member.name.is_empty() { stem(outer.path.unwrap_or_default()) } else { &member.name };
        let place = Place::at(ObjectKind::Blob, Some(name)).within(outer);
        let nul = memchr::memchr(0, &member.bytes);
        let binary = nul.is_some_and(|at| at < BINARY_PROBE);
        let mut inner =
            Run { place: &place, binary, decoded: run.decoded, unpacked: run.unpacked, limited: run.limited };
        let layer = Layer { text: &member.bytes, map: Map::Member, encodings: member.encodings, outer: Some(archive) };
        let mut found = Vec::new();
        self.layer(&mut inner, &layer, &mut found)?;
        if nul.is_some() {
            self.inner(&mut inner, &layer, decode::folded, &mut found)?;
        }
        let mut found = overlap::resolve(found);
        found.iter_mut().for_each(|candidate| tell(candidate, "in its member", &member.name));
        let own = found.len();
        let closed = archive::is_one(&member.bytes) && self.archive(&mut inner, &layer, &mut found)?;
        found.iter_mut().skip(own).for_each(|candidate| tell(candidate, "of", &member.name));
        (run.decoded, run.unpacked, run.limited) = (inner.decoded, inner.unpacked, inner.limited);
        out.extend(found.into_iter().map(|candidate| placed(candidate, member)));
        Ok(closed)
    }
}

/// With the offsets of the archive. What is packed has no place of its own there.
fn placed(candidate: Candidate, member: &Member) -> Candidate {
    let start = member.stored.as_ref().map(|stored| stored.start);
    let place = |range: &Range<usize>| start.map_or(0..0, |start| start + range.start..start + range.end);
    Candidate { span: place(&candidate.span), place: place(&candidate.place), ..candidate }
}

fn stem(path: &[u8]) -> &[u8] {
    match memchr::memrchr(b'.', path) {
        Some(dot) => path.get(..dot).unwrap_or(path),
        None => path,
    }
}

/// Says in which member the secret is.
fn tell(candidate: &mut Candidate, relation: &str, name: &[u8]) {
    if name.is_empty() {
        return;
    }
    let place = format!("{relation} {}", bstr::BStr::new(name));
    candidate.because = Some(match candidate.because.take() {
        Some(why) if relation == "of" => format!("{why} {place}"),
        Some(why) => format!("{why}; {place}"),
        None => place,
    });
}
