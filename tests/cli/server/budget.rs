//! A spent budget is no pass.

use super::Server;

#[test]
fn a_spent_budget_blocks_unless_the_administrator_says_otherwise() {
    let server = Server::founded();
    server.hook("pre-receive", "--budget 0ms");
    server.branch("topic", "a.txt", "nothing\n");
    server.refused(&["topic"]).says("incomplete:").says("budget");
    let file = server.administered("[gate]\non-incomplete = { default = \"block\", budget = \"warn\" }\n");
    server.hook("pre-receive", &format!("--budget 0ms --config '{}'", file.display()));
    server.push(&["topic"]).exits(0).says("incomplete:");
    server.hook("pre-receive", "--budget 7d");
    server.branch("next", "b.txt", "nothing\n");
    server.refused(&["next"]);
}

#[test]
fn where_github_enterprise_server_calls_there_is_a_budget_that_the_administrator_can_change() {
    let mut server = Server::founded();
    server.sandbox.set("GITHUB_VIA", "git push");
    server.branch("topic", "a.txt", "nothing\n");
    server.administered("[limits]\nbudget = \"0ms\"\n");
    server.refused(&["topic"]).says("budget");
    server.administered("[limits]\nbudget = \"none\"\n");
    server.passes(&["topic"]);
}

#[test]
fn a_spent_budget_tells_how_far_it_came_and_how_to_push_in_parts() {
    let server = Server::founded();
    server.hook("pre-receive", "--budget 0ms");
    server.git(&["checkout", "--quiet", "-B", "long", "main"]);
    for number in 0..6 {
        server.sandbox.committed("a.txt", format!("{number}\n"));
    }
    let told = server.refused(&["long"]).says("came to 0 of 18 objects (0 %)").says("In parts:");
    server.hook("pre-receive", "");
    let commands: Vec<&str> =
        told.stderr.lines().filter_map(|line| line.split_once("git push ")).map(|it| it.1).collect();
    assert_eq!(commands.len(), 4, "{told:#?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        server.git(&[&["push", "--quiet"], words.as_slice()].concat());
    }
    assert!(server.refs().contains(&format!("{} commit\trefs/heads/long", server.sandbox.id("long"))));
    server.hook("update", "--budget 0ms");
    std::fs::remove_file(server.bare.join("hooks/pre-receive")).unwrap();
    server.sandbox.committed("b.txt", "b\n");
    server.push(&["long"]).exits(1).says("incomplete:").says("budget");
}
