//! A repository with a month of made history: its numbers, promtool, and the dashboard's every query against a real
//! Prometheus that scraped them. `tests/setup/prometheus` installs both programs.
#![cfg(unix)]

use crate::sandbox::Sandbox;
use crate::secrets;
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const TOP: &str = env!("CARGO_MANIFEST_DIR");

/// A program that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn integrations(name: &str) -> PathBuf {
    Path::new(TOP).join("integrations").join(name)
}

fn promtool(args: &[&str], stdin: &[u8]) -> (bool, String) {
    let mut child = Command::new("promtool")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is missing: run tests/setup/prometheus");
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// Thirty days of commits: a secret that comes, goes and is revoked, one that stays, refused commits, a broken glass, and
/// every day a report of the range and every week one of the history.
fn month() -> (Sandbox, Vec<String>) {
    let mut sandbox = Sandbox::new();
    sandbox.committed("app.py", "print(1)\n");
    sandbox.keyward(&["install"]).exits(0);
    let mut reports = Vec::new();
    for day in 1..=30 {
        let date = format!("2026-10-{day:02}T09:00:00Z");
        sandbox.set("GIT_AUTHOR_DATE", &date).set("GIT_COMMITTER_DATE", &date);
        match day {
            2 => sandbox.committed("old.env", secrets::aws_lines()),
            3 => sandbox.committed("config.py", secrets::password_line()),
            12 => {
                sandbox.git(&["rm", "--quiet", "old.env"]).exits(0);
                sandbox.commit("without it").exits(0);
            }
            20 => {
                sandbox.stage("new.env", format!("token = {}\n", secrets::jwt()));
                sandbox.commit("refused").exits(1);
                sandbox.set("KEYWARD_BREAK_GLASS", "release is down");
                sandbox.commit("broken").exits(0);
                sandbox.unset("KEYWARD_BREAK_GLASS");
            }
            _ => {
                sandbox.stage("app.py", format!("print(\"day {day}\")\n"));
                sandbox.commit("work").exits(0);
            }
        }
        let mut scan = |name: String, range: &[&str]| {
            let words = [&["scan", "--history"], range, &["--format", "json", "--output", &name]].concat();
            sandbox.keyward(&words);
            dated(&sandbox.repo.join(&name), &date);
            reports.push(name);
        };
        if day % 3 == 2 {
            scan(format!("ci-{day}.json"), &["HEAD~1..HEAD"]);
        }
        if day % 7 == 4 {
            scan(format!("nightly-{day}.json"), &[]);
        }
    }
    sandbox.keyward(&["baseline", "create", "--history"]).exits(0);
    let baseline = fs::read_to_string(sandbox.repo.join("keyward.baseline")).unwrap();
    let gone = baseline.lines().find(|line| line.contains("aws-access-key-pair")).unwrap();
    let entry: Value = serde_json::from_str(gone).unwrap();
    let known = entry["fingerprint"].as_str().unwrap();
    let add = ["baseline", "add", known, "--status", "revoked", "--reason", "rotated", "--path", "old.env"];
    sandbox.keyward(&add).exits(0);
    (sandbox, reports)
}

/// As if the run had been on that day.
fn dated(report: &Path, date: &str) {
    let mut read: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    read["timing"]["started"] = date.into();
    fs::write(report, serde_json::to_string(&read).unwrap()).unwrap();
}

fn metrics(sandbox: &Sandbox, reports: &[String]) -> String {
    let logs = [".git/keyward/runs.jsonl", ".git/keyward/audit.jsonl", "keyward.baseline"];
    let mut words = vec!["metrics", "--label", "repository=shop", "--output", "keyward.prom"];
    words.extend(logs);
    words.extend(reports.iter().map(String::as_str));
    sandbox.keyward(&words).exits(0);
    fs::read_to_string(sandbox.repo.join("keyward.prom")).unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}

fn query(port: u16, expression: &str) -> Option<Value> {
    let encoded: String = expression.bytes().map(|byte| format!("%{byte:02X}")).collect();
    serde_json::from_str(&get(port, &format!("/api/v1/query?query={encoded}"))?).ok()
}

/// The values that a query gives.
fn values(answer: &Value) -> Vec<&str> {
    let list = answer["data"]["result"].as_array();
    list.into_iter().flatten().filter_map(|sample| sample["value"][1].as_str()).collect()
}

/// Prometheus, and the server of the file that it reads.
fn prometheus(folder: &Path) -> (u16, Server, Server) {
    let (files, own) = (free_port(), free_port());
    let served = Command::new("python3")
        .args(["-m", "http.server", "--bind", "127.0.0.1", &files.to_string()])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let config = folder.join("prometheus.yml");
    let rules = integrations("prometheus/keyward.rules.yml");
    let text = format!(
        "global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\nrule_files: [{:?}]\nscrape_configs:\n  - job_name: \
         keyward\n    metrics_path: /keyward.prom\n    static_configs:\n      - targets: ['127.0.0.1:{files}']\n",
        rules.to_str().unwrap()
    );
    fs::write(&config, text).unwrap();
    let started = Command::new("prometheus")
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", folder.join("tsdb").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{own}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("prometheus is missing: run tests/setup/prometheus");
    (own, Server(served), Server(started))
}

#[test]
fn the_rules_hold_and_their_tests_pass() {
    let (sound, text) =
        promtool(&["check", "rules", integrations("prometheus/keyward.rules.yml").to_str().unwrap()], b"");
    assert!(sound, "{text}");
    let (sound, text) =
        promtool(&["test", "rules", integrations("prometheus/keyward.test.yml").to_str().unwrap()], b"");
    assert!(sound, "{text}");
}

#[test]
fn the_numbers_of_a_month_please_promtool_and_every_panel_gets_data() {
    let (sandbox, reports) = month();
    let text = metrics(&sandbox, &reports);
    let (sound, said) = promtool(&["check", "metrics"], text.as_bytes());
    assert!(sound && said.trim().is_empty(), "{said}");
    let (port, _files, _prometheus) = prometheus(&sandbox.repo);
    let deadline = Instant::now() + Duration::from_secs(60);
    let ready = || query(port, "keyward:runs_passed:ratio").is_some_and(|answer| !values(&answer).is_empty());
    while !ready() {
        assert!(Instant::now() < deadline, "Prometheus has no numbers after a minute");
        std::thread::sleep(Duration::from_millis(200));
    }
    let dashboard: Value =
        serde_json::from_str(&fs::read_to_string(integrations("grafana/keyward.json")).unwrap()).unwrap();
    let mut asked = 0;
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap().replace("$repository", "shop");
            let answer = query(port, &expression).unwrap();
            let found = values(&answer);
            let numbers = found.iter().all(|value| value.parse::<f64>().is_ok_and(f64::is_finite));
            assert!(!found.is_empty() && numbers, "{}: {expression}: {answer}", panel["title"]);
            asked += 1;
        }
    }
    assert!(asked >= 20, "only {asked} queries");
    for (expression, expected) in [
        ("sum(keyward_overrides_total)", "1"),
        ("sum(keyward_prevented_total{edge=\"commit\"})", "1"),
        ("keyward_time_to_remove_seconds_count{severity=\"critical\"}", "1"),
        ("keyward_time_to_revoke_seconds_count{severity=\"critical\"}", "1"),
        ("keyward_runs_total{edge=\"history\",verdict=\"block\"}", "4"),
    ] {
        assert_eq!(values(&query(port, expression).unwrap()), [expected], "{expression}\n{text}");
    }
}
