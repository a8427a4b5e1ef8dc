use super::*;
use crate::rule::{Confidence, Severity};
use proptest::prelude::*;
use std::time::Duration;

const REASONS: [&str; 3] = ["shallow", "too-large", "budget"];

fn read(by: By, text: &str) -> Result<Layer, Vec<ConfigError>> {
    Reader { version: Version(0, 3, 1), reasons: &REASONS }.parse(by, text)
}

fn repository(text: &str) -> Result<Layer, Vec<ConfigError>> {
    read(By::Repository("keyward.toml".to_owned()), text)
}

fn administrator(text: &str) -> Result<Layer, Vec<ConfigError>> {
    read(By::Administrator("/etc/keyward/config.toml".to_owned()), text)
}

/// The one error of a text: the bytes it points at, and its words.
fn fault(text: &str) -> (String, String) {
    let errors = repository(text).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let span = errors[0].span.clone().unwrap();
    (text.get(span).unwrap().to_owned(), errors[0].to_string())
}

fn resolve(text: &str) -> Config {
    Config::resolve([repository(text).unwrap()]).0
}

const FULL: &str = r#"
[keyward]
min-version = "0.3"
[gate]
mode = "audit"
block-on = "critical"
min-confidence = "low"
on-incomplete = { default = "block", shallow = "warn" }
pragmas-up-to = "medium"
enforce-since = 2026-01-01
[rules]
disable = ["aws-access-key-id"]
include = ["security/keyward/*.toml"]
new = "audit"
[fingerprint]
salt = "sixteen bytes or more"
[pragmas]
gitleaks = false
detect-secrets = true
[limits]
object = "1GiB"
decoded = 1_000
decode-depth = 5
findings = 10
budget = "4500ms"
[[allow]]
paths = ["tests/fixtures/**"]
reason = "generated fixtures"
expires = 2027-06-30
[[allow]]
rules = ["jwt"]
reason = "public tokens"
expires = "2027-07-01"
[[unscanned]]
id = "4B825DC642CB6EB9A060E54BF8D69288FBEE4904"
reason = "an old video"
owner = "media@example.com"
expires = 2027-01-01
[baseline]
approvals = "named"
[waivers]
allowed-signers = "security/allowed_signers"
server-id = "git-1"
[record]
runs = false
[regulated]
enable = ["payment-card-number"]
[[regulated.path]]
paths = ["vault/**"]
demand = "restricted"
reason = "the vault"
"#;

#[test]
fn every_key_is_read_and_knows_who_set_it() {
    let config = resolve(FULL);
    let by = By::Repository("keyward.toml".to_owned());
    assert_eq!(config.mode, Setting { value: Mode::Audit, by: by.clone() });
    assert_eq!(config.min_version.value, Some(Version(0, 3, 0)));
    assert_eq!(config.block_on.value, Severity::Critical);
    assert_eq!(config.min_confidence.value, Confidence::Low);
    assert_eq!(config.pragmas_up_to.value, Confidence::Medium);
    assert_eq!(config.on_incomplete.value.action("shallow"), Action::Warn);
    assert_eq!(config.on_incomplete.value.action("budget"), Action::Block);
    assert_eq!(config.disable[0].value, "aws-access-key-id");
    assert_eq!(config.include[0].by, by);
    assert_eq!(config.new_rules.value, Action::Warn);
    assert_eq!(config.salt.value.as_deref(), Some("sixteen bytes or more"));
    assert!(!config.pragma(Dialect::Gitleaks) && config.pragma(Dialect::Keyward));
    assert_eq!((config.object.value, config.decoded.value), (1 << 30, 1_000));
    assert_eq!((config.decode_depth.value, config.findings.value), (5, 10));
    assert_eq!(config.budget.value, Some(Duration::from_millis(4_500)));
    assert_eq!(config.allow.len(), 2);
    assert_eq!(config.allow[0].value.expires, Some(jiff::civil::date(2027, 6, 30)));
    assert!(config.allow[0].value.covers("any", Some(b"tests/fixtures/a/b")));
    assert!(config.allow[1].value.covers("jwt", None) && !config.allow[0].value.covers("jwt", None));
    assert_eq!(config.unscanned[0].value.id, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    assert_eq!(config.approvals, Setting { value: Approvals::Named, by });
    assert_eq!(config.server_id.value.as_deref(), Some("git-1"));
}

#[test]
fn an_empty_file_leaves_everything_built_in() {
    assert_eq!(resolve(""), Config::default());
    assert_eq!(Config::default().mode.by, By::BuiltIn);
}

#[test]
fn an_unknown_key_is_an_error_with_a_suggestion() {
    let (at, words) = fault("[gate]\nblok-on = \"high\"\n");
    assert_eq!(at, "blok-on");
    assert_eq!(words, "keyward.toml: unknown key \"blok-on\" in gate; did you mean \"block-on\"?");
    assert!(fault("[gates]\n").1.contains("did you mean \"gate\"?"));
    assert!(fault("[rules]\nzzzzzzzz = 1\n").1.contains("known in rules: disable, include, new"));
}

#[test]
fn a_wrong_value_names_the_allowed_ones() {
    let (at, words) = fault("[gate]\nblock-on = \"hgih\"\n");
    assert_eq!(at, "\"hgih\"");
    assert!(words.contains("\"info\", \"low\", \"medium\", \"high\" or \"critical\", not \"hgih\""), "{words}");
    assert!(words.ends_with("did you mean \"high\"?"));
    assert!(fault("[gate]\nmode = 7\n").1.contains("\"enforce\" or \"audit\", not 7"));
    assert!(fault("[pragmas]\ngitleaks = \"no\"\n").1.contains("`true` or `false`"));
    assert!(fault("[limits]\nobject = -1\n").1.contains("256MiB"));
    assert!(fault("[limits]\nbudget = \"5 days\"\n").1.contains("none"));
    assert!(fault("[gate]\non-incomplete = { shalow = \"warn\" }\n").1.contains("did you mean \"shallow\"?"));
    assert!(fault("[gate]\non-incomplete = { shallow = \"warm\" }\n").1.contains("did you mean \"warn\"?"));
    assert!(fault("gate = 1\n").1.contains("is a table"));
    assert!(fault("[allow]\npaths = [\"a\"]\n").1.contains("[[allow]]"));
}

#[test]
fn a_config_for_a_newer_keyward_says_how_to_upgrade_before_anything_else() {
    let (at, words) = fault("[keyward]\nmin-version = \"0.4\"\nfuture = 1\n[gate]\nmode = \"later\"\n");
    assert_eq!(at, "\"0.4\"");
    assert!(words.contains("keyward 0.3.1 is older than the 0.4 that this file asks for"), "{words}");
    assert!(words.contains("cargo install --locked keyward"));
    let broken = repository("[keyward]\nmin-version = \"9.0\"\n= = =\n").unwrap_err();
    assert!(broken[0].message.contains("older"));
    assert!(fault("[keyward]\nmin-version = \"new\"\n").1.contains("a version such as"));
}

#[test]
fn broken_toml_is_told_with_its_place() {
    let errors = repository("[gate\nmode = \"audit\"\n").unwrap_err();
    assert!(errors[0].span.is_some());
}

#[test]
fn a_file_that_is_not_utf8_is_told_with_its_place() {
    let reader = Reader { version: Version(1, 0, 0), reasons: &REASONS };
    let errors = reader.parse_bytes(By::CommandLine, b"[gate]\n# \xff\n").unwrap_err();
    assert_eq!(errors[0].span, Some(9..10));
    assert!(reader.parse_bytes(By::CommandLine, b"[gate]\n").is_ok());
}

#[test]
fn an_include_is_a_pattern_below_its_folder() {
    assert_eq!(fault("[rules]\ninclude = [\"a/*.toml\", \"../b.toml\"]\n").0, "\"../b.toml\"");
    assert!(fault("[rules]\ninclude = [\"[\"]\n").1.contains("not a path pattern"));
}

#[test]
fn nesting_without_end_is_an_error_and_no_overflow() {
    for open in ["[", "{a=", "[{a="] {
        assert!(repository(&format!("a = {}", open.repeat(100_000))).is_err());
    }
    assert!(repository(&format!("a{} = 1", ".a".repeat(100_000))).is_err());
    assert!(repository(&format!("[a{}]", ".a".repeat(100_000))).is_err());
}

#[test]
fn all_errors_come_at_once_in_the_order_of_the_file() {
    let errors = repository("[gate]\nmode = \"x\"\n[[allow]]\npaths = [\"a\"]\n[limits]\nobjet = 1\n").unwrap_err();
    let words: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    assert_eq!(words.len(), 3);
    assert!(words[0].contains("gate.mode") && words[1].contains("`reason`") && words[2].contains("objet"));
}

#[test]
fn an_allow_entry_for_every_path_must_name_rules() {
    for all in ["**", "*", ".", "**/*", "./"] {
        let (_, words) = fault(&format!("[[allow]]\npaths = [\"{all}\"]\nreason = \"r\"\n"));
        assert!(words.contains("would allow everything"), "{all}: {words}");
        assert!(repository(&format!("[[allow]]\npaths = [\"{all}\"]\nrules = [\"jwt\"]\nreason = \"r\"\n")).is_ok());
    }
    assert!(fault("[[allow]]\nreason = \"r\"\n").1.contains("needs `paths`, `rules` or both"));
    assert!(fault("[[allow]]\nrules = []\nreason = \"r\"\n").1.contains("would allow everything"));
    assert!(fault("[[allow]]\npaths = []\nrules = [\"jwt\"]\nreason = \"r\"\n").1.contains("empty list"));
}

#[test]
fn an_allow_entry_needs_a_reason_and_takes_no_values() {
    assert!(fault("[[allow]]\npaths = [\"a/**\"]\n").1.contains("a `reason` is required"));
    assert!(fault("[[allow]]\npaths = [\"a/**\"]\nreason = \"  \"\n").1.contains("a `reason` is required"));
    let (at, words) = fault("[[allow]]\npaths = [\"a/**\"]\nreason = \"r\"\nvalues = [\"x\"]\n");
    assert_eq!(at, "values");
    assert!(words.contains("baseline add FINGERPRINT"));
    assert_eq!(fault("[[allow]]\npaths = [\"a\", \"[\"]\nreason = \"r\"\n").0, "\"[\"");
    assert!(fault("[[allow]]\npaths = [\"!a\"]\nreason = \"r\"\n").1.contains("negated"));
    assert!(fault("[[allow]]\npaths = [\"a\"]\nreason = \"r\"\nexpires = 2027-02-30\n").0.starts_with("2027"));
}

#[test]
fn an_unscanned_entry_needs_all_four() {
    let words: Vec<String> = repository("[[unscanned]]\n").unwrap_err().iter().map(ToString::to_string).collect();
    for part in ["id", "reason", "owner", "expires"] {
        assert!(words.iter().any(|word| word.contains(&format!("`{part}`"))), "{part}: {words:?}");
    }
    let text = "[[unscanned]]\nid = \"xyz\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-01\n";
    assert_eq!(fault(text).0, "\"xyz\"");
}

#[test]
fn a_short_salt_is_refused_and_a_key_file_belongs_to_the_administrator() {
    assert!(fault("[fingerprint]\nsalt = \"short\"\n").1.contains("16 bytes"));
    assert!(fault("[fingerprint]\nkey-file = \"k\"\n").1.contains("administrator's file only"));
    assert!(fault("[administrator]\nlock = []\n").1.contains("administrator's file only"));
    assert!(administrator("[fingerprint]\nkey-file = \"/etc/keyward/key\"\n").is_ok());
    let errors = administrator("[administrator]\nlock = [\"gate.mod\"]\n").unwrap_err();
    assert!(errors[0].to_string().contains("did you mean \"gate.mode\"?"));
}

#[test]
fn a_later_layer_wins_and_lists_add_up() {
    let mut line = Layer::new(By::CommandLine);
    line.block_on = Some(Severity::Low);
    let first = administrator("[gate]\nblock-on = \"medium\"\nmode = \"audit\"\n[rules]\ndisable = [\"a\"]\n").unwrap();
    let second = repository("[gate]\nblock-on = \"critical\"\n[rules]\ndisable = [\"b\"]\n").unwrap();
    let (config, warnings) = Config::resolve([first, second, line]);
    assert_eq!(warnings, []);
    assert_eq!(config.block_on, Setting { value: Severity::Low, by: By::CommandLine });
    assert_eq!(config.mode.by, By::Administrator("/etc/keyward/config.toml".to_owned()));
    assert_eq!(config.disable.iter().map(|id| id.value.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_locked_setting_cannot_be_weakened_and_can_be_made_stronger() {
    let lock = "[gate]\nblock-on = \"high\"\n[administrator]\nlock = [\"gate.block-on\", \"gate.mode\", \"allow\"]\n";
    let weaker = "[gate]\nblock-on = \"critical\"\nmode = \"audit\"\n[[allow]]\nrules = [\"jwt\"]\nreason = \"r\"\n";
    let (config, warnings) = Config::resolve([administrator(lock).unwrap(), repository(weaker).unwrap()]);
    assert_eq!((config.block_on.value, config.mode.value), (Severity::High, Mode::Enforce));
    assert!(config.allow.is_empty());
    let words: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(words.len(), 3);
    assert!(words.iter().all(|word| word.contains("keyward.toml") && word.contains("/etc/keyward/config.toml")));
    let stronger = repository("[gate]\nblock-on = \"low\"\nmode = \"enforce\"\n").unwrap();
    let (config, warnings) = Config::resolve([administrator(lock).unwrap(), stronger]);
    assert_eq!((config.block_on.value, warnings), (Severity::Low, Vec::new()));
}

#[test]
fn every_lock_holds_against_a_weaker_value() {
    let weaker = FULL
        .replace("1GiB", "1")
        .replace("decode-depth = 5", "decode-depth = 1")
        .replace("min-confidence = \"low\"", "min-confidence = \"certain\"");
    let strong = "[keyward]\nmin-version = \"0.3.1\"\n[gate]\npragmas-up-to = \"low\"\n[pragmas]\ngitleaks = false\ndetect-secrets = false\n[baseline]\napprovals = \"signed\"\n";
    let lock = Key::ALL.map(|key| format!("{:?}", key.as_str())).join(",");
    let first = administrator(&format!("{strong}[administrator]\nlock = [{lock}]\n")).unwrap();
    let before = Config::resolve([first.clone()]).0;
    let (after, warnings) = Config::resolve([first, repository(&weaker).unwrap()]);
    let refused: Vec<&str> = warnings.iter().map(|warning| warning.key.as_str()).collect();
    for key in Key::ALL {
        assert!(refused.contains(&key.as_str()), "{key:?} was weakened");
    }
    assert_eq!(after.canonical_without_further_rules(), before.canonical_without_further_rules());
}

impl Config {
    /// Further rules are never weaker, so they are taken in spite of all locks.
    fn canonical_without_further_rules(&self) -> String {
        Config { include: Vec::new(), regulated: Vec::new(), ..self.clone() }.digest()
    }
}

#[test]
fn a_repository_names_no_folder_of_waivers_and_asking_for_no_signatures_is_weaker() {
    let text = "[waivers]\nfolder = \"waivers\"\n";
    assert!(fault(text).1.contains("administrator's file only"));
    assert_eq!(administrator(text).unwrap().waiver_folder.as_deref(), Some("waivers"));
    let signed = resolve("[baseline]\napprovals = \"signed\"\n");
    assert_eq!(resolve("").weaker_than(&signed), ["baseline.approvals"]);
    assert!(signed.weaker_than(&resolve("")).is_empty());
}

#[test]
fn the_digest_depends_on_what_is_in_force_and_not_on_how_it_is_written() {
    let one =
        "[gate]\nmode = \"audit\"\nblock-on=\"low\"\n[rules]\ndisable = [\"b\", \"a\"]\n[limits]\nobject = \"1KiB\"\n";
    let two = "# a comment\nlimits.object = 1024\nrules = { disable = ['a', 'b', 'a'] }\n\
               gate = { block-on = \"low\", mode = \"audit\" }\n[pragmas]\ngitleaks = true\n";
    assert_eq!(resolve(one).digest(), resolve(two).digest());
    let by_administrator = Config::resolve([administrator(one).unwrap()]).0;
    assert_eq!(by_administrator.digest(), resolve(one).digest());
    assert_ne!(resolve(one).digest(), resolve("").digest());
    assert_eq!(resolve("").digest().len(), 64);
}

#[test]
fn every_setting_changes_the_digest() {
    let empty = resolve("").digest();
    let texts = [
        "[keyward]\nmin-version = \"0.3\"",
        "[gate]\npragmas-up-to = \"low\"",
        "[gate]\non-incomplete = { budget = \"warn\" }",
        "[rules]\ninclude = [\"a\"]",
        "[fingerprint]\nsalt = \"0123456789abcdef\"",
        "[pragmas]\nggshield = false",
        "[limits]\nbudget = \"1s\"",
        "[[allow]]\nrules = [\"jwt\"]\nreason = \"r\"",
        "[baseline]\napprovals = \"signed\"",
        "[waivers]\nserver-id = \"s\"",
        "[gate]\nenforce-since = 2026-01-01",
        "[[gate.override]]\nrules = [\"jwt\"]\nmode = \"audit\"",
        "[[gate.ratchet]]\nfrom = 2027-01-01\nblock-on = \"low\"",
        "[regulated]\nenable = [\"all\"]",
        "[[regulated.path]]\npaths = [\"a\"]\nforbid = \"public\"",
    ];
    for text in texts {
        assert_ne!(resolve(text).digest(), empty, "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        _ = repository(&text);
        _ = administrator(&text);
    }

    #[test]
    fn no_value_under_a_known_key_makes_the_reader_panic(
        section in "(gate|rules|limits|pragmas|fingerprint|keyward|waivers|administrator|\\[allow\\]|\\[unscanned\\]|record|regulated|\\[gate.override\\]|\\[gate.ratchet\\]|\\[regulated.path\\])",
        key in "(mode|block-on|on-incomplete|disable|new|object|budget|gitleaks|salt|min-version|paths|rules|reason|expires|id|lock|severities|from|from-count|demand|forbid|enable|runs|enforce-since)",
        value in "(\".{0,12}\"|[0-9+_.xobe-]{1,12}|\\[.{0,8}\\]|\\{.{0,8}\\}|true|2027-01-0[0-9](T00:00:00)?)",
    ) {
        let text = format!("[{section}]\n{key} = {value}\n");
        if let Err(errors) = administrator(&text) {
            for span in errors.into_iter().filter_map(|error| error.span) {
                prop_assert!(text.get(span).is_some());
            }
        }
    }

    #[test]
    fn no_pattern_and_no_path_make_a_glob_panic(pattern in ".{0,20}", path in prop::collection::vec(any::<u8>(), 0..20)) {
        if let Ok(globs) = Globs::new(vec![pattern]) {
            _ = globs.matches(&path);
        }
    }
}

/// Hides nothing.
struct Plain;

impl crate::text::Mask for Plain {
    fn secrets_in(&self, _: &[u8]) -> Vec<std::ops::Range<usize>> {
        Vec::new()
    }
}

#[test]
fn a_configuration_that_is_written_out_and_read_again_judges_alike() {
    for text in [
        "",
        FULL,
        "[baseline]\napprovals = \"signed\"\n",
        "[[regulated.path]]\npaths = [\"a\"]\nforbid = \"public\"\n",
        "[[gate.override]]\nrules = [\"jwt\"]\nmode = \"audit\"\n\
         [[gate.override]]\nseverities = [\"low\"]\npaths = [\"x/**\"]\nblock-on = \"low\"\n",
        "[[gate.ratchet]]\nfrom = 2027-01-01\nblock-on = \"low\"\n\
         [[gate.ratchet]]\nfrom-count = 3\nblock-on = \"info\"\n",
        "[[allow]]\npaths = [\"a \\\"b\\\"/*.txt\"]\nreason = \"it's \\\\ odd\"\n",
    ] {
        let config = Config { salt: Setting::built_in(None), ..resolve(text) };
        let written = config.to_toml(&Plain);
        assert_eq!(resolve(&written).digest(), config.digest(), "{written}");
    }
    let salted = resolve(FULL).to_toml(&Plain);
    assert!(!salted.contains("sixteen bytes or more"), "{salted}");
    assert!(salted.contains("# salt: set by keyward.toml, its SHA-256 is "), "{salted}");
    let canonical = salted.trim_end().rsplit("\n# ").next().unwrap();
    let digest = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(canonical));
    assert_eq!(digest, resolve(FULL).digest());
}
