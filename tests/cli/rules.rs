//! `keyward rules check`: what it tells the author of a rule.

use crate::sandbox::Sandbox;

/// A rule of provider acme with these keywords, this pattern, and more keys.
fn rule(keywords: &str, pattern: &str, more: &str) -> String {
    format!(
        r#"
[[rule]]
id = "acme-key"
kind = "token"
description = "Acme key"
severity = "high"
confidence = "high"
keywords = [{keywords}]
pattern = '''{pattern}'''
{more}
[rule.examples]
match = [["acme", "_0123456789abcdef"]]
no-match = [["acme", "_0123456789abcde"]]
"#
    )
}

const SOUND: &str = r"\b(?P<secret>acme_[0-9a-f]{16})\b";

#[test]
fn a_sound_rule_has_no_fault_and_no_warning() {
    let sandbox = Sandbox::new();
    sandbox.write("r.toml", rule("\"acme_\"", SOUND, "entropy = 3.0"));
    sandbox.keyward(&["rules", "check", "r.toml"]).exits(0).says("1 rules, 0 faults, 0 warnings");
}

#[test]
fn a_rule_that_can_be_better_gets_a_warning_and_exit_0() {
    let sandbox = Sandbox::new();
    for (text, words) in [
        (rule("\"acme_0\", \"acme_1\"", SOUND, ""), "hold no keyword"),
        (rule("\"acme_\"", SOUND, "entropy = 1.3"), "`entropy = 1.3` rejects nothing"),
        (rule("\"acme_\"", r"acme[^\n]{0,4000}?(?P<secret>_[0-9a-f]{16})\b", ""), "looks at"),
        (rule("\"acme_0123456789abcdef\"", SOUND, ""), "no example under `no-match` holds a keyword"),
    ] {
        sandbox.write("r.toml", text);
        sandbox.keyward(&["rules", "check", "r.toml"]).exits(0).says("warning").says(words);
    }
    let shadowed = rule("\"ghp_\"", r"\b(?P<secret>ghp_[0-9A-Za-z]{36})\b", "")
        .replace("confidence = \"high\"", "confidence = \"low\"")
        .replace("[\"acme\", \"_0123456789abcdef\"]", "[\"gh\", \"p_\", \"0a1b2c3d4e5f6g7h8i9jAkBlCmDnEoFpGqHr\"]");
    sandbox.write("r.toml", shadowed);
    sandbox.keyward(&["rules", "check", "r.toml"]).says("goes to github-personal-access-token");
}

#[test]
fn an_example_that_does_not_behave_is_a_fault_and_exit_1() {
    let sandbox = Sandbox::new();
    sandbox.write("r.toml", rule("\"acme_\"", r"\b(?P<secret>acme_[0-9a-f]{15,16})\b", ""));
    sandbox
        .keyward(&["rules", "check", "r.toml"])
        .exits(1)
        .says("fault: finds something in example 1 under `no-match`");
    sandbox.write("r.toml", rule("\"acme_\"", r"\b(?P<secret>acme_[0-9a-f]{17})\b", ""));
    sandbox.keyward(&["rules", "check", "r.toml"]).exits(1).says("fault: finds nothing in example 1 under `match`");
}
