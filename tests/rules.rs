//! Every example of every built-in rule runs through the whole engine.

#![allow(clippy::expect_used, reason = "a test or bench may fail loudly")]

use keyward::blob::{Blob, ObjectKind, Origin};
use keyward::detect::{DecodeLimits, Detector};
use keyward::rule::{AppliesTo, CHECKSUMS, Catalogue, Confidence, Kind, Rule, Sample, Sampler, Shape};

/// Values that are made up of each rule's shape.
const SAMPLES: usize = 6;

fn detector() -> Detector {
    Detector::new(&Catalogue::builtin().expect("rules"), DecodeLimits::default()).expect("rules compile")
}

/// The rules that find something in `text`, with their confidence.
fn fired(detector: &Detector, rule: &Rule, text: &str) -> Vec<(String, Confidence)> {
    let origin = match rule.applies_to {
        AppliesTo::Path => Origin { kind: ObjectKind::Path, path: Some(text.as_bytes().into()), ..Origin::default() },
        AppliesTo::Content => match &rule.path.only.first() {
            // A rule for certain files sees its examples in such a file.
            Some(glob) => Origin::file(glob.replace("**/", "").replace('*', "x").into_bytes()),
            None => Origin::default(),
        },
    };
    let blob = Blob { bytes: text.as_bytes().into(), origin };
    let detection = detector.scan(&blob).expect("rules work");
    detection.candidates.iter().map(|candidate| (candidate.rule.id.clone(), candidate.confidence)).collect()
}

/// A detector that knows one rule, and those that it names.
fn alone(catalogue: &Catalogue, rule: &Rule) -> Detector {
    let named = rule.near.iter().filter_map(|near| near.rule.as_ref()).chain(&rule.components);
    let others = named.filter(|id| **id != rule.id).filter_map(|id| catalogue.get(id)).map(|other| {
        // What the others name in turn takes no part.
        Rule { near: Vec::new(), components: Vec::new(), ..other.as_ref().clone() }
    });
    let mut rules: Vec<Rule> = std::iter::once(rule.clone()).chain(others).collect();
    rules.dedup_by(|a, b| a.id == b.id);
    Detector::new(&Catalogue::of(rules).expect("rules"), DecodeLimits::default()).expect("rules compile")
}

#[test]
fn every_example_behaves() {
    let catalogue = Catalogue::complete().expect("rules");
    let detector = Detector::new(&catalogue, DecodeLimits::default()).expect("rules compile");
    let mut wrong = Vec::new();
    for (id, examples) in Catalogue::examples().expect("examples") {
        let rule = catalogue.get(&id).expect("the rule of its examples");
        let alone = alone(&catalogue, rule);
        for (number, text) in examples.matches.iter().map(|pieces| pieces.concat()).enumerate() {
            let worth = |(_, confidence): &(String, Confidence)| *confidence > Confidence::Low;
            let itself = |(found, _): &(String, Confidence)| *found == id;
            let found = fired(&alone, rule, &text);
            // In company a more specific rule may take its place, but something has to be found.
            let together = fired(&detector, rule, &text);
            if !found.iter().any(|f| itself(f) && worth(f)) || !together.iter().any(worth) {
                wrong.push(format!("{id}: match {} is not found: alone {found:?}, in all {together:?}", number + 1));
            }
        }
        for (number, text) in examples.misses.iter().map(|pieces| pieces.concat()).enumerate() {
            let found = fired(&detector, rule, &text);
            if found.iter().any(|(rule, confidence)| *rule == id && *confidence > Confidence::Low) {
                wrong.push(format!("{id}: no-match {} is found: {found:?}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_name_beside_a_context_word_is_no_value() {
    let text = r#"names = ["meteomatics_pass", "meteomaticspassword", "debounce_token", "debouncetoken"]"#;
    let blob = Blob { bytes: text.as_bytes().into(), origin: Origin::default() };
    let found = detector().scan(&blob).expect("rules work").candidates;
    assert!(found.iter().all(|candidate| candidate.confidence == Confidence::Low), "{found:?}");
}

#[test]
fn every_rule_has_a_provider_a_description_and_known_keywords() {
    let catalogue = Catalogue::builtin().expect("rules");
    assert!(catalogue.rules().len() >= 60);
    for rule in catalogue.rules() {
        assert!(!rule.description.is_empty() && !rule.description.ends_with('.'), "{}", rule.id);
        assert!(rule.references.iter().chain(&rule.rotate).all(|page| page.starts_with("https://")), "{}", rule.id);
    }
}

#[test]
fn every_checksum_that_a_rule_names_exists() {
    let catalogue = Catalogue::builtin().expect("rules");
    for rule in catalogue.rules() {
        if let Some(checksum) = &rule.checksum {
            assert!(CHECKSUMS.contains(&checksum.kind.as_str()), "{}", rule.id);
        }
    }
}

/// A sample as it would stand in a file, with `secret` in place of its own.
fn dressed(rule: &Rule, sample: &Sample, secret: &[u8]) -> Vec<u8> {
    let (before, behind) = (&sample.text[..sample.secret.start], &sample.text[sample.secret.end..]);
    let value = [before, secret, behind].concat();
    match &rule.shape {
        Shape::Assigned(_) => [b"\n", rule.keywords[0].as_bytes(), b" = \"", &value, b"\"\n"].concat(),
        Shape::Pattern(_) | Shape::Generic(_) => [b"\n", value.as_slice(), b"\n"].concat(),
    }
}

/// Rules whose matches are judged by more than their shape: what stands near, which file it is, a proof of what is
/// inside, a password's strength.
fn judged_by_shape(rule: &Rule) -> bool {
    rule.near.is_empty() && rule.path.only.is_empty() && rule.checksum.is_none() && rule.kind == Kind::Token
}

#[test]
fn random_values_of_a_shape_are_found_and_with_one_character_less_they_are_not() {
    let catalogue = Catalogue::builtin().expect("rules");
    let mut wrong = Vec::new();
    let mut tried = 0;
    for rule in catalogue.rules().iter().filter(|rule| judged_by_shape(rule) && rule.applies_to == AppliesTo::Content) {
        let Some(mut sampler) = Sampler::new(&rule.shape, 7) else { continue };
        let detector = alone(&catalogue, rule);
        let finds = |text: Vec<u8>| {
            let blob = Blob { bytes: text.into(), origin: Origin::default() };
            let found = detector.scan(&blob).expect("rules work").candidates;
            found.iter().any(|candidate| candidate.rule.id == rule.id)
        };
        let keyworded = |sample: &Sample| {
            let lower = sample.text.to_ascii_lowercase();
            matches!(rule.shape, Shape::Assigned(_))
                || rule.keywords.iter().any(|word| lower.windows(word.len()).any(|there| there == word.as_bytes()))
        };
        let samples: Vec<Sample> = (0..60).map(|_| sampler.draw()).filter(keyworded).take(SAMPLES).collect();
        let found = samples.iter().filter(|sample| finds(dressed(rule, sample, &sample.text[sample.secret.clone()])));
        let found = found.count();
        if found * 2 < samples.len() {
            wrong.push(format!("{}: {found} of {} samples found", rule.id, samples.len()));
        }
        if sampler.fixed_length().is_none() {
            continue;
        }
        tried += 1;
        for (number, sample) in samples.iter().enumerate() {
            let mut short = sample.text[sample.secret.clone()].to_vec();
            short.remove(number * 7 % short.len());
            if finds(dressed(rule, sample, &short)) {
                wrong.push(format!("{}: a value with a character less is found", rule.id));
                break;
            }
        }
    }
    assert!(tried > 400, "only {tried} rules have a fixed length");
    assert!(wrong.is_empty(), "{} rules:\n{}", wrong.len(), wrong.join("\n"));
}
