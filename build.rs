//! Compiles `rules/*.toml` to the form that the binary embeds.

#[allow(dead_code)]
#[path = "src/detect/prefilter/classes.rs"]
mod classes;
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/rule/keywords.rs"]
mod keywords;
#[path = "build/learn.rs"]
mod learn;
#[allow(dead_code)]
#[path = "src/detect/generic/letters.rs"]
mod letters;
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/rule/load.rs"]
mod load;
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/rule/model.rs"]
mod model;
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/detect/prefilter/plan.rs"]
mod plan;
#[allow(dead_code)]
#[path = "src/detect/prefilter/trie.rs"]
mod trie;

use model::{Rule, Shape};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rule");
    println!("cargo::rerun-if-changed=src/detect/prefilter");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rustc-env=KEYWARD_TARGET={}", env::var("TARGET")?);
    let mut files: Vec<PathBuf> =
        fs::read_dir("rules")?.map(|entry| Ok(entry?.path())).collect::<Result<_, Box<dyn Error>>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    let mut rules = Vec::new();
    let mut failed = false;
    for path in &files {
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(path)?;
        match load::load(&path.display().to_string(), &text) {
            Ok(more) => rules.extend(more),
            Err(errors) => {
                failed = true;
                for error in errors {
                    let line = error
                        .span
                        .map_or(1, |span| 1 + text.bytes().take(span.start).filter(|&byte| byte == b'\n').count());
                    println!("cargo::error={}:{line}: {}", error.file, error.kind);
                }
            }
        }
    }
    if failed {
        return Err("rules do not load".into());
    }
    load::cross_check(rules.iter())?;
    // Rules for personal and payment data are off unless a configuration names them.
    let (optional, rules): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| rule.kind == model::Kind::Regulated);
    let examples: Vec<_> = rules.iter().chain(&optional).map(|rule| (&rule.id, &rule.examples)).collect();
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("optional.bin"), postcard::to_allocvec(&optional)?)?;
    fs::write(out.join("examples.bin"), postcard::to_allocvec(&examples)?)?;
    write_words(&out)?;
    write_rules(&out, &rules)?;
    write_prefilter(&out, &rules)
}

/// What the generic tier learns from its list of words.
fn write_words(out: &Path) -> Result<(), Box<dyn Error>> {
    const LIST: &str = "src/detect/generic/words.txt";
    println!("cargo::rerun-if-changed={LIST}");
    println!("cargo::rerun-if-changed=src/detect/generic/letters.rs");
    let text = fs::read_to_string(LIST)?;
    let words: Vec<&[u8]> = text.lines().map(str::as_bytes).collect();
    let lengths = words.iter().map(|word| word.len() + 1);
    let ends: Vec<usize> =
        lengths.scan(0, |end, length| Some(std::mem::replace(end, *end + length) + length - 1)).collect();
    let starts = learn::starts(&words);
    let mut code = String::new();
    writeln!(code, "static ENDS: [u32; {}] = {ends:?};", ends.len())?;
    writeln!(code, "static STARTS: [u16; {}] = {starts:?};", starts.len())?;
    fs::write(out.join("words.rs"), code)?;
    Ok(fs::write(out.join("costs.bin"), learn::costs(&words))?)
}

/// The rules in their compact form, and where each of them ends.
fn write_rules(out: &Path, rules: &[Rule]) -> Result<(), Box<dyn Error>> {
    fs::write(out.join("rules.sha256"), Sha256::digest(postcard::to_allocvec(rules)?))?;
    let (mut packed, mut ends) = (Vec::new(), Vec::new());
    for rule in rules {
        packed.extend(postcard::to_allocvec(rule)?);
        ends.push(packed.len());
    }
    let generic = |number: &usize| rules.get(*number).is_some_and(|rule| matches!(rule.shape, Shape::Generic(_)));
    let generics: Vec<usize> = (0..rules.len()).filter(generic).collect();
    let choosy = |number: &usize| rules.get(*number).is_some_and(|rule| rule.path.chooses());
    let choosy: Vec<usize> = (0..rules.len()).filter(choosy).collect();
    let mut code = String::new();
    writeln!(code, "const COUNT: usize = {};", rules.len())?;
    writeln!(code, "const CHECK: u32 = {};", crc32fast::hash(&packed))?;
    writeln!(code, "static ENDS: [u32; {}] = {ends:?};", ends.len())?;
    writeln!(code, "static GENERICS: [u32; {}] = {generics:?};", generics.len())?;
    writeln!(code, "static CHOOSY: [u32; {}] = {choosy:?};", choosy.len())?;
    fs::write(out.join("rules.bin"), packed)?;
    Ok(fs::write(out.join("rules.rs"), code)?)
}

/// The automaton that looks for the rules' keywords, and the rules that each keyword calls.
fn write_prefilter(out: &Path, rules: &[Rule]) -> Result<(), Box<dyn Error>> {
    let generics = rules.iter().filter(|rule| matches!(rule.shape, Shape::Generic(_)));
    let tier: Vec<&str> = generics.flat_map(|rule| rule.keywords.iter().map(String::as_str)).collect();
    let calls = keywords::calls((0..).zip(rules), &tier);
    let words: Vec<&str> = calls.iter().map(|(word, _)| *word).collect();
    let plan = plan::Plan::new(&words)?;
    let mut code = String::new();
    writeln!(code, "pub(super) const SIZE: usize = {};", plan.rows.len().next_power_of_two())?;
    writeln!(code, "const REPORTING: u16 = {};", plan.reporting)?;
    writeln!(code, "const LONGEST: usize = {};", plan.longest)?;
    writeln!(code, "static STARTS: [u32; {}] = {:?};", plan.starts.len(), plan.starts)?;
    writeln!(code, "static WORDS: [Word; {}] = {:?};", plan.words.len(), plan.words)?;
    writeln!(code, "static TAILS: &[u8] = &{:?};", plan.tails)?;
    fs::write(out.join("rows.bin"), plan.rows.concat().concat())?;
    fs::write(out.join("prefilter.rs"), code)?;
    let lengths: Vec<usize> = words.iter().map(|word| word.len()).collect();
    let mut starts = vec![0];
    starts.extend(calls.iter().scan(0, |end, (_, called)| {
        *end += called.len();
        Some(*end)
    }));
    let called: Vec<u32> = calls.into_iter().flat_map(|(_, called)| called).collect();
    let mut code = String::new();
    writeln!(code, "static LENGTHS: [u32; {}] = {lengths:?};", lengths.len())?;
    writeln!(code, "static STARTS: [u32; {}] = {starts:?};", starts.len())?;
    writeln!(code, "static CALLED: [u32; {}] = {called:?};", called.len())?;
    Ok(fs::write(out.join("targets.rs"), code)?)
}
