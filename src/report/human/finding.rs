//! One finding, for people: never a line of the source, only the masked value.

use super::{BLOCK, FAINT, Human, STRONG, WARN};
use crate::policy::Verdict;
use crate::report::view::{broken, commit, date, holder, link, place, plain, short};
use crate::report::words::{excuse, grade, why};
use crate::scan::Judged;
use std::io;

/// Whether two findings that follow each other are in the same file.
pub(super) fn together(before: &Judged, after: &Judged) -> bool {
    before.finding.origin.kind == after.finding.origin.kind && holder(before) == holder(after)
}

pub(super) fn write(human: &Human, judged: &Judged, out: &mut dyn io::Write) -> io::Result<()> {
    let finding = &judged.finding;
    let (style, word) = match (&judged.judgement.verdict, &judged.judgement.would) {
        (Verdict::Block, _) => (BLOCK, "blocks"),
        (Verdict::Suppressed(_), _) if broken(judged) => (WARN, "let through"),
        (Verdict::Suppressed(_), _) => (FAINT, "excused"),
        (_, Verdict::Block) => (WARN, "would block"),
        _ => (WARN, "warns"),
    };
    let place = human.paint(STRONG, &place(judged)).to_string();
    writeln!(out, "{place}  {}  {}", human.paint(style, word), plain(&finding.rule.description))?;
    for (name, text) in details(judged) {
        writeln!(out, "    {} {text}", human.paint(FAINT, &format!("{name:<12}")))?;
    }
    Ok(())
}

fn details(judged: &Judged) -> Vec<(&'static str, String)> {
    let finding = &judged.finding;
    let mut lines = vec![("value", format!("{} ({})", finding.preview, grade(judged))), ("why", why(judged))];
    if let Some(commit) = finding.origin.commit.as_ref().and(commit(finding)) {
        let author = judged.author.as_ref().map(|author| format!(" by {author}")).unwrap_or_default();
        let date = date(finding).map(|date| format!(" on {date}")).unwrap_or_default();
        lines.push(("commit", format!("{}{author}{date}{}", short(&commit), reach(judged))));
    }
    lines.extend(excuse(judged).map(|text| ("excused by", text)));
    lines.extend(judged.note.as_ref().map(|note| ("note", note.to_string())));
    lines.extend(link(finding.rule.rotate.as_ref()).map(|page| ("rotate it at", page.to_owned())));
    lines.push(("fingerprint", finding.fingerprint.to_string()));
    lines
}

/// How far it has spread, in a history.
fn reach(judged: &Judged) -> String {
    let finding = &judged.finding;
    let blobs = finding.occurrences.map(|count| format!(", {count} times in the history")).unwrap_or_default();
    let head = match finding.in_head {
        Some(true) => ", still in HEAD",
        Some(false) => ", no longer in HEAD",
        None => "",
    };
    format!("{blobs}{head}")
}
