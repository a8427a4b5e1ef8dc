//! SARIF and GitLab's report, field by field.

use crate::sample::*;
use insta::assert_snapshot;
use keyward::report::{Gitlab, Sarif};
use keyward::scan::Outcome;
use std::collections::BTreeSet;

#[test]
fn sarif_results_point_at_their_rule_and_their_place() {
    let log = parsed(&Sarif, &rich());
    let run = &log["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        assert!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].is_string());
        assert!(result["partialFingerprints"]["keyward/v1"].as_str().unwrap().starts_with("kw1:"));
        assert!(result["suppressions"].is_array(), "on all results or on none");
    }
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"][0]["descriptor"]["id"], "shallow");
    assert_eq!(parsed(&Sarif, &outcome(Vec::new()))["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn one_sarif_result() {
    let log = parsed(&Sarif, &outcome(vec![excused(at("src/a b%.rs", 12, 9))]));
    assert_snapshot!(serde_json::to_string_pretty(&log["runs"][0]["results"][0]).unwrap(), @r#"
    {
      "level": "warning",
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "src/a%20b%25.rs",
              "uriBaseId": "%SRCROOT%"
            },
            "region": {
              "endColumn": 49,
              "endLine": 12,
              "startColumn": 9,
              "startLine": 12
            }
          }
        }
      ],
      "message": {
        "text": "GitHub personal access token (classic): ghp_***17. rule github-personal-access-token: nearly all that matches it is real (severity high, confidence high)."
      },
      "partialFingerprints": {
        "keyward/v1": "kw1:c932435bdd00c122485c46e7ff2fb8ec",
        "primaryLocationLineHash": "c932435bdd00c122485c46e7ff2fb8ec:1"
      },
      "properties": {
        "confidence": "high",
        "object": "blob",
        "severity": "high",
        "verdict": "suppressed",
        "would": "suppressed"
      },
      "ruleId": "github-personal-access-token",
      "ruleIndex": 0,
      "suppressions": [
        {
          "justification": "baseline: the vendor's published test key (owner Ann Lee, until 2027-01-31)",
          "kind": "external",
          "status": "accepted"
        }
      ]
    }
    "#);
}

#[test]
fn one_sarif_rule() {
    let log = parsed(&Sarif, &outcome(vec![at("a", 12, 9)]));
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_snapshot!(serde_json::to_string_pretty(rule).unwrap(), @r#"
    {
      "defaultConfiguration": {
        "level": "error"
      },
      "fullDescription": {
        "text": "GitHub personal access token (classic)"
      },
      "help": {
        "text": "GitHub personal access token (classic). Revoke it, take it out, and read the new one from the environment or a secret store. How to: https://docs.example.com/rotate?a=1&b=2"
      },
      "helpUri": "https://docs.example.com/rotate?a=1&b=2",
      "id": "github-personal-access-token",
      "properties": {
        "kind": "token",
        "precision": "high",
        "security-severity": "8.0",
        "severity": "high",
        "tags": [
          "security",
          "secret",
          "github"
        ]
      },
      "shortDescription": {
        "text": "GitHub personal access token (classic)"
      }
    }
    "#);
}

#[test]
fn one_gitlab_vulnerability() {
    let report = parsed(&Gitlab, &outcome(vec![in_history(at("src/a.rs", 12, 9))]));
    assert_snapshot!(serde_json::to_string_pretty(&report["vulnerabilities"][0]).unwrap(), @r#"
    {
      "description": "GitHub personal access token (classic)\n\nghp_***17 at src/a.rs:12:9\n\nrule github-personal-access-token: nearly all that matches it is real (severity high, confidence high)\n\nfingerprint kw1:c932435bdd00c122485c46e7ff2fb8ec",
      "id": "bd598b0c-73ce-871b-a833-3042c304c254",
      "identifiers": [
        {
          "name": "keyward rule github-personal-access-token",
          "type": "keyward_rule",
          "value": "github-personal-access-token"
        }
      ],
      "links": [
        {
          "name": "rotate",
          "url": "https://docs.example.com/rotate?a=1&b=2"
        }
      ],
      "location": {
        "commit": {
          "author": "Ann Lee <ann@example.com>",
          "date": "2026-01-01T00:00:00Z",
          "sha": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        },
        "end_line": 12,
        "file": "src/a.rs",
        "start_line": 12
      },
      "name": "GitHub personal access token (classic)",
      "severity": "High",
      "solution": "Revoke it, take it out, and read the new one from the environment or a secret store. How to: https://docs.example.com/rotate?a=1&b=2"
    }
    "#);
}

#[test]
fn gitlab_ids_are_unique_and_stay() {
    let ids = |outcome: &Outcome| {
        let report = parsed(&Gitlab, outcome);
        let all = report["vulnerabilities"].as_array().unwrap();
        all.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<String>>()
    };
    assert_eq!(ids(&rich()).len(), 5, "all but the excused one");
    assert_eq!(ids(&rich()), ids(&rich()));
}
