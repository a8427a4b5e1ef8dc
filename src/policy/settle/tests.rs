use super::super::testing::*;
use super::*;
use crate::blob::CommitInfo;
use crate::rule::Severity;
use crate::text::Lines;
use jiff::civil::date;
use std::sync::Arc;

fn many(policy: &Policy, count: usize, severity: Severity) -> Vec<(Finding, Judgement)> {
    let one = |number: usize| {
        let mut finding = at(&format!("{number}.txt"), finding(VALUE));
        finding.severity = severity;
        let judgement = policy.judge(&finding, &Lines::new(VALUE.as_bytes()), Occasion::New);
        (finding, judgement)
    };
    (0..count).map(one).collect()
}

fn blocked(findings: &[(Finding, Judgement)]) -> usize {
    findings.iter().filter(|(_, judgement)| judgement.verdict == Verdict::Block).count()
}

#[test]
fn from_a_count_on_a_lower_severity_blocks() {
    let policy = policy("[[gate.ratchet]]\nblock-on = \"medium\"\nfrom-count = 3\n");
    for (count, expected) in [(2, 0), (3, 3), (4, 4)] {
        let mut findings = many(&policy, count, Severity::Medium);
        policy.settle(&mut findings, Occasion::New);
        assert_eq!(blocked(&findings), expected);
    }
    let mut low = many(&policy, 9, Severity::Low);
    policy.settle(&mut low, Occasion::New);
    assert_eq!(blocked(&low), 0);
}

#[test]
fn a_count_counts_what_blocks_already_and_not_what_is_excused_and_audit_mode_stays() {
    let text = "[[gate.ratchet]]\nblock-on = \"medium\"\nfrom-count = 3\nfrom = 2027-01-01\n\
                [[allow]]\npaths = [\"0.txt\"]\nreason = \"r\"\n";
    let mut mixed = many(&policy(text), 3, Severity::Medium);
    policy(text).settle(&mut mixed, Occasion::New);
    assert_eq!(blocked(&mixed), 0);
    mixed.extend(many(&policy(text), 2, Severity::High).into_iter().skip(1));
    policy(text).settle(&mut mixed, Occasion::New);
    assert_eq!(blocked(&mixed), 3);
    let audit = policy(&format!("[gate]\nmode = \"audit\"\n{text}"));
    let mut findings = many(&audit, 4, Severity::Medium);
    audit.settle(&mut findings, Occasion::New);
    assert_eq!(blocked(&findings), 0);
    assert_eq!(findings.iter().filter(|(_, judgement)| judgement.would == Verdict::Block).count(), 3);
}

#[test]
fn in_a_history_what_is_older_is_only_reported_and_anywhere_else_it_blocks() {
    let policy = policy("[gate]\nenforce-since = 2027-01-10\n");
    assert_eq!(policy.today(), date(2027, 1, 15));
    let dated = |day: i8| {
        let mut findings = many(&policy, 1, Severity::High);
        let seconds = date(2027, 1, day).at(23, 59, 59, 0).to_zoned(TimeZone::UTC).unwrap().timestamp().as_second();
        let id = crate::blob::ObjectId::from_hex(&[b'1'; 40]).unwrap();
        findings[0].0.origin.commit = Some(Arc::new(CommitInfo { id, author: b"a"[..].into(), seconds }));
        findings
    };
    for (day, occasion, expected) in [(9, Occasion::History, 0), (10, Occasion::History, 1), (9, Occasion::New, 1)] {
        let mut findings = dated(day);
        policy.settle(&mut findings, occasion);
        assert_eq!(blocked(&findings), expected, "{day} {occasion:?}");
    }
    let mut unknown = many(&policy, 1, Severity::High);
    policy.settle(&mut unknown, Occasion::History);
    assert_eq!(blocked(&unknown), 1);
}
