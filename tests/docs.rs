//! What the documentation says can be typed: commands parse, links lead somewhere, keys of the configuration are real.

#![allow(clippy::expect_used, reason = "a test or bench may fail loudly")]

use clap::Parser;
use keyward::cli::args::Cli;
use keyward::config::{By, Key, Reader, Version};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const CONFIGURATION: &str = "docs/configuration.md";

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(top().join(name)).expect("a page in UTF-8")
}

/// README and every page under docs.
fn pages() -> Vec<String> {
    let folder = fs::read_dir(top().join("docs")).expect("docs is there");
    let mut pages: Vec<String> = folder
        .map(|entry| format!("docs/{}", entry.expect("docs is readable").file_name().to_string_lossy()))
        .filter(|name| name.ends_with(".md"))
        .collect();
    pages.push("README.md".to_owned());
    pages.sort();
    pages
}

/// Whether each line stands in a fenced block, with the line.
fn lines(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut inside = false;
    text.lines().filter_map(move |line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        (!fence).then_some((inside, line))
    })
}

/// What stands in single backticks.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The commands that a page shows: lines of blocks, and code in sentences, from the word `keyward` on.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (inside, line) in lines(text) {
        let mut add = |text: &str| {
            for part in text.split("&&") {
                let part = part.trim().trim_start_matches(['$', '-', '>']).trim();
                let part = part.strip_prefix("run: ").unwrap_or(part);
                if part.starts_with("keyward ") {
                    found.push(part.to_owned());
                }
            }
        };
        if inside { add(line) } else { spans(line).for_each(add) }
    }
    found
}

/// Words as a shell would have them: quotes joined, comments and what follows a pipe or a redirection left out.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '#' | '|' | '<' | '>' | ';' | '\\') => break,
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().expect("never empty").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A value that fits where a page has a placeholder.
fn filled(word: &str) -> String {
    match word {
        "FINGERPRINT" => "kw1:0123456789abcdef0123456789abcdef".to_owned(),
        "SEVERITY" => "high".to_owned(),
        "LEVEL" => "medium".to_owned(),
        "STATUS" => "accepted".to_owned(),
        "FORMAT=FILE" => "json=FILE".to_owned(),
        other => other.to_owned(),
    }
}

/// Whether a name stands for a command that is only spoken of: `keyward baseline add` without its arguments.
fn bare(words: &[String]) -> bool {
    words.len() <= 3 && words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
}

#[test]
fn every_command_in_the_documentation_parses() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        for command in commands(&read(&page)) {
            let words: Vec<String> = words(&command).iter().map(|word| filled(word)).collect();
            count += 1;
            let Err(error) = Cli::try_parse_from(&words) else { continue };
            use clap::error::ErrorKind::*;
            let unfinished = matches!(
                error.kind(),
                MissingRequiredArgument | DisplayHelpOnMissingArgumentOrSubcommand | MissingSubcommand
            );
            let shown = matches!(error.kind(), DisplayHelp | DisplayVersion);
            if !(shown || (bare(&words) && unfinished)) {
                wrong.push(format!("{page}: {command}\n  {}", error.kind()));
            }
        }
    }
    assert!(count > 40, "only {count} commands were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every file below a folder, by its path from the top.
fn below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(top().join(folder)).expect("the folder is there") {
        let entry = entry.expect("the folder is readable");
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { found.extend(below(&name)) } else { found.push(name) }
    }
    found
}

#[test]
fn every_command_in_the_templates_of_drills_parses() {
    let mut count = 0;
    for name in below("integrations").into_iter().filter(|name| name.contains("keyward-drill")) {
        for line in read(&name).lines() {
            let line = line.trim().trim_start_matches("- ");
            if !line.starts_with("keyward ") || line.ends_with(':') {
                continue;
            }
            // What a variable adds is an option with its value.
            let words: Vec<String> = words(line).into_iter().filter(|word| word != "$@").collect();
            assert!(Cli::try_parse_from(&words).is_ok(), "{name}: {line}");
            count += 1;
        }
    }
    assert!(count >= 6, "only {count} commands were found");
}

/// The anchor that hosts make of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).collect::<String>().replace(' ', "-")
}

fn anchors(text: &str) -> BTreeSet<String> {
    let headings = lines(text).filter(|(inside, line)| !inside && line.starts_with('#'));
    headings.map(|(_, line)| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_exist() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = read(&page);
        let folder = top().join(&page).parent().map(PathBuf::from).expect("a page has a folder");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.starts_with("https://") {
                continue;
            }
            let (file, heading) = target.split_once('#').map_or((target, None), |(file, name)| (file, Some(name)));
            let path = if file.is_empty() { top().join(&page) } else { folder.join(file) };
            let known = |name: &str| fs::read_to_string(&path).is_ok_and(|text| anchors(&text).contains(name));
            if !path.exists() || !heading.is_none_or(known) {
                wrong.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Section and key of every row of the tables below a heading such as `### [gate]`.
fn documented_keys() -> Vec<(String, String)> {
    let text = read(CONFIGURATION);
    let mut section = None;
    let mut keys = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            section = spans(heading).next().map(str::to_owned);
        }
        let key = line.strip_prefix("| `").and_then(|rest| rest.split('`').next());
        if let (Some(section), Some(key)) = (&section, key) {
            keys.push((section.clone(), key.to_owned()));
        }
    }
    keys
}

fn parse(text: &str) -> Vec<String> {
    let reader = Reader { version: Version::current(), reasons: &["shallow"] };
    let parsed = reader.parse(By::Administrator("config.toml".to_owned()), text);
    parsed.err().unwrap_or_default().into_iter().map(|error| format!("{error}")).collect()
}

#[test]
fn every_documented_key_is_one_and_every_key_is_documented() {
    let keys = documented_keys();
    assert!(keys.len() > 25, "only {keys:?} were found");
    let mut sections = BTreeSet::new();
    for (section, key) in &keys {
        let errors = parse(&format!("{section}\n{key} = 0\n"));
        let unknown: Vec<&String> = errors.iter().filter(|error| error.contains("unknown key")).collect();
        assert!(unknown.is_empty(), "{section} {key}: {unknown:?}");
        sections.insert(section.as_str());
    }
    // An unknown key far from every known one makes the parser name all that it knows.
    for section in sections {
        let errors = parse(&format!("{section}\nqqqqqqqqqqqq = 0\n"));
        let known = errors.iter().find_map(|error| error.split_once("known in").or(error.split_once("known at")));
        let list = known.and_then(|(_, rest)| rest.split_once(": ")).expect("the parser lists its keys").1;
        for key in list.split(", ") {
            let documented = keys.iter().any(|(at, name)| at == section && name == key);
            assert!(documented, "{section} {key} is not in {CONFIGURATION}");
        }
    }
}

#[test]
fn every_section_and_every_lock_is_documented() {
    let text = read(CONFIGURATION);
    let errors = parse("qqqqqqqqqqqq = 0\n");
    let known = errors.iter().find_map(|error| error.split_once("known at the top level: ")).expect("a list").1;
    for section in known.split(", ") {
        let headed = text.contains(&format!("### `[{section}]`")) || text.contains(&format!("### `[[{section}]]`"));
        assert!(headed, "[{section}] is not in {CONFIGURATION}");
    }
    for key in Key::ALL {
        assert!(text.contains(&format!("`{}`", key.as_str())), "{} is not in {CONFIGURATION}", key.as_str());
    }
}

#[test]
fn the_example_of_a_configuration_and_every_reason_hold() {
    let text = read(CONFIGURATION);
    for example in text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        assert_eq!(parse(example), Vec::<String>::new(), "{example}");
    }
    let report = read("docs/report.md");
    for reason in keyward::coverage::Unread::ALL {
        assert!(report.contains(&format!("| `{}` |", reason.as_str())), "{} is not explained", reason.as_str());
    }
}

#[test]
fn every_checksum_and_every_key_of_the_worked_rule_is_known() {
    let text = read("docs/rules.md");
    for kind in keyward::rule::CHECKSUMS {
        assert!(text.contains(&format!("| `{kind}` |")), "{kind} is not explained");
    }
    let example = text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    assert_eq!(keyward::rule::load("acme.toml", example).map(|rules| rules.len()), Ok(2));
}
