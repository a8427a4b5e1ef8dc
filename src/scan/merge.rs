//! One finding for a secret at a path, however many versions of the file hold it.

use super::outcome::{Judged, Seam};
use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::policy::{Judgement, Verdict};
use crate::source::{Age, Standing};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

/// A finding of a history, and what joining it with others takes; `None` for what is in no file.
pub(super) type Merged = (Finding, Judgement, Option<Seam>);

/// Merges the findings of a history; those of other sources stay as they are. Of several the strictest verdict
/// stands, so that an excuse in one version hides nothing in another; of equally strict ones that of the commit that
/// first brought it in.
pub(super) fn merge(
    findings: Vec<(Finding, Judgement)>,
    standing: impl Fn(&Origin) -> Option<Standing>,
) -> Vec<Merged> {
    let mut out = Vec::new();
    let mut placed = Vec::new();
    for (finding, judgement) in findings {
        match standing(&finding.origin) {
            Some(standing) => placed.push((standing, finding, judgement)),
            None => out.push((finding, judgement, None)),
        }
    }
    placed.sort_by(|(a_standing, a, a_judgement), (b_standing, b, b_judgement)| {
        stricter(a_judgement, b_judgement).then_with(|| earlier((a_standing.age, a), (b_standing.age, b)))
    });
    let groups = grouped(placed, |(_, finding, _)| {
        let path: Option<Arc<[u8]>> = finding.origin.path.clone();
        (finding.origin.kind, path, finding.rule.id.clone(), finding.fingerprint)
    });
    out.extend(groups.into_iter().filter_map(one));
    out
}

fn one(group: Vec<(Standing, Finding, Judgement)>) -> Option<Merged> {
    let objects: HashSet<ObjectId> = group.iter().filter_map(|(_, finding, _)| finding.origin.id).collect();
    let nameless = group.iter().any(|(_, finding, _)| finding.origin.id.is_none());
    let in_head = group.iter().map(|(standing, ..)| standing.in_head).reduce(either).flatten();
    let (standing, finding, judgement) = group.into_iter().next()?;
    let seam = Seam { age: standing.age, objects: objects.len() as u64, nameless };
    let occurrences = occurrences(&finding, &seam);
    Some((Finding { occurrences, in_head, ..finding }, judgement, Some(seam)))
}

fn occurrences(finding: &Finding, seam: &Seam) -> Option<u64> {
    (finding.origin.kind == ObjectKind::Blob).then_some(seam.objects + u64::from(seam.nameless))
}

/// Joins the findings of several parts of one history, no object of which is in two parts.
pub(super) fn join(parts: impl Iterator<Item = Judged>) -> Vec<Judged> {
    let (mut placed, mut out): (Vec<Judged>, Vec<Judged>) = parts.partition(|judged| judged.seam.is_some());
    let age = |judged: &Judged| judged.seam.as_ref().and_then(|seam| seam.age);
    placed.sort_by(|a, b| {
        stricter(&a.judgement, &b.judgement).then_with(|| earlier((age(a), &a.finding), (age(b), &b.finding)))
    });
    let groups = grouped(placed, |judged: &Judged| -> (ObjectKind, Option<String>, String, Fingerprint) {
        let finding = &judged.finding;
        let path = judged.path.as_ref().map(|path| path.as_str().to_owned());
        (finding.origin.kind, path, finding.rule.id.clone(), finding.fingerprint)
    });
    out.extend(groups.into_iter().filter_map(joined));
    out
}

fn joined(group: Vec<Judged>) -> Option<Judged> {
    let seams = || group.iter().filter_map(|judged| judged.seam.as_ref());
    let (objects, nameless) = (seams().map(|seam| seam.objects).sum(), seams().any(|seam| seam.nameless));
    let in_head = group.iter().map(|judged| judged.finding.in_head).reduce(either).flatten();
    let mut first = group.into_iter().next()?;
    let seam = Seam { objects, nameless, ..first.seam? };
    first.finding.occurrences = occurrences(&first.finding, &seam);
    first.finding.in_head = in_head;
    first.seam = None;
    Some(first)
}

/// Puts together what has the same key, in the order of the first of each.
fn grouped<T, K: Hash + Eq>(list: Vec<T>, key: impl Fn(&T) -> K) -> Vec<Vec<T>> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in list {
        let place = *places.entry(key(&item)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

/// The one that was there first; what is in no commit comes last.
fn earlier(a: (Option<Age>, &Finding), b: (Option<Age>, &Finding)) -> Ordering {
    fn key((age, finding): (Option<Age>, &Finding)) -> impl Ord + '_ {
        let commit = finding.origin.commit.as_ref().map(|commit| commit.id);
        (age.is_none(), age, commit, finding.origin.id, finding.span.start)
    }
    key(a).cmp(&key(b))
}

/// The strictest first.
fn stricter(a: &Judgement, b: &Judgement) -> Ordering {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Block => 0,
        Verdict::Warn => 1,
        Verdict::Suppressed(_) => 2,
        Verdict::Below => 3,
    };
    (rank(&a.verdict), rank(&a.would)).cmp(&(rank(&b.verdict), rank(&b.would)))
}

/// True if one is; unknown if that could change it.
fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (None, _) | (_, None) => None,
        (Some(false), Some(false)) => Some(false),
    }
}
