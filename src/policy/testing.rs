//! What the tests of this folder judge.

use super::Judgement;
use super::baseline::{Baseline, Entry, Status};
use super::judge::{Occasion, Policy};
use crate::blob::{ObjectKind, Origin};
use crate::candidate::Candidate;
use crate::config::{By, Config, Reader, Version};
use crate::finding::Finding;
use crate::fingerprint::Fingerprinter;
use crate::rule::{Confidence, Rule, Severity, load};
use crate::secret::Secret;
use crate::text::Lines;
use jiff::civil::{Date, date};
use std::sync::Arc;

pub(super) const TODAY: Date = date(2027, 1, 15);
/// Long enough that no slow hash comes before its fingerprint, and no secret of anybody.
pub(super) const VALUE: &str = concat!("q7Zt2Lm9Xv4", "Rb6Nc8Ws1Hk", "3Jd5Fg0Pa");

/// A finding of `VALUE` in a text, high and high, of rule `some-token`, in a file called `a.txt`.
pub(super) fn finding(text: &str) -> Finding {
    finding_of(text, VALUE)
}

pub(super) fn finding_of(text: &str, secret: &str) -> Finding {
    let start = text.find(secret).unwrap();
    let candidate = Candidate {
        rule: rule("some-token"),
        span: start..start + secret.len(),
        place: start..start + secret.len(),
        secret: Secret::new(secret),
        identity: Secret::new(secret),
        decoded: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::High,
        because: None,
    };
    let origin = Origin::file(&b"a.txt"[..]);
    let fingerprint = Fingerprinter::default().of("token", &candidate.identity);
    Finding::new(candidate, origin, &Lines::new(text.as_bytes()), fingerprint)
}

pub(super) fn at(path: &str, mut finding: Finding) -> Finding {
    finding.origin.path = Some(path.as_bytes().into());
    finding
}

pub(super) fn message(mut finding: Finding) -> Finding {
    finding.origin = Origin { kind: ObjectKind::Commit, ..Origin::default() };
    finding
}

pub(super) fn rule(id: &str) -> Arc<Rule> {
    let text = format!(
        r#"
        [[rule]]
        id = "{id}"
        kind = "token"
        description = "a token"
        severity = "high"
        confidence = "high"
        keywords = ["some"]
        pattern = "(?P<secret>some_[a-z]{{4}})"
        since = "0.2.0"
        [rule.examples]
        match = [["some_abcd"]]
        no-match = [["some"]]
        "#
    );
    Arc::new(load("some.toml", &text).unwrap().remove(0))
}

pub(super) fn config(text: &str) -> Config {
    let reader = Reader { version: Version(9, 0, 0), reasons: &["shallow", "budget"] };
    let layer = reader.parse(By::Repository("keyward.toml".to_owned()), text).unwrap();
    Config::resolve([layer]).0
}

pub(super) fn policy(text: &str) -> Policy {
    with_baseline(text, Vec::new())
}

pub(super) fn with_baseline(text: &str, entries: Vec<Entry>) -> Policy {
    Policy::new(config(text), Baseline::of(entries), TODAY)
}

pub(super) fn judge(policy: &Policy, finding: &Finding, text: &str) -> Judgement {
    policy.judge(finding, &Lines::new(text.as_bytes()), Occasion::New)
}

/// An entry for a finding, with all that its status needs.
pub(super) fn entry(finding: &Finding, paths: &[&str], status: Status) -> Entry {
    let paths = paths.iter().map(|&path| path.to_owned()).collect();
    Entry {
        reason: Some("because".to_owned()),
        owner: Some("ann".to_owned()),
        approver: Some("bob".to_owned()),
        until: (status == Status::Accepted).then(|| date(2027, 3, 1)),
        ..Entry::new(finding.fingerprint, &finding.rule.id, paths, status, date(2027, 1, 1))
    }
}
