use super::super::{By, Config, Layer, Reader, Version};
use super::*;
use jiff::civil::date;

const DAY: Date = date(2027, 1, 1);

fn layer(by: By, text: &str) -> Layer {
    Reader { version: Version(9, 0, 0), reasons: &[] }.parse(by, text).unwrap()
}

fn config(text: &str) -> Config {
    Config::resolve([layer(By::Repository("keyward.toml".to_owned()), text)]).0
}

fn errors(text: &str) -> Vec<String> {
    let reader = Reader { version: Version(9, 0, 0), reasons: &[] };
    let found = reader.parse(By::Repository("keyward.toml".to_owned()), text).unwrap_err();
    found.iter().map(ToString::to_string).collect()
}

fn stance(config: &Config, rule: &str, severity: Severity, path: &str) -> (Mode, Severity) {
    let stance = config.stance(rule, severity, Some(path.as_bytes()), DAY);
    (stance.mode, stance.block_on)
}

#[test]
fn an_override_speaks_of_its_rules_severities_and_paths_and_the_last_one_counts() {
    let config = config(
        "[gate]\nmode = \"audit\"\n[[gate.override]]\nrules = [\"jwt\"]\nmode = \"enforce\"\n\
         [[gate.override]]\nseverities = [\"critical\"]\nmode = \"enforce\"\n\
         [[gate.override]]\npaths = [\"pay/**\"]\nmode = \"enforce\"\nblock-on = \"low\"\n\
         [[gate.override]]\npaths = [\"pay/old/**\"]\nmode = \"audit\"\n",
    );
    assert_eq!(stance(&config, "other", Severity::High, "a"), (Mode::Audit, Severity::High));
    assert_eq!(stance(&config, "jwt", Severity::High, "a"), (Mode::Enforce, Severity::High));
    assert_eq!(stance(&config, "other", Severity::Critical, "a"), (Mode::Enforce, Severity::High));
    assert_eq!(stance(&config, "other", Severity::Low, "pay/a"), (Mode::Enforce, Severity::Low));
    assert_eq!(stance(&config, "jwt", Severity::Low, "pay/old/a"), (Mode::Audit, Severity::Low));
    assert_eq!(config.stance("other", Severity::High, None, DAY).mode, Mode::Audit);
}

#[test]
fn a_step_of_the_ratchet_counts_from_its_day_on_and_only_downwards() {
    let config = config(
        "[[gate.ratchet]]\nfrom = 2027-01-01\nblock-on = \"medium\"\n\
         [[gate.ratchet]]\nfrom = 2027-01-02\nblock-on = \"info\"\n\
         [[gate.ratchet]]\nfrom = 2026-01-02\nblock-on = \"critical\"\n",
    );
    assert_eq!(stance(&config, "r", Severity::Low, "a").1, Severity::Medium);
    assert_eq!(config.stance("r", Severity::Low, None, date(2026, 12, 31)).block_on, Severity::High);
    assert_eq!(config.stance("r", Severity::Low, None, date(2027, 1, 2)).block_on, Severity::Info);
}

#[test]
fn locks_refuse_what_weakens_and_take_what_tightens() {
    let administrator = "[gate]\nblock-on = \"medium\"\n[administrator]\nlock = [\"gate.mode\", \"gate.block-on\"]\n\
        [[gate.override]]\npaths = [\"pay/**\"]\nblock-on = \"low\"\n";
    let repository = "[[gate.override]]\npaths = [\"a\"]\nmode = \"audit\"\n\
        [[gate.override]]\npaths = [\"pay/x\"]\nblock-on = \"medium\"\n\
        [[gate.override]]\npaths = [\"b\"]\nblock-on = \"low\"\nmode = \"enforce\"\n\
        [[gate.ratchet]]\nfrom-count = 1\nblock-on = \"info\"\n";
    let layers = [
        layer(By::Administrator("admin".to_owned()), administrator),
        layer(By::Repository("keyward.toml".to_owned()), repository),
    ];
    let (config, warnings) = Config::resolve(layers);
    let keys: Vec<&str> = warnings.iter().map(|warning| warning.key.as_str()).collect();
    assert_eq!(keys, ["gate.mode", "gate.block-on"]);
    assert_eq!((config.overrides.len(), config.ratchet.len()), (2, 1));
    assert_eq!(stance(&config, "r", Severity::Low, "pay/x").1, Severity::Low);
    assert_eq!(stance(&config, "r", Severity::Low, "b"), (Mode::Enforce, Severity::Low));
}

#[test]
fn a_change_that_may_stop_less_is_a_loosening() {
    let audit = "[[gate.override]]\npaths = [\"a\"]\nmode = \"audit\"\n";
    let low = "[[gate.override]]\npaths = [\"b\"]\nblock-on = \"low\"\n";
    let lax = "[[gate.override]]\npaths = [\"b\"]\nblock-on = \"critical\"\n";
    let step = |day: &str, level: &str| format!("[[gate.ratchet]]\nfrom = {day}\nblock-on = \"{level}\"\n");
    let weaker = |new: &str, old: &str| config(new).weaker_than(&config(old));
    let both = [audit, low].concat();
    for (new, old) in [("", audit), (low, ""), (&both, audit), (low, &both), ("", lax), (audit, audit)] {
        assert_eq!(weaker(new, old), Vec::<&str>::new(), "{new} after {old}");
    }
    let turned = [low, audit].concat();
    for (new, old) in [(audit, ""), ("", low), (lax, ""), (&turned, &both), (audit, &both)] {
        assert_eq!(weaker(new, old), ["gate.override"], "{new} after {old}");
    }
    let medium = step("2027-01-01", "medium");
    assert_eq!(weaker(&step("2026-06-01", "low"), &medium), Vec::<&str>::new());
    for new in [String::new(), step("2027-02-01", "medium"), step("2027-01-01", "high")] {
        assert_eq!(weaker(&new, &medium), ["gate.ratchet"]);
    }
    let since = "[gate]\nenforce-since = 2026-01-01\n";
    assert_eq!(weaker(since, ""), ["gate.enforce-since"]);
    assert_eq!(weaker("", since), Vec::<&str>::new());
}

#[test]
fn an_entry_that_says_or_selects_nothing_is_an_error() {
    for (text, word) in [
        ("[[gate.override]]\nmode = \"audit\"", "needs `rules`, `severities` or `paths`"),
        ("[[gate.override]]\nrules = [\"a\"]", "needs `mode`, `block-on` or both"),
        ("[[gate.override]]\npaths = []\nmode = \"audit\"", "empty list"),
        ("[[gate.override]]\nseverities = [\"hgih\"]\nmode = \"audit\"", "did you mean \"high\"?"),
        ("[[gate.ratchet]]\nblock-on = \"low\"", "[[gate.ratchet]] needs"),
        ("[[gate.ratchet]]\nblock-on = \"low\"\nfrom-count = 0", "takes 1 or more"),
        ("[[gate.ratchet]]\nfrom = 2027-01-01", "[[gate.ratchet]] needs"),
        ("[[gate.ratchet]]\nblock-on = \"low\"\nfrom = \"soon\"", "a date such as"),
    ] {
        let found = errors(text);
        assert!(found.len() == 1 && found[0].contains(word), "{text}: {found:?}");
    }
}
