//! The trained model: boosted trees over whole numbers, read from embedded bytes as they are.
//!
//! `model.bin`, made by `tools/generic-model`, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `KWG1` |
//! | 4 × 2 | numbers of features, trees and nodes; checksum of the features' names |
//! | 4 × 2, signed | the score to begin with; the scores from which on confidence is low, medium, high |
//! | 2 each tree | its first node |
//! | 8 each node | feature (255 in a leaf), 0, threshold (signed), node to the right, value (signed) |
//!
//! A node goes left, to the node behind it, where the feature is not above the threshold. Its value is what its tree
//! says on average below it, so that each step's change of value is what the step's feature moved; a leaf's value is
//! what counts. Scores are natural log-odds in 1/1024.

use super::vector::{FEATURES, Vector};
use std::sync::LazyLock;

static MODEL: &[u8] = include_bytes!("model.bin");

const HEAD: usize = 20;
const NODE: usize = 8;
const LEAF: u8 = 255;
/// No tree is deeper; a bound for the walk.
const DEEPEST: usize = 64;

/// What a feature is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Group {
    Name,
    Value,
    Place,
}

struct Node {
    feature: u8,
    threshold: i16,
    right: usize,
    value: i32,
}

/// By tree: the most that it and those behind it add to a score.
static AHEAD: LazyLock<Vec<i32>> = LazyLock::new(|| {
    let (starts, nodes) = parts();
    let (mut ahead, mut end, mut sum) = (Vec::new(), nodes.len(), 0);
    for start in starts.iter().rev().map(|start| usize::from(u16::from_le_bytes(*start))) {
        let leaves = (start..end).map(|at| node(nodes, at)).filter(|node| node.feature == LEAF);
        sum += leaves.map(|leaf| leaf.value).max().unwrap_or(0);
        ahead.push(sum);
        end = start;
    }
    ahead.reverse();
    ahead
});

/// The log-odds, in 1/1024, that a candidate is a secret; `None` where they come to less than `least`. Of most that is
/// known halfway.
pub(super) fn score(vector: &Vector, least: i32) -> Option<i32> {
    let (starts, nodes) = parts();
    let mut score = base();
    for (start, ahead) in starts.iter().zip(AHEAD.iter()) {
        if score + ahead < least {
            return None;
        }
        score += leaf(vector, nodes, start, |_, _, _| {});
    }
    Some(score).filter(|score| *score >= least)
}

/// The group of features that moved a candidate's score up most.
pub(super) fn moved_most(vector: &Vector) -> Group {
    let (starts, nodes) = parts();
    let (mut name, mut value, mut place) = (0, 0, 0);
    for start in starts {
        leaf(vector, nodes, start, |feature, from, to| match group(feature) {
            Group::Name => name += to - from,
            Group::Value => value += to - from,
            Group::Place => place += to - from,
        });
    }
    match () {
        () if value >= name && value >= place => Group::Value,
        () if name >= place => Group::Name,
        () => Group::Place,
    }
}

/// The scores from which on confidence is low, medium and high.
pub(super) fn thresholds() -> [i32; 3] {
    [14, 16, 18].map(|at| i32::from(signed(at)))
}

/// The value of the leaf that a tree leads to, which begins at `start`. `step` hears of every node on the way: its
/// feature, its value, and the next one's.
fn leaf(vector: &Vector, nodes: &[[u8; NODE]], start: &[u8; 2], mut step: impl FnMut(u8, i32, i32)) -> i32 {
    let mut at = usize::from(u16::from_le_bytes(*start));
    let mut node = node(nodes, at);
    for _ in 0..DEEPEST {
        let Some(number) = vector.get(usize::from(node.feature)) else { break };
        at = if *number <= node.threshold { at + 1 } else { node.right };
        let next = self::node(nodes, at);
        step(node.feature, node.value, next.value);
        node = next;
    }
    node.value
}

fn group(feature: u8) -> Group {
    match FEATURES.get(usize::from(feature)) {
        Some(name) if name.starts_with("name.") => Group::Name,
        Some(name) if name.starts_with("place.") => Group::Place,
        _ => Group::Value,
    }
}

fn base() -> i32 {
    i32::from(signed(12))
}

/// The beginnings of the trees, and the nodes of all.
fn parts() -> (&'static [[u8; 2]], &'static [[u8; NODE]]) {
    let body = MODEL.get(HEAD..).unwrap_or_default();
    let (starts, nodes) = body.split_at_checked(2 * usize::from(unsigned(6))).unwrap_or_default();
    (starts.as_chunks().0, nodes.as_chunks().0)
}

fn node(nodes: &[[u8; NODE]], at: usize) -> Node {
    let [feature, _, a, b, c, d, e, f] = nodes.get(at).copied().unwrap_or([LEAF, 0, 0, 0, 0, 0, 0, 0]);
    Node {
        feature,
        threshold: i16::from_le_bytes([a, b]),
        right: usize::from(u16::from_le_bytes([c, d])),
        value: i32::from(i16::from_le_bytes([e, f])),
    }
}

fn signed(at: usize) -> i16 {
    i16::from_le_bytes(unsigned(at).to_le_bytes())
}

fn unsigned(at: usize) -> u16 {
    match MODEL.get(at..at + 2) {
        Some(&[a, b]) => u16::from_le_bytes([a, b]),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names_checksum() -> u32 {
        FEATURES.join("\t").bytes().fold(0, |sum, b| (sum * 31 + u32::from(b)) % 65521)
    }

    #[test]
    fn the_model_was_trained_on_these_features() {
        assert_eq!(MODEL.get(..4), Some(&b"KWG1"[..]));
        assert_eq!(usize::from(unsigned(4)), FEATURES.len());
        assert_eq!(u32::from(unsigned(10)), names_checksum(), "run tools/generic-model again");
    }

    #[test]
    fn every_walk_ends_in_a_leaf_of_its_tree() {
        let (begins, nodes) = parts();
        assert_eq!(nodes.len(), usize::from(unsigned(8)));
        assert_eq!(MODEL.len(), HEAD + 2 * begins.len() + NODE * nodes.len());
        assert!(MODEL.len() < 200_000 && FEATURES.len() < usize::from(LEAF));
        let mut starts: Vec<usize> = begins.iter().map(|start| usize::from(u16::from_le_bytes(*start))).collect();
        starts.push(nodes.len());
        for tree in starts.windows(2) {
            let &[start, end] = tree else { continue };
            let mut deepest = vec![0; end - start];
            for at in start..end {
                let node = node(nodes, at);
                if node.feature != LEAF {
                    assert!(usize::from(node.feature) < FEATURES.len());
                    // Both ways lead on, and inside the tree: no circles.
                    assert!(at + 1 < node.right && node.right < end);
                    let depth = deepest[at - start] + 1;
                    deepest[at + 1 - start] = depth;
                    deepest[node.right - start] = depth;
                }
            }
            assert!(deepest.iter().all(|depth| *depth < DEEPEST));
        }
    }

    proptest! {
        #[test]
        fn a_score_that_is_given_up_is_too_low(numbers in proptest::collection::vec(-20i16..130, FEATURES.len()), least in -9000..3000) {
            let vector: Vector = numbers.try_into().expect("as many");
            let (starts, nodes) = parts();
            let all: i32 = base() + starts.iter().map(|start| leaf(&vector, nodes, start, |_, _, _| {})).sum::<i32>();
            prop_assert_eq!(score(&vector, least), Some(all).filter(|all| *all >= least));
        }
    }

    #[test]
    fn the_tiers_rise() {
        let [low, medium, high] = thresholds();
        assert!(low < medium && medium < high);
    }
}
