//! Ctrl-C: a report of what was found so far, and never a pass.
#![cfg(target_os = "linux")]

use crate::sandbox::Sandbox;
use crate::support::{counted, findings, leak};
use serde_json::{Value, json};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Output};
use std::time::Duration;

/// A secret in a pack, which is read first, and many contents behind it that take some seconds.
fn long(secret: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.committed("secret", secret);
    sandbox.git(&["repack", "-q", "-ad"]).exits(0);
    let line = "let token_name = key_of(session, auth_path); // the api key and its password hint\n";
    for number in 0..160 {
        std::fs::write(sandbox.repo.join(format!("f{number}")), format!("{number}\n{}", line.repeat(3_000))).unwrap();
    }
    sandbox.git(&["-c", "core.compression=1", "add", "."]).exits(0);
    sandbox.commit("much").exits(0);
    sandbox
}

fn start(sandbox: &Sandbox, args: &[&str]) -> Child {
    sandbox.command(&sandbox.repo, env!("CARGO_BIN_EXE_keyward").as_ref()).args(args).spawn().unwrap()
}

/// Hundredths of a second that a process has worked; `None` once it is over.
fn worked(child: &Child) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    // Behind the name, which may hold anything: the state, then ten numbers, then user and system time.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if fields.first() == Some(&"Z") {
        return None;
    }
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// Lets it work for a while, sends a signal, and gives what it leaves behind.
fn interrupted(child: Child, hundredths: u64, name: &str) -> Output {
    while worked(&child).expect("it is over too soon") < hundredths {
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(&child, name);
    child.wait_with_output().unwrap()
}

const SCAN: [&str; 6] = ["scan", "--history", "--jobs", "1", "--format", "json"];

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[test]
fn what_was_found_before_a_signal_is_reported_and_blocks() {
    let sandbox = long(&leak());
    for name in ["-INT", "-TERM"] {
        let output = interrupted(start(&sandbox, &SCAN), 120, name);
        let report = report(&output);
        assert_eq!(counted(&report, "unread", "interrupted"), 1, "{report:#}");
        assert_eq!((findings(&report).count(), &report["verdict"]), (1, &json!("block")));
        assert_eq!((output.status.code(), &report["coverage"]["complete"]), (Some(1), &json!(false)));
    }
}

#[test]
fn nothing_found_before_a_signal_is_no_pass_whatever_the_settings_let_through() {
    let sandbox = long("nothing\n");
    std::fs::write(sandbox.repo.join("keyward.toml"), "[gate]\non-incomplete = \"warn\"\n").unwrap();
    sandbox.git(&["add", "."]).exits(0);
    sandbox.commit("lenient").exits(0);
    let output = interrupted(start(&sandbox, &SCAN), 120, "-INT");
    let report = report(&output);
    assert_eq!((output.status.code(), &report["verdict"], &report["exit"]), (Some(2), &json!("incomplete"), &json!(2)));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let sandbox = Sandbox::new();
    sandbox.committed("a", "nothing\n");
    // A git that does not answer keeps the first signal from being seen.
    let bin = sandbox.root().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let git = bin.join("git");
    let waiting = sandbox.root().join("waiting");
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *for-each-ref*) : > '{}'; exec sleep 20;; esac\nPATH=${{PATH#*:}} exec git \"$@\"\n",
        waiting.display()
    );
    std::fs::write(&git, script).unwrap();
    std::fs::set_permissions(&git, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = sandbox.command(&sandbox.repo, env!("CARGO_BIN_EXE_keyward").as_ref());
    let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())));
    let child = command.args(["scan", "--history"]).env("PATH", path.unwrap()).spawn().unwrap();
    while !waiting.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(&child, "-INT");
    // The flag is up once the handler ran, which it does before the signal counts as delivered.
    while pending(&child) {
        std::thread::sleep(Duration::from_millis(5));
    }
    signal(&child, "-INT");
    let status = child.wait_with_output().unwrap().status;
    assert_eq!((status.code(), status.signal()), (None, Some(2)));
}

/// Whether a signal waits to be delivered to the process.
fn pending(child: &Child) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let pending = status.lines().filter_map(|line| line.strip_prefix("SigPnd:").or(line.strip_prefix("ShdPnd:")));
    pending.into_iter().any(|mask| mask.trim().bytes().any(|digit| digit != b'0'))
}
