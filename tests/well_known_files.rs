//! Files that tools keep their credentials in, and tokens that say who issued them.

#![allow(clippy::expect_used, reason = "a test or bench may fail loudly")]

use data_encoding::{BASE64, BASE64URL_NOPAD};
use keyward::blob::{Blob, Origin};
use keyward::candidate::{Candidate, Encoding};
use keyward::detect::{DecodeLimits, Detector};
use keyward::rule::{Catalogue, Confidence, Severity};
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&Catalogue::builtin().expect("rules"), DecodeLimits::default()).expect("rules"));

fn found(path: &str, text: &str) -> Vec<Candidate> {
    let blob = Blob { bytes: text.as_bytes().into(), origin: Origin::file(path.as_bytes().to_vec()) };
    let mut found = DETECTOR.scan(&blob).expect("rules work").candidates;
    found.retain(|candidate| candidate.confidence >= Confidence::Medium);
    found
}

fn rules(found: &[Candidate]) -> Vec<&str> {
    found.iter().map(|candidate| candidate.rule.id.as_str()).collect()
}

fn password() -> String {
    ["pX8vQ1", "mT4sZ", "w9Lk"].concat()
}

fn jwt(payload: &str) -> String {
    let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
    let signature = ["2PBxmN5HREXjlRv9Ga", "WtvNeySivhuMCYgMyWOKp5BiJ"].concat();
    format!("{}.{}.{signature}", part(r#"{"alg":"RS256","kid":"u9c7y9xinm"}"#), part(payload))
}

#[test]
fn netrc_on_one_line_and_on_several() {
    let password = password();
    for text in [
        format!("machine git.acme.io login deploy password {password}\n"),
        format!("machine git.acme.io\n  login deploy\n  password {password}\n"),
        format!("default login deploy password {password}\n"),
        format!("default\nlogin deploy\npassword {password}\n"),
    ] {
        assert_eq!(rules(&found(".netrc", &text)), ["connection-netrc-password"], "{text}");
    }
    let placeholder = ["machine git.acme.io login USER pass", "word PASSWORD\n"].concat();
    assert!(found(".netrc", &placeholder).is_empty());
}

#[test]
fn docker_s_login_is_decoded_and_a_word_for_a_password_is_quiet() {
    let config = |login: &str| {
        let auth = BASE64.encode(login.as_bytes());
        format!(r#"{{"auths": {{"registry.acme.io": {{"auth": "{auth}"}}}}}}"#)
    };
    let real = found(".docker/config.json", &config(&format!("deploy:{}", password())));
    assert_eq!(rules(&real), ["docker-config-auth"]);
    assert!(found(".docker/config.json", &config("user:password")).is_empty());
}

#[test]
fn kubeconfig_s_key_is_found_through_its_base64_and_its_token_where_it_stands() {
    let body: String = (0..12)
        .map(|line| format!("{}{line:02}vR7kQz2mW9xTb4Lp8HsJ3c\n", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw"))
        .collect();
    let key = ["-----BEGIN RSA PRI", "VATE KEY-----\n", &body, "-----END RSA PRI", "VATE KEY-----\n"].concat();
    let text = format!(
        "users:\n- name: admin\n  user:\n    client-key-data: {}\n- name: robot\n  user:\n    token: {}\n",
        BASE64.encode(key.as_bytes()),
        jwt(r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:prod:robot"}"#),
    );
    let found = found("kubeconfig", &text);
    assert_eq!(rules(&found), ["private-key-pem", "jwt"]);
    assert_eq!(found.first().map(|candidate| candidate.decoded.clone()), Some(vec![Encoding::Base64]));
    let because = found.last().and_then(|candidate| candidate.because.as_deref());
    assert_eq!(because, Some("signs in to Kubernetes as a service account"));
}

#[test]
fn the_issuer_in_a_token_tells_how_bad_it_is() {
    let severity = |payload: &str| {
        let text = format!("token = '{}'", jwt(payload));
        found("src/a.py", &text).iter().map(|candidate| candidate.severity).collect::<Vec<_>>()
    };
    assert_eq!(severity(r#"{"iss":"supabase","role":"anon"}"#), [Severity::Info]);
    assert_eq!(severity(r#"{"iss":"supabase","role":"service_role"}"#), [Severity::Critical]);
    assert_eq!(severity(r#"{"iss":"https://id.acme.io/","sub":"7"}"#), [Severity::High]);
}

#[test]
fn a_provider_named_beside_a_token_says_more_than_its_form() {
    let text = format!("MONDAY_API_TOKEN = '{}'", jwt(r#"{"tid":401223344,"uid":1122,"rgn":"use1","per":"me:write"}"#));
    assert_eq!(rules(&found("src/a.py", &text)), ["monday-api-token"]);
}
