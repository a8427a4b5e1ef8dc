//! How the numbers came to be what they are: one bar a run.

use super::text::{Text, number};
use crate::report::Timing;
use crate::report::document::{self, Fate};
use crate::report::view::Counts;
use crate::scan::Outcome;
use crate::text::Shown;
use jiff::Timestamp;
use std::io;

/// Bars of the picture; of more runs the latest are drawn.
const MOST: usize = 60;
const HEIGHT: u64 = 120;
const WIDTH: u64 = 640;
/// From one bar to the next at most: of two bars each has room for its day.
const WIDEST: u64 = 96;

/// An earlier run.
#[derive(Clone, PartialEq, Debug)]
pub struct Earlier {
    /// What it is called: its file.
    pub name: Shown,
    started: Option<Timestamp>,
    numbers: [u64; 3],
}

impl Earlier {
    /// The numbers of a report that was read.
    pub fn of(name: Shown, report: &document::Report) -> Self {
        let count = |fate| report.findings.iter().filter(|finding| finding.verdict == fate).count() as u64;
        let numbers = [Fate::Block, Fate::Warn, Fate::Suppressed].map(count);
        Self { name, started: report.timing.as_ref().map(|timing| timing.started), numbers }
    }

    /// When it ran; evidence is kept without that.
    pub fn started(&self) -> Option<Timestamp> {
        self.started
    }
}

/// A bar: its name, and how many findings block, warn and are excused.
struct Bar {
    name: String,
    numbers: [u64; 3],
}

const PARTS: [(&str, &str); 3] = [("block", "block"), ("warn", "warn"), ("excused", "excused")];

pub(super) fn write(
    earlier: &[Earlier],
    outcome: &Outcome,
    timing: &Timing,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if earlier.is_empty() {
        return Ok(());
    }
    let counts = Counts::of(outcome);
    let now =
        Bar { name: day(Some(timing.started), "this run"), numbers: [counts.block, counts.warn, counts.suppressed] };
    let mut bars: Vec<Bar> = earlier
        .iter()
        .map(|run| Bar { name: day(run.started, run.name.as_str()), numbers: run.numbers })
        .chain([now])
        .collect();
    let surplus = bars.len().saturating_sub(MOST);
    let bars = bars.split_off(surplus);
    writeln!(out, "<section aria-labelledby=\"trend\">\n<h2 id=\"trend\">Trend</h2>\n<figure>")?;
    picture(&bars, out)?;
    let legend: Vec<String> = PARTS.iter().map(|(class, word)| format!("<li class=\"{class}\">{word}</li>")).collect();
    writeln!(out, "<figcaption><ul class=\"legend\">{}</ul></figcaption>\n</figure>", legend.concat())?;
    numbers(&bars, out)?;
    writeln!(out, "</section>")
}

/// The day and the minute in UTC, or the name where the time is not known.
fn day(started: Option<Timestamp>, name: &str) -> String {
    let text = started.map(|time| time.to_string().replace('T', " ").chars().take(16).collect());
    text.unwrap_or_else(|| name.to_owned())
}

fn picture(bars: &[Bar], out: &mut dyn io::Write) -> io::Result<()> {
    let total = |bar: &Bar| bar.numbers.iter().sum::<u64>();
    let most = bars.iter().map(total).max().unwrap_or(0).max(1);
    let step = (WIDTH / bars.len().max(1) as u64).clamp(1, WIDEST);
    let width = (step * bars.len() as u64).max(1);
    let (first, last) = (bars.first().map(total).unwrap_or(0), bars.last().map(total).unwrap_or(0));
    writeln!(
        out,
        "<svg role=\"img\" aria-label=\"Findings of {} runs: {first} in the first, {last} in the last, at most {most}. \
         The table below has the numbers.\" viewBox=\"0 0 {} {}\" class=\"bars\">",
        bars.len(),
        // The same for any number of bars: letters keep their size.
        WIDTH + 44,
        HEIGHT + 24
    )?;
    writeln!(
        out,
        "<text x=\"38\" y=\"12\" text-anchor=\"end\">{most}</text><text x=\"38\" y=\"{0}\" text-anchor=\"end\">0</text>\
         <line class=\"axis\" x1=\"42\" x2=\"{1}\" y1=\"{0}\" y2=\"{0}\"/>\
         <line class=\"axis faint\" x1=\"42\" x2=\"{1}\" y1=\"4\" y2=\"4\"/>",
        HEIGHT + 4,
        width + 44
    )?;
    for (at, bar) in bars.iter().enumerate() {
        writeln!(out, "<g><title>{}: {}</title>", Text(&bar.name), told(bar))?;
        let mut top = HEIGHT + 4;
        for ((class, _), count) in PARTS.iter().zip(bar.numbers) {
            // What is there at all is seen.
            let height = (u128::from(count) * u128::from(HEIGHT) / u128::from(most)) as u64;
            let height = if count > 0 { height.max(1) } else { continue };
            top = top.saturating_sub(height);
            let x = 44 + at as u64 * step;
            let wide = (step * 4 / 5).max(1);
            writeln!(out, "<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"{wide}\" height=\"{height}\"/>")?;
        }
        writeln!(out, "</g>")?;
    }
    let ends = bars.first().zip(bars.last());
    for (bar, x, anchor) in ends.into_iter().flat_map(|(a, b)| [(a, 44, "start"), (b, width + 44, "end")]) {
        let name: String = bar.name.chars().take(10).collect();
        writeln!(out, "<text x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>", HEIGHT + 20, Text(&name))?;
    }
    writeln!(out, "</svg>")
}

fn told(bar: &Bar) -> String {
    let parts: Vec<String> =
        PARTS.iter().zip(bar.numbers).map(|((_, word), count)| format!("{count} {word}")).collect();
    parts.join(", ")
}

fn numbers(bars: &[Bar], out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(
        out,
        "<details><summary>The numbers</summary>\n<table class=\"small\"><thead><tr><th scope=\"col\">Run</th>\
         <th scope=\"col\">block</th><th scope=\"col\">warn</th><th scope=\"col\">excused</th></tr></thead><tbody>"
    )?;
    for bar in bars {
        let cells: String =
            bar.numbers.iter().map(|count| format!("<td class=\"number\">{}</td>", number(*count))).collect();
        writeln!(out, "<tr><th scope=\"row\">{}</th>{cells}</tr>", Text(&bar.name))?;
    }
    writeln!(out, "</tbody></table></details>")
}
