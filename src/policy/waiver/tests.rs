use super::*;
use crate::blob::{CommitInfo, ObjectKind};
use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::policy::signature::SignatureFault;
use crate::policy::signature::testing::{at, line, sign, signers};
use crate::policy::testing::{self, VALUE};
use proptest::prelude::*;
use std::sync::Arc;

const NOW: &str = "2027-01-15T12:00:00Z";
const MAIN: &str = "refs/heads/main";

fn id(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn change(name: &str, digit: char) -> Change {
    Change { name: name.as_bytes().to_vec(), new: ObjectId::from_hex(id(digit).as_bytes()).unwrap() }
}

fn some_finding() -> Finding {
    let mut finding = testing::finding(VALUE);
    let commit = CommitInfo { id: ObjectId::from_hex(id('c').as_bytes()).unwrap(), author: Arc::from([]), seconds: 0 };
    finding.origin.commit = Some(Arc::new(commit));
    finding
}

fn payload() -> Payload {
    let mut payload =
        Payload::new(Kind::Findings, vec![MAIN.to_owned()], at("2027-01-15T11:00:00Z"), at("2027-01-15T13:00:00Z"));
    payload.fingerprints = vec![some_finding().fingerprint];
    payload.salt = Some("public".to_owned());
    payload.commit = id('a');
    payload.principal = "ann@example.com".to_owned();
    payload.reason = "revoked".to_owned();
    payload
}

fn signed(payload: &Payload) -> Waiver {
    let signature = sign(1, NAMESPACE, &payload.to_bytes().unwrap());
    Waiver::new(payload.clone(), signature).unwrap()
}

fn check(waiver: &Waiver, server: Option<&str>, changes: &[Change]) -> Result<(), Refusal> {
    let signers = signers(&line("ann@example.com", "namespaces=\"keyward-waiver\"", 1));
    waiver.check(&Scene { signers: &signers, server, salt: "public", changes, now: at(NOW) })
}

#[test]
fn the_bytes_that_are_signed_are_those_of_the_documentation() {
    let mut payload = payload();
    payload.server_id = Some("git-1".to_owned());
    let text = String::from_utf8(payload.to_bytes().unwrap()).unwrap();
    let fingerprint = some_finding().fingerprint;
    let expected = format!(
        "{{\"schema\":\"keyward/waiver/v1\",\"kind\":\"findings\",\"fingerprints\":[\"{fingerprint}\"],\"salt\":\"public\",\
         \"refs\":[\"refs/heads/main\"],\"commit\":\"{}\",\"server-id\":\"git-1\",\"single-use\":false,\
         \"principal\":\"ann@example.com\",\"reason\":\"revoked\",\"issued\":\"2027-01-15T11:00:00Z\",\
         \"expires\":\"2027-01-15T13:00:00Z\"}}\n",
        id('a')
    );
    assert_eq!(text, expected);
    assert_eq!(Payload::from_bytes(text.as_bytes()), Ok(payload));
}

#[test]
fn a_payload_that_is_written_another_way_is_none() {
    let text = String::from_utf8(payload().to_bytes().unwrap()).unwrap();
    let fingerprint = format!("\"{}\"", some_finding().fingerprint);
    for other in [
        text.replace("\n", ""),
        text.replace(",\"kind\"", ", \"kind\""),
        text.replace("v1", "v2"),
        text.replace("\"single-use\":false", "\"single-use\":false,\"more\":1"),
        text.replace(&fingerprint, &format!("{fingerprint},{fingerprint}")),
        text.replace(&fingerprint, ""),
        text.replace("\"salt\":\"public\",", ""),
        text.replace("refs/heads", "heads"),
        text.replace(&id('a'), "HEAD"),
        text.replace(&id('a'), &id('A')),
        text.replace(&id('a'), &id('0')),
        text.replace("revoked", ""),
        text.replace("revoked", "a\\nb"),
        text.replace("13:00:00Z", "10:00:00Z"),
        text.replace("13:00:00Z", "13:00:00.5Z"),
        text.replace("findings", "loosening"),
    ] {
        assert_ne!(other, text);
        assert!(Payload::from_bytes(other.as_bytes()).is_err(), "{other}");
    }
}

#[test]
fn a_waiver_counts_for_its_signer_server_time_reference_and_commit_only() {
    let waiver = signed(&payload());
    let here = [change(MAIN, 'a')];
    assert_eq!(check(&waiver, None, &here), Ok(()));
    assert_eq!(Waiver::from_text(waiver.to_text().as_bytes()).as_ref(), Ok(&waiver));
    assert_eq!(check(&waiver, Some("git-1"), &here), Err(Refusal::NoServer));
    assert_eq!(check(&waiver, None, &[change(MAIN, 'b')]), Err(Refusal::Commit));
    assert_eq!(check(&waiver, None, &[change("refs/heads/other", 'a')]), Err(Refusal::Reference));
    assert_eq!(check(&waiver, None, &[]), Err(Refusal::Reference));
    let on = |edit: &dyn Fn(&mut Payload), server| {
        let mut payload = payload();
        edit(&mut payload);
        check(&signed(&payload), server, &here)
    };
    let for_server = |payload: &mut Payload| payload.server_id = Some("git-1".to_owned());
    assert_eq!(on(&for_server, Some("git-1")), Ok(()));
    assert_eq!(on(&for_server, Some("git-2")), Err(Refusal::Server));
    assert_eq!(on(&for_server, None), Err(Refusal::Server));
    assert_eq!(on(&|payload| payload.expires = at(NOW), None), Err(Refusal::Expired(at(NOW))));
    assert_eq!(on(&|payload| payload.salt = Some("repository".to_owned()), None), Err(Refusal::Salt));
    assert_eq!(on(&|payload| payload.commit = "any".to_owned(), None), Ok(()));
    assert_eq!(on(&|payload| payload.refs = vec!["refs/heads/*".to_owned()], None), Ok(()));
    let other = on(&|payload| payload.principal = "bob@example.com".to_owned(), None);
    assert!(matches!(other, Err(Refusal::NotSigned(NotSigned::NotAllowed(_)))));
}

#[test]
fn another_key_and_another_namespace_are_told() {
    let bytes = payload().to_bytes().unwrap();
    let stranger = Waiver::new(payload(), sign(2, NAMESPACE, &bytes)).unwrap();
    let refused = check(&stranger, None, &[change(MAIN, 'a')]).unwrap_err();
    assert!(refused.to_string().contains("not among the allowed signers"), "{refused}");
    assert_eq!(
        Waiver::new(payload(), sign(1, "git", &bytes)),
        Err(WaiverFault::Signature(SignatureFault::Namespace("git".to_owned())))
    );
    let raw = [bytes.as_slice(), &sign(1, "git", &bytes).to_bytes()].concat();
    let waiver = Waiver::from_text(data_encoding::BASE64URL_NOPAD.encode(&raw).as_bytes()).unwrap();
    assert!(check(&waiver, None, &[change(MAIN, 'a')]).unwrap_err().to_string().contains("another namespace"));
}

#[test]
fn an_altered_payload_is_told_before_anything_that_it_says() {
    let bytes = payload().to_bytes().unwrap();
    let signature = sign(1, NAMESPACE, &bytes).to_bytes();
    let altered = String::from_utf8(bytes).unwrap().replace("main", "next");
    let raw = [altered.as_bytes(), &signature].concat();
    let waiver = Waiver::from_text(data_encoding::BASE64URL_NOPAD.encode(&raw).as_bytes()).unwrap();
    let refused = check(&waiver, None, &[change("refs/heads/next", 'a')]).unwrap_err();
    assert_eq!(refused, Refusal::NotSigned(SignatureFault::Altered.into()));
}

#[test]
fn garbage_is_no_waiver() {
    for text in [&b""[..], b"x", b"AAAA", "x".repeat(LONGEST + 1).as_bytes(), b"\xff\xfe", b"e30K"] {
        assert!(Waiver::from_text(text).is_err());
    }
    assert_eq!(Waiver::from_text("x".repeat(LONGEST + 1).as_bytes()), Err(WaiverFault::TooLong));
}

#[test]
fn every_change_of_a_push_has_to_be_covered() {
    let finding = some_finding();
    let waiver = signed(&payload());
    let (main, side) = (change(MAIN, 'a'), change("refs/heads/side", 'a'));
    let of = |changes: &[Change], waivers: &[&Waiver]| {
        Waivers::new(changes.to_vec(), waivers.iter().map(|waiver| (*waiver).clone()).collect())
    };
    let excuse = of(std::slice::from_ref(&main), &[&waiver]).excuse(&finding).unwrap();
    assert_eq!((excuse.owner.as_deref(), excuse.reason.as_str()), (Some("ann@example.com"), "revoked"));
    assert_eq!(excuse.expires, Some(jiff::civil::date(2027, 1, 15)));
    assert!(of(&[main.clone(), side.clone()], &[&waiver]).excuse(&finding).is_none());
    let mut other = payload();
    other.refs = vec!["refs/heads/side".to_owned()];
    let both = of(&[main, side], &[&waiver, &signed(&other)]);
    assert_eq!(both.excusing(&finding).len(), 2);
}

#[test]
fn another_secret_a_loosening_and_what_no_commit_holds_are_not_excused() {
    let waivers = |payload: &Payload| Waivers::new(vec![change(MAIN, 'a')], vec![signed(payload)]);
    let mut other = payload();
    other.fingerprints = vec!["kw1:00000000000000000000000000000000".parse::<Fingerprint>().unwrap()];
    assert!(waivers(&other).excuse(&some_finding()).is_none());
    let mut loosening = Payload::new(Kind::Loosening, vec![MAIN.to_owned()], payload().issued, payload().expires);
    (loosening.principal, loosening.reason) = (payload().principal, payload().reason);
    assert!(waivers(&loosening).excuse(&some_finding()).is_none());
    let mut loose = some_finding();
    loose.origin.commit = None;
    assert!(waivers(&payload()).excuse(&loose).is_none());
    loose.origin.id = Some(change(MAIN, 'a').new);
    assert!(waivers(&payload()).excuse(&loose).is_some());
    loose.origin.kind = ObjectKind::RefName;
    assert!(waivers(&payload()).excuse(&loose).is_none());
}

#[test]
fn a_policy_lets_a_waived_finding_through_and_says_so_in_its_digest() {
    let plain = testing::policy("");
    let waived = plain.clone().with_waivers(Waivers::new(vec![change(MAIN, 'a')], vec![signed(&payload())]));
    let judged = testing::judge(&waived, &some_finding(), VALUE);
    assert_eq!(judged.suppression().map(|one| one.by.as_str()), Some("waiver"));
    assert_ne!(plain.digest(), waived.digest());
}

#[test]
fn what_a_step_of_the_ratchet_blocks_is_waived_too() {
    use crate::policy::{Occasion, Verdict};
    let plain = testing::policy("[[gate.ratchet]]\nblock-on = \"medium\"\nfrom-count = 1\n");
    let waived = plain.clone().with_waivers(Waivers::new(vec![change(MAIN, 'a')], vec![signed(&payload())]));
    let mut finding = some_finding();
    finding.severity = crate::rule::Severity::Medium;
    let settled = |policy: &crate::policy::Policy| {
        let mut all = vec![(finding.clone(), testing::judge(policy, &finding, VALUE))];
        policy.settle(&mut all, Occasion::New);
        all.remove(0).1
    };
    assert_eq!(settled(&plain).verdict, Verdict::Block);
    assert_eq!(settled(&waived).suppression().map(|one| one.by.as_str()), Some("waiver"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Waiver::from_text(&text);
        let _ = Waiver::from_text(data_encoding::BASE64URL_NOPAD.encode(&text).as_bytes());
        let _ = Payload::from_bytes(&text);
    }

    /// Wherever a character of a waiver is changed, it no longer counts.
    #[test]
    fn a_changed_waiver_never_counts(place in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
        let text = signed(&payload()).to_text();
        let at = place.index(text.len());
        let changed: String = text.chars().enumerate().map(|(n, c)| if n == at { to.clone() } else { c.into() }).collect();
        prop_assume!(changed != text);
        if let Ok(waiver) = Waiver::from_text(changed.as_bytes()) {
            prop_assert!(check(&waiver, None, &[change(MAIN, 'a')]).is_err());
        }
    }
}
