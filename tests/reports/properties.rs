//! What holds for any outcome: every format can be parsed, and none holds a secret.

use crate::sample::*;
use keyward::finding::ObjectKind;
use keyward::report::*;
use keyward::scan::{Gap, Judged, Outcome};
use keyward::text::Shown;
use proptest::prelude::*;
use std::io;

/// Anything, and things that mean something to one of the formats.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let marks =
        "[|<>&'\"%:,\\]\\[`@#\\\\*_~!(){}$;=/.\\-\\n\\r\\x00\u{7f}\u{85}\u{fffe}\u{ffff}\u{2028}\u{202e} a]{0,40}";
    let words = prop::sample::select(vec![
        "]]>",
        "<!--",
        "-->",
        "</details>",
        "::error::x",
        "##[error]x",
        "%0A",
        "&amp;",
        "| a |",
        "```",
        "\u{1b}[31m",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        any::<String>().prop_map(String::into_bytes),
        marks.prop_map(String::into_bytes),
        words.prop_map(|word| word.as_bytes().to_vec()),
    ]
}

/// An outcome in which everything that can be foreign holds `text`.
fn filled(text: &[u8], mask: &Hide, mut secrets: Vec<Judged>) -> Outcome {
    let shown = Shown::new(text, mask);
    let kinds = [ObjectKind::Blob, ObjectKind::Path, ObjectKind::Commit, ObjectKind::Tag, ObjectKind::RefName];
    for (at, judged) in secrets.iter_mut().enumerate() {
        judged.finding.origin.kind = kinds[at % kinds.len()];
        for field in [&mut judged.path, &mut judged.author, &mut judged.because, &mut judged.note] {
            *field = Some(shown.clone());
        }
        if at % 3 == 2 {
            *judged = excused(judged.clone());
        }
        (judged.reason, judged.owner) = (Some(shown.clone()), Some(shown.clone()));
    }
    let mut outcome = with_gaps(outcome(secrets));
    let gap = Gap { reason: "unreadable-file", count: 9, examples: vec![shown.clone(), shown.clone()] };
    outcome.unread.push(gap.clone());
    outcome.skipped.push(gap);
    outcome.warnings = vec![shown];
    outcome
}

fn findings() -> Vec<Judged> {
    (1..=8).map(|line| in_history(at("x", line, 1))).collect()
}

const LOUD: HumanOptions = HumanOptions { color: true, verbose: true, quiet: false, edge: Edge::Scan };
const HOOK: HumanOptions = HumanOptions { color: false, verbose: false, quiet: false, edge: Edge::Commit };

/// Links to everything that there is.
fn links() -> Links {
    Links {
        line: Some("https://git.example.com/a/b/blob/{commit}/{path}#L{line}".to_owned()),
        commit: Some("c0ffee".to_owned()),
        page: Some("https://wiki.example.com/guardrail?a=1&b=2".to_owned()),
    }
}

fn reports() -> [Box<dyn Report>; 9] {
    [
        Box::new(Human::new(LOUD)),
        Box::new(Human::new(HOOK)),
        Box::new(Json),
        Box::new(Sarif),
        Box::new(Junit),
        Box::new(Github),
        Box::new(Gitlab),
        Box::new(Markdown { links: links() }),
        Box::new(Html { links: links(), earlier: Vec::new() }),
    ]
}

fn all(outcome: &Outcome) -> Vec<String> {
    reports().iter().map(|report| text(report.as_ref(), outcome)).collect()
}

/// A stream that takes this many bytes and no more.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn output_that_is_lost_is_an_error_in_every_format() {
    for report in reports() {
        let report = report.as_ref();
        let length = text(report, &rich()).len();
        for room in (0..length).step_by(97).chain([length - 1]) {
            assert!(report.write(&rich(), &timing(), &mut Full(room)).is_err(), "{room} of {length}");
        }
        assert!(report.write(&rich(), &timing(), &mut Full(length)).is_ok());
    }
}

/// A Markdown report without what stands in its code and its texts of others.
fn skeleton(markdown: &str) -> Vec<String> {
    let inside = |part: &str| part.split_once("</code>").map_or(String::new(), |(_, rest)| rest.to_owned());
    let plain = |line: &str| {
        line.split("<code>")
            .enumerate()
            .map(|(at, part)| if at == 0 { part.to_owned() } else { inside(part) })
            .collect()
    };
    let references = |line: String| line.chars().filter(|c| "<>|`*[]()!\\".contains(*c)).collect();
    markdown.lines().map(plain).map(references).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_format_can_be_parsed_whatever_the_texts_are(bytes in hostile()) {
        let outcome = filled(&bytes, &Hide(Vec::new()), findings());
        for json in [text(&Json, &outcome), text(&Sarif, &outcome), text(&Gitlab, &outcome)] {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{}", json);
        }
        let xml = text(&Junit, &outcome);
        let document = roxmltree::Document::parse(&xml);
        prop_assert!(document.is_ok(), "{:?}\n{}", document, xml);
        let cases = document.unwrap().descendants().filter(|node| node.has_tag_name("testcase")).count();
        prop_assert_eq!(cases, 8 + 3);
    }

    #[test]
    fn a_hostile_text_adds_no_line_and_no_structure(bytes in hostile()) {
        let hostile = filled(&bytes, &Hide(Vec::new()), findings());
        let harmless = filled(b"x", &Hide(Vec::new()), findings());
        let github = text(&Github, &hostile);
        prop_assert_eq!(github.lines().count(), text(&Github, &harmless).lines().count());
        let commands = github.lines().filter(|line| line.starts_with("::")).count();
        prop_assert_eq!(commands + 1, github.lines().count());
        for line in github.lines().filter(|line| line.starts_with("::")) {
            let (properties, data) = line[2..].split_once("::").unwrap();
            prop_assert!(!properties.contains('\r') && !data.contains('\r'));
            prop_assert!(properties.split([' ', ',']).next().is_some_and(|word| ["error", "warning", "notice"].contains(&word)));
        }
        let human = HumanOptions { verbose: true, ..HumanOptions::default() };
        let lines = |outcome: &Outcome| text(&Human::new(human), outcome).lines().count();
        prop_assert_eq!(lines(&hostile), lines(&harmless));
        let markdown = Markdown { links: links() };
        prop_assert_eq!(skeleton(&text(&markdown, &hostile)), skeleton(&text(&markdown, &harmless)));
        let html = Html { links: links(), earlier: Vec::new() };
        let markup = |outcome: &Outcome| text(&html, outcome).chars().filter(|c| "<>\"'".contains(*c)).collect::<String>();
        prop_assert_eq!(markup(&hostile), markup(&harmless));
    }

    #[test]
    fn no_control_character_reaches_an_output(bytes in hostile()) {
        for text in all(&filled(&bytes, &Hide(Vec::new()), findings())) {
            let stray = text.replace("\u{1b}[", "").chars().any(|c| c.is_control() && c != '\n');
            prop_assert!(!stray, "{:?}", text);
        }
    }

    #[test]
    fn no_secret_is_in_any_output(value in "Zq[A-Za-z0-9/+_.-]{6,60}", around in hostile()) {
        let mask = Hide(vec![value.clone().into_bytes()]);
        let mut foreign = around.clone();
        foreign.extend(value.bytes());
        foreign.extend(around);
        let secret = |line| finding(rule("some-token", "A token"), &value, "x", line, 1);
        let outcome = filled(&foreign, &mask, (1..=6).map(secret).collect());
        let windows: Vec<&str> = (8..=value.len()).map(|end| &value[end - 8..end]).collect();
        for text in all(&outcome) {
            prop_assert!(!windows.iter().any(|window| text.contains(window)), "{}", text);
        }
    }
}
