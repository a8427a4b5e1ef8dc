use super::*;
use crate::rule::{Catalogue, Shape};
use proptest::prelude::*;

/// Pieces from which texts come that reach deep into the readers.
const PIECES: &[&str] = &[
    "password",
    "key",
    "token",
    "_",
    "-",
    ".",
    "=",
    ":",
    "==",
    "=>",
    "\"",
    "'",
    "\\\"",
    "\\",
    "`",
    "(",
    "[",
    "{",
    "}",
    "]",
    ")",
    "<",
    ">",
    "${",
    ":-",
    " ",
    "\n",
    "\r\n",
    ",",
    "value",
    "default",
    "Bearer ",
    "basic ",
    "identified by ",
    "||",
    "??",
    "%3D",
    "$2a$",
    "vR7kQz2mW9xTb4Lp8H",
    "hunter",
    "é",
    "\u{1}",
    "0",
    "new ",
    "%s",
    "<![CDATA[",
    "]]>",
    "ENV ",
    "--",
    "string = ",
    "#",
    "//",
];

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..60).prop_map(|parts| parts.concat())
}

fn inside(text: &[u8], found: &[Generic]) -> bool {
    found.iter().all(|found| {
        let (span, value) = (&found.span, &found.value);
        span.start <= value.start && value.start < value.end && value.end <= span.end && span.end <= text.len()
    })
}

proptest! {
    #[test]
    fn any_bytes_and_any_hit_are_read_without_panic(
        text in proptest::collection::vec(any::<u8>(), 0..400), start in 0usize..500, len in 0usize..50
    ) {
        let mut out = Vec::new();
        at(&text, start..start + len, &|| Surroundings::of(b"a.yml"), &mut Last::default(), &mut out);
        prop_assert!(inside(&text, &out));
    }

    #[test]
    fn ranges_lie_inside_the_text_and_no_value_comes_twice(text in pieces()) {
        let found = scan(text.as_bytes(), "a.py");
        prop_assert!(inside(text.as_bytes(), &found));
        for (n, one) in found.iter().enumerate() {
            prop_assert!(found.iter().take(n).all(|other| other.value != one.value));
        }
    }

    #[test]
    fn no_look_depends_on_more_than_it_says(left in pieces(), text in pieces(), right in pieces()) {
        let whole = [left.repeat(10), text, right.repeat(20)].concat().into_bytes();
        for hit in hits(&whole).into_iter().take(40) {
            let (mut far, mut near) = (Vec::new(), Vec::new());
            let around = &|| Surroundings::of(b"");
            let seen = at(&whole, hit.clone(), around, &mut Last::default(), &mut far);
            let (from, to) = (seen.start, seen.end.min(whole.len()));
            at(whole.get(from..to).unwrap(), hit.start - from..hit.end - from, around, &mut Last::default(), &mut near);
            let far: Vec<_> = far.into_iter().map(|f| (f.value.start - from, f.value.end - from, f.confidence)).collect();
            let near: Vec<_> = near.into_iter().map(|f| (f.value.start, f.value.end, f.confidence)).collect();
            prop_assert_eq!(far, near);
        }
    }
}

/// A look at a keyword is bounded, so that a long line costs no more than as many short ones; were it not,
/// these would take hours.
#[test]
fn long_lines_are_read_in_bounded_steps() {
    for unit in ["key=", "password:\"", "token([\"a\",", "secret \\", "auth \n", "pass.pass_"] {
        let text = unit.repeat(100_000 / unit.len());
        scan(text.as_bytes(), "a.min.js");
        scan(text.as_bytes(), "a.yml");
    }
}

#[test]
fn the_rules_hold_every_keyword_and_every_kind_once() {
    let catalogue = Catalogue::builtin().unwrap();
    let generic = |shape: &Shape| matches!(shape, Shape::Generic(_));
    let rules: Vec<_> = catalogue.rules().iter().filter(|rule| generic(&rule.shape)).collect();
    let mut words: Vec<&str> = rules.iter().flat_map(|rule| rule.keywords.iter().map(String::as_str)).collect();
    let mut keywords = KEYWORDS.to_vec();
    words.sort_unstable();
    keywords.sort_unstable();
    assert_eq!(words, keywords);
    for kind in [GenericKind::Password, GenericKind::Secret, GenericKind::Token, GenericKind::ApiKey] {
        assert_eq!(rules.iter().filter(|rule| rule.shape == Shape::Generic(kind)).count(), 1, "{kind:?}");
    }
}

#[test]
fn each_rule_finds_its_examples_and_leaves_its_counter_examples() {
    for (id, examples) in Catalogue::examples().unwrap() {
        if !id.starts_with("generic-") {
            continue;
        }
        let kind = Catalogue::builtin().unwrap().get(&id).unwrap().shape.clone();
        let hits = |text: &str| {
            let found = scan(text.as_bytes(), "");
            found.into_iter().filter(|f| f.confidence >= Confidence::Medium && Shape::Generic(f.kind) == kind).count()
        };
        for text in &examples.matches {
            assert_eq!(hits(&text.concat()), 1, "{id}: {text:?}");
        }
        for text in &examples.misses {
            assert_eq!(hits(&text.concat()), 0, "{id}: {text:?}");
        }
    }
}
