//! The formats with a schema, validated against it. `tests/setup/schemas` puts the schemas below target/test-tools;
//! without them these tests fail.

use crate::sample::*;
use keyward::report::{Gitlab, Junit, Report, Sarif};
use keyward::scan::Outcome;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

fn tool(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools").join(name);
    assert!(path.exists(), "{} is missing: run tests/setup/schemas first", path.display());
    path
}

fn outcomes() -> Vec<Outcome> {
    let mut limited = outcome(vec![at("a", 1, 1)]);
    limited.unlisted = 3;
    let mut let_through = with_gaps(outcome(Vec::new()));
    let_through.exit = 0;
    let hostile = at("\u{fffe}<![CDATA[]]>&\"'\u{1b}[31m\r\n\\%zz::|`@[x](y)\u{202e}", 1, 1);
    vec![rich(), outcome(Vec::new()), audited(rich()), limited, let_through, outcome(vec![hostile])]
}

fn validate(schema: &Value, report: &dyn Report) {
    let validator = jsonschema::validator_for(schema).unwrap();
    for outcome in outcomes() {
        let text = text(report, &outcome);
        let instance = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
    }
}

#[test]
fn sarif_is_valid_against_the_official_schema() {
    let schema = std::fs::read_to_string(tool("schemas/sarif-2.1.0.json")).unwrap();
    validate(&serde_json::from_str(&schema).unwrap(), &Sarif);
}

#[test]
fn junit_is_valid_against_the_schema_of_jenkins() {
    let schema = tool("schemas/junit-10.xsd");
    let packages = tool("python");
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (at, outcome) in outcomes().iter().enumerate() {
        let file = folder.path().join(format!("{at}.xml"));
        std::fs::write(&file, text(&Junit, outcome)).unwrap();
        files.push(file);
    }
    let program = "import sys, xmlschema\nschema = xmlschema.XMLSchema(sys.argv[1])\n\
                   for file in sys.argv[2:]: schema.validate(file)";
    let run = Command::new("python3")
        .args(["-c", program])
        .arg(schema)
        .args(&files)
        .env("PYTHONPATH", packages)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

// GitLab publishes its schema in no registry, so this is what schema 15.1.4 asks of the fields that are written, put
// down by hand from https://gitlab.com/gitlab-org/security-products/security-report-schemas, and compared field by field
// with the copy that GitLab validates with (lib/gitlab/ci/parsers/security/validators/schemas/15.1.4 of its sources).
#[test]
fn gitlab_is_valid_against_what_its_schema_asks() {
    let text = json!({ "type": "string", "minLength": 1 });
    let url = json!({ "type": "string", "pattern": "^https?://.+" });
    let time = json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$" });
    let tool = json!({
        "type": "object",
        "required": ["id", "name", "version", "vendor"],
        "properties": {
            "id": text, "name": text, "version": text,
            "vendor": { "type": "object", "required": ["name"], "properties": { "name": text } },
        },
    });
    let message = json!({
        "type": "object",
        "required": ["level", "value"],
        "properties": { "level": { "enum": ["info", "warn", "fatal"] }, "value": text },
    });
    let commit = json!({
        "type": "object",
        "required": ["sha"],
        "properties": { "sha": text, "author": { "type": "string" }, "date": { "type": "string" } },
    });
    let identifier = json!({
        "type": "object",
        "required": ["type", "name", "value"],
        "properties": { "type": text, "name": text, "value": text, "url": url },
    });
    let vulnerability = json!({
        "type": "object",
        "required": ["id", "identifiers", "location"],
        "properties": {
            "id": text,
            "name": { "type": "string", "maxLength": 255 },
            "description": { "type": "string", "maxLength": 1_048_576 },
            "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
            "solution": { "type": "string", "maxLength": 7000 },
            "identifiers": { "type": "array", "minItems": 1, "items": identifier },
            "links": { "type": "array", "items": { "required": ["url"], "properties": { "url": url } } },
            "location": {
                "type": "object",
                "required": ["commit"],
                "properties": {
                    "file": { "type": "string" },
                    "commit": commit,
                    "start_line": { "type": "number" },
                    "end_line": { "type": "number" },
                },
            },
        },
    });
    let schema = json!({
        "type": "object",
        "required": ["scan", "version", "vulnerabilities"],
        "properties": {
            "version": { "const": "15.1.4" },
            "scan": {
                "type": "object",
                "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
                "properties": {
                    "analyzer": tool, "scanner": tool, "start_time": time, "end_time": time,
                    "status": { "enum": ["success", "failure"] },
                    "type": { "const": "secret_detection" },
                    "messages": { "type": "array", "items": message },
                },
            },
            "vulnerabilities": { "type": "array", "items": vulnerability },
        },
    });
    validate(&schema, &Gitlab);
}
