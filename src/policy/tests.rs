use super::baseline::Status;
use super::break_glass::{Attempt, BrokenGlass, Refused};
use super::testing::*;
use super::*;
use crate::blob::{ObjectKind, Origin};
use crate::rule::{Confidence, Severity};
use crate::text::Lines;
use jiff::Timestamp;
use jiff::civil::date;

fn suppressed(judgement: &Judgement) -> &Suppression {
    match &judgement.verdict {
        Verdict::Suppressed(suppression) => suppression,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_as_severe_as_block_on_blocks_and_the_rest_warns() {
    let text = VALUE;
    let mut found = finding(text);
    assert_eq!(judge(&policy(""), &found, text).verdict, Verdict::Block);
    assert_eq!(judge(&policy("[gate]\nblock-on = \"critical\""), &found, text).verdict, Verdict::Warn);
    found.severity = Severity::Medium;
    assert_eq!(judge(&policy(""), &found, text).verdict, Verdict::Warn);
}

#[test]
fn what_is_less_sure_than_min_confidence_is_below() {
    let mut found = finding(VALUE);
    found.confidence = Confidence::Low;
    assert_eq!(judge(&policy(""), &found, VALUE).verdict, Verdict::Below);
    assert_eq!(judge(&policy("[gate]\nmin-confidence = \"low\""), &found, VALUE).verdict, Verdict::Block);
}

#[test]
fn in_audit_mode_what_would_block_warns() {
    let judgement = judge(&policy("[gate]\nmode = \"audit\""), &finding(VALUE), VALUE);
    assert_eq!((judgement.verdict, judgement.would), (Verdict::Warn, Verdict::Block));
}

#[test]
fn an_allowed_path_excuses_at_its_place_and_an_allowed_rule_anywhere() {
    let by_path = policy("[[allow]]\npaths = [\"fixtures/**\"]\nreason = \"made up\"");
    let inside = at("fixtures/x", finding(VALUE));
    let judgement = judge(&by_path, &inside, VALUE);
    assert_eq!((suppressed(&judgement).by, suppressed(&judgement).bound_to_place), (ExcusedBy::Allow, true));
    assert_eq!(suppressed(&judgement).reason, "made up");
    assert_eq!(judge(&by_path, &finding(VALUE), VALUE).verdict, Verdict::Block);
    assert_eq!(judge(&by_path, &message(finding(VALUE)), VALUE).verdict, Verdict::Block);
    let by_rule = policy("[[allow]]\nrules = [\"some-token\"]\nreason = \"public\"");
    assert!(!suppressed(&judge(&by_rule, &message(finding(VALUE)), VALUE)).bound_to_place);
    let other = policy("[[allow]]\npaths = [\"**\"]\nrules = [\"other\"]\nreason = \"public\"");
    assert_eq!(judge(&other, &finding(VALUE), VALUE).verdict, Verdict::Block);
}

#[test]
fn an_allow_entry_holds_on_its_last_day_and_then_says_that_it_expired() {
    let allow = |day: &str| policy(&format!("[[allow]]\npaths = [\"a.txt\"]\nreason = \"r\"\nexpires = {day}"));
    assert_eq!(suppressed(&judge(&allow("2027-01-15"), &finding(VALUE), VALUE)).expires, Some(TODAY));
    let expired = judge(&allow("2027-01-14"), &finding(VALUE), VALUE);
    assert_eq!((&expired.verdict, expired.lapsed), (&Verdict::Block, Some(ExcusedBy::Allow)));
    assert!(expired.note.unwrap().contains("expired on 2027-01-14"));
}

#[test]
fn a_rule_newer_than_min_version_only_warns_where_new_rules_are_audited() {
    let audited = |version: &str| format!("[keyward]\nmin-version = \"{version}\"\n[rules]\nnew = \"audit\"");
    let judgement = judge(&policy(&audited("0.1")), &finding(VALUE), VALUE);
    assert_eq!((&judgement.verdict, &judgement.would), (&Verdict::Warn, &Verdict::Warn));
    assert!(judgement.note.unwrap().contains("0.2.0"));
    assert_eq!(judge(&policy(&audited("0.2")), &finding(VALUE), VALUE).verdict, Verdict::Block);
    assert_eq!(judge(&policy("[rules]\nnew = \"audit\""), &finding(VALUE), VALUE).verdict, Verdict::Block);
}

#[test]
fn a_pragma_excuses_at_its_place_up_to_a_confidence_and_only_in_files() {
    let text = format!("{VALUE} # keyward:allow a test key");
    let judgement = judge(&policy(""), &finding(&text), &text);
    assert_eq!((suppressed(&judgement).by, suppressed(&judgement).bound_to_place), (ExcusedBy::Pragma, true));
    assert_eq!(suppressed(&judgement).reason, "a test key");
    let limited = judge(&policy("[gate]\npragmas-up-to = \"medium\""), &finding(&text), &text);
    assert_eq!((&limited.verdict, limited.lapsed), (&Verdict::Block, None));
    assert!(limited.note.unwrap().contains("medium"));
    assert_eq!(judge(&policy(""), &message(finding(&text)), &text).verdict, Verdict::Block);
    assert_eq!(judge(&policy("[pragmas]\nkeyward = false"), &finding(&text), &text).verdict, Verdict::Block);
}

#[test]
fn an_accepted_risk_holds_at_its_paths_and_a_false_positive_anywhere() {
    let found = finding(VALUE);
    let accepted = with_baseline("", vec![entry(&found, &["a.txt"], Status::Accepted)]);
    let judgement = judge(&accepted, &found, VALUE);
    let suppression = suppressed(&judgement);
    assert_eq!((suppression.by, suppression.bound_to_place), (ExcusedBy::Baseline, true));
    assert_eq!((suppression.owner.as_deref(), suppression.expires), (Some("ann"), Some(date(2027, 3, 1))));
    assert_eq!(judge(&accepted, &at("b.txt", found.clone()), VALUE).verdict, Verdict::Block);
    let known = with_baseline("", vec![entry(&found, &["a.txt"], Status::FalsePositive)]);
    for place in [found.clone(), at("b.txt", found.clone()), message(found.clone())] {
        assert!(!suppressed(&judge(&known, &place, VALUE)).bound_to_place);
    }
}

#[test]
fn a_false_positive_that_is_certain_or_critical_needs_owner_and_approver() {
    let mut found = finding(VALUE);
    let mut bare = entry(&found, &["a.txt"], Status::FalsePositive);
    bare.approver = None;
    let (bare, full) = (vec![bare], vec![entry(&found, &["a.txt"], Status::FalsePositive)]);
    suppressed(&judge(&with_baseline("", bare.clone()), &found, VALUE));
    found.confidence = Confidence::Certain;
    let judgement = judge(&with_baseline("", bare.clone()), &found, VALUE);
    assert_eq!(judgement.verdict, Verdict::Block);
    assert!(judgement.note.unwrap().contains("approver"));
    suppressed(&judge(&with_baseline("", full.clone()), &found, VALUE));
    found.confidence = Confidence::High;
    found.severity = Severity::Critical;
    assert_eq!(judge(&with_baseline("", bare), &found, VALUE).verdict, Verdict::Block);
}

#[test]
fn a_revoked_secret_is_excused_in_the_history_only() {
    let found = finding(VALUE);
    let revoked = with_baseline("", vec![entry(&found, &["a.txt"], Status::Revoked)]);
    let old = revoked.judge(&found, &Lines::new(VALUE.as_bytes()), Occasion::History);
    assert!(!suppressed(&old).bound_to_place);
    let new = judge(&revoked, &found, VALUE);
    assert_eq!((&new.verdict, new.lapsed), (&Verdict::Block, None));
    assert!(new.note.unwrap().contains("history only"));
}

#[test]
fn an_expired_or_withdrawn_entry_blocks_and_says_why() {
    let found = finding(VALUE);
    let mut late = entry(&found, &["a.txt"], Status::Accepted);
    late.until = Some(date(2027, 1, 14));
    let judgement = judge(&with_baseline("", vec![late]), &found, VALUE);
    assert_eq!((&judgement.verdict, judgement.lapsed), (&Verdict::Block, Some(ExcusedBy::Baseline)));
    assert!(judgement.note.unwrap().contains("expired on 2027-01-14"));
    let withdrawn = with_baseline("", vec![entry(&found, &["a.txt"], Status::Withdrawn)]);
    assert!(judge(&withdrawn, &found, VALUE).note.unwrap().contains("withdrawn"));
}

/// What is judged before and after a change, under one policy.
fn old_under(policy: &Policy, before: (&str, &str), after: (&str, &str)) -> bool {
    let (was, is) = (at(before.0, finding(before.1)), at(after.0, finding(after.1)));
    let (was_judged, is_judged) = (judge(policy, &was, before.1), judge(policy, &is, after.1));
    is_old(&is, &is_judged, [(&was, &was_judged)])
}

#[test]
fn a_secret_that_was_there_before_is_old_wherever_its_line_went() {
    let (before, after) = (format!("key = {VALUE}\n"), format!("\n\nother\r\nkey = {VALUE}\r\n"));
    assert!(old_under(&policy(""), ("a.txt", &before), ("a.txt", &after)));
    assert!(old_under(&policy(""), ("deleted.txt", &before), ("renamed.txt", &after)));
}

#[test]
fn another_secret_or_another_rule_is_new() {
    let was = finding(VALUE);
    let is = finding_of("another", "another");
    let block = judge(&policy(""), &was, VALUE);
    assert!(!is_old(&is, &block, [(&was, &block)]));
    let mut other = finding(VALUE);
    other.rule = rule("another-token");
    assert!(!is_old(&other, &block, [(&was, &block)]));
    assert!(!is_old(&was, &block, []));
    assert!(is_old(&was, &block, [(&other, &block), (&was, &block)]));
}

#[test]
fn a_deleted_pragma_makes_the_secret_new() {
    let (with, without) = (format!("{VALUE} # gitleaks:allow"), VALUE.to_owned());
    assert!(!old_under(&policy(""), ("a.txt", &with), ("a.txt", &without)));
    assert!(old_under(&policy(""), ("a.txt", &with), ("a.txt", &with)));
}

#[test]
fn a_rename_out_of_an_allowed_path_makes_the_secret_new() {
    let allowed = policy("[[allow]]\npaths = [\"fixtures/**\"]\nreason = \"r\"");
    assert!(!old_under(&allowed, ("fixtures/a.txt", VALUE), ("src/a.txt", VALUE)));
    assert!(old_under(&allowed, ("fixtures/a.txt", VALUE), ("fixtures/b.txt", VALUE)));
    assert!(old_under(&allowed, ("src/a.txt", VALUE), ("src/b.txt", VALUE)));
}

#[test]
fn a_rename_away_from_a_path_bound_entry_makes_the_secret_new_and_a_false_positive_moves_along() {
    let found = finding(VALUE);
    let accepted = with_baseline("", vec![entry(&found, &["a.txt"], Status::Accepted)]);
    assert!(!old_under(&accepted, ("a.txt", VALUE), ("b.txt", VALUE)));
    let known = with_baseline("", vec![entry(&found, &["a.txt"], Status::FalsePositive)]);
    assert!(old_under(&known, ("a.txt", VALUE), ("b.txt", VALUE)));
    let by_rule = policy("[[allow]]\nrules = [\"some-token\"]\nreason = \"r\"");
    assert!(old_under(&by_rule, ("a.txt", VALUE), ("b.txt", VALUE)));
}

#[test]
fn another_kind_of_excuse_is_not_the_same_one() {
    let allowed = policy("[[allow]]\npaths = [\"fixtures/**\"]\nreason = \"r\"");
    let pragma = format!("{VALUE} # keyward:allow");
    assert!(!old_under(&allowed, ("fixtures/a.txt", VALUE), ("src/a.txt", &pragma)));
}

#[test]
fn an_excuse_that_expired_makes_the_secret_new_again() {
    let found = finding(VALUE);
    let mut late = entry(&found, &["a.txt"], Status::Accepted);
    late.until = Some(date(2027, 1, 14));
    assert!(!old_under(&with_baseline("", vec![late]), ("a.txt", VALUE), ("a.txt", VALUE)));
}

#[test]
fn a_context_that_makes_an_old_value_graver_or_surer_makes_it_new() {
    let (mut was, is) = (finding(VALUE), finding(VALUE));
    let judged = |finding: &crate::finding::Finding| judge(&policy(""), finding, VALUE);
    was.confidence = Confidence::Low;
    assert!(!is_old(&is, &judged(&is), [(&was, &judged(&was))]));
    was.confidence = Confidence::Certain;
    assert!(is_old(&is, &judged(&is), [(&was, &judged(&was))]));
    was.severity = Severity::Medium;
    assert!(!is_old(&is, &judged(&is), [(&was, &judged(&was))]));
}

#[test]
fn the_gate_gives_the_word_and_the_code() {
    let run = |text: &str, found: bool, unread: Option<&str>| {
        let mut gate = Gate::new(&config(text));
        if found {
            gate.count(&judge(&policy(text), &finding(VALUE), VALUE));
        }
        unread.into_iter().for_each(|reason| gate.unread(reason));
        let outcome = gate.outcome();
        (outcome.decision.as_str(), outcome.would.as_str(), outcome.exit)
    };
    assert_eq!(run("", false, None), ("pass", "pass", 0));
    assert_eq!(run("", true, None), ("block", "block", 1));
    assert_eq!(run("", false, Some("shallow")), ("incomplete", "incomplete", 2));
    assert_eq!(run("", true, Some("shallow")), ("block", "block", 1));
    let warn = "[gate]\non-incomplete = { shallow = \"warn\" }";
    assert_eq!(run(warn, false, Some("shallow")), ("incomplete", "incomplete", 0));
    assert_eq!(run(warn, false, Some("budget")), ("incomplete", "incomplete", 2));
    let audit = "[gate]\nmode = \"audit\"";
    assert_eq!(run(audit, true, None), ("pass", "block", 0));
    assert_eq!(run(audit, true, Some("shallow")), ("incomplete", "block", 0));
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn refused(found: &crate::finding::Finding) -> Attempt {
    Attempt::new("w", "t", time(0), [(found, &judge(&policy(""), found, VALUE))])
}

#[test]
fn a_glass_breaks_only_after_a_refused_attempt_for_this_tree_here_and_lately() {
    let attempts = [refused(&finding(VALUE))];
    let glass = |reason, worktree, tree, now| BrokenGlass::new(reason, worktree, tree, time(now), &attempts);
    assert!(glass("on fire", "w", "t", 900).is_ok());
    assert_eq!(glass("on fire", "w", "t", 901), Err(Refused::NoAttempt));
    assert_eq!(glass("on fire", "w", "t", -1), Err(Refused::NoAttempt));
    assert_eq!(glass("on fire", "w", "other", 1), Err(Refused::NoAttempt));
    assert_eq!(glass("on fire", "other", "t", 1), Err(Refused::NoAttempt));
    assert_eq!(glass(" ", "w", "t", 1), Err(Refused::NoReason));
}

#[test]
fn a_broken_glass_excuses_exactly_what_was_shown() {
    let found = finding(VALUE);
    let glass = BrokenGlass::new("on fire", "w", "t", time(1), &[refused(&found)]).unwrap();
    let applied = |finding: &crate::finding::Finding| glass.apply(finding, judge(&policy(""), finding, VALUE));
    let judgement = applied(&found);
    assert_eq!((suppressed(&judgement).by, &judgement.would), (ExcusedBy::BreakGlass, &judgement.verdict));
    assert_eq!(suppressed(&judgement).reason, "on fire");
    assert_eq!(applied(&at("b.txt", found.clone())).verdict, Verdict::Block);
    let mut other_rule = found.clone();
    other_rule.rule = rule("another-token");
    assert_eq!(applied(&other_rule).verdict, Verdict::Block);
}

#[test]
fn no_glass_opens_for_a_message() {
    let found = message(finding(VALUE));
    let attempt = refused(&found);
    assert!(attempt.shown.is_empty());
    let glass = BrokenGlass::new("on fire", "w", "t", time(1), &[attempt]).unwrap();
    assert_eq!(glass.apply(&found, judge(&policy(""), &found, VALUE)).verdict, Verdict::Block);
}

#[test]
fn the_name_of_a_file_is_not_its_content() {
    let content = at(VALUE, finding(VALUE));
    let mut name = content.clone();
    name.origin = Origin { kind: ObjectKind::Path, ..content.origin.clone() };
    let glass = BrokenGlass::new("on fire", "w", "t", time(1), &[refused(&content)]).unwrap();
    assert_eq!(glass.apply(&name, judge(&policy(""), &name, VALUE)).verdict, Verdict::Block);
    let recorded = serde_json::to_string(&refused(&name)).unwrap();
    assert!(!recorded.contains(VALUE));
}
