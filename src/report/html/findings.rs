//! The table of findings, to filter and to sort. Without its script it is the same table, unfiltered.

use super::text::{Text, number};
use crate::policy::Verdict;
use crate::report::links::Links;
use crate::report::view::{broken, commit, date, link, listed, place, plain, short};
use crate::report::words::{excuse, grade, why};
use crate::scan::{Judged, Outcome};
use std::io;

/// Rows of the table. A page with more is no page for people.
const MOST: usize = 5_000;

pub(super) fn write(outcome: &Outcome, links: &Links, out: &mut dyn io::Write) -> io::Result<()> {
    let all: Vec<&Judged> = listed(outcome).collect();
    writeln!(out, "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\" tabindex=\"-1\">Findings</h2>")?;
    if all.is_empty() {
        return writeln!(out, "<p class=\"none\">There are none.</p>\n</section>");
    }
    controls(&all, out)?;
    writeln!(
        out,
        "<div class=\"wide\" role=\"region\" aria-labelledby=\"findings\" tabindex=\"0\">\n\
         <table id=\"table\">\n<caption class=\"unseen\">Findings, one a row</caption>\n<thead><tr>"
    )?;
    for name in ["Verdict", "Severity", "Where", "What", "Value", "Commit"] {
        writeln!(out, "<th scope=\"col\">{name}</th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    all.iter().take(MOST).try_for_each(|judged| row(judged, links, out))?;
    writeln!(out, "</tbody>\n</table>\n</div>")?;
    if all.len() > MOST {
        let left = number((all.len() - MOST) as u64);
        writeln!(out, "<p class=\"warning\">and {left} more; the JSON report has all of them</p>")?;
    }
    writeln!(out, "</section>")
}

/// What the script shows: the fields are of no use without it.
fn controls(all: &[&Judged], out: &mut dyn io::Write) -> io::Result<()> {
    let mut verdicts: Vec<&str> = all.iter().map(|judged| word(judged).1).collect();
    let mut rules: Vec<&str> = all.iter().map(|judged| judged.finding.rule.id.as_str()).collect();
    verdicts.sort_unstable();
    verdicts.dedup();
    rules.sort_unstable();
    rules.dedup();
    let options = |values: &[&str]| -> String {
        values.iter().map(|value| format!("<option value=\"{0}\">{0}</option>", Text(value))).collect()
    };
    let severities = "<option value=\"0\">any</option><option value=\"1\">low and more</option>\
        <option value=\"2\">medium and more</option><option value=\"3\">high and more</option>\
        <option value=\"4\">critical</option>";
    writeln!(
        out,
        "<div class=\"controls\" role=\"search\" aria-label=\"Filter the findings\" hidden>\n\
         <label>Text <input type=\"search\" id=\"text\" autocomplete=\"off\" placeholder=\"path, author, fingerprint\"></label>\n\
         <label>Verdict <select id=\"verdict\"><option value=\"\">any</option>{}</select></label>\n\
         <label>Severity <select id=\"severity\">{severities}</select></label>\n\
         <label>Rule <select id=\"rule\"><option value=\"\">any</option>{}</select></label>\n\
         <button type=\"button\" id=\"reset\">Clear</button>\n\
         <output id=\"count\" aria-live=\"polite\"></output>\n</div>",
        options(&verdicts),
        options(&rules)
    )
}

/// The class and the word of a verdict.
fn word(judged: &Judged) -> (&'static str, &'static str) {
    match (&judged.judgement.verdict, &judged.judgement.would) {
        (Verdict::Block, _) => ("block", "blocks"),
        (Verdict::Suppressed(_), _) if broken(judged) => ("would", "let through"),
        (Verdict::Suppressed(_), _) => ("excused", "excused"),
        (_, Verdict::Block) => ("would", "would block"),
        _ => ("warn", "warns"),
    }
}

fn row(judged: &Judged, links: &Links, out: &mut dyn io::Write) -> io::Result<()> {
    let finding = &judged.finding;
    let (class, verdict) = word(judged);
    let severity = finding.severity.as_str();
    let level = finding.severity as u8;
    let order = ["block", "would", "warn", "excused"].iter().position(|name| *name == class).unwrap_or_default();
    writeln!(
        out,
        "<tr data-verdict=\"{verdict}\" data-severity=\"{level}\" data-rule=\"{}\">\n\
         <td data-key=\"{order}\"><span class=\"verdict {class}\">{verdict}</span></td>\n\
         <td data-key=\"{}\"><b class=\"sev {severity}\">{severity}</b></td>",
        Text(&finding.rule.id),
        9 - level
    )?;
    let place = place(judged);
    let line = finding.location.line_start;
    match links.to(judged) {
        Some(address) => {
            writeln!(
                out,
                "<td class=\"code\" data-line=\"{line}\"><a href=\"{}\">{}</a></td>",
                Text(&address),
                Text(&place)
            )?;
        }
        None => writeln!(out, "<td class=\"code\" data-line=\"{line}\">{}</td>", Text(&place))?,
    }
    let title = plain(&finding.rule.description);
    writeln!(out, "<td><details><summary>{}</summary>\n<dl>", Text(title.as_str()))?;
    for (name, value) in details(judged) {
        writeln!(out, "<div><dt>{name}</dt><dd>{}</dd></div>", Text(&value))?;
    }
    if let Some(page) = link(finding.rule.rotate.as_ref()) {
        writeln!(out, "<div><dt>Rotate it at</dt><dd><a href=\"{0}\">{0}</a></dd></div>", Text(page))?;
    }
    writeln!(out, "</dl></details></td>\n<td class=\"code\">{}</td>", Text(finding.preview.as_str()))?;
    let id = commit(finding).map(|id| short(&id)).unwrap_or_default();
    let author = judged.author.as_ref().map_or("", |author| author.as_str());
    let date = date(finding).map(|date| date.to_string()).unwrap_or_default();
    writeln!(
        out,
        "<td data-key=\"{}\"><span class=\"code\">{id}</span> <span class=\"who\">{}</span> <time>{}</time></td>\n</tr>",
        Text(&date),
        Text(author),
        date.chars().take(10).collect::<String>()
    )
}

fn details(judged: &Judged) -> Vec<(&'static str, String)> {
    let finding = &judged.finding;
    let mut lines = vec![("Why", why(judged)), ("Grade", grade(judged))];
    lines.extend(excuse(judged).map(|text| ("Excused by", text)));
    lines.extend(judged.note.as_ref().map(|note| ("Note", note.to_string())));
    lines.extend(finding.occurrences.map(|count| ("Versions that hold it", number(count))));
    let head = |there| if there { "still there" } else { "no longer there" };
    lines.extend(finding.in_head.map(|there| ("In HEAD", head(there).to_owned())));
    lines.push(("Fingerprint", finding.fingerprint.to_string()));
    lines
}
