//! `install --server`, `uninstall --server`, `doctor --server`.

use super::{Server, line};
use crate::sandbox::Output;
use crate::secrets::github_token;
use std::fs;

/// A server without any hook.
fn bare() -> Server {
    let server = Server::founded();
    fs::remove_dir_all(server.bare.join("hooks")).unwrap();
    server
}

impl Server {
    fn keyward(&self, command: &str, more: &[&str]) -> Output {
        let words = [&[command, "--server", "../server.git"], more].concat();
        self.sandbox.keyward(&words)
    }
}

#[test]
fn an_installed_hook_blocks_and_goes_away_again() {
    let server = bare();
    server.keyward("doctor", &[]).exits(1).says("not guarded").says("keyward install --server");
    server.keyward("install", &[]).exits(0).says("pre-receive           installed");
    server.keyward("install", &[]).exits(0).says("installed already");
    let before = server.sandbox.snapshot(&server.bare);
    server.keyward("doctor", &[]).exits(0).says("receive     guarded");
    let report = server.keyward("doctor", &["--format", "json"]).exits(0).json();
    assert_eq!(report["edges"][0]["state"], "guarded", "{report:#}");
    assert!(server.sandbox.snapshot(&server.bare) == before, "doctor leaves something behind");
    server.branch("bad", "a.txt", line(&github_token()));
    server.blocked(&["bad"]);
    server.keyward("uninstall", &[]).exits(0).says("taken away");
    assert!(!server.bare.join("hooks/pre-receive").exists());
}

#[test]
fn the_former_hook_is_called_behind_keyward_and_comes_back() {
    let server = bare();
    server.script("pre-receive", "cat >>seen\necho the former one\n");
    let former = server.sandbox.snapshot(&server.bare.join("hooks"));
    server.keyward("install", &[]).exits(0).says("is kept and called");
    server.branch("bad", "a.txt", line(&github_token()));
    server.blocked(&["bad"]).hides("the former one");
    server.branch("good", "a.txt", "nothing\n");
    server.passes(&["good"]).says("the former one");
    assert!(fs::read_to_string(server.bare.join("seen")).unwrap().contains("refs/heads/good"));
    server.script("pre-receive.keyward-former", "cat >/dev/null; echo no; exit 1\n");
    server.branch("next", "a.txt", "nothing\n");
    server.refused(&["next"]);
    server.keyward("doctor", &[]).exits(1).says("refuses a clean push too: no");
    server.script("pre-receive.keyward-former", "cat >>seen\necho the former one\n");
    server.keyward("uninstall", &[]).exits(0);
    assert!(server.sandbox.snapshot(&server.bare.join("hooks")) == former);
}

#[test]
fn where_the_servers_hook_runs_a_folder_keyward_is_one_of_its_scripts() {
    let server = bare();
    fs::create_dir_all(server.bare.join("hooks/pre-receive.d")).unwrap();
    let each = "data=$(cat)\nhookname=$(basename $0)\nfor hook in ${GIT_DIR}/hooks/${hookname}.d/*; do\n\
                test -x \"${hook}\" || continue\necho \"$data\" | \"$hook\" || exit 1\ndone\n";
    server.script("pre-receive", each);
    server.keyward("doctor", &[]).exits(1).says("a push with a secret was taken");
    server.keyward("install", &[]).exits(0).says("pre-receive.d/keyward");
    server.keyward("doctor", &[]).exits(0);
    server.branch("bad", "a.txt", line(&github_token()));
    server.blocked(&["bad"]);
    server.keyward("uninstall", &[]).exits(0);
    assert!(!server.bare.join("hooks/pre-receive.d/keyward").exists());
}

#[test]
fn only_a_bare_repository_is_a_server() {
    let server = bare();
    let call = |path: &str| server.sandbox.keyward(&["install", "--server", path]).exits(2);
    call(".").says("is not a bare repository");
    call("../server.git/objects").says("is not a bare repository");
    call("../nowhere").says("cannot find");
    server.sandbox.keyward(&["install", "--server", "../server.git", "--global"]).exits(2);
    server.sandbox.keyward(&["install", "--hook", "pre-receive"]).exits(2).says("keyward install --server PATH");
}

#[test]
fn the_administrators_file_is_written_into_the_hook_and_stays_there() {
    let server = bare();
    let file = server.sandbox.root().join("it's an administrator's.toml");
    fs::write(&file, "[server]\nprotected = [\"refs/heads/release/*\"]\n[gate]\nmode = \"audit\"\n").unwrap();
    let name = file.to_str().unwrap();
    server.keyward("install", &["--config", name]).exits(0);
    server.branch("bad", "a.txt", line(&github_token()));
    server.passes(&["bad"]).says("audit");
    // Installed again without it, the hook keeps it.
    server.keyward("install", &[]).exits(0).says("installed already");
    fs::write(&file, "").unwrap();
    server.branch("worse", "b.txt", line(&github_token()));
    server.blocked(&["worse"]);
    fs::write(&file, "[gate]\nmode = \"hidden-word\"\n").unwrap();
    server.keyward("install", &["--config", name]).exits(2).says(":2:8");
    server.keyward("install", &["--config", "nowhere.toml"]).exits(2).says("cannot find");
    server.sandbox.keyward(&["install", "--config", name]).exits(2).says("--server");
    server.refused(&["worse"]).hides("hidden-word");
}

#[test]
fn in_a_repository_of_gitlab_the_script_goes_where_gitlab_looks() {
    let server = bare();
    fs::create_dir_all(server.bare.join("custom_hooks")).unwrap();
    server.keyward("doctor", &[]).exits(1).says("not guarded");
    server.keyward("install", &[]).exits(0).says("custom_hooks/pre-receive.d/keyward");
    server.keyward("doctor", &[]).exits(0).says("by itself").says("a push to it shows");
    server.keyward("uninstall", &[]).exits(0);
    assert!(!server.bare.join("custom_hooks/pre-receive.d/keyward").exists());
}

#[test]
fn a_folder_of_hooks_for_all_repositories_takes_the_script_too() {
    let server = bare();
    let root = server.sandbox.root();
    for (folder, script, next) in [
        ("hooks/common", "pre-receive", "gitolite setup --hooks-only"),
        ("gitaly/custom_hooks", "pre-receive.d/keyward", "custom_hooks_dir"),
    ] {
        let path = root.join(folder);
        fs::create_dir_all(&path).unwrap();
        let name = path.to_str().unwrap();
        server.sandbox.keyward(&["install", "--server", name]).exits(0).says(next);
        assert!(path.join(script).is_file());
        server.sandbox.keyward(&["doctor", "--server", name]).exits(2).says("name one of the repositories");
        server.sandbox.keyward(&["uninstall", "--server", name]).exits(0).says("taken away");
        assert!(!path.join(script).exists());
    }
}

#[test]
fn behind_a_hook_that_takes_no_strangers_the_script_is_tried_by_itself() {
    let server = bare();
    fs::create_dir_all(server.bare.join("hooks/pre-receive.d")).unwrap();
    // As Gitea's: it refuses whatever does not come through the server, behind the scripts of the folder.
    server.script("pre-receive", "# ${hookname}.d/\ncat >/dev/null\necho not through the server >&2\nexit 1\n");
    server.keyward("doctor", &[]).exits(1);
    server.keyward("install", &[]).exits(0);
    server.keyward("doctor", &[]).exits(0).says("by itself");
}
