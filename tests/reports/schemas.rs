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

/// GitLab's own schema is in none of the packages that the tests install. This is what its version 15.1.4 asks of the
/// fields that are written, and it takes no others:
/// <https://gitlab.com/gitlab-org/security-products/security-report-schemas>.
fn gitlabs() -> Value {
    serde_json::from_str(include_str!("gitlab-15.1.4.json")).unwrap()
}

#[test]
fn gitlab_is_valid_against_what_its_schema_asks() {
    validate(&gitlabs(), &Gitlab);
}

/// A field that no report has.
const MORE: &str = "a url more";

/// A report with each of its values taken out, with another in its place, and with a field more beside it.
fn spoiled(report: &Value) -> Vec<(String, Value)> {
    let others = [json!(null), json!(true), json!(-1), json!(""), json!("x"), json!([]), json!([{}]), json!({})];
    let mut all = Vec::new();
    for place in places(report, "") {
        let (above, name) = place.rsplit_once('/').unwrap();
        for other in &others {
            let mut changed = report.clone();
            *changed.pointer_mut(&place).unwrap() = other.clone();
            all.push((format!("{place}: {other}"), changed));
        }
        let mut less = report.clone();
        if let Some(fields) = less.pointer_mut(above).unwrap().as_object_mut() {
            fields.remove(name);
            all.push((format!("{place}: taken out"), less));
            let mut more = report.clone();
            more.pointer_mut(above).unwrap()["url"] = json!("file:///etc");
            all.push((format!("{above}: {MORE}"), more));
        }
    }
    all
}

/// The JSON pointers of all values of a report; of a list those of the first one.
fn places(value: &Value, at: &str) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (format!("{at}/{name}"), value)).collect(),
        Value::Array(list) => list.first().map(|value| (format!("{at}/0"), value)).into_iter().collect(),
        _ => Vec::new(),
    };
    below.into_iter().flat_map(|(at, value)| [vec![at.clone()], places(value, &at)].concat()).collect()
}

#[test]
fn a_gitlab_report_with_any_value_of_another_type_is_refused() {
    let validator = jsonschema::validator_for(&gitlabs()).unwrap();
    let report: Value = serde_json::from_str(&text(&Gitlab, &rich())).unwrap();
    let places = places(&report, "");
    assert!(places.len() > 40, "{places:?}");
    for place in places {
        let mut changed = report.clone();
        *changed.pointer_mut(&place).unwrap() = json!(null);
        assert!(!validator.is_valid(&changed), "{place}");
    }
}

/// Whoever has GitLab's own file (`secret-detection-report-format.json`, any 15.x) names it in
/// `KEYWARD_TEST_GITLAB_SCHEMA`: our reports are valid against it, and of reports that were spoiled our reading takes
/// what it takes, but for fields that we do not write.
#[test]
fn gitlabs_own_schema_takes_what_our_reading_of_it_takes() {
    let Some(named) = std::env::var_os("KEYWARD_TEST_GITLAB_SCHEMA") else { return };
    let own = serde_json::from_slice(&std::fs::read(named).unwrap()).unwrap();
    validate(&own, &Gitlab);
    let [ours, own] = [gitlabs(), own].map(|schema| jsonschema::validator_for(&schema).unwrap());
    let mut refused = 0;
    for outcome in outcomes() {
        let report: Value = serde_json::from_str(&text(&Gitlab, &outcome)).unwrap();
        for (what, changed) in spoiled(&report) {
            let (ours, own) = (ours.is_valid(&changed), own.is_valid(&changed));
            assert!(ours == own || (own && what.ends_with(MORE)), "{what}: ours {ours}, GitLab's {own}: {changed:#}");
            refused += usize::from(!own);
        }
    }
    assert!(refused > 200, "{refused}");
}
