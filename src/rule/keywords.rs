//! Which rules each keyword calls. Shared with the build script.

use super::model::{Rule, Shape};
use std::collections::HashMap;

/// What a keyword calls in the place of a rule's number: the generic tier.
pub const GENERIC: u32 = u32::MAX;

/// A keyword, and the numbers of the rules that it calls.
pub type Calls<'r> = (&'r str, Vec<u32>);

/// The keywords of rules with their numbers, in the order in which they first come, and behind them those of `tier`,
/// which call the generic tier.
pub fn calls<'r>(rules: impl Iterator<Item = (u32, &'r Rule)>, tier: &[&'r str]) -> Vec<Calls<'r>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut calls: Vec<Calls<'r>> = Vec::new();
    let own = rules.filter(|(_, rule)| !matches!(rule.shape, Shape::Generic(_)));
    let own = own.flat_map(|(number, rule)| rule.keywords.iter().map(move |word| (word.as_str(), number)));
    for (word, number) in own.chain(tier.iter().map(|word| (*word, GENERIC))) {
        let place = *places.entry(word).or_insert_with(|| {
            calls.push((word, Vec::new()));
            calls.len() - 1
        });
        if let Some((_, called)) = calls.get_mut(place) {
            called.push(number);
        }
    }
    calls
}
