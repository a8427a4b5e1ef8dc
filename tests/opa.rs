//! The Rego policies of `integrations/opa`, their own tests, and what they say of real output.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice)]

#[path = "cli/sandbox.rs"]
mod sandbox;
#[path = "cli/secrets.rs"]
mod secrets;

use regorus::{Engine, Value};
use sandbox::Sandbox;
use std::fs;
use std::path::Path;

fn engine() -> (Engine, Vec<String>) {
    let mut engine = Engine::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("integrations/opa");
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "rego") {
            let text = fs::read_to_string(&path).unwrap();
            let package = text.lines().find_map(|line| line.strip_prefix("package ")).unwrap().to_owned();
            let tests = text.lines().filter_map(|line| line.split(' ').next().filter(|w| w.starts_with("test_")));
            names.extend(tests.map(|test| format!("data.{package}.{test}")));
            engine.add_policy(path.display().to_string(), text).unwrap();
        }
    }
    (engine, names)
}

/// What a policy denies in an input.
fn denied(package: &str, input: &str) -> Vec<String> {
    let (mut engine, _) = engine();
    engine.set_input(Value::from_json_str(input).unwrap());
    let found = engine.eval_rule(format!("data.keyward.{package}.deny")).unwrap();
    found.as_set().unwrap().iter().map(|text| text.as_string().unwrap().to_string()).collect()
}

#[test]
fn every_test_of_the_policies_holds() {
    let (mut engine, names) = engine();
    assert!(names.len() >= 20, "only {names:?} were found");
    let failed: Vec<&String> =
        names.iter().filter(|name| engine.eval_rule((*name).clone()).unwrap() != Value::from(true)).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn a_real_report_is_judged_by_what_it_says() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "nothing\n");
    let clean = sandbox.keyward(&["scan", ".", "--format", "json"]).exits(0);
    assert_eq!(denied("report", &clean.stdout), Vec::<String>::new());
    sandbox.write("a.env", secrets::aws_lines());
    let audit = sandbox.keyward(&["scan", ".", "--mode", "audit", "--format", "json"]).exits(0);
    let said = denied("report", &audit.stdout);
    assert!(said.len() == 1 && said[0].starts_with("a.env:2: aws-"), "{said:?}");
    let failed = sandbox.keyward(&["scan", "--history", "nosuch..HEAD", "--format", "json"]).exits(2);
    assert!(denied("report", &failed.stdout).iter().any(|text| text.contains("ended in an error")));
}

#[test]
fn real_exceptions_are_judged_by_what_they_say() {
    let sandbox = Sandbox::new();
    sandbox.committed("a.py", secrets::password_line());
    sandbox.keyward(&["baseline", "create"]).exits(0);
    let report = || sandbox.keyward(&["baseline", "report", "--format", "json", "--entries"]).exits(0).stdout;
    assert_eq!(denied("exceptions", &report()), Vec::<String>::new());
    let text = fs::read_to_string(sandbox.repo.join("keyward.baseline")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
    let known = entry["fingerprint"].as_str().unwrap();
    let add =
        ["baseline", "add", known, "--status", "accepted", "--reason", "r", "--owner", "ops", "--expires", "400d"];
    sandbox.keyward(&add).exits(0);
    let said = denied("exceptions", &report());
    assert!(said.len() == 1 && said[0].contains("more than 180 days"), "{said:?}");
}

#[test]
fn a_real_configuration_is_judged_by_what_it_says() {
    let text = "[[allow]]\npaths = [\"**\"]\nrules = [\"jwt\"]\nreason = \"r\"\n[gate]\nmode = \"audit\"\n";
    let read: toml::Value = toml::from_str(text).unwrap();
    assert_eq!(denied("config", &serde_json::to_string(&read).unwrap()).len(), 3);
}
