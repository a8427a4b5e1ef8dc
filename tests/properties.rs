//! What holds for the detector and for printed text whatever the bytes are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "cli/secrets.rs"]
mod secrets;

use keyward::blob::{Blob, Origin};
use keyward::candidate::Candidate;
use keyward::detect::{DecodeLimits, Detector};
use keyward::rule::Catalogue;
use keyward::text::Shown;
use proptest::prelude::*;
use std::sync::LazyLock;

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&Catalogue::builtin().unwrap(), DecodeLimits::default()).unwrap());

fn scan(bytes: &[u8]) -> Vec<Candidate> {
    DETECTOR.scan(&Blob { bytes: bytes.into(), origin: Origin::file(*b"file.txt") }).unwrap().candidates
}

fn finds(bytes: &[u8], secret: &str) -> bool {
    scan(bytes).iter().any(|candidate| candidate.secret.expose() == secret.as_bytes())
}

/// Everything about a candidate that can be compared.
fn told(candidates: &[Candidate]) -> Vec<String> {
    let one = |c: &Candidate| {
        format!("{} {:?} {:?} {:?} {:?} {:?}", c.rule.id, c.span, c.place, c.decoded, c.confidence, c.secret.expose())
    };
    candidates.iter().map(one).collect()
}

/// Pieces that mean something to rules and decoders, among any bytes.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<&[u8]> = vec![
        b"password",
        b"secret_key",
        b"token",
        b"Authorization: Bearer ",
        b"aws_secret_access_key",
        b" = \"",
        b"\": \"",
        b"\"",
        b"'",
        b"\n",
        b"\r\n",
        b"-----BEGIN ",
        b"PRIVATE KEY-----",
        b"-----END ",
        b"eyJ",
        b"://",
        b":",
        b"@",
        b"%41%4",
        b"\\u00",
        b"\\x4",
        b"AKI",
        b"ghp",
        b"_",
        b"xox",
        b"\xff\xfe",
        b"\xfe\xff",
        b"a\0b\0c\0",
        b"\0",
        b"H4sIAAAAAAAA",
        b"\x1f\x8b\x08",
        b"bGpGS0",
        b"====",
        b"0123456789abcdef0123456789abcdef",
    ];
    let piece = prop_oneof![
        3 => prop::sample::select(words).prop_map(<[u8]>::to_vec),
        2 => "[A-Za-z0-9+/_=-]{1,50}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Text that touches a token without changing it: it neither ends nor begins with a character of tokens.
fn around() -> impl Strategy<Value = String> {
    "[ -~\n]{0,80}".prop_map(|text| format!("{text} "))
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_place_lies_inside_the_text_and_a_second_scan_says_the_same(text in pieces()) {
        let candidates = scan(&text);
        for candidate in &candidates {
            for range in [&candidate.span, &candidate.place] {
                prop_assert!(range.start < range.end && range.end <= text.len(), "{range:?} of {}", text.len());
            }
            prop_assert!(!candidate.secret.expose().is_empty());
            if candidate.decoded.is_empty() {
                prop_assert_eq!(candidate.secret.expose(), &text[candidate.place.clone()]);
            }
        }
        prop_assert_eq!(told(&candidates), told(&scan(&text)));
    }

    #[test]
    fn what_is_shown_has_no_control_characters_and_no_secret(text in pieces(), seed in 0u32..1000) {
        let token = secrets::github_token_of(&seed.to_string());
        let text = [&text[..], b" ", token.as_bytes(), b" ", &text].concat();
        let shown = Shown::new(&text, &*DETECTOR);
        prop_assert!(!shown.as_str().chars().any(char::is_control));
        prop_assert!(!shown.as_str().contains(&token));
    }

    #[test]
    fn a_token_is_found_at_any_offset_of_any_text(before in around(), after in around(), seed in 0u32..1000) {
        let token = secrets::github_token_of(&seed.to_string());
        let text = format!("{before}{token} {after}");
        prop_assert!(finds(text.as_bytes(), &token));
    }

    #[test]
    fn a_token_is_found_in_utf_16(before in "[a-z \n]{0,60}", after in "[a-z \n]{0,60}", big: bool, mark: bool) {
        let token = secrets::github_token();
        let mark = if mark { "\u{feff}" } else { "" };
        let text = utf16(&format!("{mark}{before} {token} {after}"), big);
        prop_assert!(finds(&text, &token));
    }

    #[test]
    fn a_token_is_found_in_base64_at_every_alignment(before in "[a-z ]{0,40}", after in "[a-z \n]{0,40}", url: bool) {
        let token = secrets::github_token();
        for shift in 0..3 {
            let inner = format!("{before}{} {token} {after}", "x".repeat(shift));
            let engine = if url { data_encoding::BASE64URL_NOPAD } else { data_encoding::BASE64 };
            let text = format!("data: {}\n", engine.encode(inner.as_bytes()));
            prop_assert!(finds(text.as_bytes(), &token), "shift {shift}");
        }
    }

    #[test]
    fn a_token_is_found_percent_encoded(before in "[a-z=&]{0,40}", lower: bool) {
        let token = secrets::github_token();
        let byte = |byte: u8| if lower { format!("%{byte:02x}") } else { format!("%{byte:02X}") };
        let text = format!("https://example.com/?{before}&q={}&z=1\n", token.bytes().map(byte).collect::<String>());
        prop_assert!(finds(text.as_bytes(), &token));
    }
}

#[test]
fn a_token_is_found_wherever_a_buffer_may_end() {
    let token = secrets::github_token();
    for length in (0..300).chain(4000..4200).step_by(7).chain([7998, 7999, 8000, 8191, 65_535, 65_536]) {
        let text = format!("{} {token}", "x".repeat(length));
        assert!(finds(text.as_bytes(), &token), "behind {length} bytes");
    }
}
