//! What was looked at, left out, and could not be judged.

use super::text::{Text, number};
use crate::report::view::complete;
use crate::report::words::{gap, remedy};
use crate::scan::{Gap, Outcome};
use std::io;

pub(super) fn write(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let coverage = &outcome.coverage;
    writeln!(out, "<section aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">Coverage</h2>\n<dl class=\"made\">")?;
    for (name, count) in [
        ("References", coverage.refs),
        ("Commits", coverage.commits),
        ("Contents judged", coverage.blobs),
        ("Bytes", coverage.bytes),
    ] {
        writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", number(count))?;
    }
    let all = if complete(outcome) { "yes" } else { "no" };
    writeln!(out, "<div><dt>Everything judged</dt><dd>{all}</dd></div>\n</dl>")?;
    list("Could not be judged", &outcome.unread, out)?;
    list("Left out on purpose", &outcome.skipped, out)?;
    writeln!(out, "</section>")
}

fn list(title: &str, gaps: &[Gap], out: &mut dyn io::Write) -> io::Result<()> {
    if gaps.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h3>{title}</h3>\n<ul class=\"gaps\">")?;
    for reason in gaps {
        let remedy = remedy(reason.reason).map(|text| format!(" <span>Remedy: {}</span>", Text(text)));
        writeln!(out, "<li>{}{}</li>", Text(&gap(reason)), remedy.unwrap_or_default())?;
    }
    writeln!(out, "</ul>")
}
