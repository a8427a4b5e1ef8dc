//! The outcomes of several parts of one history as one, the same that a run over the whole history has.

use super::merge;
use super::outcome::{Below, Gap, Outcome};
use super::run::key;
use crate::coverage::{Coverage, Unread};
use crate::policy::{Decision, Verdict};
use crate::text::Shown;
use std::collections::BTreeMap;

/// How many examples a reason keeps.
const EXAMPLES: usize = 5;

/// Joins the parts that are there; `parts` holds at least one, of one whole, each of them once. Parts that are missing
/// make the verdict `incomplete`.
pub fn join(mut parts: Vec<Outcome>) -> Option<Outcome> {
    parts.sort_by_key(|part| part.shard.as_ref().map(|shard| shard.part.index));
    let first = parts.first()?.clone();
    let of = first.shard.as_ref().map_or(1, |shard| shard.part.of);
    let given: Vec<u32> = parts.iter().filter_map(|part| Some(part.shard.as_ref()?.part.index)).collect();
    let missing: Vec<u32> = (1..=of).filter(|index| !given.contains(index)).collect();
    let (mut below, mut coverage) = (Below::default(), Coverage::default());
    let (mut skipped, mut unread) = (BTreeMap::new(), BTreeMap::new());
    let mut exit = 0;
    for part in &parts {
        below.merge(part.below);
        coverage.merge(part.coverage.clone());
        part.skipped.iter().for_each(|gap| add(&mut skipped, gap));
        part.unread.iter().for_each(|gap| add(&mut unread, gap));
        exit = exit.max(u8::from(part.exit == 2) * 2);
    }
    // Every part looks at all of them.
    (coverage.refs, coverage.commits) = (first.coverage.refs, first.coverage.commits);
    for index in &missing {
        let example = format!("shard {index} of {of}");
        coverage.unread(Unread::MissingShard, example.as_bytes());
        let shown = Shown::new(example.as_bytes(), &Plain);
        add(&mut unread, &Gap { reason: Unread::MissingShard.as_str(), count: 1, examples: vec![shown] });
        exit = 2;
    }
    let mut warnings: Vec<Shown> = Vec::new();
    for warning in parts.iter().flat_map(|part| &part.warnings) {
        if !warnings.contains(warning) {
            warnings.push(warning.clone());
        }
    }
    let mut judged = merge::join(parts.into_iter().flat_map(|part| part.judged));
    judged.sort_by(|a, b| key(a).cmp(&key(b)));
    let blocks = |verdict: &dyn Fn(&super::Judged) -> bool| judged.iter().any(verdict);
    let word = |blocked: bool| match (blocked, unread.is_empty()) {
        (true, _) => Decision::Block,
        (false, false) => Decision::Incomplete,
        (false, true) => Decision::Pass,
    };
    let blocked = blocks(&|judged| judged.judgement.verdict == Verdict::Block);
    let would = word(blocks(&|judged| judged.judgement.would == Verdict::Block));
    let mut outcome = Outcome {
        decision: word(blocked),
        would,
        exit: if blocked { 1 } else { exit },
        judged,
        below,
        coverage,
        skipped: skipped.into_values().collect(),
        unread: unread.into_values().collect(),
        shard: None,
        warnings,
        ..first
    };
    outcome.limit();
    Some(outcome)
}

/// Our own words need no mask.
struct Plain;

impl crate::text::Mask for Plain {
    fn secrets_in(&self, _: &[u8]) -> Vec<std::ops::Range<usize>> {
        Vec::new()
    }
}

fn add(gaps: &mut BTreeMap<usize, Gap>, gap: &Gap) {
    let place = Unread::ALL.iter().map(|reason| reason.as_str());
    let place = place.chain(crate::coverage::Skip::ALL.iter().map(|reason| reason.as_str()));
    let mut place = place.chain([gap.reason]);
    let place = place.position(|reason| reason == gap.reason).unwrap_or(0);
    let known = gaps.entry(place).or_insert_with(|| Gap { count: 0, examples: Vec::new(), ..gap.clone() });
    known.count += gap.count;
    known.examples.extend(gap.examples.iter().cloned());
    known.examples.sort();
    known.examples.truncate(EXAMPLES);
}
