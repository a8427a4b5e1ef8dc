//! Reports through the real binary: one verdict in every format, no secret in any of them.
#![cfg(unix)]

use crate::sandbox::{Output, Sandbox};
use crate::secrets;
use crate::support::{findings, leak, leak_of};
use serde_json::Value;
use std::fs;
use std::process::{Command, Stdio};

const FORMATS: [&str; 8] = ["human", "json", "sarif", "junit", "gitlab", "github", "markdown", "html"];

/// Ten kinds of secrets, each in a file of its own; the secrets as they may not be repeated.
fn leaking() -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::new();
    let (id, key) = secrets::aws_pair();
    let hex = secrets::random(b"0123456789abcdef", 40, "hex");
    let letters = secrets::random(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 60, "letters");
    let digits = secrets::random(b"0123456789", 24, "digits");
    let slack = format!("{}-{}-{}-{}", ["xo", "xb"].concat(), &digits[..12], &digits[12..], &letters[..24]);
    let stripe = format!("{}_{}", ["sk", "_live"].concat(), &letters[..24]);
    let database = format!("{}{}{}", "postgres://app:", &letters[30..50], "@db.internal:5432/app");
    let password = secrets::password_line();
    let armour = |word: &str| format!("-----{word} {}-----", ["RSA PRIVATE", " KEY"].concat());
    let body =
        data_encoding::BASE64.encode(secrets::random(b"abcdefghijklmnopqrstuvwxyzABCDEFGH", 900, "pem").as_bytes());
    let files = [
        ("aws.ini", secrets::aws_lines(), vec![key]),
        ("github.txt", leak(), vec![secrets::github_token()]),
        ("jwt.txt", format!("jwt: {}\n", secrets::jwt()), vec![secrets::jwt()]),
        ("slack.yml", format!("slack_token: {slack}\n"), vec![slack]),
        ("stripe.py", format!("stripe.api_key = \"{stripe}\"\n"), vec![stripe]),
        ("database.env", format!("DATABASE_URL={database}\n"), vec![letters[30..50].to_owned()]),
        ("password.py", password.clone(), vec![password.split('"').nth(1).unwrap().to_owned()]),
        ("key.pem", format!("{}\n{body}\n{}\n", armour("BEGIN"), armour("END")), vec![body[100..160].to_owned()]),
        ("generic.js", format!("const clientSecret = \"{hex}\";\n"), vec![hex]),
        ("message.log", format!("Authorization: Bearer {}\n", &letters[5..45]), vec![letters[5..45].to_owned()]),
    ];
    let mut hidden = vec![];
    for (path, text, secrets) in files {
        sandbox.stage(path, text);
        hidden.extend(secrets);
    }
    hidden.push(secrets::github_token_of("path"));
    sandbox.stage(&format!("path-{}.txt", secrets::github_token_of("path")), "nothing\n");
    assert!(!hidden.contains(&id));
    (sandbox, hidden)
}

/// What a report says without what differs between two runs.
fn steady(output: &Output) -> Value {
    let mut report = output.json();
    report.as_object_mut().unwrap().remove("timing");
    report
}

#[test]
fn every_format_gives_the_same_verdict_and_none_a_secret() {
    let (sandbox, hidden) = leaking();
    let report = sandbox.keyward(&["scan", "--staged", "--format", "json"]).exits(1);
    let paths: std::collections::BTreeSet<String> =
        findings(&report.json()).map(|finding| finding["path"].to_string()).collect();
    assert!(paths.len() >= 10, "{paths:?}");
    let file = sandbox.root().join("report");
    for format in FORMATS {
        let staged = ["scan", "--staged", "--verbose", "--format", format];
        let output = sandbox.keyward(&staged).exits(1);
        let written = ["--output", file.to_str().unwrap()];
        let silent = sandbox.keyward(&[&staged[..], &written].concat()).exits(1);
        assert_eq!(silent.stdout, "", "{format}");
        let text = format!("{}{}{}", output.text(), silent.text(), fs::read_to_string(&file).unwrap());
        for secret in &hidden {
            assert!(!text.contains(secret.as_str()), "{format} holds a secret of {} characters", secret.len());
        }
    }
    sandbox.keyward(&["install"]).exits(0);
    let refused = sandbox.commit("all of them").exits(1);
    for secret in &hidden {
        assert!(!refused.text().contains(secret.as_str()), "{} characters", secret.len());
    }
}

#[test]
fn the_exit_code_of_a_clean_and_of_an_incomplete_run_is_alike_in_every_format() {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", "clean\n");
    for format in FORMATS {
        sandbox.keyward(&["scan", "--staged", "--format", format]).exits(0);
        sandbox.keyward(&["scan", "--staged", "--budget", "0ms", "--format", format]).exits(2);
    }
}

#[test]
fn several_reports_are_written_at_once() {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", leak());
    let at = |name: &str| sandbox.root().join(name);
    let asked = ["sarif", "junit", "json"].map(|format| format!("{format}={}", at(format).display()));
    let [sarif, junit, json] = asked.each_ref();
    let output =
        sandbox.keyward(&["scan", "--staged", "--report", sarif, "--report", junit, "--report", json]).exits(1);
    output.says("a.txt");
    let read = |name| fs::read_to_string(at(name)).unwrap();
    assert!(read("sarif").contains("2.1.0") && read("junit").contains("<testsuite"));
    assert_eq!(serde_json::from_str::<Value>(&read("json")).unwrap()["verdict"], "block");
}

#[test]
fn quiet_prints_the_verdict_and_nothing_else() {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", leak());
    let output = sandbox.keyward(&["--quiet", "scan", "--staged"]).exits(1);
    assert_eq!(output.stdout.lines().count(), 1, "{output:#?}");
    assert!(output.stdout.starts_with("block"), "{output:#?}");
    assert_eq!(output.stderr, "");
    sandbox.stage("a.txt", "clean\n");
    let output = sandbox.keyward(&["scan", "--staged", "--quiet"]).exits(0);
    assert!(output.stdout.starts_with("pass") && output.stdout.lines().count() == 1, "{output:#?}");
}

#[test]
fn two_runs_differ_in_their_timing_only_whatever_the_number_of_threads() {
    let (sandbox, _) = leaking();
    let run = |more: &[&str]| steady(&sandbox.keyward(&[&["scan", "--format", "json"], more].concat()).exits(1));
    let first = run(&[]);
    assert_eq!(first, run(&[]));
    assert_eq!(first, run(&["--jobs", "1"]));
    assert_eq!(first, run(&["--jobs", "4"]));
}

#[test]
fn a_secret_that_was_added_and_removed_is_found_in_the_history() {
    let sandbox = Sandbox::new();
    sandbox.committed("other.txt", "one\n");
    let before = sandbox.id("HEAD");
    sandbox.committed("gone.txt", leak());
    let brought = sandbox.id("HEAD");
    sandbox.committed("gone.txt", format!("another line\n{}", leak()));
    sandbox.committed("gone.txt", "clean\n");
    sandbox.committed("stays.txt", leak_of("stays"));
    sandbox.keyward(&["scan"]).exits(1).hides("gone.txt");
    let report = sandbox.keyward(&["scan", "--history", "--format", "json"]).exits(1).json();
    let at = |path: &str| -> Vec<Value> { findings(&report).filter(|it| it["path"] == path).cloned().collect() };
    let gone = at("gone.txt");
    assert_eq!(gone.len(), 1, "{report:#}");
    assert_eq!(gone[0]["commit"], brought.as_str(), "{report:#}");
    assert_eq!((&gone[0]["occurrences"], &gone[0]["in_head"]), (&2.into(), &false.into()), "{report:#}");
    assert!(gone[0]["author"].as_str().unwrap().contains("A Tester"), "{report:#}");
    assert_eq!(at("stays.txt")[0]["in_head"], true, "{report:#}");
    // A range is judged like a push.
    let range = |text: &str| sandbox.keyward(&["scan", "--format", "json", "--history", text]);
    let added = range(&format!("{before}..HEAD~2")).exits(1).json();
    assert_eq!(added["findings"][0]["commit"], brought.as_str(), "{added:#}");
    range(&format!("{before}..HEAD")).exits(1);
    range(&format!("{brought}..HEAD~1")).exits(0);
    range("HEAD..HEAD").exits(0);
    range("HEAD..nowhere").exits(2);
}

#[test]
fn a_secret_in_a_message_or_a_tag_is_found_in_the_history() {
    let sandbox = Sandbox::new();
    let message = format!("use {}", secrets::github_token_of("message"));
    sandbox.git(&["commit", "--quiet", "--allow-empty", "--message", &message]).exits(0);
    let text = format!("sign with {}", secrets::github_token_of("tag"));
    sandbox.git(&["tag", "--annotate", "--message", &text, "v1"]).exits(0);
    let report = sandbox.keyward(&["scan", "--history", "--format", "json"]).exits(1).json();
    let kinds: Vec<&Value> = findings(&report).map(|finding| &finding["object"]).collect();
    assert!(kinds.contains(&&"commit".into()) && kinds.contains(&&"tag".into()), "{report:#}");
}

#[test]
fn standard_input_and_plain_folders_are_judged() {
    let sandbox = Sandbox::without_repository();
    fs::create_dir(&sandbox.repo).unwrap();
    sandbox.keyward_fed(&["scan", "--stdin"], leak().as_bytes()).exits(1).hides(&secrets::github_token());
    sandbox.keyward_fed(&["scan", "--stdin"], b"clean\n").exits(0);
    sandbox.keyward_fed(&["scan", "--stdin"], b"").exits(0);
    sandbox.write("deep/er/.hidden", leak());
    let report = sandbox.keyward(&["scan", "--format", "json"]).exits(1).json();
    assert_eq!(report["findings"][0]["path"], "deep/er/.hidden");
    sandbox.keyward(&["scan", "deep/er/.hidden"]).exits(1);
    let folder = sandbox.repo.join("deep");
    let report = sandbox.keyward_in(&folder, &["scan", "er", "--format", "json"]).exits(1).json();
    assert_eq!(report["findings"][0]["path"], "er/.hidden");
}

#[test]
fn what_git_ignores_is_left_out_unless_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.committed(".gitignore", "*.log\n");
    sandbox.write("a.log", leak());
    sandbox.keyward(&["scan"]).exits(0);
    sandbox.keyward(&["scan", "--no-ignore"]).exits(1).says("a.log");
    sandbox.write("untracked.txt", leak_of("untracked"));
    sandbox.keyward(&["scan"]).exits(1).says("untracked.txt");
}

#[test]
fn secrets_are_shown_on_a_terminal_only() {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", leak());
    for more in [&[][..], &["--format", "json"], &["--output", "report"]] {
        let output = sandbox.keyward(&[&["scan", "--staged", "--show-secrets"], more].concat()).exits(2);
        output.hides(&secrets::github_token());
    }
    sandbox.keyward(&["hook", "pre-commit", "--show-secrets"]).hides(&secrets::github_token());
    assert!(!sandbox.repo.join("report").exists());
}

#[test]
fn a_report_that_is_lost_is_exit_2_or_1_where_a_finding_blocks() {
    let full = std::path::Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", "clean\n");
    let direct = |sandbox: &Sandbox, format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyward"));
        command.args(["scan", "--staged", "--format", format]).current_dir(&sandbox.repo);
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", &sandbox.home);
        command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(fs::File::options().write(true).open(full).unwrap());
        command.status().unwrap().code()
    };
    for (code, content) in [(2, "clean\n".to_owned()), (1, leak())] {
        sandbox.stage("a.txt", content);
        for format in FORMATS {
            assert_eq!(direct(&sandbox, format), Some(code), "{format}");
        }
        sandbox.keyward(&["scan", "--staged", "--output", "/dev/full"]).exits(code).says("/dev/full");
        sandbox.keyward(&["scan", "--staged", "--report", "sarif=/dev/full"]).exits(code).says("/dev/full");
        sandbox.keyward(&["scan", "--staged", "--output", "no/such/folder/report"]).exits(code).says("no/such/folder");
    }
    for command in [&["rules", "list"][..], &["man"], &["completions", "bash"]] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keyward"));
        program.args(command).stderr(Stdio::null()).stdout(fs::File::options().write(true).open(full).unwrap());
        assert_eq!(program.status().unwrap().code(), Some(2), "{command:?}");
    }
}

#[test]
fn a_reader_that_went_away_is_exit_2_or_1_and_no_panic() {
    let sandbox = Sandbox::new();
    for (code, content) in [(2, "clean\n".to_owned()), (1, leak())] {
        sandbox.stage("a.txt", content);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyward"));
        command.args(["scan", "--staged"]).current_dir(&sandbox.repo).env("HOME", &sandbox.home);
        let output = command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        assert!(!String::from_utf8_lossy(&output.stderr).contains("internal error"));
    }
}

#[test]
fn a_report_replaces_a_file_whole_and_goes_through_a_device() {
    let sandbox = Sandbox::new();
    sandbox.stage("a.txt", leak());
    let file = sandbox.root().join("out/report.json");
    fs::create_dir(file.parent().unwrap()).unwrap();
    fs::write(&file, "old ".repeat(100_000)).unwrap();
    let other = sandbox.root().join("out/linked.json");
    fs::hard_link(&file, &other).unwrap();
    sandbox.keyward(&["scan", "--staged", "--format", "json", "--output", file.to_str().unwrap()]).exits(1);
    serde_json::from_slice::<Value>(&fs::read(&file).unwrap()).unwrap();
    // It was not written over: whoever had it open still reads the old one.
    assert!(fs::read_to_string(&other).unwrap().starts_with("old "));
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 2);
    sandbox.keyward(&["scan", "--staged", "--format", "json", "--output", "/dev/null"]).exits(1);
    sandbox.keyward(&["scan", "--staged", "--format", "json", "--output", "/dev/stdout"]).exits(1).json();
}

#[test]
fn links_lead_to_lines_and_in_ci_to_the_projects_own_pages() {
    let mut sandbox = Sandbox::new();
    sandbox.committed("a b.txt", format!("token = {}\n", secrets::github_token()));
    let id = sandbox.id("HEAD");
    let scan = |sandbox: &Sandbox, words: &[&str]| {
        sandbox.keyward(&[&["scan", "--history", "HEAD", "--format"], words].concat()).exits(1)
    };
    let template = "https://git.example.com/{commit}/{path}#L{line}";
    let link = format!("https://git.example.com/{id}/a%20b.txt#L1");
    for format in ["markdown", "html"] {
        scan(&sandbox, &[format]).hides("https://git.example.com");
        scan(&sandbox, &[format, "--link", template, "--page", "https://wiki.example.com/x"])
            .says(&link)
            .says("https://wiki.example.com/x");
        // What is no safe address is no link.
        scan(&sandbox, &[format, "--link", "javascript:alert({line})", "--page", "\"><script>"]).hides("javascript:");
    }
    sandbox.set("GITHUB_SERVER_URL", "https://github.example.com");
    sandbox.set("GITHUB_REPOSITORY", "acme/shop").set("GITHUB_SHA", "0123");
    let github = format!("https://github.example.com/acme/shop/blob/{id}/a%20b.txt#L1");
    scan(&sandbox, &["markdown"]).says(&github);
    // Files have no commit of their own: that which CI runs on.
    sandbox.keyward(&["scan", "--format", "markdown"]).exits(1).says("/acme/shop/blob/0123/a%20b.txt#L1");
    for name in ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA"] {
        sandbox.unset(name);
    }
    sandbox.set("CI_PROJECT_URL", "https://gitlab.example.com/acme/shop").set("CI_COMMIT_SHA", "4567");
    scan(&sandbox, &["html"]).says(&format!("https://gitlab.example.com/acme/shop/-/blob/{id}/a%20b.txt#L1"));
}

#[test]
fn a_page_has_a_trend_of_earlier_reports_and_a_wrong_one_is_told() {
    let sandbox = Sandbox::new();
    let report = sandbox.root().join("1.json");
    let earlier = report.to_str().unwrap();
    sandbox.keyward(&["scan", "--format", "json", "--output", earlier]).exits(0);
    let words = ["scan", "--format", "html", "--earlier", earlier];
    let page = sandbox.keyward(&words).exits(0).says("Findings of 2 runs").says("Content-Security-Policy");
    // As wide as with sixty bars, so that two are not blown up.
    page.says("viewBox=\"0 0 684 144\"");
    sandbox.keyward(&["scan", "--format", "html"]).exits(0).hides("Trend");
    fs::write(&report, "{\"schema\":\"keyward/report/v2\"").unwrap();
    sandbox.keyward(&words).exits(2).says("1.json").says("it ends in the middle");
    fs::write(&report, "{\"schema\":\"keyward/report/v2\"}").unwrap();
    sandbox.keyward(&words).exits(2).says("1.json");
}
