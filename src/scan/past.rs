//! What a scan of a history leaves to the next one, so that only what is new has to be read.

use super::scanner::Scanner;
use crate::blob::{CommitInfo, ObjectId, ObjectKind, Origin};
use crate::candidate::Encoding;
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::rule::{Confidence, Rule, Severity};
use crate::secret::{Preview, Secret};
use crate::source::{Age, Counted, Known};
use crate::text::{Location, Shown};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A scan that was made: which commits it judged with all that they hold, and what it found in them. It holds no
/// secret: findings by their fingerprints, places and previews, and no text that had to be masked.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Past {
    made_by: Maker,
    commits: Names,
    /// By commit.
    ages: Vec<(i64, u32)>,
    heads: Names,
    /// Numbers of eight bytes each, sorted.
    pairs: Vec<u8>,
    counted: (u64, u64),
    whole: bool,
    again: Names,
    /// Whether no name of a file has to be judged again.
    names: bool,
    findings: Vec<Kept>,
    below: Vec<KeptBelow>,
}

/// What detection depends on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Maker {
    version: String,
    rules: [u8; 32],
    /// SHA-256 over the settings that detection depends on, and the salt of the fingerprints.
    settings: [u8; 32],
}

/// The raw bytes of an object id.
type Name = Vec<u8>;

/// Object ids of one length, sorted, one behind the other: there are as many as commits.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Names {
    width: u8,
    bytes: Vec<u8>,
}

impl Names {
    fn of(ids: impl Iterator<Item = ObjectId>) -> Self {
        let mut ids: Vec<ObjectId> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        let width = ids.first().map_or(0, |id| id.as_bytes().len() as u8);
        Self { width, bytes: ids.iter().flat_map(|id| id.as_bytes().iter().copied()).collect() }
    }

    fn ids(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.bytes.chunks_exact(usize::from(self.width).max(1)).filter_map(ObjectId::from_bytes)
    }

    fn sound(&self) -> bool {
        let width = usize::from(self.width);
        self.bytes.is_empty() || [20, 32].contains(&width) && self.bytes.len().is_multiple_of(width)
    }
}

/// Where something is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
struct Place {
    /// Its place among [`ObjectKind::ALL`].
    kind: u8,
    path: Option<Vec<u8>>,
    id: Option<Name>,
    /// The first commit that has it.
    commit: Option<Name>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Kept {
    place: Place,
    rule: String,
    severity: Severity,
    confidence: Confidence,
    location: [u64; 4],
    span: (u64, u64),
    fingerprint: String,
    preview: String,
    /// Their places among [`Encoding::ALL`].
    decoded: Vec<u8>,
    because: Option<String>,
}

/// How many findings under the least confidence there are: low, medium, high.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct KeptBelow {
    place: Place,
    counts: [u64; 3],
}

/// Why a scan that was made helps nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outdated {
    /// Another version of keyward made it.
    Version,
    /// The rules are others.
    Rules,
    /// Settings on which detection depends are others: a limit, the least confidence, the salt.
    Settings,
    /// Something in it has a value that it cannot have.
    Unsound,
}

impl Outdated {
    /// In words, such as: the rules changed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Version => "keyward's version changed",
            Self::Rules => "the rules changed",
            Self::Settings => "settings that decide what is found changed (a limit, min-confidence, the salt)",
            Self::Unsound => "it holds something that it cannot hold",
        }
    }
}

/// What a scan has to tell to the next one.
pub(super) struct Told<'t> {
    pub(super) known: &'t Known,
    /// Objects that could not be judged whole.
    pub(super) lost: &'t [ObjectId],
    /// Whether the name of a file could not be judged whole.
    pub(super) lost_name: bool,
    pub(super) findings: &'t [(Finding, crate::policy::Judgement)],
    pub(super) below: &'t [(Origin, Confidence)],
}

impl Past {
    /// Whether a scan made now, by these rules, would find the same in the same bytes.
    pub fn fits(&self, scanner: &Scanner<'_>, rules: &[Arc<Rule>]) -> Result<(), Outdated> {
        let now = Maker::of(scanner);
        if self.made_by.version != now.version {
            return Err(Outdated::Version);
        }
        if self.made_by.rules != now.rules {
            return Err(Outdated::Rules);
        }
        if self.made_by.settings != now.settings {
            return Err(Outdated::Settings);
        }
        if self.sound(&by_id(rules)) { Ok(()) } else { Err(Outdated::Unsound) }
    }

    /// Whether nothing in it would be passed over.
    fn sound(&self, rules: &HashMap<&str, &Arc<Rule>>) -> bool {
        let mut places = self.below.iter().map(|kept| &kept.place);
        self.commits.sound()
            && self.again.sound()
            && self.heads.sound()
            && self.commits.ids().count() == self.ages.len()
            && self.pairs.len().is_multiple_of(8)
            && places.all(|place| place.origin().is_some())
            && self
                .findings
                .iter()
                .all(|kept| kept.place.origin().and_then(|origin| kept.revive(rules, origin)).is_some())
    }

    pub(super) fn known(&self) -> Known {
        let ages = self.ages.iter().map(|(date, generation)| Age { date: *date, generation: *generation });
        let again: HashSet<ObjectId> = self.again.ids().collect();
        let number = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_be_bytes);
        Known {
            commits: self.commits.ids().zip(ages).collect(),
            heads: self.heads.ids().collect(),
            pairs: self.pairs.chunks(8).filter_map(number).collect(),
            counted: Counted { contents: self.counted.0, bytes: self.counted.1 },
            whole: self.whole && self.names && again.is_empty(),
            again,
            names: self.names,
        }
    }

    /// What is still where it was found, as `carries` tells, with its origin as of now.
    pub(super) fn findings(&self, rules: &[Arc<Rule>], carries: &dyn Fn(&Origin) -> Option<Origin>) -> Vec<Finding> {
        let rules = by_id(rules);
        let revived = |kept: &Kept| kept.revive(&rules, carries(&kept.place.origin()?)?);
        self.findings.iter().filter_map(revived).collect()
    }

    /// Where something was found, with the commit that was the first to have it.
    pub(super) fn origins(&self) -> impl Iterator<Item = Origin> + '_ {
        self.findings.iter().filter_map(|kept| kept.place.origin())
    }

    pub(super) fn below(&self, carries: &dyn Fn(&Origin) -> Option<Origin>) -> Vec<(Origin, Confidence)> {
        let mut below = Vec::new();
        for kept in &self.below {
            let Some(origin) = kept.place.origin().and_then(|origin| carries(&origin)) else { continue };
            for (count, level) in kept.counts.into_iter().zip(Confidence::ALL) {
                below.extend((0..count).map(|_| (origin.clone(), level)));
            }
        }
        below
    }

    pub(super) fn of(scanner: &Scanner<'_>, told: &Told<'_>) -> Self {
        let mut commits: Vec<(&ObjectId, &Age)> = told.known.commits.iter().collect();
        commits.sort_unstable();
        let mut pairs: Vec<u64> = told.known.pairs.iter().copied().collect();
        pairs.sort_unstable();
        let mut past = Self {
            made_by: Maker::of(scanner),
            commits: Names::of(commits.iter().map(|(id, _)| **id)),
            ages: commits.iter().map(|(_, age)| (age.date, age.generation)).collect(),
            heads: Names::of(told.known.heads.iter().copied()),
            pairs: pairs.iter().flat_map(|number| number.to_be_bytes()).collect(),
            counted: (told.known.counted.contents, told.known.counted.bytes),
            whole: told.known.whole,
            names: !told.lost_name,
            ..Self::default()
        };
        let mut again: Vec<ObjectId> = told.known.again.iter().chain(told.lost).copied().collect();
        for (finding, _) in told.findings {
            let plainly = finding.because.as_deref().is_none_or(|text| plain(scanner, text.as_bytes()))
                && finding.decoded_from.iter().all(|encoding| Encoding::ALL.contains(encoding));
            if let Some(place) = past.place(scanner, &finding.origin, plainly, &mut again) {
                past.findings.push(Kept::of(finding, place));
            }
        }
        let mut below: BTreeMap<Place, [u64; 3]> = BTreeMap::new();
        for (origin, level) in told.below {
            let Some(place) = past.place(scanner, origin, true, &mut again) else { continue };
            let counts = below.entry(place).or_default();
            counts.get_mut(*level as usize).into_iter().for_each(|count| *count += 1);
        }
        past.again = Names::of(again.into_iter());
        past.below = below.into_iter().map(|(place, counts)| KeptBelow { place, counts }).collect();
        past
    }

    /// The place of something that may be written down as it is. Anything else is judged again by the next run, which
    /// is noted.
    fn place(
        &mut self,
        scanner: &Scanner<'_>,
        origin: &Origin,
        plainly: bool,
        again: &mut Vec<ObjectId>,
    ) -> Option<Place> {
        let kind = ObjectKind::ALL.iter().position(|kind| *kind == origin.kind)? as u8;
        if matches!(origin.kind, ObjectKind::Tag | ObjectKind::RefName) {
            // Judged by every run.
            return None;
        }
        let safe = plainly && origin.path.as_deref().is_none_or(|path| plain(scanner, path));
        match (safe, origin.id) {
            (true, id) => {
                let path = origin.path.as_deref().map(<[u8]>::to_vec);
                let commit = origin.commit.as_ref().map(|commit| name(&commit.id));
                Some(Place { kind, path, id: id.as_ref().map(name), commit })
            }
            (false, Some(id)) => {
                again.push(id);
                None
            }
            (false, None) => {
                self.names = false;
                None
            }
        }
    }
}

fn by_id(rules: &[Arc<Rule>]) -> HashMap<&str, &Arc<Rule>> {
    rules.iter().map(|rule| (rule.id.as_str(), rule)).collect()
}

fn name(id: &ObjectId) -> Name {
    id.as_bytes().to_vec()
}

/// True for a text that is shown as it is.
fn plain(scanner: &Scanner<'_>, text: &[u8]) -> bool {
    Shown::new(text, scanner.detector).as_str().as_bytes() == text
}

impl Maker {
    fn of(scanner: &Scanner<'_>) -> Self {
        let config = scanner.policy.config();
        // The salt may be a secret, and its name does not tell it; what it makes of a fixed value does.
        let salt = scanner.fingerprinter.of("token", &Secret::new("keyward/history/which-salt"));
        let settings = format!(
            "{} {} {} {} {salt}",
            config.object.value,
            config.decoded.value,
            config.decode_depth.value,
            config.min_confidence.value.as_str(),
        );
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: scanner.rules_digest,
            settings: Sha256::digest(settings).into(),
        }
    }
}

impl Place {
    fn origin(&self) -> Option<Origin> {
        let kind = *ObjectKind::ALL.get(usize::from(self.kind))?;
        let path = self.path.as_deref().map(Arc::from);
        let object = |name: &Option<Name>| match name {
            Some(name) => ObjectId::from_bytes(name).map(Some),
            None => Some(None),
        };
        let commit = object(&self.commit)?.map(|id| Arc::new(CommitInfo { id, author: Arc::from([]), seconds: 0 }));
        Some(Origin { kind, path, id: object(&self.id)?, commit, unreferenced: false })
    }
}

impl Kept {
    fn of(finding: &Finding, place: Place) -> Self {
        let at = &finding.location;
        let decoded = finding.decoded_from.iter();
        let decoded = decoded.filter_map(|one| Encoding::ALL.iter().position(|known| known == one));
        Self {
            place,
            rule: finding.rule.id.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            location: [at.line_start, at.column_start, at.line_end, at.column_end],
            span: (finding.span.start as u64, finding.span.end as u64),
            fingerprint: finding.fingerprint.to_string(),
            preview: finding.preview.as_str().to_owned(),
            decoded: decoded.map(|place| place as u8).collect(),
            because: finding.because.clone(),
        }
    }

    fn revive(&self, rules: &HashMap<&str, &Arc<Rule>>, origin: Origin) -> Option<Finding> {
        let [line_start, column_start, line_end, column_end] = self.location;
        let encoding = |place: &u8| Encoding::ALL.get(usize::from(*place)).copied();
        Some(Finding {
            rule: Arc::clone(rules.get(self.rule.as_str())?),
            severity: self.severity,
            confidence: self.confidence,
            origin,
            location: Location { line_start, column_start, line_end, column_end },
            span: usize::try_from(self.span.0).ok()?..usize::try_from(self.span.1).ok()?,
            secret: Secret::new([]),
            fingerprint: self.fingerprint.parse::<Fingerprint>().ok()?,
            preview: Preview::stored(&self.preview)?,
            decoded_from: self.decoded.iter().map(encoding).collect::<Option<_>>()?,
            because: self.because.clone(),
            occurrences: None,
            in_head: None,
        })
    }
}
