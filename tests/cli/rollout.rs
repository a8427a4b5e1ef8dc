//! A gate that tightens step by step.

use crate::sandbox::Sandbox;
use crate::secrets;

fn sandbox(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("keyward.toml", config);
    sandbox
}

#[test]
fn a_path_can_be_enforced_while_all_others_are_only_watched() {
    let sandbox = sandbox("[gate]\nmode = \"audit\"\n[[gate.override]]\npaths = [\"pay/**\"]\nmode = \"enforce\"\n");
    sandbox.write("old/a.env", secrets::aws_lines());
    sandbox.keyward(&["scan", "."]).exits(0);
    sandbox.write("pay/a.env", secrets::aws_lines());
    let report = sandbox.keyward(&["scan", ".", "--format", "json"]).exits(1).json();
    let blocks = |path: &str| {
        let list = report["findings"].as_array().unwrap();
        list.iter().any(|finding| finding["path"] == path && finding["verdict"] == "block")
    };
    assert!(blocks("pay/a.env") && !blocks("old/a.env"));
}

#[test]
fn a_file_that_moves_from_a_watched_path_to_an_enforced_one_brings_its_secret_along_as_new() {
    let sandbox = sandbox("[[gate.override]]\npaths = [\"legacy/**\"]\nmode = \"audit\"\n");
    sandbox.git(&["add", "."]).exits(0);
    sandbox.committed("legacy/a.env", secrets::aws_lines());
    sandbox.git(&["mv", "legacy", "old"]).exits(0);
    sandbox.keyward(&["scan", "--staged"]).exits(1);
    sandbox.git(&["reset", "--quiet", "--hard"]).exits(0);
    sandbox.git(&["mv", "legacy/a.env", "legacy/b.env"]).exits(0);
    sandbox.keyward(&["scan", "--staged"]).exits(0);
}

#[test]
fn a_rule_can_be_watched_while_all_others_are_enforced_and_locks_refuse_that() {
    let text = "[[gate.override]]\nrules = [\"aws-access-key-pair\", \"nosuch\"]\nmode = \"audit\"\n";
    let mut sandbox = sandbox(text);
    sandbox.write("a.env", secrets::aws_lines());
    sandbox.keyward(&["scan", "."]).exits(0).says("names \"nosuch\", which no rule is called");
    let file = sandbox.root().join("admin.toml");
    std::fs::write(&file, "[administrator]\nlock = [\"gate.mode\"]\n").unwrap();
    let system = sandbox.root().join("system");
    std::fs::write(&system, format!("[keyward]\n\tconfig = {}\n", file.display())).unwrap();
    sandbox.unset("GIT_CONFIG_NOSYSTEM").set("GIT_CONFIG_SYSTEM", &system);
    sandbox.keyward(&["scan", "."]).exits(1).says("`gate.mode` is ignored").says("admin.toml");
}

#[test]
fn a_step_of_the_ratchet_blocks_from_its_day_or_its_count_on() {
    let step = |step: &str| format!("[gate]\nblock-on = \"critical\"\n[[gate.ratchet]]\nblock-on = \"high\"\n{step}\n");
    let sandbox = sandbox("[gate]\nblock-on = \"critical\"\n");
    sandbox.write("a.txt", format!("token = {}\n", secrets::jwt()));
    sandbox.keyward(&["scan", "."]).exits(0);
    for (text, code) in
        [("from = 2020-01-01", 1), ("from = 2999-01-01", 0), ("from-count = 1", 1), ("from-count = 9", 0)]
    {
        sandbox.write("keyward.toml", step(text));
        sandbox.keyward(&["scan", "."]).exits(code);
    }
}

#[test]
fn in_a_history_old_findings_are_reported_and_new_ones_block_and_a_range_does_not_care() {
    let mut sandbox = sandbox("");
    sandbox.set("GIT_AUTHOR_DATE", "2020-05-01T12:00:00Z").set("GIT_COMMITTER_DATE", "2020-05-01T12:00:00Z");
    sandbox.committed("b.txt", "nothing\n");
    sandbox.committed("a.env", secrets::aws_lines());
    sandbox.keyward(&["scan", "--history"]).exits(1);
    let told = sandbox.keyward(&["scan", "--history", "--enforce-since", "2020-05-02"]).exits(0);
    assert!(told.text().contains("only reported"), "{told:#?}");
    sandbox.keyward(&["scan", "--history", "--enforce-since", "2020-05-01"]).exits(1);
    sandbox.keyward(&["scan", "--history", "HEAD~1..HEAD", "--enforce-since", "2020-05-02"]).exits(1);
    sandbox.keyward(&["scan", "--enforce-since", "soon"]).exits(2).says("2027-01-31");
}

#[test]
fn a_pushed_override_that_loosens_the_trusted_policy_is_refused() {
    let sandbox = Sandbox::new();
    let server = sandbox.root().join("server.git");
    sandbox.git(&["init", "--quiet", "--bare", "--initial-branch=main", server.to_str().unwrap()]).exits(0);
    sandbox.keyward(&["install", "--server", server.to_str().unwrap()]).exits(0);
    sandbox.committed("keyward.toml", "[gate]\nblock-on = \"high\"\n");
    let push = || sandbox.git(&["push", "--quiet", server.to_str().unwrap(), "main"]);
    push().exits(0);
    sandbox.committed(
        "keyward.toml",
        "[gate]\nblock-on = \"high\"\n[[gate.override]]\npaths = [\"a/**\"]\nmode = \"audit\"\n",
    );
    push().exits(1).says("gate.override");
    sandbox.git(&["reset", "--quiet", "--hard", "HEAD~1"]).exits(0);
    sandbox.committed(
        "keyward.toml",
        "[gate]\nblock-on = \"high\"\n[[gate.ratchet]]\nfrom = 2020-01-01\nblock-on = \"low\"\n",
    );
    push().exits(0);
}
