//! Waivers that are handed over: which count, and why others do not.

use super::problems;
use crate::fingerprint::Fingerprint;
use crate::policy::Verdict;
use crate::policy::waiver::{Kind, Refusal, Scene, Waiver, WaiverFault};
use crate::scan::Outcome;
use crate::text::Shown;
use std::collections::BTreeSet;

/// How a waiver was handed over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// With the push, as an option of it.
    PushOption,
    /// As a file in the server's folder.
    Folder,
    /// As a reference, in an earlier push.
    Reference,
    /// As a file that the command line names.
    File,
}

impl How {
    /// The name in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PushOption => "push-option",
            Self::Folder => "folder",
            Self::Reference => "ref",
            Self::File => "file",
        }
    }

    /// Whether it was handed over for this very occasion, so that it is worth a word even where it has nothing to do with
    /// what blocks.
    fn on_purpose(self) -> bool {
        matches!(self, Self::PushOption | Self::File)
    }
}

/// A waiver, or what was handed over in its place.
pub struct Offer {
    /// How.
    pub how: How,
    /// What.
    pub waiver: Result<Waiver, WaiverFault>,
}

impl Offer {
    /// Reads one.
    pub fn read(how: How, text: &[u8]) -> Self {
        Self { how, waiver: Waiver::from_text(text) }
    }
}

/// What waivers are wanted for.
pub struct Wanted {
    /// The secrets of the findings that block.
    pub secrets: BTreeSet<Fingerprint>,
    /// Whether a loosening could help.
    pub loosening: bool,
}

impl Wanted {
    /// What would let an outcome pass.
    pub fn of(outcome: &Outcome, loosening: bool) -> Self {
        let blocking = outcome.judged.iter().filter(|judged| judged.judgement.verdict == Verdict::Block);
        Self { secrets: blocking.map(|judged| judged.finding.fingerprint).collect(), loosening }
    }

    fn concerns(&self, waiver: &Waiver) -> bool {
        match waiver.payload().kind {
            Kind::Findings => waiver.payload().fingerprints.iter().any(|one| self.secrets.contains(one)),
            Kind::Loosening => self.loosening,
        }
    }
}

/// Waivers that count, and what to say of the others.
#[derive(Default)]
pub struct Sifted {
    /// Those that count, with how they were handed over.
    pub valid: Vec<(How, Waiver)>,
    /// Why the others do not.
    pub refused: Vec<Shown>,
}

impl Sifted {
    /// Sifts. `further` says what else speaks against a waiver that is sound.
    pub fn of<E>(
        offers: Vec<Offer>,
        scene: &Scene<'_>,
        wanted: &Wanted,
        further: &dyn Fn(&Waiver) -> Result<Option<Refusal>, E>,
    ) -> Result<Self, E> {
        let mut sifted = Self::default();
        for Offer { how, waiver } in offers {
            let waiver = match waiver {
                Ok(waiver) => waiver,
                Err(fault) => {
                    if how.on_purpose() {
                        sifted.refused.push(told(how, None, &fault.into()));
                    }
                    continue;
                }
            };
            let concerns = wanted.concerns(&waiver);
            if !concerns && !how.on_purpose() {
                continue;
            }
            let against = match waiver.check(scene) {
                Err(refusal) => Some(refusal),
                Ok(()) if !concerns => Some(Refusal::Secret),
                Ok(()) => further(&waiver)?,
            };
            match against {
                Some(refusal) => sifted.refused.push(told(how, Some(&waiver), &refusal)),
                None => sifted.valid.push((how, waiver)),
            }
        }
        Ok(sifted)
    }
}

/// One line for people.
pub fn told(how: How, waiver: Option<&Waiver>, refusal: &Refusal) -> Shown {
    let whose = waiver.map(|waiver| format!(" of {}", waiver.payload().principal)).unwrap_or_default();
    let by = match how {
        How::PushOption => "push option",
        How::Folder => "waiver folder",
        How::Reference => "waiver reference",
        How::File => "file",
    };
    let text = format!("a waiver{whose} ({by}) does not hold: {refusal}");
    Shown::new(text.as_bytes(), problems::builtin_mask().as_ref())
}
