//! `keyward report`, `keyward metrics`, `keyward baseline report`, and what hooks write down for them.

use crate::sandbox::Sandbox;
use crate::secrets;
use std::fs;

/// A repository with hooks, one refused commit, one that passed, and a secret in its history.
fn lived_in() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.committed("services/pay/app.py", secrets::password_line());
    sandbox.keyward(&["install"]).exits(0);
    sandbox.stage("a.env", secrets::aws_lines());
    sandbox.commit("bad").exits(1);
    sandbox.stage("a.env", "nothing\n");
    sandbox.commit("good").exits(0);
    sandbox
}

fn runs(sandbox: &Sandbox) -> std::path::PathBuf {
    sandbox.repo.join(".git/keyward/runs.jsonl")
}

fn report(sandbox: &Sandbox, name: &str) {
    sandbox.keyward(&["scan", "--history", "--format", "json", "--output", name]);
}

#[test]
fn hooks_write_down_what_they_decided_and_no_secret_and_no_path() {
    let sandbox = lived_in();
    let text = fs::read_to_string(runs(&sandbox)).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<(&str, &str)> =
        lines.iter().map(|line| (line["hook"].as_str().unwrap(), line["verdict"].as_str().unwrap())).collect();
    assert_eq!(told, [("pre-commit", "block"), ("pre-commit", "pass"), ("commit-msg", "pass")]);
    assert_eq!(lines[0]["findings"][0]["family"], "aws");
    let (id, secret) = secrets::aws_pair();
    assert!(!text.contains(&id) && !text.contains(&secret) && !text.contains("a.env"), "{text}");
}

#[test]
fn the_record_can_be_turned_off_and_a_log_that_cannot_be_written_is_told_and_changes_no_verdict() {
    let sandbox = lived_in();
    fs::remove_file(runs(&sandbox)).unwrap();
    fs::create_dir(runs(&sandbox)).unwrap();
    sandbox.stage("b.txt", "nothing\n");
    sandbox.commit("passes").exits(0).says("this run is not written down for metrics");
    fs::remove_dir(runs(&sandbox)).unwrap();
    sandbox.stage("keyward.toml", "[record]\nruns = false\n");
    sandbox.commit("off").exits(0).hides("written down");
    assert!(!runs(&sandbox).exists());
}

#[test]
fn metrics_come_from_logs_reports_and_baselines_and_the_file_is_replaced_whole() {
    let sandbox = lived_in();
    report(&sandbox, "r.json");
    sandbox.keyward(&["baseline", "create"]).exits(0);
    sandbox.write("out.prom", "stale\n");
    let words = ["metrics", ".git/keyward/runs.jsonl", "r.json", "keyward.baseline", "--output", "out.prom"];
    sandbox.keyward(&words).exits(0);
    let text = fs::read_to_string(sandbox.repo.join("out.prom")).unwrap();
    for line in [
        "keyward_runs_total{edge=\"commit\",verdict=\"block\"} 1",
        "keyward_runs_total{edge=\"commit\",verdict=\"pass\"} 2",
        "keyward_failed_runs_total{edge=\"history\"} 1",
        "keyward_prevented_total{edge=\"commit\",severity=\"critical\",family=\"aws\"} 1",
        "keyward_exceptions{status=\"unaudited\",age=\"30d\"} 1",
        "keyward_exceptions_open 1",
        "keyward_report_complete 1",
    ] {
        assert!(text.lines().any(|own| own == line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("stale"));
    sandbox.keyward(&["metrics", "r.json", "--output", "no/such/folder.prom"]).exits(2);
}

#[test]
fn break_glass_is_counted_as_an_override() {
    let mut sandbox = lived_in();
    sandbox.stage("a.env", secrets::aws_lines());
    sandbox.commit("bad").exits(1);
    sandbox.set("KEYWARD_BREAK_GLASS", "the pager is on fire");
    sandbox.commit("bad").exits(0);
    let text = sandbox.keyward(&["metrics", ".git/keyward/audit.jsonl", ".git/keyward/runs.jsonl"]).exits(0).stdout;
    assert!(text.contains("keyward_overrides_total{means=\"break-glass\"} 1\n"), "{text}");
    assert!(text.contains("keyward_overridden_total{edge=\"commit\",severity=\"critical\"} 1\n"), "{text}");
}

#[test]
fn an_edited_log_is_an_error_with_its_line_and_a_torn_one_is_told_and_counts_for_the_rest() {
    let sandbox = lived_in();
    let whole = fs::read_to_string(runs(&sandbox)).unwrap();
    let metrics = || sandbox.keyward(&["metrics", ".git/keyward/runs.jsonl"]);
    fs::write(runs(&sandbox), whole.replacen("\"count\":1", "\"count\":0", 1)).unwrap();
    metrics().exits(2).says("runs.jsonl:1").says("was edited");
    fs::write(runs(&sandbox), whole.split_at(whole.len() - 20).0).unwrap();
    metrics().exits(0).says("runs.jsonl:3").says("cut off").says("verdict=\"pass\"} 1");
    fs::write(runs(&sandbox), whole).unwrap();
    sandbox.keyward(&["metrics", ".git/keyward/runs.jsonl", ".git/keyward/runs.jsonl"]).exits(0).says("counts once");
}

#[test]
fn a_report_that_is_cut_off_or_of_another_version_is_an_error_that_names_it() {
    let sandbox = lived_in();
    report(&sandbox, "r.json");
    let whole = fs::read_to_string(sandbox.repo.join("r.json")).unwrap();
    sandbox.write("cut.json", whole.split_at(whole.len() / 2).0);
    sandbox.write("new.json", whole.replace("keyward/report/v1", "keyward/report/v7"));
    sandbox.write("empty.json", "");
    for command in ["metrics", "report"] {
        sandbox.keyward(&[command, "r.json", "cut.json"]).exits(2).says("cut.json").says("ends in the middle");
        sandbox.keyward(&[command, "r.json", "new.json"]).exits(2).says("new.json").says("keyward/report/v7");
        sandbox.keyward(&[command, "empty.json"]).exits(2).says("empty.json");
        sandbox.keyward(&[command, "none.json"]).exits(2).says("none.json");
    }
}

#[test]
fn debt_is_told_by_severity_rule_owner_and_age_and_bad_owners_by_line() {
    let sandbox = lived_in();
    sandbox.write(".github/CODEOWNERS", "* @all\n!bad @x\n/services/pay/ @pay-team pay@example.com\n");
    report(&sandbox, "1.json");
    sandbox.committed("b.env", secrets::aws_lines());
    report(&sandbox, "2.json");
    let told = sandbox.keyward(&["report", "2.json", "1.json"]).exits(0);
    let told =
        told.says("CODEOWNERS:2: a pattern cannot be negated").says("@pay-team").says("@all").says("generic-password");
    assert!(told.stdout.contains("since the report before"), "{told:#?}");
    let debt = sandbox.keyward(&["report", "1.json", "2.json", "--format", "json"]).exits(0).json();
    assert_eq!((debt["schema"].as_str(), debt["gone"].as_u64()), (Some("keyward/debt/v1"), Some(0)));
    assert_eq!((&debt["open"], &debt["new"]), (&3.into(), &2.into()));
    assert_eq!(debt["severities"][0]["name"], "critical");
    let names: Vec<&str> = debt["owners"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["@all", "@pay-team", "pay@example.com"]);
    sandbox.keyward(&["report", "2.json", "--format", "markdown", "--output", "debt.md"]).exits(0);
    assert!(fs::read_to_string(sandbox.repo.join("debt.md")).unwrap().contains("| `@all` | 2 |"));
}

#[test]
fn the_baseline_report_tells_what_matches_nothing_any_more_and_fails_over_its_limits() {
    let sandbox = lived_in();
    sandbox.keyward(&["baseline", "create"]).exits(0);
    let gone = format!(
        "{{\"fingerprint\":\"kw1:{}\",\"rule\":\"jwt\",\"paths\":[\"x\"],\"status\":\"unaudited\",\"opened\":\"2020-01-01\",\"rev\":1}}\n",
        "0".repeat(32)
    );
    let file = sandbox.repo.join("keyward.baseline");
    fs::write(&file, gone + &fs::read_to_string(&file).unwrap()).unwrap();
    let report = sandbox.keyward(&["baseline", "report", "--format", "json", "--entries"]).exits(0).json();
    assert_eq!((&report["exceptions"], &report["open"], &report["expired"]), (&2.into(), &2.into(), &1.into()));
    assert_eq!(report["open_over_30_days_percent"], 50.0);
    assert_eq!(report["unmatched"].as_array().unwrap().len(), 1);
    assert_eq!(report["entries"].as_array().unwrap().len(), 2);
    sandbox.keyward(&["baseline", "report"]).exits(0).says("matches nothing: kw1:000000").says("under 5 %");
    sandbox.keyward(&["baseline", "report", "--no-scan", "--format", "json"]).exits(0).says("\"unmatched\": null");
    sandbox.keyward(&["baseline", "report", "--max-open", "5"]).exits(1).says("--max-open");
    sandbox.keyward(&["baseline", "report", "--max-age", "90d"]).exits(1).says("--max-age");
    sandbox.keyward(&["baseline", "report", "--max-age", "soon"]).exits(2);
    sandbox.keyward(&["baseline", "report", "--max-open", "nan"]).exits(2).says("0 to 100");
}
