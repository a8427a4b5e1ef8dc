//! `keyward report` and `keyward metrics`.

use super::BaselineFormat;
use crate::record::may_label;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `keyward report`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keyward report reports/*.json\n  keyward report reports/*.json --format markdown --output debt.md"
)]
pub struct ReportCommandArgs {
    /// JSON reports of one repository; the newest says what is there, all say since when.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// human, json or markdown.
    #[arg(long, value_enum, default_value_t = BaselineFormat::Human)]
    pub format: BaselineFormat,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Who owns which path [default: the file that the host reads, in the working tree].
    #[arg(long, value_name = "FILE")]
    pub codeowners: Option<PathBuf>,
    /// Whose rules the file follows [default: gitlab below .gitlab or with sections in it, else github].
    #[arg(long, value_enum, value_name = "HOST")]
    pub codeowners_syntax: Option<OwnersSyntax>,
}

/// Whose CODEOWNERS it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum OwnersSyntax {
    /// GitHub's.
    Github,
    /// GitLab's.
    Gitlab,
}

/// `keyward metrics`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keyward metrics .git/keyward/runs.jsonl keyward.baseline\n  keyward metrics reports/*.json keyward.baseline --output /var/lib/node_exporter/keyward.prom"
)]
pub struct MetricsArgs {
    /// A label for every number, such as repository=shop; repeatable. Several repositories on one node need one.
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    pub labels: Vec<(String, String)>,
    /// JSON reports, logs of hooks (runs.jsonl, audit.jsonl) and baselines, in any order.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Write to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE, such as repository=shop")?;
    if !may_label(name) {
        return Err("a label's name has letters, digits and _, and is none that keyward sets itself".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}
