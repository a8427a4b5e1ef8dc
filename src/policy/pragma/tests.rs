use super::*;
use proptest::prelude::*;

const RULE: &str = "aws-secret-access-key";

/// Looks for a pragma round the first `SECRET` (or a longer place that ends with `END`) of a text.
fn found(text: &str, dialect: Dialect) -> Option<String> {
    let start = text.find("SECRET").unwrap();
    let end = text.find("END").map_or(start + 6, |at| at + 3);
    let pragma = find(&Lines::new(text.as_bytes()), &(start..end), RULE, |on| on == dialect)?;
    Some(pragma.reason.unwrap_or_default())
}

fn excuses(text: &str, dialect: Dialect) -> bool {
    found(text, dialect).is_some()
}

#[test]
fn our_own_counts_on_the_same_line_with_reason_and_rules() {
    let own = Dialect::Keyward;
    assert_eq!(found("SECRET # keyward:allow", own), Some(String::new()));
    assert_eq!(found("/* keyward:allow: made up */ SECRET", own).as_deref(), Some("made up */ SECRET"));
    assert_eq!(found("SECRET <!-- keyward:allow made up -->", own).as_deref(), Some("made up"));
    let ours = "SECRET # keyward:allow [jwt, aws-secret-access-key] docs";
    assert_eq!(found(ours, own).as_deref(), Some("docs"));
    for not in [
        "SECRET # keyward:allow [jwt]",
        "SECRET # keyward:allow []",
        "SECRET # keyward:allow [aws-secret-access-key",
        "SECRET # keyward:allowed",
        "SECRET # Keyward:Allow",
        "SECRET # xkeyward:allow",
        "SECRET # keyward:allow-next-line",
        "# keyward:allow\nSECRET",
        "SECRET\n# keyward:allow",
    ] {
        assert!(!excuses(not, own), "{not}");
    }
    assert!(excuses("SECRET # keyward:allow [jwt] keyward:allow [aws-secret-access-key]", own));
}

#[test]
fn our_own_for_the_next_line_counts_for_that_line_only() {
    let own = Dialect::Keyward;
    assert_eq!(found("# keyward:allow-next-line made up\r\nSECRET", own).as_deref(), Some("made up"));
    assert!(!excuses("# keyward:allow-next-line\n\nSECRET", own));
    assert!(!excuses("# keyward:allow-next-line [jwt]\nSECRET", own));
}

#[test]
fn a_place_of_many_lines_is_excused_by_its_first_and_its_last_and_the_line_above() {
    for own in ["SECRET # keyward:allow\nmore\nEND", "SECRET\nmore\nEND # keyward:allow"] {
        assert!(excuses(own, Dialect::Keyward), "{own}");
    }
    assert!(excuses("# keyward:allow-next-line\nSECRET\nmore\nEND", Dialect::Keyward));
    assert!(!excuses("SECRET\nmore\nEND\n# keyward:allow", Dialect::Keyward));
}

#[test]
fn a_word_of_another_scanner_counts_on_the_same_line_as_it_is_written() {
    let words = [
        (Dialect::Gitleaks, "gitleaks:allow"),
        (Dialect::Betterleaks, "betterleaks:allow"),
        (Dialect::Trufflehog, "trufflehog:ignore"),
    ];
    for (dialect, word) in words {
        assert_eq!(found(&format!("SECRET #{word} made up"), dialect).as_deref(), Some("made up"));
        assert!(!excuses(&format!("# {word}\nSECRET"), dialect));
        assert!(!excuses(&format!("SECRET # {}", word.to_uppercase()), dialect));
        assert!(
            Dialect::ALL.into_iter().filter(|other| *other != dialect).all(|o| !excuses(&format!("SECRET {word}"), o))
        );
    }
}

#[test]
fn kingfishers_counts_in_any_case_beside_above_and_below() {
    let king = Dialect::Kingfisher;
    for yes in ["SECRET // KingFisher:Ignore", "# kingfisher:ignore\nSECRET", "SECRET\nEND\n# kingfisher:ignore"] {
        assert!(excuses(yes, king), "{yes}");
    }
    assert!(!excuses("# kingfisher:ignore\nx = 1\nSECRET", king));
}

#[test]
fn detect_secrets_is_read_as_detect_secrets_reads_it() {
    let ds = Dialect::DetectSecrets;
    for yes in [
        "SECRET # pragma: allowlist secret",
        "SECRET  #pragma:allowlist secret",
        "SECRET // pragma: whitelist secret for tests",
        "SECRET /* pragma: allowlist-secret */",
        "SECRET -- pragma: allowlist secret",
        "SECRET ' pragma: allowlist secret",
        "SECRET <!-- # pragma: allowlist secret -->",
        "# pragma: allowlist nextline secret\nSECRET",
        "  // pragma: allowlist nextline secret\nSECRET",
    ] {
        assert!(excuses(yes, ds), "{yes}");
    }
    for no in [
        "SECRET pragma: allowlist secret",
        "SECRET # Pragma: allowlist secret",
        "SECRET# pragma: allowlist secret",
        "SECRET /* pragma: allowlist secret",
        "SECRET # pragma:  allowlist secret",
        "# pragma: allowlist secret\nSECRET",
        "SECRET # pragma: allowlist nextline secret",
    ] {
        assert!(!excuses(no, ds), "{no}");
    }
}

#[test]
fn secretlint_has_lines_next_lines_and_blocks() {
    let lint = Dialect::Secretlint;
    for yes in [
        "SECRET // secretlint-disable-line",
        "// secretlint-disable-next-line @secretlint/some-rule -- made up\nSECRET",
        "// secretlint-disable\n\n\nSECRET",
        "/* secretlint-disable -- made up */\nSECRET",
        "# secretlint-enable\n# secretlint-disable\nSECRET",
    ] {
        assert!(excuses(yes, lint), "{yes}");
    }
    for no in [
        "// secretlint-disable-line\nSECRET",
        "// secretlint-disable-next-line\n\nSECRET",
        "// secretlint-disable\n// secretlint-enable\nSECRET",
        "// secretlint-disable @secretlint/some-rule\nSECRET",
        "SECRET\n// secretlint-disable",
        "// secretlint-disable-line\n\n\nSECRET",
    ] {
        assert!(!excuses(no, lint), "{no}");
    }
}

#[test]
fn ggshields_is_a_word_of_its_own() {
    assert_eq!(found("SECRET # ggignore: a test", Dialect::Ggshield).as_deref(), Some("a test"));
    for no in ["SECRET # aggIgnore", "SECRET .ggignore", "SECRET ggignored", "# ggignore\nSECRET"] {
        assert!(!excuses(no, Dialect::Ggshield), "{no}");
    }
}

#[test]
fn a_comment_in_utf16_counts() {
    let text = "SECRET # keyward:allow";
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(find(&Lines::new(&wide), &(0..12), RULE, |_| true).is_some());
}

#[test]
fn a_comment_at_the_end_of_a_very_long_line_counts() {
    let text = format!("{}SECRET{} // keyward:allow", "x".repeat(100_000), "y".repeat(100_000));
    assert!(excuses(&text, Dialect::Keyward));
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(
        parts in prop::collection::vec(prop_oneof![
            "[ -~\n]{0,12}",
            Just("keyward:allow".to_owned()), Just("[".to_owned()), Just("]".to_owned()), Just("\n".to_owned()),
            Just("pragma: allowlist".to_owned()), Just(" secret".to_owned()), Just("# ".to_owned()),
            Just("secretlint-disable".to_owned()), Just("ggignore".to_owned()), Just("\u{fc}\0".to_owned()),
        ], 0..12),
        start in 0_usize..200, length in 0_usize..100,
    ) {
        let text = parts.concat();
        _ = find(&Lines::new(text.as_bytes()), &(start..start + length), RULE, |_| true);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), start in 0_usize..300) {
        _ = find(&Lines::new(&bytes), &(start..start + 5), RULE, |_| true);
    }
}
