//! Outcomes made by hand. The secrets are joined from pieces, so that no scanner of this repository trips.

use jiff::Timestamp;
use keyward::blob::{CommitInfo, ObjectId, Origin};
use keyward::candidate::Encoding;
use keyward::coverage::{Coverage, Skip, Unread};
use keyward::finding::{Finding, ObjectKind};
use keyward::fingerprint::Fingerprinter;
use keyward::policy::{Decision, ExcusedBy, Judgement, Suppression, Verdict};
use keyward::report::{Report, Timing};
use keyward::rule::{Confidence, Rule, Severity};
use keyward::scan::{Below, Engine, Gap, Judged, Outcome};
use keyward::secret::Secret;
use keyward::text::{Location, Mask, Shown};
use std::ops::Range;
use std::sync::Arc;

/// Hides what it is given, wherever it stands.
pub(crate) struct Hide(pub(crate) Vec<Vec<u8>>);

impl Mask for Hide {
    fn secrets_in(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for at in 0..text.len() {
            if found.last().is_some_and(|last| at < last.end) {
                continue;
            }
            let length = self.0.iter().filter(|secret| text[at..].starts_with(secret)).map(Vec::len).max();
            found.extend(length.map(|length| at..at + length));
        }
        found
    }
}

pub(crate) fn shown(text: &str) -> Shown {
    Shown::new(text.as_bytes(), &Hide(Vec::new()))
}

pub(crate) fn token() -> String {
    ["gh", "p_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"].concat()
}

pub(crate) fn rule(id: &str, description: &str) -> Rule {
    let text = format!(
        "[[rule]]\nid = '{id}'\nprovider = 'github'\nkind = 'token'\ndescription = '{description}'\n\
         severity = 'high'\nconfidence = 'high'\nkeywords = ['key']\npattern = '(?P<secret>key)'\n\
         rotate = 'https://docs.example.com/rotate?a=1&b=2'\n\
         [rule.examples]\nmatch = [['key']]\nno-match = [['lock']]\n"
    );
    keyward::rule::load("sample.toml", &text).unwrap().remove(0)
}

/// A finding of a GitHub token in the content of `path`, which blocks.
pub(crate) fn at(path: &str, line: u64, column: u64) -> Judged {
    let value = token();
    finding(rule("github-personal-access-token", "GitHub personal access token (classic)"), &value, path, line, column)
}

pub(crate) fn finding(rule: Rule, value: &str, path: &str, line: u64, column: u64) -> Judged {
    let secret = Secret::new(value);
    let width = value.len() as u64;
    let finding = Finding {
        severity: rule.severity,
        confidence: rule.confidence,
        origin: Origin { id: ObjectId::from_hex(&[b'b'; 40]), ..Origin::file(path.as_bytes()) },
        location: Location { line_start: line, column_start: column, line_end: line, column_end: column + width },
        span: 0..value.len(),
        fingerprint: Fingerprinter::default().of(rule.kind.as_str(), &secret),
        preview: secret.preview(),
        secret,
        decoded_from: Vec::new(),
        because: None,
        occurrences: None,
        in_head: None,
        rule: Arc::new(rule),
    };
    Judged {
        finding,
        judgement: Judgement { verdict: Verdict::Block, would: Verdict::Block, note: None, lapsed: None },
        path: Some(shown(path)),
        author: None,
        reason: None,
        owner: None,
        because: None,
        note: None,
        seam: None,
    }
}

pub(crate) fn proved(mut judged: Judged) -> Judged {
    judged.finding.confidence = Confidence::Certain;
    judged
}

/// A generic secret that only warns.
pub(crate) fn warning(path: &str, line: u64) -> Judged {
    let value = ["c0rrect", "-h0rse", "-battery"].concat();
    let mut rule = rule("generic-password", "Password given to a name that says so");
    rule.rotate = None;
    rule.severity = Severity::Medium;
    rule.confidence = Confidence::Medium;
    let mut judged = finding(rule, &value, path, line, 8);
    judged.because = Some(shown("db_password is a name for a secret, and the value looks random"));
    judged.finding.decoded_from = vec![Encoding::Percent, Encoding::Base64];
    judged.judgement = Judgement { verdict: Verdict::Warn, would: Verdict::Warn, note: None, lapsed: None };
    judged
}

pub(crate) fn excused(mut judged: Judged) -> Judged {
    let suppression = Suppression {
        by: ExcusedBy::Baseline,
        reason: "raw".to_owned(),
        owner: Some("raw".to_owned()),
        expires: Some(jiff::civil::date(2027, 1, 31)),
        bound_to_place: true,
    };
    judged.judgement.verdict = Verdict::Suppressed(suppression.clone());
    judged.judgement.would = Verdict::Suppressed(suppression);
    judged.reason = Some(shown("the vendor's published test key"));
    judged.owner = Some(shown("Ann Lee"));
    judged
}

/// As `judged`, in the message of a commit.
pub(crate) fn in_message(mut judged: Judged) -> Judged {
    let id = ObjectId::from_hex(&[b'c'; 40]);
    judged.path = None;
    judged.finding.origin = Origin { kind: ObjectKind::Commit, id, ..Origin::default() };
    judged
}

/// As `judged`, found in a history.
pub(crate) fn in_history(mut judged: Judged) -> Judged {
    let id = ObjectId::from_hex(&[b'a'; 40]).unwrap();
    let commit = CommitInfo { id, author: b"Ann Lee <ann@example.com>"[..].into(), seconds: 1_767_225_600 };
    judged.author = Some(shown("Ann Lee <ann@example.com>"));
    judged.finding.origin.commit = Some(Arc::new(commit));
    judged.finding.occurrences = Some(3);
    judged.finding.in_head = Some(false);
    judged
}

pub(crate) fn outcome(judged: Vec<Judged>) -> Outcome {
    let blocks = judged.iter().any(|judged| judged.judgement.verdict == Verdict::Block);
    let decision = if blocks { Decision::Block } else { Decision::Pass };
    let mut coverage = Coverage::default();
    (coverage.refs, coverage.commits) = (1, 2);
    [4_000, 5_000, 3_210].into_iter().for_each(|bytes| coverage.judged(bytes));
    Outcome {
        decision,
        would: decision,
        mode: "enforce",
        exit: u8::from(blocks),
        judged,
        unlisted: 0,
        below: Below::default(),
        coverage,
        skipped: Vec::new(),
        unread: Vec::new(),
        engine: Engine {
            version: "0.1.0",
            rules_digest: "a1".repeat(32),
            policy_digest: "b2".repeat(32),
            salt: "public".to_owned(),
        },
        shard: None,
        most: 100_000,
        warnings: Vec::new(),
    }
}

/// As `outcome`, with something left out and something unread.
pub(crate) fn with_gaps(mut outcome: Outcome) -> Outcome {
    outcome.coverage.skip(Skip::Submodule, "vendor/lib");
    outcome.coverage.unread(Unread::Shallow, "aaaa");
    outcome.skipped = vec![Gap { reason: "submodule", count: 1, examples: vec![shown("vendor/lib")] }];
    outcome.unread = vec![
        Gap { reason: "shallow", count: 1, examples: vec![shown("0123456789ab")] },
        Gap { reason: "too-large", count: 7, examples: vec![shown("a.bin"), shown("b.bin")] },
    ];
    if outcome.decision == Decision::Pass {
        outcome.decision = Decision::Incomplete;
        outcome.would = Decision::Incomplete;
        outcome.exit = 2;
    }
    outcome
}

/// As `outcome`, in audit mode.
pub(crate) fn audited(mut outcome: Outcome) -> Outcome {
    for judged in &mut outcome.judged {
        if judged.judgement.verdict == Verdict::Block {
            judged.judgement.verdict = Verdict::Warn;
        }
    }
    outcome.mode = "audit";
    outcome.decision = Decision::Pass;
    outcome.exit = 0;
    outcome
}

/// One of everything.
pub(crate) fn rich() -> Outcome {
    let mut name = at("keys/id_rsa", 1, 1);
    name.finding.origin.kind = ObjectKind::Path;
    let mut noted = at("src/a b.rs", 12, 9);
    noted.note = Some(shown("the baseline entry for it expired on 2026-01-31"));
    let mut outcome = with_gaps(outcome(vec![
        in_message(at("", 5, 3)),
        in_history(proved(at("deploy/prod.env", 3, 12))),
        warning("deploy/prod.env", 9),
        name,
        noted,
        excused(at("tests/fixture.json", 2, 2)),
    ]));
    outcome.below.add(Confidence::Low);
    outcome.below.add(Confidence::Low);
    outcome.below.add(Confidence::Medium);
    outcome.warnings =
        vec![shown("gate.block-on is locked by /etc/keyward/config.toml; keyward.toml cannot weaken it")];
    outcome
}

pub(crate) fn timing() -> Timing {
    Timing { started: Timestamp::from_second(1_795_230_000).unwrap(), seconds: 0.0083 }
}

pub(crate) fn text(report: &dyn Report, outcome: &Outcome) -> String {
    let mut out = Vec::new();
    report.write(outcome, &timing(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(crate) fn parsed(report: &dyn Report, outcome: &Outcome) -> serde_json::Value {
    serde_json::from_str(&text(report, outcome)).unwrap()
}
