//! `keyward doctor` on repositories that are guarded, and on ones that only look so.
#![cfg(unix)]

use crate::sandbox::{Sandbox, set_mode};
use std::fs;
use std::path::PathBuf;

fn installed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install"]).exits(0);
    sandbox
}

/// The state and the reason of the commit edge, with all that is printed for checking the exit code.
fn commit_edge(sandbox: &Sandbox) -> (i32, String, String) {
    let output = sandbox.keyward(&["doctor", "--format", "json"]);
    let report = output.json();
    assert_eq!(report["schema"], "keyward/doctor/v1");
    assert_eq!(report["guarded"], output.code == 0);
    let edge = &report["edges"][0];
    assert_eq!(edge["edge"], "commit");
    let text = |name: &str| edge[name].as_str().unwrap_or_default().to_owned();
    (output.code, text("state"), format!("{} | {}", text("reason"), text("remedy")))
}

#[test]
fn a_fresh_install_is_guarded_at_every_edge_of_a_commit() {
    let sandbox = installed();
    sandbox.committed("a", "a\n");
    let report = sandbox.keyward(&["doctor", "--format", "json"]).json();
    let edges = report["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 6);
    for edge in edges {
        assert_eq!(edge["state"], "guarded", "{edge}");
    }
    sandbox.keyward(&["doctor"]).exits(0).says("commit      guarded").says("git commit --no-verify");
    sandbox.keyward(&["install", "--strict"]).exits(0);
    sandbox.keyward(&["doctor"]).exits(0).says("references  guarded").says("all 7 edges");
}

#[test]
fn nothing_is_left_behind() {
    let mut sandbox = installed();
    let temporary = sandbox.root().join("tmp");
    fs::create_dir(&temporary).unwrap();
    sandbox.set("TMPDIR", &temporary);
    sandbox.committed("a", "a\n");
    sandbox.git(&["config", "core.splitIndex", "true"]).exits(0);
    sandbox.git(&["config", "core.untrackedCache", "true"]).exits(0);
    sandbox.stage("b", "staged\n");
    let before = sandbox.snapshot(&sandbox.root());
    sandbox.keyward(&["doctor"]).exits(0);
    assert_same(&sandbox.snapshot(&sandbox.root()), &before);
    // A refusal of before is still known for breaking the glass.
    sandbox.stage("leak.txt", crate::secrets::github_token());
    sandbox.commit("leak").exits(1);
    let before = sandbox.snapshot(&sandbox.root());
    sandbox.keyward(&["doctor"]).exits(0);
    assert_same(&sandbox.snapshot(&sandbox.root()), &before);
}

/// Compares two snapshots; names the files that differ.
fn assert_same(after: &[(PathBuf, u32, Vec<u8>)], before: &[(PathBuf, u32, Vec<u8>)]) {
    let differ = |one: &[(PathBuf, u32, Vec<u8>)], other: &[(PathBuf, u32, Vec<u8>)]| -> Vec<PathBuf> {
        one.iter().filter(|file| !other.contains(file)).map(|(path, ..)| path.clone()).collect()
    };
    assert_eq!((differ(after, before), differ(before, after)), (Vec::new(), Vec::new()));
}

#[test]
fn without_hooks_nothing_is_guarded() {
    let sandbox = Sandbox::new();
    let (code, state, reason) = commit_edge(&sandbox);
    assert_eq!((code, state.as_str()), (1, "not guarded"));
    assert!(reason.contains("no such hook | keyward install"), "{reason}");
}

#[test]
fn a_hook_without_its_run_bit_is_broken() {
    let sandbox = installed();
    set_mode(&sandbox.hook("pre-commit"), 0o644);
    let (code, state, reason) = commit_edge(&sandbox);
    assert_eq!((code, state.as_str()), (1, "broken"));
    assert!(reason.contains("no run bit") && reason.contains("keyward install"), "{reason}");
}

#[test]
fn a_missing_program_is_broken() {
    let mut sandbox = installed();
    let text = fs::read_to_string(sandbox.hook("pre-commit")).unwrap();
    fs::write(sandbox.hook("pre-commit"), text.replace(env!("CARGO_BIN_EXE_keyward"), "/no/such/keyward")).unwrap();
    sandbox.set("PATH", "/usr/bin:/bin");
    let (code, state, reason) = commit_edge(&sandbox);
    assert_eq!((code, state.as_str()), (1, "broken"));
    assert!(reason.contains("program is missing"), "{reason}");
}

#[test]
fn a_repositorys_own_hooks_path_over_global_hooks_is_seen() {
    let sandbox = Sandbox::new();
    sandbox.keyward(&["install", "--global"]).exits(0);
    assert_eq!(commit_edge(&sandbox).1, "guarded");
    sandbox.git(&["config", "core.hooksPath", ".githooks"]).exits(0);
    let (code, state, reason) = commit_edge(&sandbox);
    assert_eq!((code, state.as_str()), (1, "not guarded"));
    assert!(reason.contains("wins over a global one"), "{reason}");
}

#[test]
fn a_hook_that_ignores_the_exit_code_is_broken() {
    let sandbox = Sandbox::new();
    let program = env!("CARGO_BIN_EXE_keyward");
    sandbox.script(".git/hooks/pre-commit", &format!("#!/bin/sh\n'{program}' hook pre-commit\nexit 0\n"));
    let (code, state, reason) = commit_edge(&sandbox);
    assert_eq!((code, state.as_str()), (1, "broken"));
    assert!(reason.contains("ignores keyward's exit code"), "{reason}");
}

#[test]
fn a_foreign_hook_is_no_guard() {
    let sandbox = Sandbox::new();
    sandbox.script(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    let (_, state, reason) = commit_edge(&sandbox);
    assert_eq!(state, "not guarded");
    assert!(reason.contains("not keyward's"), "{reason}");
    sandbox.script(".git/hooks/pre-commit", "#!/bin/sh\nprintf 'no\\033[31m'\nexit 1\n");
    let (_, state, reason) = commit_edge(&sandbox);
    assert_eq!(state, "broken");
    assert!(reason.contains("not because of the secret: no\\x1b[31m"), "{reason}");
}

#[test]
fn a_hook_that_refuses_everything_is_no_proof() {
    let sandbox = Sandbox::new();
    sandbox.script(".git/hooks/pre-commit", "#!/bin/sh\necho 'block: always'\nexit 1\n");
    let (code, state, reason) = commit_edge(&sandbox);
    assert_eq!((code, state.as_str()), (1, "broken"));
    assert!(reason.contains("so was one without a secret"), "{reason}");
}

#[test]
fn a_former_hook_that_refuses_every_canary_does_not_hide_keyward() {
    let sandbox = Sandbox::new();
    sandbox.script(".git/hooks/pre-commit", "#!/bin/sh\necho no ticket >&2\nexit 1\n");
    sandbox.keyward(&["install"]).exits(0);
    let (_, state, reason) = commit_edge(&sandbox);
    assert_eq!(state, "guarded");
    assert!(reason.contains("tried alone"), "{reason}");
}

#[test]
fn a_hook_that_this_version_would_write_otherwise_is_said() {
    let sandbox = installed();
    let copy = sandbox.root().join("copy of keyward");
    let words = [
        "-c".as_ref(),
        "cp \"$1\" \"$2\"".as_ref(),
        "sh".as_ref(),
        env!("CARGO_BIN_EXE_keyward").as_ref(),
        copy.as_os_str(),
    ];
    sandbox.run_in(&sandbox.root(), "sh".as_ref(), &words, b"").exits(0);
    sandbox.run_in(&sandbox.repo, copy.as_os_str(), &["doctor"], b"").says("would write this hook otherwise now");
}

#[test]
fn the_caller_is_in_a_hook_of_another_repository_and_it_does_not_matter() {
    let mut sandbox = installed();
    sandbox.set("GIT_DIR", "/no/such/repository").set("GIT_INDEX_FILE", "/no/such/index");
    assert_eq!(commit_edge(&sandbox).1, "guarded");
}

#[test]
fn a_reason_to_break_the_glass_does_not_reach_the_canary() {
    let mut sandbox = installed();
    sandbox.set("KEYWARD_BREAK_GLASS", "a reason");
    assert_eq!(commit_edge(&sandbox).1, "guarded");
}

#[test]
fn a_secret_that_is_staged_already_is_not_taken_for_the_canary() {
    let sandbox = Sandbox::new();
    sandbox.stage("leak.txt", crate::secrets::github_token());
    let program = env!("CARGO_BIN_EXE_keyward");
    sandbox.script(".git/hooks/pre-commit", &format!("#!/bin/sh\nexec '{program}' hook pre-commit\n"));
    assert_eq!(commit_edge(&sandbox).1, "guarded");
}

#[test]
fn outside_a_repository_and_in_a_bare_one_it_could_not_do_the_job() {
    let sandbox = Sandbox::without_repository();
    sandbox.keyward_in(&sandbox.home, &["doctor"]).exits(2).says("not a git repository");
    sandbox.git_in(&sandbox.home, &["init", "--quiet", "--bare", "bare"]).exits(0);
    sandbox.keyward_in(&sandbox.home.join("bare"), &["doctor"]).exits(2).says("bare repository");
}

#[test]
fn lost_output_is_exit_2() {
    if std::path::Path::new("/dev/full").exists() {
        let sandbox = installed();
        let words = ["-c", "\"$0\" doctor >/dev/full", env!("CARGO_BIN_EXE_keyward")];
        sandbox.run_in(&sandbox.repo, "sh".as_ref(), &words, b"").exits(2);
    }
}

#[test]
fn any_kind_of_repository_can_be_proved() {
    let sandbox = Sandbox::without_repository();
    let kinds: [&[&str]; 3] =
        [&["--object-format=sha256", "new"], &["with: co:lon \"and' quotes"], &["-b", "other", "odd\u{1b}name"]];
    for kind in kinds {
        let words: Vec<&str> = ["init", "--quiet"].iter().chain(kind).copied().collect();
        sandbox.git_in(&sandbox.home, &words).exits(0);
        let folder = sandbox.home.join(kind.last().unwrap());
        for _ in 0..2 {
            sandbox.keyward_in(&folder, &["install", "--strict"]).exits(0);
            sandbox.keyward_in(&folder, &["doctor"]).exits(0).says("all 7 edges").hides("\u{1b}");
            sandbox.git_in(&folder, &["commit", "--quiet", "--allow-empty", "-m", "first"]).exits(0);
        }
    }
}

#[test]
fn without_git_it_could_not_do_the_job() {
    let mut sandbox = installed();
    sandbox.set("PATH", sandbox.home.clone());
    for command in ["doctor", "drill", "install", "uninstall"] {
        sandbox.keyward(&[command]).exits(2).says("no git on PATH").says("install git");
    }
}

#[test]
fn the_documentation_and_doctor_list_the_same_commands() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/hooks.md")).unwrap();
    for unseen in keyward::cli::hooks::unseen::UNSEEN {
        let yes = if unseen.strict { "| yes |" } else { "| no" };
        let named = |name: &str| page.lines().any(|line| line.contains(&format!("`{name}`")) && line.contains(yes));
        let names = unseen.command.trim_end_matches(" (fast-forward)").split(", ");
        names.for_each(|name| assert!(named(name), "{name} with {yes}"));
    }
}
