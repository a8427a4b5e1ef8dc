//! `keyward/report/v1`, field by field.

use crate::sample::*;
use insta::assert_snapshot;
use keyward::report::read::{ReadError, read};
use keyward::report::{Failure, Json, Report, Timing, document, write_failure};
use keyward::text::Shown;
use serde_json::Value;

#[test]
fn json_holds_every_field_of_its_contract() {
    assert_snapshot!(text(&Json, &rich()), @r#"
    {
      "schema": "keyward/report/v1",
      "verdict": "block",
      "mode": "enforce",
      "would": "block",
      "exit": 1,
      "findings": [
        {
          "rule": "github-personal-access-token",
          "provider": "github",
          "description": "GitHub personal access token (classic)",
          "kind": "token",
          "severity": "high",
          "confidence": "high",
          "verdict": "block",
          "line_start": 5,
          "line_end": 5,
          "column_start": 3,
          "column_end": 43,
          "commit": "cccccccccccccccccccccccccccccccccccccccc",
          "object": "commit",
          "fingerprint": "kw1:c932435bdd00c122485c46e7ff2fb8ec",
          "preview": "ghp_***17",
          "rotate": "https://docs.example.com/rotate?a=1&b=2"
        },
        {
          "rule": "github-personal-access-token",
          "provider": "github",
          "description": "GitHub personal access token (classic)",
          "kind": "token",
          "severity": "high",
          "confidence": "certain",
          "verdict": "block",
          "path": "deploy/prod.env",
          "line_start": 3,
          "line_end": 3,
          "column_start": 12,
          "column_end": 52,
          "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "author": "Ann Lee <ann@example.com>",
          "date": "2026-01-01T00:00:00Z",
          "occurrences": 3,
          "in_head": false,
          "blob": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "object": "blob",
          "fingerprint": "kw1:c932435bdd00c122485c46e7ff2fb8ec",
          "preview": "ghp_***17",
          "rotate": "https://docs.example.com/rotate?a=1&b=2"
        },
        {
          "rule": "generic-password",
          "provider": "github",
          "description": "Password given to a name that says so",
          "kind": "token",
          "severity": "medium",
          "confidence": "medium",
          "verdict": "warn",
          "because": "db_password is a name for a secret, and the value looks random",
          "path": "deploy/prod.env",
          "line_start": 9,
          "line_end": 9,
          "column_start": 8,
          "column_end": 29,
          "blob": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "object": "blob",
          "fingerprint": "kw1:b0eeaa4cdb3aa4f7a9c2e465132affe8",
          "preview": "c0rr***ry",
          "decoded_from": [
            "percent",
            "base64"
          ]
        },
        {
          "rule": "github-personal-access-token",
          "provider": "github",
          "description": "GitHub personal access token (classic)",
          "kind": "token",
          "severity": "high",
          "confidence": "high",
          "verdict": "block",
          "path": "keys/id_rsa",
          "line_start": 1,
          "line_end": 1,
          "column_start": 1,
          "column_end": 41,
          "blob": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "object": "path",
          "fingerprint": "kw1:c932435bdd00c122485c46e7ff2fb8ec",
          "preview": "ghp_***17",
          "rotate": "https://docs.example.com/rotate?a=1&b=2"
        },
        {
          "rule": "github-personal-access-token",
          "provider": "github",
          "description": "GitHub personal access token (classic)",
          "kind": "token",
          "severity": "high",
          "confidence": "high",
          "verdict": "block",
          "note": "the baseline entry for it expired on 2026-01-31",
          "path": "src/a b.rs",
          "line_start": 12,
          "line_end": 12,
          "column_start": 9,
          "column_end": 49,
          "blob": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "object": "blob",
          "fingerprint": "kw1:c932435bdd00c122485c46e7ff2fb8ec",
          "preview": "ghp_***17",
          "rotate": "https://docs.example.com/rotate?a=1&b=2"
        },
        {
          "rule": "github-personal-access-token",
          "provider": "github",
          "description": "GitHub personal access token (classic)",
          "kind": "token",
          "severity": "high",
          "confidence": "high",
          "verdict": "suppressed",
          "suppression": {
            "by": "baseline",
            "reason": "the vendor's published test key",
            "owner": "Ann Lee",
            "expires": "2027-01-31"
          },
          "path": "tests/fixture.json",
          "line_start": 2,
          "line_end": 2,
          "column_start": 2,
          "column_end": 42,
          "blob": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
          "object": "blob",
          "fingerprint": "kw1:c932435bdd00c122485c46e7ff2fb8ec",
          "preview": "ghp_***17",
          "rotate": "https://docs.example.com/rotate?a=1&b=2"
        }
      ],
      "unlisted": 0,
      "below": {
        "low": 2,
        "medium": 1,
        "high": 0
      },
      "coverage": {
        "refs": 1,
        "commits": 2,
        "blobs": 3,
        "bytes": 12210,
        "skipped": [
          {
            "reason": "submodule",
            "count": 1,
            "examples": [
              "vendor/lib"
            ]
          }
        ],
        "unread": [
          {
            "reason": "shallow",
            "count": 1,
            "examples": [
              "0123456789ab"
            ]
          },
          {
            "reason": "too-large",
            "count": 7,
            "examples": [
              "a.bin",
              "b.bin"
            ]
          }
        ],
        "complete": false
      },
      "warnings": [
        "gate.block-on is locked by /etc/keyward/config.toml; keyward.toml cannot weaken it"
      ],
      "engine": {
        "version": "0.1.0",
        "rules_digest": "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1",
        "policy_digest": "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2",
        "salt": "public"
      },
      "timing": {
        "started": "2026-11-21T03:00:00Z",
        "seconds": 0.0083
      }
    }
    "#);
}

#[test]
fn json_tells_what_enforce_mode_would_do_with_each_finding() {
    let report = parsed(&Json, &audited(outcome(vec![at("a", 1, 1), warning("a", 2)])));
    let words =
        |key: &str| (report[key].clone(), report["findings"][0][key].clone(), report["findings"][1][key].clone());
    assert_eq!(words("verdict"), ("pass".into(), "warn".into(), "warn".into()));
    assert_eq!(words("would"), ("block".into(), "block".into(), Value::Null));
}

#[test]
fn only_timing_differs_between_two_runs() {
    let later = Timing { seconds: 9.0, ..timing() };
    let mut second = Vec::new();
    Json.write(&rich(), &later, &mut second).unwrap();
    let mut first = parsed(&Json, &rich());
    let mut second: Value = serde_json::from_slice(&second).unwrap();
    assert_ne!(first, second);
    first["timing"] = Value::Null;
    second["timing"] = Value::Null;
    assert_eq!(first, second);
}

#[test]
fn an_error_is_one_object_too() {
    let failure = Failure {
        kind: "config",
        message: shown("unknown severity \"hgih\""),
        file: Some(shown("keyward.toml")),
        line: Some(7),
        column: Some(9),
        hints: vec![Shown::fixed("did you mean \"high\"?")],
    };
    let mut out = Vec::new();
    write_failure(&failure, &timing(), &mut out).unwrap();
    assert_snapshot!(String::from_utf8(out).unwrap(), @r#"
    {
      "schema": "keyward/report/v1",
      "verdict": "incomplete",
      "findings": [],
      "error": {
        "kind": "config",
        "message": "unknown severity \"hgih\"",
        "file": "keyward.toml",
        "line": 7,
        "column": 9,
        "hints": [
          "did you mean \"high\"?"
        ]
      },
      "timing": {
        "started": "2026-11-21T03:00:00Z",
        "seconds": 0.0083
      }
    }
    "#);
}

fn read_back(text: &str) -> Result<document::Report, ReadError> {
    read(text.as_bytes(), &Hide(vec![token().into_bytes()]))
}

#[test]
fn what_is_read_back_is_what_was_written() {
    let written = text(&Json, &rich());
    let report = read_back(&written).unwrap();
    assert_eq!(report, document(&rich(), Some(&timing())));
    assert_eq!(serde_json::to_string_pretty(&report).unwrap() + "\n", written);
}

#[test]
fn a_report_of_an_error_and_one_with_fields_of_a_later_version_are_read() {
    let failure = Failure { kind: "io", message: shown("no"), file: None, line: None, column: None, hints: Vec::new() };
    let mut out = Vec::new();
    write_failure(&failure, &timing(), &mut out).unwrap();
    let report = read_back(&String::from_utf8(out).unwrap()).unwrap();
    assert_eq!((report.error.unwrap().kind.as_str(), report.findings.len(), report.coverage), ("io", 0, None));
    let later = text(&Json, &rich()).replace("\"rule\":", "\"later\": {\"a\": [1]}, \"rule\":");
    assert_eq!(read_back(&later).unwrap(), read_back(&text(&Json, &rich())).unwrap());
}

#[test]
fn what_is_no_report_is_told_apart() {
    let written = text(&Json, &rich());
    for length in [1, 100, written.len() / 2, written.len() - 2] {
        let cut = written.get(..length).unwrap();
        assert!(matches!(read_back(cut), Err(ReadError::Truncated { .. })), "{length}");
    }
    assert_eq!(read_back("{\"a\" 1}"), Err(ReadError::NotJson { line: 1, column: 6 }));
    assert_eq!(read_back("{}"), Err(ReadError::NotAReport));
    let newer = written.replace("report/v1", "report/v2");
    assert_eq!(read_back(&newer), Err(ReadError::OtherVersion(shown("keyward/report/v2"))));
    let wrong = written.replacen("\"severity\": \"high\"", &format!("\"severity\": \"{}\"", token()), 1);
    let error = read_back(&wrong).unwrap_err();
    assert!(matches!(&error, ReadError::Unsound(why) if why.as_str().contains("`***`")), "{error}");
}

#[test]
fn a_text_that_somebody_put_into_a_report_is_made_safe() {
    let edited = text(&Json, &rich()).replacen("deploy/prod.env", &format!("{}\\u001b[2J", token()), 1);
    let report = read_back(&edited).unwrap();
    assert!(report.findings.iter().any(|finding| finding.path.as_deref() == Some("***\\x1b[2J")));
}
