//! Of several matches at one place the most specific one stays.

use crate::candidate::Candidate;
use crate::rule::{Confidence, Rule, Severity, Shape};
use std::cmp::Reverse;

/// The provider of the rule for tokens of all issuers.
const JWT: &str = "jwt";

/// Sorts by place and drops every candidate whose secret overlaps with that of a more specific one.
pub(super) fn resolve(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|candidate| candidate.place.start);
    let mut kept: Vec<Candidate> = Vec::with_capacity(candidates.len());
    let mut group: Vec<Candidate> = Vec::new();
    let mut end = 0;
    for candidate in candidates {
        if candidate.place.start >= end {
            kept.append(&mut settle(std::mem::take(&mut group)));
        }
        end = end.max(candidate.place.end);
        group.push(candidate);
    }
    kept.append(&mut settle(group));
    kept
}

/// Takes the most specific of a group in which each overlaps with some other, then what does not overlap with it.
fn settle(mut group: Vec<Candidate>) -> Vec<Candidate> {
    group.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.rule.id.cmp(&b.rule.id)));
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in group {
        let apart =
            |other: &Candidate| candidate.place.end <= other.place.start || other.place.end <= candidate.place.start;
        if kept.iter().all(apart) {
            kept.push(candidate);
        }
    }
    kept.sort_by_key(|candidate| candidate.place.start);
    kept
}

/// Greater is more specific. A match in the text as it is stored goes before one that had to be decoded: both
/// point at the same run, and the stored one names it by what people see.
fn rank(candidate: &Candidate) -> impl Ord + use<> {
    (
        candidate.confidence >= Confidence::Medium,
        shape(&candidate.rule),
        candidate.confidence,
        Reverse(candidate.decoded.len()),
        candidate.severity != Severity::Info,
        candidate.rule.keywords.iter().map(String::len).max(),
        candidate.place.len(),
    )
}

fn shape(rule: &Rule) -> u8 {
    match rule.shape {
        // A form that many providers use says less than a name that stands beside it.
        Shape::Pattern(_) if rule.provider == JWT => 1,
        Shape::Pattern(_) => 3,
        Shape::Assigned(_) => 2,
        Shape::Generic(_) => 0,
    }
}
