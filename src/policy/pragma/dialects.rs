//! The forms of the comments, each as the scanner that it comes from documents or reads it.

use super::Nearby;
use crate::config::Dialect;
use memchr::memmem::{Finder, find, find_iter, rfind};

/// How far above a place `secretlint-disable` is looked for, in bytes and in lines.
const BLOCK_REACH: usize = 256 << 10;
const LONGEST_REASON: usize = 200;

/// The reason, maybe empty, with which a comment of this dialect excuses a finding of `rule`; `None` if none does.
pub(super) fn excuses(dialect: Dialect, near: &Nearby<'_>, rule: &str) -> Option<String> {
    match dialect {
        Dialect::Keyward => keyward(near, rule),
        // gitleaks and betterleaks look for the word anywhere in the finding's lines, letter by letter.
        Dialect::Gitleaks => word(near, b"gitleaks:allow"),
        Dialect::Betterleaks => word(near, b"betterleaks:allow"),
        Dialect::Kingfisher => kingfisher(near),
        // https://github.com/trufflesecurity/trufflehog: a comment on the secret's line.
        Dialect::Trufflehog => word(near, b"trufflehog:ignore"),
        Dialect::DetectSecrets => detect_secrets(near),
        Dialect::Secretlint => secretlint(near),
        Dialect::Ggshield => ggshield(near),
    }
}

fn keyward(near: &Nearby<'_>, rule: &str) -> Option<String> {
    let same = near.covered.iter().find_map(|line| keyward_line(line, b"keyward:allow", rule));
    same.or_else(|| near.above().iter().find_map(|line| keyward_line(line, b"keyward:allow-next-line", rule)))
}

/// `keyward:allow`, then maybe `[rule, rule]`, then maybe a reason.
fn keyward_line(line: &[u8], marker: &[u8], rule: &str) -> Option<String> {
    find_iter(line, marker).filter(|&at| is_word(line, at, marker.len())).find_map(|at| {
        let behind = line.get(at + marker.len()..)?;
        let Some(list) = behind.trim_ascii_start().strip_prefix(b"[") else { return Some(reason(behind)) };
        let end = memchr::memchr(b']', list)?;
        let named = list.get(..end)?.split(|&byte| byte == b',').any(|id| id.trim_ascii() == rule.as_bytes());
        named.then(|| reason(list.get(end + 1..).unwrap_or_default()))
    })
}

fn word(near: &Nearby<'_>, marker: &[u8]) -> Option<String> {
    near.covered.iter().find_map(|line| behind(line, marker))
}

/// Kingfisher takes its word in any case, on the finding's lines, the line above and the line below.
fn kingfisher(near: &Nearby<'_>) -> Option<String> {
    let (above, below) = (near.above(), near.below());
    let mut lines = near.covered.iter().chain(&above).chain(&below);
    lines.find_map(|line| {
        let marker = b"kingfisher:ignore";
        let at = find(&line.to_ascii_lowercase(), marker)?;
        Some(reason(line.get(at + marker.len()..)?))
    })
}

/// `pragma: allowlist secret` (or `whitelist`, or with hyphens) behind the start of a comment, and
/// `pragma: allowlist nextline secret`: <https://github.com/Yelp/detect-secrets>, `filters/allowlist.py`.
fn detect_secrets(near: &Nearby<'_>) -> Option<String> {
    let same = near.covered.iter().find_map(|line| allowlist(line, false));
    same.or_else(|| near.above().iter().find_map(|line| allowlist(line, true)))
}

fn allowlist(line: &[u8], next_line: bool) -> Option<String> {
    find_iter(line, b"pragma:").find_map(|at| {
        let closed_by = comment_end(line.get(..at)?)?;
        let rest = line.get(at + b"pragma:".len()..)?;
        let rest = rest.strip_prefix(b" ").unwrap_or(rest);
        let rest = rest.strip_prefix(b"allowlist").or_else(|| rest.strip_prefix(b"whitelist"))?;
        let rest = if next_line { separated(rest, b"nextline")? } else { rest };
        let rest = separated(rest, b"secret")?;
        let closed = rest.trim_ascii_end().ends_with(closed_by);
        closed.then(|| reason(rest))
    })
}

/// What ends the comment that `before` opens; `None` if it opens none.
fn comment_end(before: &[u8]) -> Option<&'static [u8]> {
    let before = before.trim_ascii_end();
    let xml = rfind(before, b"<!--").and_then(|at| before.get(at + 4..));
    if xml.is_some_and(|between| between.iter().all(|byte| matches!(byte, b'#' | b' ' | b'\t'))) {
        return Some(b"-->");
    }
    let starts: [(&[u8], &[u8]); 5] = [(b"#", b""), (b"//", b""), (b"/*", b"*/"), (b"'", b""), (b"--", b"")];
    let (start, end) = starts.into_iter().find(|(start, _)| before.ends_with(start))?;
    let code = before.strip_suffix(start)?;
    (code.is_empty() || code.ends_with(b" ") || code.ends_with(b"\t")).then_some(end)
}

fn separated<'l>(rest: &'l [u8], word: &[u8]) -> Option<&'l [u8]> {
    rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"-"))?.strip_prefix(word)
}

/// `secretlint-disable-line`, `secretlint-disable-next-line`, and `secretlint-disable` up to `secretlint-enable`:
/// <https://github.com/secretlint/secretlint>, `secretlint-rule-filter-comments`. Rule ids behind them are
/// secretlint's own: a line comment counts with or without, a block only without, and any `enable` ends it.
fn secretlint(near: &Nearby<'_>) -> Option<String> {
    let line = near.covered.iter().find_map(|line| behind(line, b"secretlint-disable-line"));
    let above = || near.above().iter().find_map(|line| behind(line, b"secretlint-disable-next-line"));
    line.or_else(above).or_else(|| secretlint_block(near))
}

fn secretlint_block(near: &Nearby<'_>) -> Option<String> {
    let any = Finder::new("secretlint-");
    let mut left = BLOCK_REACH;
    for at in (0..near.first).rev() {
        for line in near.line(at).iter().rev() {
            left = left.checked_sub(line.len() + 64)?;
            let switch = any.find(line).and_then(|_| last_switch(line));
            if let Some(opens) = switch {
                return opens.then(String::new);
            }
        }
    }
    None
}

/// Whether the last switch on a line opens a block for all rules (or not); `None` if there is no switch.
fn last_switch(line: &[u8]) -> Option<bool> {
    let at = rfind(line, b"secretlint-enable").max(block_start(line))?;
    let Some(rest) = line.get(at..)?.strip_prefix(b"secretlint-disable") else { return Some(false) };
    Some(reason(rest).is_empty() || rest.trim_ascii_start().starts_with(b"--"))
}

fn block_start(line: &[u8]) -> Option<usize> {
    let marker = b"secretlint-disable";
    let block = |&at: &usize| {
        let rest = line.get(at + marker.len()..).unwrap_or_default();
        !rest.starts_with(b"-line") && !rest.starts_with(b"-next-line")
    };
    find_iter(line, marker).filter(block).last()
}

/// `ggignore`, as a word of its own: <https://docs.gitguardian.com/ggshield-docs>.
fn ggshield(near: &Nearby<'_>) -> Option<String> {
    let marker = b"ggignore";
    near.covered.iter().find_map(|line| {
        let at = find_iter(line, marker).find(|&at| is_word(line, at, marker.len()))?;
        Some(reason(line.get(at + marker.len()..)?))
    })
}

fn behind(line: &[u8], marker: &[u8]) -> Option<String> {
    let at = find(line, marker)?;
    Some(reason(line.get(at + marker.len()..)?))
}

/// Whether the bytes at `at` are a word of their own, not part of a longer one.
fn is_word(line: &[u8], at: usize, len: usize) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let before = at.checked_sub(1).and_then(|at| line.get(at));
    !before.is_some_and(part) && !line.get(at + len).is_some_and(|byte| part(byte) && *byte != b'.')
}

/// What stands behind a marker, without what opens it or ends a comment; empty if nothing does.
fn reason(behind: &[u8]) -> String {
    let text = String::from_utf8_lossy(behind);
    let text = text.trim().trim_end_matches("*/").trim_end_matches("-->").trim_end_matches("--}}");
    let text = text.trim_start_matches([':', '-', '\u{2014}', '(', ',', ' ', '\t']).trim();
    text.chars().take(LONGEST_REASON).collect()
}
