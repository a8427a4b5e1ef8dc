//! `keyward rules`: look at, check and try rules.

mod check;
mod lint;

use super::args::{PlainFormat, RulesCommand};
use super::error::{CommandError, ErrorKind, Unmasked};
use crate::blob::{Blob, ObjectKind, Origin};
use crate::detect::{DecodeLimits, Detector};
use crate::rule::{AppliesTo, Catalogue, Confidence, Rule, Shape};
use crate::text::{Lines, Shown};
use std::fmt::Write as _;
use std::sync::Arc;

/// Gives the text to print and the exit code.
pub fn run(command: &RulesCommand) -> Result<(String, u8), CommandError> {
    match command {
        RulesCommand::List { format } => list(*format).map(|text| (text, 0)),
        RulesCommand::Show { id } => show(id).map(|text| (text, 0)),
        RulesCommand::Check { files } => check::run(files),
        RulesCommand::Test { id, text } => test(id, text.as_encoded_bytes()),
    }
}

fn builtin() -> Result<Catalogue, CommandError> {
    Catalogue::complete().map_err(|error| CommandError::new(ErrorKind::Internal, error.to_string()))
}

fn detector(catalogue: &Catalogue) -> Result<Detector, CommandError> {
    Detector::new(catalogue, DecodeLimits::default())
        .map_err(|error| CommandError::new(ErrorKind::Config, error.to_string()))
}

fn list(format: PlainFormat) -> Result<String, CommandError> {
    let catalogue = builtin()?;
    let mut rules: Vec<&Arc<Rule>> = catalogue.rules().iter().collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let mut out = String::new();
    if format == PlainFormat::Json {
        let rows: Vec<_> = rules.iter().map(|rule| summary(rule)).collect();
        _ = writeln!(out, "{:#}", serde_json::json!({ "schema": "keyward/rules/v1", "rules": rows }));
        return Ok(out);
    }
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in &rules {
        let (severity, confidence) = (rule.severity.as_str(), rule.confidence.as_str());
        _ = writeln!(out, "{:width$}  {severity:8}  {confidence:7}  {}", rule.id, rule.description);
    }
    _ = writeln!(out, "{} rules", rules.len());
    Ok(out)
}

fn summary(rule: &Rule) -> serde_json::Value {
    serde_json::json!({
        "id": rule.id, "provider": rule.provider, "kind": rule.kind.as_str(), "description": rule.description,
        "severity": rule.severity.as_str(), "confidence": rule.confidence.as_str(), "keywords": rule.keywords,
        "rotate": rule.rotate, "references": rule.references,
    })
}

fn show(id: &str) -> Result<String, CommandError> {
    let catalogue = builtin()?;
    let rule = find(&catalogue, id)?;
    let mut out = String::new();
    let mut row = |name: &str, value: &str| _ = writeln!(out, "{name:12} {value}");
    row("id", &rule.id);
    row("provider", &rule.provider);
    row("kind", rule.kind.as_str());
    row("description", &rule.description);
    row("severity", rule.severity.as_str());
    row("confidence", rule.confidence.as_str());
    row("keywords", &rule.keywords.join(", "));
    match &rule.shape {
        Shape::Pattern(pattern) => row("pattern", pattern),
        Shape::Assigned(value) => row("assigned", value),
        Shape::Generic(kind) => row("generic", &format!("{kind:?}").to_lowercase()),
    }
    if let Some(entropy) = rule.entropy {
        row("entropy", &format!("{}.{:02} bits a byte or more", entropy / 100, entropy % 100));
    }
    if let Some(checksum) = &rule.checksum {
        row("checksum", &checksum.kind);
    }
    for near in &rule.near {
        let what = near.rule.as_deref().or(near.regex.as_deref()).unwrap_or_default();
        row("near", &format!("{what} within {} lines", near.within_lines));
    }
    for component in &rule.components {
        row("pairs with", component);
    }
    if let Some(page) = &rule.rotate {
        row("rotate", page);
    }
    for page in &rule.references {
        row("reference", page);
    }
    Ok(out)
}

fn find<'c>(catalogue: &'c Catalogue, id: &str) -> Result<&'c Arc<Rule>, CommandError> {
    catalogue.get(id).ok_or_else(|| {
        let near: Vec<&str> =
            catalogue.rules().iter().map(|rule| rule.id.as_str()).filter(|known| known.contains(id)).take(5).collect();
        let hint = if near.is_empty() {
            "`keyward rules list` shows every id".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        CommandError::new(ErrorKind::Usage, format!("there is no rule {}", Shown::new(id.as_bytes(), &Unmasked)))
            .hint(hint)
    })
}

fn test(id: &str, text: &[u8]) -> Result<(String, u8), CommandError> {
    let catalogue = builtin()?;
    find(&catalogue, id)?;
    let detector = detector(&catalogue)?;
    let blob = Blob { bytes: text.into(), origin: Origin::default() };
    let detection = detector.scan(&blob).map_err(|error| CommandError::new(ErrorKind::Config, error.to_string()))?;
    let lines = Lines::new(text);
    let mut out = String::new();
    let mut hit = false;
    for candidate in &detection.candidates {
        hit |= candidate.rule.id == id;
        let place = lines.locate(&candidate.place);
        _ = writeln!(
            out,
            "{}: {} at {}:{}, confidence {}, severity {}",
            candidate.rule.id,
            candidate.secret.preview(),
            place.line_start,
            place.column_start,
            candidate.confidence.as_str(),
            candidate.severity.as_str()
        );
    }
    _ = writeln!(out, "{}", if hit { "match" } else { "no match" });
    Ok((out, u8::from(!hit)))
}

/// The rules that find something in `text`, seen where `rule` looks: as a path, or in a file of its kind.
fn found(detector: &Detector, rule: &Rule, text: &[u8]) -> Result<Vec<String>, CommandError> {
    let origin = match (rule.applies_to, rule.path.only.first()) {
        (AppliesTo::Path, _) => Origin { kind: ObjectKind::Path, path: Some(Arc::from(text)), ..Origin::default() },
        (AppliesTo::Content, Some(glob)) => Origin::file(glob.replace("**/", "").replace('*', "x").into_bytes()),
        (AppliesTo::Content, None) => Origin::default(),
    };
    let blob = Blob { bytes: text.into(), origin };
    let detection = detector.scan(&blob).map_err(|error| CommandError::new(ErrorKind::Config, error.to_string()))?;
    // What a check or a placeholder makes of low confidence is as good as not found.
    let least = rule.confidence.min(Confidence::Medium);
    let found = detection.candidates.iter().filter(|candidate| candidate.confidence >= least);
    Ok(found.map(|candidate| candidate.rule.id.clone()).collect())
}
