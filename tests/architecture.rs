//! Imports between modules run one way, as the map in the front page of the crate says.

#![allow(clippy::expect_used, reason = "a test or bench may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may import.
const ALLOWED: &[(&str, &[&str])] = &[
    ("blob", &[]),
    ("secret", &[]),
    ("text", &[]),
    ("coverage", &[]),
    ("rule", &[]),
    ("candidate", &["rule", "secret", "blob"]),
    ("detect", &["rule", "blob", "secret", "text", "candidate", "coverage"]),
    ("git", &["blob", "coverage"]),
    ("source", &["git", "blob", "coverage"]),
    ("fingerprint", &["secret"]),
    ("finding", &["candidate", "rule", "blob", "secret", "text", "fingerprint"]),
    ("config", &["rule", "text"]),
    ("policy", &["finding", "fingerprint", "config", "rule", "blob", "text"]),
    ("trust", &["git", "config", "policy", "rule", "text"]),
    (
        "scan",
        &[
            "source",
            "detect",
            "candidate",
            "finding",
            "fingerprint",
            "policy",
            "config",
            "coverage",
            "trust",
            "rule",
            "blob",
            "secret",
            "text",
        ],
    ),
    ("report", &["scan", "policy", "finding", "rule", "coverage", "text"]),
    ("record", &["report", "scan", "policy", "finding", "rule", "coverage", "text", "git"]),
];
/// These may import everything.
const TOP: &[&str] = &["cli", "lib", "main"];

fn sources(folder: &Path, list: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            sources(&path, list);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            list.push(path);
        }
    }
}

/// Each source file with the top-level module that it belongs to, and its text without its unit tests.
fn modules() -> Vec<(String, PathBuf, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&top, &mut files);
    let of_tests = |path: &PathBuf| path.ends_with("tests.rs") || path.ends_with("testing.rs");
    files
        .into_iter()
        .filter(|path| !of_tests(path))
        .map(|path| {
            let inside = path.strip_prefix(&top).expect("below src");
            let first = inside.components().next().expect("not empty").as_os_str().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("source is UTF-8");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            (first.trim_end_matches(".rs").to_owned(), path, code)
        })
        .collect()
}

/// The modules that follow `crate::` in code, with grouped imports taken apart.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for rest in line.split("crate::").skip(1) {
            let names = rest.strip_prefix('{').and_then(|group| group.split('}').next()).unwrap_or(rest);
            let grouped = rest.starts_with('{');
            for name in names.split(',').take(if grouped { usize::MAX } else { 1 }) {
                let word: String = name.trim().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if !word.is_empty() {
                    found.insert(word);
                }
            }
        }
    }
    found
}

#[test]
fn imports_run_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, path, code) in modules() {
        if TOP.contains(&module.as_str()) {
            continue;
        }
        let Some(may) = allowed.get(module.as_str()) else {
            wrong.push(format!("{}: module {module} is not on the map", path.display()));
            continue;
        };
        for name in imports(&code) {
            if name != module && !may.contains(&name.as_str()) {
                wrong.push(format!("{}: {module} may not import {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_map_itself_has_no_circle() {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut left: Vec<_> = ALLOWED.to_vec();
    while !left.is_empty() {
        let (ready, rest): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, may)| may.iter().all(|name| done.contains(name)));
        assert!(!ready.is_empty(), "a circle among {:?}", rest.iter().map(|(name, _)| name).collect::<Vec<_>>());
        done.extend(ready.iter().map(|(name, _)| name));
        left = rest;
    }
}

#[test]
fn only_cli_prints_exits_and_reads_environment_and_clock() {
    let forbidden = [
        "println!",
        "eprintln!",
        "print!(",
        "eprint!(",
        "process::exit",
        "env::var",
        "env::vars",
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "io::stdout",
        "io::stderr",
        "io::stdin",
    ];
    let mut wrong = Vec::new();
    for (module, path, code) in modules() {
        if TOP.contains(&module.as_str()) {
            continue;
        }
        for (number, line) in code.lines().enumerate() {
            if !line.trim_start().starts_with("//") && forbidden.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_git_uses_git2_and_starts_programs() {
    let mut wrong = Vec::new();
    for (module, path, code) in modules() {
        for (number, line) in code.lines().enumerate() {
            let comment = line.trim_start().starts_with("//");
            if module != "git" && !comment && (line.contains("git2::") || line.contains("Command::new(")) {
                wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_source_file_is_two_ideas() {
    let long: Vec<String> = modules()
        .into_iter()
        .map(|(_, path, _)| path)
        .filter_map(|path| {
            let lines = fs::read_to_string(&path).expect("source is UTF-8").lines().count();
            (lines > 400).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}
