//! What a developer reads.

use crate::sample::*;
use insta::assert_snapshot;
use keyward::policy::{Decision, ExcusedBy, Verdict};
use keyward::report::{Edge, Human, HumanOptions, Pushed, PushedCommit};
use keyward::scan::Outcome;

const COMMIT: HumanOptions = HumanOptions { color: false, verbose: false, quiet: false, edge: Edge::Commit };
const SCAN: HumanOptions = HumanOptions { edge: Edge::Scan, ..COMMIT };

fn human(outcome: &Outcome, options: HumanOptions) -> String {
    text(&Human::new(options), outcome)
}

#[test]
fn a_blocked_commit_says_what_where_why_and_what_to_do() {
    let found = vec![proved(at("deploy/prod.env", 3, 12)), warning("deploy/prod.env", 9), at("src/it's.rs", 4, 4)];
    assert_snapshot!(human(&outcome(found), COMMIT), @r#"
    keyward: 2 findings block this commit

    deploy/prod.env:3:12  blocks  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence certain)
        why          rule github-personal-access-token: its checksum proves it
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec
    deploy/prod.env:9:8  warns  Password given to a name that says so
        value        c0rr***ry (severity medium, confidence medium)
        why          rule generic-password (decoded from percent, then base64): db_password is a name for a secret, and the value looks random
        fingerprint  kw1:b0eeaa4cdb3aa4f7a9c2e465132affe8

    src/it's.rs:4:4  blocks  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence high)
        why          rule github-personal-access-token: nearly all that matches it is real
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec

    A real secret: take it out of the file (read it from the environment or a secret store), revoke it if anybody else may have seen it, and stage the file again:
        git add -- deploy/prod.env 'src/it'\''s.rs'
    Not a secret: record it as a false positive:
        keyward baseline add kw1:c932435bdd00c122485c46e7ff2fb8ec --status false-positive --reason "why it is no secret" --owner NAME --approver NAME && git add keyward.baseline
    Or: say so in a comment on its line:
        keyward:allow[github-personal-access-token] why it is no secret
    It cannot wait: commit all the same, with the same arguments as before; a record is kept:
        KEYWARD_BREAK_GLASS="why it cannot wait" git commit

    block: 2 findings block, 1 warns; 3 files, 12 kB read in 8 ms
    "#);
}

#[test]
fn a_clean_run_is_one_line() {
    assert_snapshot!(human(&outcome(Vec::new()), COMMIT), @r#"pass: no findings; 3 files, 12 kB read in 8 ms"#);
}

#[test]
fn a_warning_alone_does_not_mention_break_glass() {
    assert_snapshot!(human(&outcome(vec![warning("app.ini", 2)]), COMMIT), @r#"
    keyward: 1 finding warns, nothing blocks

    app.ini:2:8  warns  Password given to a name that says so
        value        c0rr***ry (severity medium, confidence medium)
        why          rule generic-password (decoded from percent, then base64): db_password is a name for a secret, and the value looks random
        fingerprint  kw1:b0eeaa4cdb3aa4f7a9c2e465132affe8

    Not a secret: record it as a false positive:
        keyward baseline add kw1:b0eeaa4cdb3aa4f7a9c2e465132affe8 --status false-positive --reason "why it is no secret" && git add keyward.baseline
    Or: say so in a comment on its line:
        keyward:allow[generic-password] why it is no secret

    pass: 1 finding warns; 3 files, 12 kB read in 8 ms
    "#);
}

#[test]
fn incomplete_gives_each_reason_its_count_and_its_remedy() {
    assert_snapshot!(human(&with_gaps(outcome(Vec::new())), COMMIT), @r#"
    keyward: not everything could be judged, so this is no pass

    Could not be judged:
      1 shallow: 0123456789ab
          git fetch --unshallow (in CI: a checkout with the full history)
      7 too-large: a.bin, b.bin, …
          raise the size limit in keyward.toml, or admit the object with an [[unscanned]] entry

    left out on purpose: 1 submodule: vendor/lib

    incomplete: not judged: 1 shallow, 7 too-large; no findings; 3 files, 12 kB read in 8 ms
    "#);
}

#[test]
fn incomplete_that_is_let_through_says_so() {
    let mut outcome = with_gaps(outcome(Vec::new()));
    outcome.exit = 0;
    let text = human(&outcome, HumanOptions { quiet: true, ..COMMIT });
    assert_snapshot!(text, @r#"incomplete: not judged: 1 shallow, 7 too-large (let through by the settings); no findings; 3 files, 12 kB read in 8 ms"#);
}

#[test]
fn audit_mode_says_what_enforce_mode_would_do() {
    assert_snapshot!(human(&audited(outcome(vec![at("deploy/prod.env", 3, 12)])), COMMIT), @r#"
    keyward: audit mode stops nothing; in enforce mode 1 finding would block this commit

    deploy/prod.env:3:12  would block  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence high)
        why          rule github-personal-access-token: nearly all that matches it is real
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec

    A real secret: take it out of the file (read it from the environment or a secret store), revoke it if anybody else may have seen it, and stage the file again:
        git add -- deploy/prod.env
    Not a secret: record it as a false positive:
        keyward baseline add kw1:c932435bdd00c122485c46e7ff2fb8ec --status false-positive --reason "why it is no secret" && git add keyward.baseline
    Or: say so in a comment on its line:
        keyward:allow[github-personal-access-token] why it is no secret

    pass: 1 finding warns; audit mode, enforce mode would say block; 3 files, 12 kB read in 8 ms
    "#);
}

#[test]
fn verbose_shows_everything() {
    assert_snapshot!(human(&rich(), HumanOptions { verbose: true, ..SCAN }), @r#"
    keyward: 4 findings block

    commit cccccccccccc:5:3  blocks  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence high)
        why          rule github-personal-access-token: nearly all that matches it is real
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec

    deploy/prod.env:3:12  blocks  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence certain)
        why          rule github-personal-access-token: its checksum proves it
        commit       aaaaaaaaaaaa by Ann Lee <ann@example.com> on 2026-01-01T00:00:00Z, 3 times in the history, no longer in HEAD
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec
    deploy/prod.env:9:8  warns  Password given to a name that says so
        value        c0rr***ry (severity medium, confidence medium)
        why          rule generic-password (decoded from percent, then base64): db_password is a name for a secret, and the value looks random
        fingerprint  kw1:b0eeaa4cdb3aa4f7a9c2e465132affe8

    keys/id_rsa (the file's name)  blocks  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence high)
        why          rule github-personal-access-token: nearly all that matches it is real
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec

    src/a b.rs:12:9  blocks  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence high)
        why          rule github-personal-access-token: nearly all that matches it is real
        note         the baseline entry for it expired on 2026-01-31
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec

    tests/fixture.json:2:2  excused  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence high)
        why          rule github-personal-access-token: nearly all that matches it is real
        excused by   baseline: the vendor's published test key (owner Ann Lee, until 2027-01-31)
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec

    Could not be judged:
      1 shallow: 0123456789ab
          git fetch --unshallow (in CI: a checkout with the full history)
      7 too-large: a.bin, b.bin, …
          raise the size limit in keyward.toml, or admit the object with an [[unscanned]] entry

    3 findings under the least confidence (2 low, 1 medium), not shown
    left out on purpose: 1 submodule: vendor/lib
    warning: gate.block-on is locked by /etc/keyward/config.toml; keyward.toml cannot weaken it

    A real secret: revoke it first (whoever has the files has the secret), then take it out, and read the new one from the environment or a secret store.
    Not a secret: record it as a false positive:
        keyward baseline add kw1:c932435bdd00c122485c46e7ff2fb8ec --status false-positive --reason "why it is no secret" --owner NAME --approver NAME

    block: 4 findings block, 1 warns, 1 is excused; not judged: 1 shallow, 7 too-large; 3 files, 12 kB read in 8 ms
    "#);
}

#[test]
fn excused_findings_are_only_counted() {
    assert_snapshot!(human(&outcome(vec![excused(at("a", 1, 1)), excused(at("b", 1, 1))]), SCAN), @r#"
    2 findings are excused and not shown
    pass: 2 findings are excused; 3 files, 12 kB read in 8 ms
    "#);
}

#[test]
fn what_broke_the_glass_is_shown_even_where_excused_findings_are_not() {
    let mut broken = excused(at("deploy/prod.env", 3, 12));
    let Verdict::Suppressed(suppression) = &mut broken.judgement.verdict else { unreachable!() };
    suppression.by = ExcusedBy::BreakGlass;
    assert_snapshot!(human(&outcome(vec![broken, excused(at("b", 1, 1))]), COMMIT), @r#"
    keyward: break-glass: 1 finding let through; a record is kept

    deploy/prod.env:3:12  let through  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence high)
        why          rule github-personal-access-token: nearly all that matches it is real
        excused by   break-glass: the vendor's published test key (owner Ann Lee, until 2027-01-31)
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec

    1 finding is excused and not shown
    pass: 2 findings are excused; 3 files, 12 kB read in 8 ms
    "#);
}

#[test]
fn findings_that_only_the_count_knows_block_too() {
    let mut outcome = outcome(vec![warning("a", 1)]);
    (outcome.unlisted, outcome.decision, outcome.exit) = (2, Decision::Block, 1);
    let text = human(&outcome, COMMIT);
    assert!(text.starts_with("keyward: 2 findings beyond the limit of the list block this commit\n"), "{text}");
}

#[test]
fn of_many_findings_ten_are_shown_and_blocking_ones_go_first() {
    let mut found: Vec<_> = (1..=8).map(|line| warning("a.ini", line)).collect();
    found.extend((1..=9).map(|line| at("b.env", line, 1)));
    let text = human(&outcome(found), COMMIT);
    assert_eq!(text.matches("  blocks  ").count(), 9, "{text}");
    assert_eq!(text.matches("  warns  ").count(), 1, "{text}");
    assert!(text.contains("and 7 more findings; all of them: keyward scan --staged --verbose\n"), "{text}");
    assert!(text.ends_with("block: 9 findings block, 8 warn; 3 files, 12 kB read in 8 ms\n"), "{text}");
}

#[test]
fn findings_beyond_the_limit_of_the_list_are_counted() {
    let mut outcome = outcome(vec![at("a", 1, 1)]);
    outcome.unlisted = 4;
    let text = human(&outcome, COMMIT);
    assert!(text.contains("and 4 findings beyond the limit of the list\n"), "{text}");
    assert!(text.ends_with("block: 1 finding blocks, 4 are not listed; 3 files, 12 kB read in 8 ms\n"), "{text}");
}

#[test]
fn quiet_is_the_verdict_alone() {
    assert_snapshot!(human(&rich(), HumanOptions { quiet: true, verbose: true, ..SCAN }), @r#"block: 4 findings block, 1 warns, 1 is excused; not judged: 1 shallow, 7 too-large; 3 files, 12 kB read in 8 ms"#);
}

#[test]
fn a_secret_in_the_message_cannot_be_excused_by_a_comment_or_by_breaking_the_glass() {
    assert_snapshot!(human(&outcome(vec![in_message(at("", 5, 3))]), COMMIT), @r#"
    keyward: 1 finding blocks this commit

    commit cccccccccccc:5:3  blocks  GitHub personal access token (classic)
        value        ghp_***17 (severity high, confidence high)
        why          rule github-personal-access-token: nearly all that matches it is real
        rotate it at https://docs.example.com/rotate?a=1&b=2
        fingerprint  kw1:c932435bdd00c122485c46e7ff2fb8ec

    A secret in the message: write it again without the secret.
    Not a secret: record it as a false positive:
        keyward baseline add kw1:c932435bdd00c122485c46e7ff2fb8ec --status false-positive --reason "why it is no secret" && git add keyward.baseline

    block: 1 finding blocks; 3 files, 12 kB read in 8 ms
    "#);
}

#[test]
fn a_file_that_should_not_be_here_is_left_out_of_the_commit() {
    let mut name = at("keys/id_rsa", 1, 1);
    name.finding.origin.kind = keyward::finding::ObjectKind::Path;
    let text = human(&outcome(vec![name]), COMMIT);
    assert!(text.contains("    git rm --cached -- keys/id_rsa\n"), "{text}");
}

#[test]
fn a_push_is_told_to_rewrite_its_commits() {
    let options = HumanOptions { edge: Edge::Push, ..COMMIT };
    let found = in_history(at("a", 5, 3));
    let id = found.finding.origin.commit.as_ref().unwrap().id;
    let told = |pushed: Option<Pushed>| text(&Human { options, pushed }, &outcome(vec![found.clone()]));
    let commits = |root| Some(Pushed { commits: vec![PushedCommit { id, root }], ..Pushed::default() });
    let short = &id.to_string()[..12];
    for (pushed, command) in [
        (None, format!("    git rebase --interactive --rebase-merges {short}^\n")),
        (commits(false), format!("    git rebase --interactive --rebase-merges {short}^\n")),
        (commits(true), "    git rebase --interactive --rebase-merges --root\n".to_owned()),
        (Some(Pushed { head: Some(id), ..Pushed::default() }), "    git add -- a && git commit --amend\n".to_owned()),
    ] {
        let text = told(pushed);
        assert!(text.starts_with("keyward: 1 finding blocks this push\n"), "{text}");
        assert!(text.contains(&command), "{text}");
        assert!(!text.contains("KEYWARD_BREAK_GLASS"), "{text}");
    }
}

#[test]
fn the_glass_is_not_offered_where_something_is_unread() {
    let text = human(&with_gaps(outcome(vec![at("a", 5, 3)])), COMMIT);
    assert!(!text.contains("KEYWARD_BREAK_GLASS"), "{text}");
}

#[test]
fn a_finding_under_the_least_confidence_is_never_listed() {
    let mut below = at("a", 1, 1);
    (below.judgement.verdict, below.judgement.would) = (Verdict::Below, Verdict::Below);
    let text = human(&outcome(vec![below]), HumanOptions { verbose: true, ..SCAN });
    assert_eq!(text, "pass: no findings; 3 files, 12 kB read in 8 ms\n");
}

#[test]
fn without_its_colours_a_report_is_the_plain_one() {
    let colored = human(&rich(), HumanOptions { color: true, ..COMMIT });
    let mut plain = String::new();
    for (at, part) in colored.split('\u{1b}').enumerate() {
        let text = if at == 0 { part } else { part.split_once('m').map_or("", |(_, rest)| rest) };
        plain.push_str(text);
    }
    assert!(colored.contains("\u{1b}[1m\u{1b}[31mblocks\u{1b}[0m"), "{colored:?}");
    assert_eq!(plain, human(&rich(), COMMIT));
}
