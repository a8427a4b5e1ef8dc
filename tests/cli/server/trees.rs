//! Trees as no git writes them, which a server takes unless it is told to look (`receive.fsckObjects`).

use super::{Server, line};
use crate::secrets::github_token;

/// Writes an object as it is, and gives its id.
fn object(server: &Server, kind: &str, bytes: &[u8]) -> String {
    let words = ["hash-object", "-w", "--stdin", "--literally", "-t", kind];
    let output = server.sandbox.run_in(&server.sandbox.repo, "git".as_ref(), &words, bytes);
    output.exits(0).stdout.trim().to_owned()
}

/// A tree of one entry.
fn tree(server: &Server, mode: &str, name: &str, id: &str) -> String {
    let raw = data_encoding::HEXLOWER.decode(id.as_bytes()).unwrap();
    object(server, "tree", &[mode.as_bytes(), b" ", name.as_bytes(), b"\0", &raw].concat())
}

/// A branch at a commit of a tree, whatever git thinks of it.
fn commit(server: &Server, branch: &str, tree: &str) {
    let main = server.sandbox.id("main");
    let who = "A Tester <tester@example.com> 1767322845 +0000";
    let text = format!("tree {tree}\nparent {main}\nauthor {who}\ncommitter {who}\n\nodd\n");
    let id = object(server, "commit", text.as_bytes());
    server.git(&["update-ref", &format!("refs/heads/{branch}"), &id]);
}

#[test]
fn whatever_mode_names_a_content_it_is_judged() {
    let server = Server::founded();
    let leak = object(&server, "blob", line(&github_token()).as_bytes());
    for (number, mode) in ["0", "100644", "120000", "100000", "10"].into_iter().enumerate() {
        let branch = format!("mode-{number}");
        commit(&server, &branch, &tree(&server, mode, "a.txt", &leak));
        // git itself does not send what it takes for a submodule, or does not take it.
        let keep = format!("{leak}:refs/keep/{number}");
        server.refused(&[&branch, &keep]);
    }
}

#[test]
fn a_folder_under_another_mode_is_walked_in_every_scope() {
    let server = Server::founded();
    let leak = object(&server, "blob", line(&github_token()).as_bytes());
    let folder = tree(&server, "100644", "a.txt", &leak);
    for (number, mode) in ["40755", "040000", "1040000"].into_iter().enumerate() {
        let branch = format!("folder-{number}");
        commit(&server, &branch, &tree(&server, mode, "folder", &folder));
        server.blocked(&[&branch]).says("folder/a.txt");
        let range = format!("main..{branch}");
        server.sandbox.keyward(&["scan", "--history", &range]).exits(1).says("folder/a.txt");
    }
}

#[test]
fn a_tree_that_is_cut_off_or_names_what_is_not_there_is_no_pass() {
    let server = Server::founded();
    commit(&server, "cut", &object(&server, "tree", b"100644 a.txt\0too short"));
    server.sandbox.keyward(&["scan", "--history", "main..cut"]).exits(2).says("corrupt-object");
    commit(&server, "missing", &tree(&server, "100644", "a.txt", &"a".repeat(40)));
    server.sandbox.keyward(&["scan", "--history", "main..missing"]).exits(2).says("missing-object");
    let leak = object(&server, "blob", line(&github_token()).as_bytes());
    commit(&server, "blob", &tree(&server, "40000", "folder", &leak));
    server.sandbox.keyward(&["scan", "--history", "main..blob"]).exits(2).says("corrupt-object");
    for branch in ["cut", "missing", "blob"] {
        server.refused(&[branch]);
    }
}

#[test]
fn a_name_that_a_tree_holds_twice_hides_nothing() {
    let server = Server::founded();
    let (leak, clean) = (line(&github_token()), "nothing\n".to_owned());
    let raw = |text: &str| data_encoding::HEXLOWER.decode(object(&server, "blob", text.as_bytes()).as_bytes()).unwrap();
    for (number, order) in [[&leak, &clean], [&clean, &leak]].into_iter().enumerate() {
        let entries = order.map(|text| [b"100644 a.txt\0".as_slice(), &raw(text)].concat());
        let branch = format!("twice-{number}");
        commit(&server, &branch, &object(&server, "tree", &entries.concat()));
        server.blocked(&[&branch]);
        server.sandbox.keyward(&["scan", "--history", &format!("main..{branch}")]).exits(1);
    }
}
