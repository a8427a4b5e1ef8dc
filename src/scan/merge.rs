//! One finding for a secret at a path, however many versions of the file hold it.

use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::policy::{Judgement, Verdict};
use crate::source::Standing;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What makes two findings of a history one: what they are in, the path, the rule, the secret.
type Key = (ObjectKind, Option<Arc<[u8]>>, String, Fingerprint);

/// Several findings that are one.
struct Group {
    finding: Finding,
    judgement: Judgement,
    blobs: HashSet<Option<ObjectId>>,
    in_head: Option<bool>,
}

/// Merges the findings of a history; those of other sources stay as they are. Of several the strictest verdict
/// stands, so that an excuse in one version hides nothing in another; of equally strict ones that of the commit that
/// first brought it in.
pub(super) fn merge(
    findings: Vec<(Finding, Judgement)>,
    standing: impl Fn(&Origin) -> Option<Standing>,
) -> Vec<(Finding, Judgement)> {
    let mut out = Vec::new();
    let mut placed = Vec::new();
    for (finding, judgement) in findings {
        match standing(&finding.origin) {
            Some(standing) => placed.push((standing, finding, judgement)),
            None => out.push((finding, judgement)),
        }
    }
    placed.sort_by(|(a_standing, a, a_judgement), (b_standing, b, b_judgement)| {
        let key = |standing: &Standing, finding: &Finding| (standing.age, finding.origin.id, finding.span.start);
        rank(a_judgement).cmp(&rank(b_judgement)).then_with(|| key(a_standing, a).cmp(&key(b_standing, b)))
    });
    let mut places: HashMap<Key, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (standing, finding, judgement) in placed {
        let origin = &finding.origin;
        let key = (origin.kind, origin.path.clone(), finding.rule.id.clone(), finding.fingerprint);
        match places.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some(group) => {
                group.blobs.insert(origin.id);
                group.in_head = either(group.in_head, standing.in_head);
            }
            None => {
                places.insert(key, groups.len());
                let blobs = HashSet::from([origin.id]);
                groups.push(Group { finding, judgement, blobs, in_head: standing.in_head });
            }
        }
    }
    out.extend(groups.into_iter().map(Group::into_one));
    out
}

impl Group {
    fn into_one(self) -> (Finding, Judgement) {
        let blob = self.finding.origin.kind == ObjectKind::Blob;
        let occurrences = blob.then_some(self.blobs.len() as u64);
        (Finding { occurrences, in_head: self.in_head, ..self.finding }, self.judgement)
    }
}

/// The strictest first.
fn rank(judgement: &Judgement) -> (u8, u8) {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Block => 0,
        Verdict::Warn => 1,
        Verdict::Suppressed(_) => 2,
        Verdict::Below => 3,
    };
    (rank(&judgement.verdict), rank(&judgement.would))
}

/// True if one is; unknown if that could change it.
fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, _) | (_, None) => None,
        (Some(false), Some(false)) => Some(false),
    }
}
