//! Personal and payment data: off unless asked for, shown in no part, kept to its paths.

use crate::sandbox::Sandbox;

/// A card number that adds up and nobody publishes, made here so that it stands nowhere.
fn card() -> String {
    ["4539", "7182", "6403"].concat() + "9583"
}

fn with_luhn(number: &str) -> String {
    let front = number.split_at(15).0;
    let sum: u32 = front
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0');
            let twice = digit * if at % 2 == 0 { 2 } else { 1 };
            if twice > 9 { twice - 9 } else { twice }
        })
        .sum();
    format!("{front}{}", (10 - sum % 10) % 10)
}

fn sandbox(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("keyward.toml", config);
    for path in ["src/a.txt", "vault/a.txt", "public/a.txt"] {
        sandbox.write(path, format!("name: Ann, card number: {}, order 77\n", with_luhn(&card())));
    }
    sandbox
}

const ON: &str = "[regulated]\nenable = [\"payment-card-number\"]\n";

#[test]
fn it_is_off_until_it_is_asked_for_and_then_blocks_and_shows_no_digit() {
    let number = with_luhn(&card());
    sandbox("").keyward(&["scan", "."]).exits(0);
    let sandbox = sandbox(ON);
    for format in ["human", "json", "sarif", "junit", "gitlab", "github", "markdown"] {
        let told = sandbox.keyward(&["scan", ".", "--format", format, "--verbose"]).exits(1);
        let told = told.hides(&number).hides(number.split_at(4).0);
        assert!(!told.text().contains(number.split_at(12).1), "{format}: {told:#?}");
    }
    let report = sandbox.keyward(&["scan", ".", "--format", "json"]).json();
    let finding = &report["findings"][0];
    assert_eq!((finding["kind"].as_str(), finding["preview"].as_str()), (Some("regulated"), Some("***")));
    assert!(finding["fingerprint"].as_str().unwrap().starts_with("kwc1:"));
}

#[test]
fn its_identity_is_the_place_and_the_words_around_unless_the_administrator_names_a_key() {
    let sandbox = sandbox(ON);
    let fingerprints = |sandbox: &Sandbox| -> Vec<String> {
        let report = sandbox.keyward(&["scan", ".", "--format", "json"]).json();
        let list = report["findings"].as_array().unwrap().clone();
        list.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let before = fingerprints(&sandbox);
    assert_eq!(before.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
    let other = with_luhn(&["5318", "4029", "7163", "8050"].concat());
    sandbox.write("src/a.txt", format!("\n\nname:  Ann, card  number: {other}, order 4711\n"));
    let after = fingerprints(&sandbox);
    assert!(after.iter().all(|one| before.contains(one)), "{before:?} {after:?}");
    let mut sandbox = sandbox;
    let key = sandbox.write("key", "0123456789abcdef0123456789abcdef");
    let file = sandbox.root().join("admin.toml");
    std::fs::write(&file, format!("[fingerprint]\nkey-file = {:?}\n", key.to_str().unwrap())).unwrap();
    let system = sandbox.root().join("system");
    std::fs::write(&system, format!("[keyward]\n\tconfig = {}\n", file.display())).unwrap();
    sandbox.unset("GIT_CONFIG_NOSYSTEM").set("GIT_CONFIG_SYSTEM", &system);
    assert!(fingerprints(&sandbox).iter().all(|one| one.starts_with("kw1:")));
}

#[test]
fn a_baseline_entry_excuses_it_and_holds_no_digit_of_it() {
    let sandbox = sandbox(ON);
    sandbox.git(&["add", "."]).exits(0);
    sandbox.git(&["commit", "--quiet", "--no-verify", "--message", "all"]).exits(0);
    sandbox.keyward(&["baseline", "create"]).exits(0).says("entries added: 3");
    sandbox.keyward(&["scan", "."]).exits(0);
    let text = std::fs::read_to_string(sandbox.repo.join("keyward.baseline")).unwrap();
    assert!(!text.contains(card().split_at(4).0), "{text}");
}

#[test]
fn a_class_stands_where_it_is_demanded_and_nowhere_else_and_a_forbidden_one_blocks_whatever_block_on_says() {
    let map = "[[regulated.path]]\npaths = [\"vault/**\"]\ndemand = \"restricted\"\nreason = \"encrypted at rest\"\n\
               [[regulated.path]]\npaths = [\"public/**\"]\nforbid = \"internal\"\n[gate]\nblock-on = \"critical\"\n";
    let report = sandbox(&[ON, map].concat()).keyward(&["scan", ".", "--format", "json"]).exits(1).json();
    let verdicts: Vec<(&str, &str)> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["path"].as_str().unwrap(), finding["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(verdicts, [("public/a.txt", "block"), ("src/a.txt", "block"), ("vault/a.txt", "suppressed")]);
    assert_eq!(report["findings"][2]["suppression"]["reason"], "encrypted at rest");
    assert!(report["findings"][0]["note"].as_str().unwrap().contains("forbids restricted data"));
}

#[test]
fn a_rule_that_is_not_there_is_an_error_with_those_that_are() {
    let sandbox = sandbox("[regulated]\nenable = [\"passport\"]\n");
    sandbox.keyward(&["scan", "."]).exits(2).says("passport").says("iban");
}
