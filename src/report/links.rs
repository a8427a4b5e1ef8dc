//! Links from a report to the lines that it speaks of, and to the page that tells people of the guardrail.

use super::view::{commit, link, path};
use crate::finding::ObjectKind;
use crate::scan::Judged;
use std::fmt::Write as _;

/// Where a report's links lead; without any there are none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Links {
    /// An address with `{commit}`, `{path}` and `{line}` in it, such as
    /// `https://github.com/acme/shop/blob/{commit}/{path}#L{line}`.
    pub line: Option<String>,
    /// What stands for `{commit}` where a finding has none of its own.
    pub commit: Option<String>,
    /// A page that tells people what stopped them and whom to ask.
    pub page: Option<String>,
}

impl Links {
    /// The line of a finding; `None` for what is in no file, and for an address that is not safe to link.
    pub(super) fn to(&self, judged: &Judged) -> Option<String> {
        let (template, path) = (self.line.as_ref()?, path(judged)?);
        let own = commit(&judged.finding);
        let commit = own.as_ref().or(self.commit.as_ref());
        if template.contains("{commit}") && commit.is_none() {
            return None;
        }
        let line = match judged.finding.origin.kind {
            ObjectKind::Path => 1,
            _ => judged.finding.location.line_start.max(1),
        };
        let address = template
            .replace("{commit}", &encode(commit.map(String::as_str).unwrap_or_default()))
            .replace("{line}", &line.to_string())
            .replace("{path}", &encode(path));
        link(Some(&address)).map(str::to_owned)
    }

    /// The guardrail's page, if it is safe to link.
    pub(super) fn page(&self) -> Option<&str> {
        link(self.page.as_ref())
    }
}

/// A path in an address (RFC 3986).
fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}
