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
