//! The message of a commit in the making.

use crate::record::record;
use crate::sandbox::Sandbox;
use keyward::source::Message;

fn judged(sandbox: &Sandbox, edited: bool) -> String {
    let repository = sandbox.open();
    let file = sandbox.top.join(".git/COMMIT_EDITMSG");
    record(Message::new(&repository, &file, edited)).seen[0].text.clone()
}

#[test]
fn an_edited_message_is_judged_as_git_will_take_it() {
    let sandbox = Sandbox::new(&[]);
    let scissors = "------------------------ >8 ------------------------";
    sandbox.write(".git/COMMIT_EDITMSG", format!("subject\n# comment\n; other\n# {scissors}\ndiff\n"));
    assert_eq!(judged(&sandbox, true), "subject\n; other\n");
    assert_eq!(judged(&sandbox, false).lines().count(), 5);
    sandbox.git(&["config", "core.commentChar", ";"]);
    assert_eq!(judged(&sandbox, true).lines().count(), 4);
    sandbox.git(&["config", "core.commentChar", "auto"]);
    assert_eq!(judged(&sandbox, true), "subject\n# comment\n; other\n");
    sandbox.git(&["config", "--unset", "core.commentChar"]);
    sandbox.git(&["config", "commit.cleanup", "whitespace"]);
    assert_eq!(judged(&sandbox, true), "subject\n# comment\n; other\n");
}
