//! What looks like a secret and is none, or not much of one.

#![allow(clippy::expect_used, clippy::panic, reason = "a test or bench may fail loudly")]

use keyward::blob::{Blob, ObjectKind, Origin};
use keyward::detect::{DecodeLimits, Detector};
use keyward::rule::{Catalogue, Confidence, Severity};
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&Catalogue::builtin().expect("rules"), DecodeLimits::default()).expect("rules"));

/// The highest confidence of a finding in `text`, were it the file at `path`.
fn surest(path: &str, text: &[&str]) -> Option<Confidence> {
    let text = text.concat();
    let blob = Blob { bytes: text.as_bytes().into(), origin: Origin::file(path.as_bytes().to_vec()) };
    DETECTOR.scan(&blob).expect("rules work").candidates.iter().map(|candidate| candidate.confidence).max()
}

#[test]
fn a_password_that_everybody_uses_is_of_low_confidence() {
    for password in ["password", "guest", "root", "my-secret-pw"] {
        let found = surest("src/a.py", &["url = 'redis://app:", password, "@cache.acme.io:6379'"]);
        assert!(found.is_none_or(|confidence| confidence == Confidence::Low), "{password}: {found:?}");
    }
}

#[test]
fn a_word_as_a_password_counts_less_in_a_test_and_at_a_reserved_host() {
    let url = |host: &str| ["url = 'redis://app:", "bosco", "@", host, ":6379'"].concat();
    assert_eq!(surest("src/a.py", &[&url("cache.acme.io")]), Some(Confidence::Medium));
    assert_eq!(surest("src/a.py", &[&url("cache.example.com")]), Some(Confidence::Low));
    assert_eq!(surest("t/unit/test_a.py", &[&url("cache.acme.io")]), Some(Confidence::Low));
}

#[test]
fn a_random_password_is_of_high_confidence_but_in_a_test() {
    let text = ["url = 'redis://app:", "pX8vQ1", "mT4sZ", "@cache.acme.io:6379'"];
    assert_eq!(surest("src/a.py", &text), Some(Confidence::High));
    assert_eq!(surest("tests/a.py", &text), Some(Confidence::Medium));
}

#[test]
fn a_generic_secret_in_a_test_only_warns() {
    let text = ["client_sec", "ret = \"", "9fQ2xLr7", "TzKm4WvB8nYc", "\""];
    assert_eq!(surest("src/a.py", &text), Some(Confidence::High));
    assert_eq!(surest("src/ATests.java", &text), Some(Confidence::Medium));
}

#[test]
fn a_value_that_a_rule_knows_from_documentation_is_no_generic_secret_either() {
    let key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    let text = ["DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;Account", "Key=", key, ";"];
    assert_eq!(surest("docker-compose.yml", &text), None);
}

#[test]
fn parameters_commands_and_cut_values_are_nothing() {
    for text in [
        ["def connect(host=None, user=None, pass", "word=None, **options):"],
        ["conn.rebind(user=user.entry_dn, pass", "word=password)"],
        ["COOKIE_SEC", "RET=`pwgen -1s 32`"],
        ["apt-key adv --recv-k", "eys 40976EAF437D05B5"],
        ["log: tok", "en=9cbaf023786cd7..."],
        ["Sec-WebSocket-K", "ey: NDMyMTUzMjE2MzIxNzMyMQ=="],
    ] {
        let found = surest("src/a.sh", &text);
        assert!(found.is_none_or(|confidence| confidence == Confidence::Low), "{}: {found:?}", text.concat());
    }
}

/// Path and text of what everybody may read: documentation's own keys, ids, digests, pictures, public keys.
#[rustfmt::skip]
const HARMLESS: &[(&str, &[&str])] = &[
    ("README.md", &["aws_access_key_id = AKIAIOSF", "ODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MD", "ENG/bPxRfiCYEXAMPLEKEY"]),
    ("src/a.py", &["GITHUB_TOKEN = 'ghp_", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"]),
    ("src/a.py", &["stripe_key = 'sk_live_", "000000000000000000000000'"]),
    ("deploy.yml", &["token: ${{ secrets.NPM_TOKEN }}\npassword: {{ lookup('env', 'PW') }}"]),
    (".github/workflows/ci.yml", &["- uses: codecov/codecov-action@", "0565863a31f2c772f9f0395002a31e3f06189574"]),
    (".github/workflows/ci.yml", &["- uses: netlify/actions/cli@", "645ae7398cf5b912a3fa1eb0b88618301aaa85d0"]),
    ("CHANGELOG.md", &["* sentry: fix the key of the cache ([1a2b3c4](https://github.com/a/b/commit/", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b))"]),
    ("package-lock.json", &["\"node_modules/datadog\": {\"integrity\": \"sha512-", "vR7kQz2mW9xTb4Lp8HsJ3cvR7kQz2mW9xTb4Lp8HsJ3cvR7kQz2mW9xTb4Lp8HsJ3cQz2mW9xTb4Lp8HsJ3cQA==\"}"]),
    ("yarn.lock", &["twilio@^4.0.0:\n  resolved \"https://registry.yarnpkg.com/twilio/-/twilio-4.0.0.tgz#", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\""]),
    ("Gemfile.lock", &["CHECKSUMS\n  okta (1.0) sha256=", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
    ("go.sum", &["github.com/okta/okta-sdk-golang v1.1.0 h1:", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0="]),
    ("mix.lock", &["  \"plug\": {:hex, :plug, \"1.15.3\", \"", "712976f504418f6dff0a3e554c40d705a9bcf89a7ccef92fc6a5ef8f16a30a97", "\", [:mix], [], \"hexpm\", \"", "cc4365a3c010a56af402e0809208873d113e9c38c401cabd88027ef4f5c01fd2", "\"},"]),
    ("static/app.min.js", &["var t={token:\"", "vR7kQz2mW9xTb4Lp8HsJ3c\",k:1};function a(b){return b.key}"]),
    ("src/id.rb", &["ACME_ACCOUNT_ID = '", "0b1f8a52-6c1d-4a0e-9b7f-2d3c4e5f6a7b'"]),
    ("src/style.css", &["@font-face{src:url(data:font/woff2;base64,", "d09GMgABAAAAAAx8AA8AAAAAGKQAAAwfAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP0ZGVE0cGh4GYACCUggEEQgKm1CUYQsu", ")}"]),
    ("keys/id.pub", &["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", "GfQxT0pVn6sWc2kR8yZb4Lm9Hd1Jt7Xa5Ue3Oq", " deploy@acme"]),
    ("ca.pem", &["-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ", "vR7kQz2mW9xTb4Lp8HsJ3cvR7kQz2mW9xTb4Lp8\n-----END CERTIFICATE-----\n"]),
    ("key.pem", &["-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", "vR7kQz2mW9xTb4Lp8HsJ3cvR7kQz2mW9xTb4Lp8\n-----END PUBLIC KEY-----\n"]),
    ("src/locale/de.json", &["{\"forgot_password\": \"Kennwort vergessen?\", \"api_key\": \"Schluessel der Schnittstelle\"}"]),
    ("src/page.html", &["<input type=\"hidden\" name=\"authenticity_token\" value=\"", "vR7kQz2mW9xTb4Lp8HsJ3cvR7kQz2mW9xTb4Lp8\">"]),
    ("src/a.rs", &["let token = b\"", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "\";"]),
];

#[test]
fn what_everybody_may_read_is_quiet() {
    let loud: Vec<_> = HARMLESS
        .iter()
        .map(|(path, text)| (path, text, surest(path, text)))
        .filter(|(_, _, found)| *found > Some(Confidence::Low))
        .collect();
    assert!(loud.is_empty(), "{loud:#?}");
}

#[test]
fn what_was_typed_along_the_alphabet_in_a_providers_shape_warns_and_says_so() {
    for text in [
        ["datadog_api_", "key = '", "1234567890abcdef1234567890abcdef'"],
        ["RAPIDAPI_", "KEY=", "abcdef1234567890abcdefabcdef1234567890abcdefabcdef"],
        ["token = 'gl", "pat-", "abcdefghijklmnopqrst'"],
        ["infura-sec", "ret-", "abcdef1234567890abcdef1234567890"],
    ] {
        let blob = Blob { bytes: text.concat().into_bytes().into(), origin: Origin::file(b"src/a.py".to_vec()) };
        let found = DETECTOR.scan(&blob).expect("rules work").candidates;
        let [candidate] = found.as_slice() else { panic!("{}: {found:?}", text.concat()) };
        assert_eq!((candidate.confidence, candidate.severity), (Confidence::Medium, Severity::Medium));
        assert_eq!(candidate.because.as_deref(), Some("looks typed by hand: a sequence"));
    }
}

#[test]
fn one_character_over_and_over_and_words_that_show_where_a_secret_goes_are_quiet() {
    for value in ["11111111111111111111111111111111", "your_key_1234567890abcdef", "1234567890abcdefexample890abcdef"] {
        let found = surest("src/a.py", &["datadog_api_", "key = '", value, "'"]);
        assert!(found.is_none_or(|confidence| confidence == Confidence::Low), "{value}: {found:?}");
    }
}

#[test]
fn what_is_nearly_a_providers_value_is_of_low_confidence_and_the_value_itself_is_not() {
    let digits = ["0b7d41", "e95c3f", "a2860d", "17e4b9", "5ac03f82"].concat();
    let text = |value: &str| surest("src/a.py", &["algolia_api_", "key = '", value, "'"]);
    assert!(text(&digits) >= Some(Confidence::Medium));
    assert!(text(digits.get(1..).unwrap_or_default()) <= Some(Confidence::Low), "one character short");
    assert!(text(&digits.replace('c', "?")) <= Some(Confidence::Low), "another alphabet");
    let cut = ["glpat", "-", "vR7kQz2mW9"].concat();
    assert!(surest("src/a.py", &["token = '", &cut, "'"]) <= Some(Confidence::Low), "a known beginning, cut");
}

#[test]
fn what_services_do_not_issue_is_of_low_confidence() {
    let random = ["WgP6m4gYc1q", "e8HnjWAA5F", "7HBKLi6kwr"].concat();
    let uuid = |variant: &str| ["52acf265-3fc6-4ecd-", variant, "04a-15940bd04653"].concat();
    let key = |value: &str| surest("src/a.py", &["api_", "key = '", value, "'"]);
    assert!(key(&random) >= Some(Confidence::Medium));
    assert!(key(&random.replace("q", "q%")) <= Some(Confidence::Low), "a mark in the middle");
    assert!(key(&uuid("a")) >= Some(Confidence::Medium));
    assert!(key(&uuid("3")) <= Some(Confidence::Low), "a UUID that nothing makes");
    let cut = ["pat", ".4oXWHvYFRNOGLVpFTZGGTA.6807c5bed9599c324f6368ce.usCT2fzv"].concat();
    let beside = |name: &str| surest("src/a.py", &[name, "_tok", "en = '", &cut, "'"]);
    assert!(beside("acme") >= Some(Confidence::Medium));
    assert!(beside("harness") <= Some(Confidence::Low), "beside its provider, cut");
}

#[test]
fn a_file_that_is_known_by_its_name_counts_less_among_tests() {
    let state = |path: &str| {
        let origin = Origin { kind: ObjectKind::Path, path: Some(path.as_bytes().into()), ..Origin::default() };
        let blob = Blob { bytes: path.as_bytes().into(), origin };
        DETECTOR.scan(&blob).expect("rules work").candidates.iter().map(|candidate| candidate.confidence).max()
    };
    assert_eq!(state("infra/terraform.tfstate"), Some(Confidence::High));
    assert_eq!(state("test/infra/terraform.tfstate"), Some(Confidence::Medium));
}

#[test]
fn code_in_a_comment_that_documents_only_warns() {
    let line = |mark: &str| surest("src/a.py", &[mark, "client_sec", "ret = \"", "9fQ2xLr7", "TzKm4WvB8nYc", "\""]);
    assert_eq!(line("#   "), Some(Confidence::Medium));
    assert_eq!(line(">>> "), Some(Confidence::Medium));
    assert_eq!(line(""), Some(Confidence::High));
}
