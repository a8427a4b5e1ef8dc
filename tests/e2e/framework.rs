//! The real pre-commit framework, with a copy of this repository as the repository of the hook.
#![cfg(unix)]

use crate::sandbox::{Output, Sandbox};
use crate::secrets;
use std::fs;
use std::path::{Path, PathBuf};

const TOP: &str = env!("CARGO_MANIFEST_DIR");

/// The framework's program, which `tests/setup/pre-commit` installs.
fn framework() -> PathBuf {
    let path = Path::new(TOP).join("target/test-tools/venv/bin/pre-commit");
    assert!(path.is_file(), "{} is missing: run the tests with `bash tests/run`", path.display());
    path
}

/// A repository whose configuration names `hook`; keyward is on PATH.
fn using(hook: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    let hooks = hook_repository(&sandbox, &[".pre-commit-hooks.yaml"]);
    let revision = sandbox.git_in(&hooks, &["rev-parse", "HEAD"]).exits(0);
    let config =
        format!("repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - id: {hook}\n", hooks.display(), revision.stdout.trim());
    sandbox.committed(".pre-commit-config.yaml", config);
    sandbox.set("PRE_COMMIT_HOME", sandbox.root().join("framework"));
    let folder = Path::new(env!("CARGO_BIN_EXE_keyward")).parent().unwrap();
    let path = std::env::join_paths(
        std::iter::once(folder.to_owned()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    sandbox.set("PATH", path.unwrap());
    sandbox
}

/// A repository that holds these files and folders of this one.
fn hook_repository(sandbox: &Sandbox, names: &[&str]) -> PathBuf {
    let folder = sandbox.root().join("hooks");
    for name in names {
        copy(&Path::new(TOP).join(name), &folder.join(name));
    }
    sandbox.git_in(&sandbox.root(), &["init", "--quiet", "hooks"]).exits(0);
    sandbox.git_in(&folder, &["add", "."]).exits(0);
    sandbox.git_in(&folder, &["commit", "--quiet", "-m", "hooks"]).exits(0);
    folder
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

fn run(sandbox: &Sandbox, args: &[&str]) -> Output {
    sandbox.run_in(&sandbox.repo, framework().as_os_str(), args, b"")
}

fn leak() -> String {
    format!("token = {}\n", secrets::github_token())
}

#[test]
fn run_judges_what_is_staged() {
    let sandbox = using("keyward-system");
    sandbox.stage("clean.txt", "clean\n");
    run(&sandbox, &["run"]).exits(0).says("Passed");
    sandbox.write("unstaged.txt", leak());
    run(&sandbox, &["run"]).exits(0);
    sandbox.stage("leak.txt", leak());
    run(&sandbox, &["run"]).exits(1).says("block:").says("leak.txt").hides(&secrets::github_token());
}

#[test]
fn all_files_judges_what_was_committed_before() {
    let sandbox = using("keyward-system");
    sandbox.committed("old.txt", leak());
    run(&sandbox, &["run"]).exits(0);
    run(&sandbox, &["run", "--all-files"]).exits(1).says("block:").says("old.txt");
}

#[test]
fn files_judges_the_files_that_are_named() {
    let sandbox = using("keyward-system");
    sandbox.committed("old.txt", leak());
    sandbox.committed("clean.txt", "clean\n");
    run(&sandbox, &["run", "--files", "clean.txt"]).exits(0);
    run(&sandbox, &["run", "--files", "old.txt"]).exits(1).says("block:").says("old.txt");
}

#[test]
fn a_range_is_judged_commit_by_commit() {
    let sandbox = using("keyward-system");
    sandbox.committed("added.txt", leak());
    sandbox.committed("added.txt", "removed again\n");
    run(&sandbox, &["run", "--from-ref", "HEAD~2", "--to-ref", "HEAD"]).exits(1).says("block:").says("added.txt");
    run(&sandbox, &["run", "--from-ref", "HEAD~1", "--to-ref", "HEAD"]).exits(0);
}

#[test]
fn an_installed_framework_hook_stops_the_commit_and_the_message() {
    let sandbox = using("keyward-system");
    run(&sandbox, &["install"]).exits(0);
    sandbox.stage("leak.txt", leak());
    sandbox.commit("leak").exits(1).says("block:");
    let sandbox = using("keyward-commit-msg-system");
    run(&sandbox, &["install", "--hook-type", "commit-msg"]).exits(0);
    sandbox.stage("clean.txt", "clean\n");
    sandbox.commit(&leak()).exits(1).says("block:");
    sandbox.commit("clean").exits(0);
}

#[test]
fn keywards_own_hooks_and_the_frameworks_live_together_in_any_order() {
    let sandbox = using("keyward-system");
    let check = |sandbox: &Sandbox| {
        sandbox.stage("leak.txt", leak());
        sandbox.commit("leak").exits(1).says("block:").hides("migration mode");
        sandbox.stage("leak.txt", "clean\n");
        sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "clean"]).exits(0);
    };
    run(&sandbox, &["install"]).exits(0);
    sandbox.keyward(&["install"]).exits(0);
    check(&sandbox);
    run(&sandbox, &["install"]).exits(0).says("legacy");
    check(&sandbox);
    sandbox.keyward(&["install"]).exits(0);
    check(&sandbox);
}

#[test]
fn try_repo_works() {
    let sandbox = using("keyward-system");
    let hooks = sandbox.root().join("hooks");
    sandbox.stage("leak.txt", leak());
    let words = ["try-repo", hooks.to_str().unwrap(), "keyward-system", "--verbose"];
    run(&sandbox, &words).exits(1).says("block:").says("leak.txt");
}

/// Slow: the framework builds the program from source, as it does for a user. The profile is lowered to save minutes.
#[test]
fn the_rust_variant_builds_itself_and_judges() {
    let mut sandbox = using("keyward");
    let sources =
        ["Cargo.toml", "Cargo.lock", "build.rs", "build", "src", "rules", "README.md", ".pre-commit-hooks.yaml"];
    let hooks = hook_repository(&sandbox, &sources);
    let built = Path::new(TOP).join("target/test-tools/rust-hook");
    let lowered = [("LTO", "off"), ("CODEGEN_UNITS", "16"), ("OPT_LEVEL", "1"), ("STRIP", "none")];
    for (name, value) in lowered {
        sandbox.set(format!("CARGO_PROFILE_RELEASE_{name}"), value);
    }
    sandbox.set("CARGO_TARGET_DIR", built);
    // The framework's cargo uses the registry's cache and the toolchain of the user, not of the sandbox's home.
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        sandbox.set(name, std::env::var_os(name).unwrap_or_else(|| home.join(folder).into()));
    }
    // Whatever is on PATH must not stand in for what is built.
    sandbox.set("PATH", std::env::var_os("PATH").unwrap());
    sandbox.stage("leak.txt", leak());
    run(&sandbox, &["try-repo", hooks.to_str().unwrap(), "keyward"]).exits(1).says("block:").says("leak.txt");
}
