//! What comes of one keyword, and on which bytes that depends.

use super::content::Run;
use super::generic::{self, Generic};
use super::layer::Layer;
use super::matched::Match;
use super::password;
use super::prefilter::Hit;
use super::value::{self, Assessed};
use super::{DetectError, Detector, GENERIC};
use crate::blob::ObjectKind;
use crate::rule::{AppliesTo, Confidence, Rule, Shape};
use std::ops::Range;

/// A match that passed the checks of its value, in offsets of its layer.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) rule: u32,
    pub(super) span: Range<usize>,
    pub(super) secret: Range<usize>,
    pub(super) assessed: Assessed,
    pub(super) because: Option<String>,
}

/// Something that came of a keyword.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// A match of a rule.
    Found(Found),
    /// A value that a rule knows not to be a secret: the generic tier has no say in it.
    Settled(Range<usize>),
    /// What the generic tier makes of it.
    Generic(Generic),
}

/// What is used again from one look to the next in one text.
#[derive(Default)]
pub(super) struct Scratch {
    last: generic::Last,
    matches: Vec<Match>,
    generics: Vec<Generic>,
}

impl Detector {
    /// Looks at one keyword and pushes what comes of it, in offsets of the layer. Gives the bytes that this depends on,
    /// cut to the text.
    pub(super) fn look(
        &self,
        run: &Run<'_>,
        layer: &Layer<'_>,
        hit: &Hit,
        scratch: &mut Scratch,
        items: &mut Vec<Item>,
    ) -> Result<Range<usize>, DetectError> {
        let Some((length, called)) = self.targets.get(hit.keyword as usize) else { return Ok(hit.end..hit.end) };
        let place = hit.end - length..hit.end;
        let mut seen = place.clone();
        for &number in called {
            let far = if number == GENERIC {
                self.generic(run, layer, place.clone(), scratch, items)
            } else {
                self.rule(run, layer, number, place.clone(), scratch, items)?
            };
            seen = seen.start.min(far.start)..seen.end.max(far.end);
        }
        Ok(seen.start..seen.end.min(layer.text.len()))
    }

    fn generic(
        &self,
        run: &Run<'_>,
        layer: &Layer<'_>,
        place: Range<usize>,
        scratch: &mut Scratch,
        items: &mut Vec<Item>,
    ) -> Range<usize> {
        if run.binary && layer.stored() {
            return place;
        }
        let Scratch { last, generics, .. } = scratch;
        let seen = generic::at(layer.text, place, &|| run.place.surroundings(), last, generics);
        items.extend(generics.drain(..).map(Item::Generic));
        seen
    }

    fn rule(
        &self,
        run: &Run<'_>,
        layer: &Layer<'_>,
        number: u32,
        place: Range<usize>,
        scratch: &mut Scratch,
        items: &mut Vec<Item>,
    ) -> Result<Range<usize>, DetectError> {
        let Some(rule) = self.rules.get(number as usize).filter(|rule| applies(rule, run, layer)) else {
            return Ok(place);
        };
        if matches!(rule.shape, Shape::Assigned(_)) && run.place.pins() {
            return Ok(place);
        }
        let compiled = self.compiled(number)?;
        if !compiled.looks_at(run.place.path) {
            return Ok(place);
        }
        let Some(matcher) = &compiled.matcher else { return Ok(place) };
        let broken = |why| DetectError::broken(rule, why);
        let mut seen = matcher.at(layer.text, place, &mut scratch.matches).map_err(broken)?;
        for m in scratch.matches.drain(..) {
            if !layer.touches_decoded(&m.secret) {
                continue;
            }
            seen.start = seen.start.min(m.secret.start.saturating_sub(value::FAR));
            seen.end = seen.end.max(m.secret.end + password::HOST.max(value::FAR));
            if compiled.checks.known(rule, layer.text, &m).map_err(broken)? {
                items.push(Item::Settled(m.secret));
                continue;
            }
            let assessed = compiled.checks.assess(rule, layer.text, &m, run.place.shows());
            let Some(mut assessed) = assessed else { continue };
            if assessed.placeholder || assessed.note.is_some() && assessed.confidence == Confidence::Low {
                items.push(Item::Settled(m.secret.clone()));
            }
            if !m.close {
                assessed.confidence = assessed.confidence.min(Confidence::Medium);
            }
            let because = assessed.note.map(str::to_owned);
            items.push(Item::Found(Found { rule: number, span: m.span, secret: m.secret, assessed, because }));
        }
        Ok(seen)
    }
}

impl Item {
    /// The same where offsets count from another byte: `move_to` tells for each what it is there.
    pub(super) fn moved(&self, move_to: impl Fn(usize) -> usize) -> Self {
        let range = |range: &Range<usize>| move_to(range.start)..move_to(range.end);
        match self {
            Self::Found(found) => {
                Self::Found(Found { span: range(&found.span), secret: range(&found.secret), ..found.clone() })
            }
            Self::Settled(known) => Self::Settled(range(known)),
            Self::Generic(generic) => {
                Self::Generic(Generic { span: range(&generic.span), value: range(&generic.value), ..generic.clone() })
            }
        }
    }
}

/// Rules about paths look at paths only; a binary as it is stored is searched for distinctive tokens only.
pub(super) fn applies(rule: &Rule, run: &Run<'_>, layer: &Layer<'_>) -> bool {
    if rule.applies_to == AppliesTo::Path && run.place.kind != ObjectKind::Path {
        return false;
    }
    let distinctive = matches!(rule.shape, Shape::Pattern(_)) && rule.confidence >= Confidence::High;
    !run.binary || !layer.stored() || distinctive
}
