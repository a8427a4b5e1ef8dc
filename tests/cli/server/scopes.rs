//! What is new to the server, what is new to a protected reference, and what is not new at all.

use super::{Server, line};
use crate::secrets::github_token;

/// A server that took a secret on a side branch before it had a hook.
fn with_an_old_secret() -> Server {
    let server = Server::founded();
    server.branch("side", "a.txt", line(&github_token()));
    server.unguarded(|server| _ = server.push(&["side"]).exits(0));
    server
}

impl Server {
    fn merged(&self) {
        self.git(&["checkout", "--quiet", "main"]);
        self.git(&["merge", "--quiet", "--no-ff", "--message", "merge", "side"]);
    }
}

#[test]
fn a_secret_of_a_side_branch_is_not_carried_into_a_protected_one() {
    let server = with_an_old_secret();
    server.sandbox.committed("b.txt", "on the side branch that is fine\n");
    server.passes(&["side"]);
    server.passes(&["side:refs/heads/another"]);
    server.blocked(&["side:refs/tags/v1"]);
    server.merged();
    server.blocked(&["main"]);
    server.blocked(&["side:main"]);
    server.passes(&["main:refs/heads/merged"]);
}

#[test]
fn a_reference_that_stands_for_a_protected_one_is_protected() {
    let server = with_an_old_secret();
    server.sandbox.git_in(&server.bare, &["symbolic-ref", "refs/heads/alias", "refs/heads/main"]).exits(0);
    server.blocked(&["side:refs/heads/alias"]);
    server.git(&["checkout", "--quiet", "main"]);
    server.sandbox.committed("keyward.toml", "[gate]\nblock-on = \"critical\"\n");
    server.refused(&["main:refs/heads/alias"]).says("loosens").says("gate.block-on");
}

#[test]
fn the_administrator_says_which_references_are_protected() {
    let server = with_an_old_secret();
    server.administered("[server]\nprotected = [\"refs/heads/release/*\"]\n");
    server.blocked(&["side:refs/heads/release/1"]);
    server.merged();
    server.passes(&["main"]);
}

#[test]
fn a_protected_reference_that_is_new_is_compared_with_all_protected_ones() {
    let server = Server::new();
    server.unguarded(|server| {
        server.sandbox.committed("old.txt", line(&github_token()));
        server.push(&["main"]).exits(0);
    });
    server.git(&["tag", "v1"]);
    server.passes(&["v1"]);
}

#[test]
fn what_a_packs_deltas_are_made_against_is_not_new() {
    let server = Server::new();
    let long: String = (0..2000).map(|number| format!("line {number}\n")).collect();
    server.unguarded(|server| {
        server.sandbox.committed("long.txt", format!("{}{long}", line(&github_token())));
        server.push(&["main"]).exits(0);
    });
    server.sandbox.git_in(&server.bare, &["config", "receive.unpackLimit", "1"]).exits(0);
    server.sandbox.committed("long.txt", format!("{}{long}one more\n", line(&github_token())));
    server.passes(&["main"]);
    server.sandbox.committed("copy.txt", line(&github_token()));
    server.blocked(&["main"]);
}

#[test]
fn references_to_content_and_folders_are_judged() {
    let server = Server::founded();
    server.branch("side", "folder/a.txt", line(&github_token()));
    server.blocked(&["side:refs/heads/x", "side^{tree}:refs/keep/tree"]);
    server.blocked(&["side^{tree}:refs/keep/tree"]);
    server.blocked(&["side:folder/a.txt:refs/keep/blob"]);
    server.passes(&["main^{tree}:refs/keep/tree", "main:README:refs/keep/blob"]);
}

#[test]
fn a_hook_of_the_weaker_kind_blocks_too() {
    let server = Server::founded();
    std::fs::remove_file(server.bare.join("hooks/pre-receive")).unwrap();
    server.hook("update", "");
    server.branch("bad", "a.txt", line(&github_token()));
    let output = server.push(&["main:refs/heads/good", "bad"]);
    assert_ne!(output.code, 0);
    output.says("block:");
    let refs = server.refs();
    assert!(refs.contains("refs/heads/good") && !refs.contains("refs/heads/bad"), "{refs}");
}

#[test]
fn a_folder_whose_name_divides_a_list_of_folders_hides_nothing() {
    let mut server = Server::new();
    let folder = server.sandbox.root().join("a:b\"c");
    std::fs::create_dir(&folder).unwrap();
    std::fs::rename(&server.bare, folder.join("server.git")).unwrap();
    server.bare = folder.join("server.git");
    server.git(&["remote", "set-url", "origin", server.bare.to_str().unwrap()]);
    server.found();
    server.branch("bad", "a.txt", line(&github_token()));
    server.blocked(&["bad"]);
}

#[test]
fn objects_of_another_repository_that_are_shared_are_judged_when_they_are_named() {
    let server = Server::founded();
    let other = server.sandbox.root().join("other.git");
    server.git(&["clone", "--quiet", "--bare", ".", other.to_str().unwrap()]);
    server.branch("shared", "a.txt", line(&github_token()));
    server.git(&["push", "--quiet", other.to_str().unwrap(), "shared"]);
    let list = server.bare.join("objects/info/alternates");
    std::fs::create_dir_all(list.parent().unwrap()).unwrap();
    std::fs::write(&list, format!("{}\n", other.join("objects").display())).unwrap();
    server.blocked(&["shared"]);
}

#[test]
fn a_submodule_entry_that_names_content_hides_nothing() {
    let server = Server::founded();
    let words = ["hash-object", "-w", "--stdin"];
    let text = line(&github_token());
    let blob = server.sandbox.run_in(&server.sandbox.repo, "git".as_ref(), &words, text.as_bytes()).exits(0).stdout;
    server.git(&["checkout", "--quiet", "-b", "hidden"]);
    server.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},sub", blob.trim())]);
    server.git(&["commit", "--quiet", "--message", "a submodule"]);
    server.git(&["update-ref", "refs/keep/blob", blob.trim()]);
    server.blocked(&["hidden", "refs/keep/blob"]);
    // Alone it is a submodule, whose content nobody has sent.
    server.passes(&["hidden"]);
}

#[test]
fn of_several_new_tags_every_one_is_looked_at_even_if_some_name_the_same() {
    let server = with_an_old_secret();
    server.blocked(&["side:refs/tags/a", "main:refs/tags/b", "main:refs/tags/c"]);
}
