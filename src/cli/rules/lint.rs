//! What is wrong with a rule that loads: shown on made-up texts of its shape.

use super::found;
use crate::cli::error::CommandError;
use crate::detect::Detector;
use crate::rule::{Rule, Sample, Sampler, Shape};
use std::collections::BTreeSet;

/// Texts that are made of each shape.
const SAMPLES: usize = 24;
/// Bytes before and behind a keyword that are cheap to look at each time.
const NARROW: u32 = 1024;
/// Keywords from this length on are rare enough for a wide look.
const RARE: usize = 8;

/// One thing that is wrong.
#[derive(Debug)]
pub(super) struct Problem {
    /// It has to be mended; otherwise it is for the author to weigh.
    pub(super) fault: bool,
    pub(super) text: String,
}

/// Looks at `rule`; `alone` detects with it and what it names, `all` with every rule.
pub(super) fn lint(rule: &Rule, alone: &Detector, all: &Detector) -> Result<Vec<Problem>, CommandError> {
    let mut problems = Vec::new();
    problems.extend(wide(rule).map(warning));
    problems.extend(untried(rule).map(warning));
    if let Some(mut sampler) = Sampler::new(&rule.shape, 1) {
        let samples: Vec<Sample> = (0..SAMPLES).map(|_| sampler.draw()).collect();
        problems.extend(keyword(rule, &samples).map(warning));
        problems.extend(idle(rule, &sampler.plainest()).into_iter().map(warning));
        problems.extend(shadowed(rule, &samples, alone, all)?.map(warning));
    }
    Ok(problems)
}

fn warning(text: String) -> Problem {
    Problem { fault: false, text }
}

fn wide(rule: &Rule) -> Option<String> {
    let wide = rule.reach.before.max(rule.reach.after);
    let short = rule.keywords.iter().find(|word| word.len() < RARE)?;
    let pattern = matches!(rule.shape, Shape::Pattern(_));
    (pattern && wide > NARROW).then(|| {
        format!("looks at {wide} bytes round each {short:?}: bound the repetitions closer, or take a rarer keyword")
    })
}

fn untried(rule: &Rule) -> Option<String> {
    let holds = |text: &str| rule.keywords.iter().any(|word| text.to_ascii_lowercase().contains(word));
    let tried = rule.examples.misses.iter().any(|pieces| holds(&pieces.concat()));
    (!tried).then(|| "no example under `no-match` holds a keyword, so that none tries the expression".to_owned())
}

/// Every match has to hold a keyword; the value of an assigned rule stands behind one.
fn keyword(rule: &Rule, samples: &[Sample]) -> Option<String> {
    let holds = |sample: &Sample| {
        let lower = sample.text.to_ascii_lowercase();
        rule.keywords.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
    };
    let missing = matches!(rule.shape, Shape::Pattern(_)) && !samples.iter().all(holds);
    missing.then(|| "the pattern matches texts that hold no keyword: they are never found".to_owned())
}

/// Least numbers that every value of the shape reaches.
fn idle(rule: &Rule, plainest: &Sample) -> Vec<String> {
    let secret = plainest.text.get(plainest.secret.clone()).unwrap_or_default();
    let distinct = secret.iter().collect::<BTreeSet<_>>().len();
    let entropy = (entropy::shannon_entropy(secret) * 100.0) as u32;
    let rows = [("entropy", rule.entropy, entropy, 100.0), ("min-distinct", rule.min_distinct, distinct as u32, 1.0)];
    let idle = rows.into_iter().filter_map(|(name, asked, given, unit)| Some((name, asked?, given, unit)));
    idle.filter(|(_, asked, given, _)| asked <= given)
        .map(|(name, asked, given, unit)| {
            let (asked, given) = (f64::from(asked) / unit, f64::from(given) / unit);
            format!("`{name} = {asked}` rejects nothing: the shape gives {given} anyway")
        })
        .collect()
}

/// Whether other rules take all that this one finds when it is alone.
fn shadowed(rule: &Rule, samples: &[Sample], alone: &Detector, all: &Detector) -> Result<Option<String>, CommandError> {
    let mut others = BTreeSet::new();
    for sample in samples {
        let text = dressed(rule, sample);
        if !found(alone, rule, &text)?.contains(&rule.id) {
            continue;
        }
        let together = found(all, rule, &text)?;
        if together.contains(&rule.id) {
            return Ok(None);
        }
        others.extend(together);
    }
    let others = others.into_iter().collect::<Vec<_>>().join(", ");
    Ok((!others.is_empty()).then(|| format!("all that it finds goes to {others}")))
}

/// A sample as it would stand in a file.
fn dressed(rule: &Rule, sample: &Sample) -> Vec<u8> {
    let mut text = b"\n".to_vec();
    if let (Shape::Assigned(_), Some(word)) = (&rule.shape, rule.keywords.first()) {
        text.extend_from_slice(word.as_bytes());
        text.extend_from_slice(b" = \"");
        text.extend_from_slice(&sample.text);
        text.extend_from_slice(b"\"");
    } else {
        text.extend_from_slice(&sample.text);
    }
    text.push(b'\n');
    text
}
