//! The step of the GitHub action, run as the action runs it.
#![cfg(unix)]

use crate::sandbox::{Output, Sandbox};
use crate::support::leak;
use std::path::Path;

const NONE: &str = "0000000000000000000000000000000000000000";

fn step(sandbox: &mut Sandbox, environment: &[(&str, &str)]) -> Output {
    let folder = Path::new(env!("CARGO_BIN_EXE_keyward")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    sandbox.set("PATH", path);
    for name in ["RANGE", "TRUST", "MODE", "SARIF", "BASE", "HEAD"] {
        let value = environment.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        sandbox.set(name, value);
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/integrations/github/scan.sh");
    sandbox.run_in(&sandbox.repo, script.as_ref(), &[""; 0], b"")
}

fn revision(sandbox: &Sandbox) -> String {
    sandbox.git(&["rev-parse", "HEAD"]).exits(0).stdout.trim().to_owned()
}

#[test]
fn the_action_judges_the_commits_of_the_event_by_the_policy_of_their_base() {
    let mut sandbox = Sandbox::new();
    sandbox.committed("a.txt", "clean\n");
    let base = revision(&sandbox);
    sandbox.committed("keyward.toml", "[gate]\nmode = \"audit\"\n");
    sandbox.committed("b.txt", leak());
    let head = revision(&sandbox);
    step(&mut sandbox, &[("BASE", &base), ("HEAD", &head)]).exits(1).says("::error file=b.txt");
    step(&mut sandbox, &[("BASE", &head), ("HEAD", &head)]).exits(0);
    step(&mut sandbox, &[("BASE", &base), ("HEAD", &head), ("TRUST", "HEAD")]).exits(0);
    step(&mut sandbox, &[("BASE", &base), ("HEAD", &head), ("MODE", "audit")]).exits(0);
}

#[test]
fn the_action_judges_the_whole_history_where_the_base_is_unknown() {
    let mut sandbox = Sandbox::new();
    sandbox.committed("b.txt", leak());
    let head = revision(&sandbox);
    step(&mut sandbox, &[("BASE", NONE), ("HEAD", &head), ("SARIF", "out.sarif")]).exits(1);
    assert!(sandbox.repo.join("out.sarif").is_file());
    step(&mut sandbox, &[("BASE", &"1".repeat(40)), ("HEAD", &head)]).exits(1);
}
