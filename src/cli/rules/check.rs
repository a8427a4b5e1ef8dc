//! `keyward rules check`: a rule file's errors, its examples, and what a reviewer would find.

use super::lint::{self, Problem};
use super::{builtin, detector, found};
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::problems;
use crate::detect::Detector;
use crate::rule::{Catalogue, CatalogueError, Rule, load};
use crate::text::Shown;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Gives the text to print and the exit code: 1 for faults, not for warnings.
pub(super) fn run(files: &[PathBuf]) -> Result<(String, u8), CommandError> {
    let own = builtin()?;
    let mask = detector(&own)?;
    let mut rules = Vec::new();
    for file in files {
        rules.extend(read(file, &mask)?);
    }
    let catalogue = together(own, &rules)?;
    let all = detector(&catalogue)?;
    let mut out = String::new();
    let (mut faults, mut warnings) = (0, 0);
    for rule in &rules {
        let alone = alone(rule, &catalogue)?;
        let mut problems = examples(rule, &alone, &all)?;
        problems.extend(lint::lint(rule, &alone, &all)?);
        for problem in problems {
            let (word, count) = if problem.fault { ("fault", &mut faults) } else { ("warning", &mut warnings) };
            *count += 1;
            _ = writeln!(out, "{}: {word}: {}", rule.id, problem.text);
        }
    }
    _ = writeln!(out, "{} rules, {faults} faults, {warnings} warnings", rules.len());
    Ok((out, u8::from(faults > 0)))
}

/// The rules beside the built-in ones; files of the built-in catalogue check against themselves alone.
fn together(mut own: Catalogue, rules: &[Rule]) -> Result<Catalogue, CommandError> {
    if rules.iter().any(|rule| own.get(&rule.id).is_some()) {
        return Catalogue::of(rules.to_vec()).map_err(clash);
    }
    own.extend(rules.to_vec()).map_err(clash)?;
    Ok(own)
}

fn clash(error: CatalogueError) -> CommandError {
    CommandError::new(ErrorKind::Config, error.to_string())
}

/// The rule with those that it names, which take no others.
fn alone(rule: &Rule, catalogue: &Catalogue) -> Result<Detector, CommandError> {
    let named = rule.near.iter().filter_map(|near| near.rule.as_ref()).chain(&rule.components);
    let others = named.filter(|id| **id != rule.id).filter_map(|id| catalogue.get(id));
    let others = others.map(|other| Rule { near: Vec::new(), components: Vec::new(), ..other.as_ref().clone() });
    let mut rules: Vec<Rule> = std::iter::once(rule.clone()).chain(others).collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules.dedup_by(|a, b| a.id == b.id);
    detector(&Catalogue::of(rules).map_err(clash)?)
}

/// A text under `match` counts if the rule finds something, though a more specific one may take it.
fn examples(rule: &Rule, alone: &Detector, all: &Detector) -> Result<Vec<Problem>, CommandError> {
    let mut problems = Vec::new();
    for (wanted, texts) in [(true, &rule.examples.matches), (false, &rule.examples.misses)] {
        for (number, pieces) in texts.iter().enumerate() {
            let text = pieces.concat();
            let fires = |detector| found(detector, rule, text.as_bytes()).map(|found| found.contains(&rule.id));
            if (if wanted { fires(alone)? } else { fires(all)? }) != wanted {
                let (kind, fault) = if wanted { ("match", "finds nothing") } else { ("no-match", "finds something") };
                let text = format!("{fault} in example {} under `{kind}`", number + 1);
                problems.push(Problem { fault: true, text });
            }
        }
    }
    Ok(problems)
}

fn read(file: &Path, mask: &Detector) -> Result<Vec<Rule>, CommandError> {
    let name = file.as_os_str().as_encoded_bytes();
    let shown = Shown::new(name, mask);
    let text = std::fs::read_to_string(file).map_err(|error| {
        CommandError::new(ErrorKind::Io, format!("{shown}: {error}")).hint("name an existing rule file in TOML, UTF-8")
    })?;
    load(shown.as_str(), &text).map_err(|errors| problems::rules(&errors, &text))
}
