//! The list of names, the vectors of the true checksums, and that no input stops an algorithm.

use super::*;
use crate::rule::CHECKSUMS;
use proptest::prelude::*;
use std::collections::BTreeSet;

type Groups = fn(&[u8]) -> (Option<&[u8]>, Option<&[u8]>);

const WHOLE: Groups = |_| (None, None);

/// Published test strings, in pieces, and two made for the purpose (Azure DevOps, Bitcoin).
const VECTORS: &[(&str, &[&str], Groups)] = &[
    ("crc32-base62", &["ghp", "_zQWBuTSOoRi4A9spHcVY5ncnsDk", "xkJ0mLq17"], |s| (s.get(4..), None)),
    ("crc32-base62", &["npm", "_qkJaB6MffYVzZXWqmcoF49yrUxP", "3wf0LsakP"], |s| (s.get(4..), None)),
    ("crc32-base62", &["vcp", "_35UYJwYZDigYATKhxJUAhPqRhit", "2Xe3dtiG60LsUTHeklEXDQ94Jafp", "u"], |s| {
        (s.get(4..), None)
    }),
    (
        "sha256-base32",
        &[
            "github",
            "_pat_11AAYCBDQ0tjwxY3uiVv5v_",
            "lo8vfONwp06Vaq9ORB7pSxWM1UT5",
            "wSEuqxoxNv15mbAJTNMO62SdeYHL",
            "yzV",
        ],
        |s| (s.get(..s.len() - 16), s.get(s.len() - 16..s.len() - 8)),
    ),
    ("crc32-base36-gitlab", &["glp", "at-vSY1cyL948aAB440qB6L4zlu9", "OzsUmEV.01.0w0sfevch"], WHOLE),
    ("crc32-hex-le", &["glsa", "_HOruNAb7SOiCdshU9algkrq7FDs", "NSLAa_54e2f8be"], |s| (s.get(0..37), s.get(38..))),
    ("crc32-hex", &["cfut", "_ZE4CrcFhEIDXk9vL2sTLeARsFp2", "ZZYbydVDhhIUq8573bbfe"], |s| (s.get(5..), None)),
    ("crc32-hex", &["zpka", "_3e6c4f7d39954ca29353b7ab885", "89b64_de26cd55"], |s| (s.get(5..37), s.get(38..))),
    ("crc32-hex-upper", &["ATB", "BAb3dE5fG7hJ9kL2mN4pQ6rS8AD6", "D34F4"], WHOLE),
    ("crc32-base64-le", &["cfl", "tcUBElySxR0ubmwjcLaVic7aOYce", "Z1HzCyW9BbhBhC+KbPgaTcGc9S4H", "frjhA"], |s| {
        (s.get(4..), None)
    }),
    (
        "azure-identifiable",
        &["oqb", "4TdY9T0hphvktd5fJnMiHuQqzVy1", "jd5sSuOpAbGkaoqTlrHl0BOJN2ok", "casinVLOJzfDbZo1L+ASt68RAhA=", "="],
        WHOLE,
    ),
    ("azure-identifiable", &["oJs", "3RjFV5CVDyObDiooJk8NGGSylGTl", "NmAzCaPVydjM="], WHOLE),
    ("azure-entra", &["qpF", "8Q~PCM5MhMoyTFc5TYEomnzRUKim", "9UJhe8a2P"], WHOLE),
    (
        "azure-cask",
        &["6Rt", "qHqPc66Y6DYbkydbrrFJTYnRoA7r", "40ts7LWS2SkINSFsRABxhJQQJ99B", "FACAAAAALGcqjAAASAZDO3eqU"],
        WHOLE,
    ),
    ("bech32", &["AGE-SECRE", "T-KEY-1GFPYYSJZGFPYYSJZGFPYY", "SJZGFPYYSJZGFPYYSJZGFPYYSJZG", "FPQ4EGAEX"], WHOLE),
    ("crc16-nkey", &["SUA", "CSSL3UAHUDXKFSNVUZRF5UHPMWZ6", "BFDTJ7M6USDXIEDNPPQYYYCU3VY"], WHOLE),
    ("azure-devops-pat", &["sjkch2lcnrbsqxxx3leug", "vxr4ppwzt6sp66uns6wqj3gbpmt5vla"], WHOLE),
    ("base58check", &["5KEN7K63McDQkRPEbYxaG", "PXCpmLp3FADju8m2DeoqZit38jZ5Fk"], WHOLE),
];

fn run(kind: &str, secret: &[u8], groups: Groups) -> Proof {
    let (over, equals) = groups(secret);
    check(kind, secret, over, equals).proof
}

#[test]
fn every_name_that_a_rule_may_use_is_implemented_and_no_other() {
    let listed: BTreeSet<_> = CHECKSUMS.iter().copied().collect();
    let implemented: BTreeSet<_> = ALGORITHMS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, implemented);
    assert_eq!(listed.len(), CHECKSUMS.len());
    assert_eq!(implemented.len(), ALGORITHMS.len());
}

#[test]
fn published_vectors_pass() {
    for (kind, pieces, groups) in VECTORS {
        assert_eq!(run(kind, pieces.concat().as_bytes(), *groups), Proof::Passes, "{kind}: {}", pieces[0]);
    }
}

#[test]
fn one_other_character_does_not_pass() {
    for (kind, pieces, groups) in VECTORS {
        let genuine = pieces.concat().into_bytes();
        // Everywhere but in the four characters before the end of an Entra or GitHub token, and in prefixes.
        for at in 14..genuine.len() - 20 {
            let mut changed = genuine.clone();
            changed[at] = match changed[at] {
                b'a' | b'A' => changed[at] + 2,
                b'b'..=b'z' | b'B'..=b'Z' => changed[at] - 1,
                _ => continue,
            };
            assert_ne!(run(kind, &changed, *groups), Proof::Passes, "{kind}: {} at {at}", pieces[0]);
        }
    }
}

#[test]
fn an_unknown_name_proves_nothing() {
    assert_eq!(check("no-such-name", b"secret", None, None), Proof::Plausible.into());
}

#[test]
fn account_numbers_tell_a_plausible_access_key_id() {
    let id = |text: [&str; 2]| check("aws-access-key-id", text.concat().as_bytes(), None, None).proof;
    assert_eq!(id(["ASIA", "QNZGKIQY56JQ7WML"]), Proof::Plausible);
    assert_eq!(id(["AKIA", "IOSFODNN7EXAMPLE"]), Proof::Plausible);
    assert_eq!(id(["AKIA", "QNZGKIQY56JQ7WM1"]), Proof::Fails);
    assert_eq!(id(["AKIA", "7777777777777777"]), Proof::Fails);
    assert_eq!(id(["AK", ""]), Proof::Fails);
}

#[test]
fn card_numbers_fit_luhn() {
    let card = |text: &str| check("luhn", text.as_bytes(), None, None).proof;
    assert_eq!(card("4111 1111-11111111"), Proof::Plausible);
    assert_eq!(card("4111111111111112"), Proof::Fails);
    assert_eq!(card("0000000000000000"), Proof::Fails);
    assert_eq!(card("41111111x1111111"), Proof::Fails);
}

#[test]
fn wireguard_keys_are_clamped() {
    let mut key = [7u8; 32];
    (key[0], key[31]) = (0xF8, 0x47);
    let run = |key: &[u8]| check("wireguard", data_encoding::BASE64.encode(key).as_bytes(), None, None).proof;
    assert_eq!(run(&key), Proof::Plausible);
    key[0] = 0xF9;
    assert_eq!(run(&key), Proof::Fails);
    assert_eq!(run(&key[1..]), Proof::Fails);
}

#[test]
fn encoded_tokens_have_their_structure() {
    let run = |kind: &str, plain: &[u8]| check(kind, data_encoding::BASE64.encode(plain).as_bytes(), None, None).proof;
    let fits = [
        ("base64-reftkn", &b"reftkn:01:1756000000:abcDEF123"[..], &b"reftkn:01:x:abc"[..]),
        ("base64-basic", b"bob:hunter2", b"bob:"),
        ("base64-numeric-pat", b"123456:....................", b"123456:..................."),
        ("base64-json", br#"{"k":"v"}"#, br#"{"k":"v""#),
        ("discord-bot", b"1000000000000000000", b"12345"),
        ("protobuf-08", b"\x08\x01", b"\x0A\x01"),
    ];
    for (kind, good, bad) in fits {
        assert_eq!(run(kind, good), Proof::Plausible, "{kind}");
        assert_eq!(run(kind, bad), Proof::Fails, "{kind}");
    }
}

#[test]
fn a_json_object_is_found_inside_a_token() {
    let object = data_encoding::BASE64.encode(br#"{"iat":1756000000.1,"url":"https://example.com","org":"acme"}"#);
    let token = format!("sntrys_{object}_{}", "a".repeat(43));
    assert_eq!(check("base64-json", token.as_bytes(), None, None).proof, Proof::Plausible);
}

#[test]
fn pypi_tokens_are_macaroons() {
    let macaroon = |location: &[u8], signature: usize| {
        let mut bytes = vec![2, 1, location.len() as u8];
        bytes.extend(location);
        bytes.extend([2, 3, b'a', b'b', b'c', 0, 2, 1, b'x', 0, 0, 6, signature as u8]);
        bytes.extend(vec![9; signature]);
        let token = format!("pypi-{}", data_encoding::BASE64URL_NOPAD.encode(&bytes));
        check("macaroon-pypi", token.as_bytes(), None, None).proof
    };
    assert_eq!(macaroon(b"pypi.org", 32), Proof::Plausible);
    assert_eq!(macaroon(b"example.org", 32), Proof::Fails);
    assert_eq!(macaroon(b"pypi.org", 31), Proof::Fails);
}

proptest! {
    #[test]
    fn no_bytes_stop_an_algorithm(
        secret in prop::collection::vec(any::<u8>(), 0..200),
        over in prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
        equals in prop::option::of(prop::collection::vec(any::<u8>(), 0..10)),
    ) {
        for kind in CHECKSUMS {
            check(kind, &secret, over.as_deref(), equals.as_deref());
        }
        password_of_connection(&secret);
        identity_of_private_key(&secret);
    }

    #[test]
    fn no_text_of_the_alphabets_stops_an_algorithm(
        text in "(-----BEGIN (OPENSSH |RSA |PGP )?PRIVATE KEY( BLOCK)?-----|PuTTY-User-Key-File-2: x\n|eyJ|pypi-|://|)[A-Za-z0-9+/=_.:@%&;\\\\\n -]{0,120}",
    ) {
        for kind in CHECKSUMS {
            check(kind, text.as_bytes(), None, None);
        }
        password_of_connection(text.as_bytes());
        identity_of_private_key(text.as_bytes());
    }

    #[test]
    fn decoded_structures_of_any_bytes_stop_nothing(
        label in prop::sample::select(vec!["OPENSSH PRIVATE KEY", "PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]),
        head in prop::sample::select(vec![&b"openssh-key-v1\0"[..], b"\x30\x82", b"\xC5\x40\x04", b""]),
        bytes in prop::collection::vec(any::<u8>(), 60..200),
    ) {
        let body = data_encoding::BASE64.encode(&[head, &bytes].concat());
        let text = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----");
        check("private-key", text.as_bytes(), None, None);
    }
}
