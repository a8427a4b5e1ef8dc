//! The rules that are built into the binary: each decoded when it is first asked for, because a scan of a few files
//! needs few of them.

use super::model::{Examples, Rule};
use std::sync::{Arc, OnceLock};

static RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
static EXAMPLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/examples.bin"));

// COUNT; ENDS: where each rule ends in RULES; CHECK: the CRC-32 of RULES; GENERICS: the rules of the generic tier;
// CHOOSY: the rules that do not look at all paths.
include!(concat!(env!("OUT_DIR"), "/rules.rs"));

static DECODED: [OnceLock<Option<Arc<Rule>>>; COUNT] = [const { OnceLock::new() }; COUNT];

/// SHA-256 over the rules in their compact form.
pub(super) static DIGEST: &[u8; 32] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.sha256"));

/// How many there are; their numbers run from 0.
pub(super) const fn count() -> u32 {
    COUNT as u32
}

/// The numbers of the rules of the generic tier.
pub(super) fn generics() -> &'static [u32] {
    &GENERICS
}

/// The numbers of the rules that do not look at all paths.
pub(super) fn choosy() -> &'static [u32] {
    &CHOOSY
}

/// Whether the rules are those that were built in, so that each can be decoded.
pub(super) fn intact() -> bool {
    crc32fast::hash(RULES) == CHECK
}

/// A rule; where the binary is [`intact`] there is one for each number.
pub(super) fn rule(number: u32) -> Option<&'static Arc<Rule>> {
    DECODED.get(number as usize)?.get_or_init(|| decode(number as usize)).as_ref()
}

fn decode(number: usize) -> Option<Arc<Rule>> {
    let start = number.checked_sub(1).map_or(Some(0), |before| ENDS.get(before).copied())?;
    let bytes = RULES.get(start as usize..*ENDS.get(number)? as usize)?;
    postcard::from_bytes(bytes).ok().map(Arc::new)
}

/// The examples of the rules, by id.
pub(super) fn examples() -> Result<Vec<(String, Examples)>, postcard::Error> {
    postcard::from_bytes(EXAMPLES)
}
