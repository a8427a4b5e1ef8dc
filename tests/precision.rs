//! What looks like a secret and is none, or not much of one.

#![allow(clippy::expect_used, reason = "a test or bench may fail loudly")]

use keyward::blob::{Blob, Origin};
use keyward::detect::{DecodeLimits, Detector};
use keyward::rule::{Catalogue, Confidence};
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
