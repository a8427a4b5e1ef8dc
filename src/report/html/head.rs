//! The head of the page: the verdict, its numbers, what made it.

use super::text::{Text, number};
use crate::policy::Verdict;
use crate::report::Timing;
use crate::report::links::Links;
use crate::report::view::{Counts, listed};
use crate::report::words::{below, headline, verdict_line};
use crate::rule::Severity;
use crate::scan::Outcome;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use std::io;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Digits of a digest that people are shown.
const SHORT: usize = 16;

pub(super) fn write(outcome: &Outcome, timing: &Timing, links: &Links, out: &mut dyn io::Write) -> io::Result<()> {
    let word = outcome.decision.as_str();
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text));
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
         script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>keyward: {word}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#findings\">To the findings</a>",
        hash(STYLE),
        hash(SCRIPT)
    )?;
    let headline = headline(outcome, "").unwrap_or_else(|| "nothing blocks, and everything was judged".to_owned());
    writeln!(
        out,
        "<header>\n<h1>keyward <span class=\"verdict {word}\">{word}</span></h1>\n<p class=\"lead\">{}</p>\n\
         <p class=\"line\">{}</p>",
        Text(&sentence(&headline)),
        Text(&verdict_line(outcome, Some(timing)))
    )?;
    if let Some(page) = links.page() {
        writeln!(out, "<p><a href=\"{}\">About this guardrail, and whom to ask</a></p>", Text(page))?;
    }
    writeln!(out, "</header>\n<main>")?;
    cards(outcome, out)?;
    made_by(outcome, timing, out)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

fn cards(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let counts = Counts::of(outcome);
    let unread: u64 = outcome.unread.iter().map(|gap| gap.count).sum();
    writeln!(out, "<section aria-label=\"Summary\">\n<ul class=\"cards\">")?;
    let hidden = counts.would_block.saturating_sub(counts.block);
    for (class, count, what) in [
        ("block", counts.block, "block"),
        ("would", hidden, "would block in enforce mode"),
        ("warn", counts.warn.saturating_sub(hidden), "warn"),
        ("excused", counts.suppressed, "excused"),
        ("unread", unread, "could not be judged"),
        ("unlisted", outcome.unlisted, "beyond the list's limit"),
    ] {
        if count > 0 || ["block", "warn", "excused"].contains(&class) {
            let shown = number(count);
            writeln!(out, "<li class=\"{class}\"><strong>{shown}</strong> <span>{what}</span></li>")?;
        }
    }
    writeln!(out, "</ul>")?;
    severities(outcome, out)?;
    writeln!(out, "</section>")
}

/// How many findings of each severity are not excused.
fn severities(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let open: Vec<Severity> = listed(outcome)
        .filter(|judged| !matches!(judged.judgement.verdict, Verdict::Suppressed(_)))
        .map(|judged| judged.finding.severity)
        .collect();
    let levels = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];
    let count = |level: Severity| open.iter().filter(|severity| **severity == level).count();
    let parts: Vec<String> = levels
        .into_iter()
        .filter(|level| count(*level) > 0)
        .map(|level| format!("<li><b class=\"sev {0}\">{0}</b> {1}</li>", level.as_str(), count(level)))
        .collect();
    if !parts.is_empty() {
        writeln!(
            out,
            "<ul class=\"severities\" aria-label=\"By severity, without what is excused\">{}</ul>",
            parts.concat()
        )?;
    }
    if let Some(text) = below(outcome) {
        writeln!(out, "<p class=\"faint\">{}, not listed.</p>", Text(sentence(&text).trim_end_matches('.')))?;
    }
    for warning in &outcome.warnings {
        writeln!(out, "<p class=\"warning\"><b>Warning:</b> {}</p>", Text(warning.as_str()))?;
    }
    Ok(())
}

fn made_by(outcome: &Outcome, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
    let engine = &outcome.engine;
    let short = |digest: &str| digest.chars().take(SHORT).collect::<String>();
    writeln!(out, "<dl class=\"made\">")?;
    for (name, value) in [
        ("When", timing.started.round(jiff::Unit::Second).unwrap_or(timing.started).to_string()),
        ("Mode", outcome.mode.to_owned()),
        ("keyward", engine.version.to_owned()),
        ("Rules", short(&engine.rules_digest)),
        ("Policy", short(&engine.policy_digest)),
        ("Salt", engine.salt.clone()),
    ] {
        writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", Text(&value))?;
    }
    writeln!(out, "</dl>")
}

/// The end of the page.
pub(super) fn end(out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>")
}
