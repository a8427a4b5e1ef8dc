//! From what came of the keywords of one text to its candidates: of several looks at one value the surest counts, the
//! neighbours are asked, and offsets become those of the stored text.

use super::checksum;
use super::content::Run;
use super::generic::{self, Generic};
use super::hints::Keywords;
use super::layer::Layer;
use super::look::{Found, Item};
use super::near::Company;
use super::value::Assessed;
use super::{DetectError, Detector, overlaps};
use crate::candidate::Candidate;
use crate::rule::{Confidence, Kind, Severity};
use crate::secret::Secret;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

impl Detector {
    /// Pushes the candidates of a text. `items` came of its `keywords`, in their order.
    pub(super) fn settle(
        &self,
        run: &Run<'_>,
        layer: &Layer<'_>,
        keywords: &Keywords<'_>,
        items: impl Iterator<Item = Item>,
        out: &mut Vec<Candidate>,
    ) -> Result<(), DetectError> {
        let mut found: Vec<Found> = Vec::new();
        let mut places: HashMap<(u32, usize, usize), usize> = HashMap::new();
        let (mut settled, mut generics) = (Vec::new(), Vec::new());
        for item in items {
            match item {
                Item::Settled(range) => settled.push(range),
                Item::Generic(generic) => generics.push(generic),
                Item::Found(new) => {
                    // Several keywords can lead to one value: the surest way counts.
                    let at = *places.entry((new.rule, new.secret.start, new.secret.end)).or_insert(found.len());
                    match found.get_mut(at) {
                        Some(known) if known.assessed.confidence < new.assessed.confidence => *known = new,
                        Some(_) => {}
                        None => found.push(new),
                    }
                }
            }
        }
        let mut generics = generic::rivals(generics.into_iter());
        generics.retain(|generic| !settled.iter().any(|known| overlaps(known, &generic.value)));
        self.doubt(run, layer, keywords, &mut generics)?;
        for generic in generics {
            let begins = self.begins(run, layer, keywords, generic.value.start);
            let confidence = if begins { Confidence::Low } else { generic.confidence };
            found.extend(self.of_generic(run, layer, Generic { confidence, ..generic }));
        }
        self.keep(layer, found, out)
    }

    /// A finding of the generic tier, under the rule of its kind.
    fn of_generic(&self, run: &Run<'_>, layer: &Layer<'_>, generic: Generic) -> Option<Found> {
        let &(_, number) = self.generics.iter().find(|(kind, _)| *kind == generic.kind)?;
        let rule = self.rules.get(number as usize)?;
        if !layer.touches_decoded(&generic.value) {
            return None;
        }
        let most = if run.place.shows() { Confidence::Medium } else { Confidence::Certain };
        let confidence = generic.confidence.min(most);
        let severity = if confidence >= Confidence::High { Severity::High } else { rule.severity };
        let assessed = Assessed { confidence, severity, note: None, placeholder: false };
        let because = Some(generic.because);
        Some(Found { rule: number, span: generic.span, secret: generic.value, assessed, because })
    }

    /// Asks the neighbours, and brings what is left to the offsets of the stored text.
    fn keep(&self, layer: &Layer<'_>, found: Vec<Found>, out: &mut Vec<Candidate>) -> Result<(), DetectError> {
        let mut by_rule: HashMap<&str, Vec<Range<usize>>> = HashMap::new();
        for f in &found {
            if let Some(rule) = self.rules.get(f.rule as usize) {
                by_rule.entry(&rule.id).or_default().push(f.span.clone());
            }
        }
        for f in found {
            let Some(rule) = self.rules.get(f.rule as usize) else { continue };
            let others = |id: &str| by_rule.get(id).map(Vec::as_slice).unwrap_or_default().iter();
            let company = self.compiled(f.rule)?.neighbours.judge(rule, layer.text, &f.span, others);
            let confidence = match company.map_err(|why| DetectError::broken(rule, why))? {
                Company::Dropped => continue,
                Company::Good => f.assessed.confidence,
                Company::Demoted => f.assessed.confidence.demoted(),
                Company::Paired => f.assessed.confidence.raised(),
            };
            let value = layer.text.get(f.secret.clone()).unwrap_or_default();
            out.push(Candidate {
                rule: Arc::clone(rule),
                span: layer.to_root(&f.span),
                place: layer.to_root(&f.secret),
                secret: Secret::new(value),
                identity: identity(rule.kind, value),
                decoded: layer.encodings(),
                confidence,
                severity: f.assessed.severity,
                because: f.because,
            });
        }
        Ok(())
    }
}

/// What survives reformatting.
fn identity(kind: Kind, value: &[u8]) -> Secret {
    match kind {
        Kind::PrivateKey => Secret::new(checksum::identity_of_private_key(value)),
        Kind::Connection => Secret::new(checksum::password_of_connection(value).unwrap_or_else(|| value.to_vec())),
        Kind::Token | Kind::Password | Kind::Regulated => Secret::new(value),
    }
}
