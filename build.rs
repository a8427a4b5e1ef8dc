//! Compiles `rules/*.toml` to the form that the binary embeds.

#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/rule/load.rs"]
mod load;
#[allow(dead_code, missing_docs, unreachable_pub)]
#[path = "src/rule/model.rs"]
mod model;

use sha2::{Digest, Sha256};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rule");
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
    let out = env::var("OUT_DIR")?;
    let compact = postcard::to_allocvec(&rules)?;
    fs::write(Path::new(&out).join("rules.sha256"), Sha256::digest(&compact))?;
    fs::write(Path::new(&out).join("rules.bin"), compact)?;
    fs::write(Path::new(&out).join("optional.bin"), postcard::to_allocvec(&optional)?)?;
    fs::write(Path::new(&out).join("examples.bin"), postcard::to_allocvec(&examples)?)?;
    Ok(())
}
