//! For a developer with two seconds: the first line says what blocks, the last one is the verdict, and between
//! them stand the findings, and what to do as commands to paste.

mod finding;
mod remedies;
mod rewrite;

pub use remedies::Way;
pub use rewrite::{Pushed, PushedCommit};

use super::view::{Counts, broken, in_file, listed};
use super::words::{below, gap, headline, plural, progress, remedy, verdict_line};
use super::{Report, Timing};
use crate::coverage::Unread;
use crate::policy::{Decision, Verdict};
use crate::scan::{Judged, Outcome};
use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::io;

/// How many findings are written in full, unless it is verbose.
const FULL: usize = 10;

/// Writes for people.
#[derive(Clone, Debug, Default)]
pub struct Human {
    /// How.
    pub options: HumanOptions,
    /// What is known of the push that is judged.
    pub pushed: Option<Pushed>,
}

/// How to write for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HumanOptions {
    /// Whether to write ANSI colours. The text says the same without them.
    pub color: bool,
    /// Whether to write every finding in full, the excused ones and what was left out.
    pub verbose: bool,
    /// Whether to write the verdict's line alone; wins over `verbose`.
    pub quiet: bool,
    /// What is being stopped, so that the remedies fit.
    pub edge: Edge,
}

/// What a verdict stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Edge {
    /// Nothing: somebody asked for a scan.
    #[default]
    Scan,
    /// A commit, in one of git's hooks.
    Commit,
    /// A push, in the pusher's clone.
    Push,
    /// A push, on the server.
    Receive,
}

impl Report for Human {
    fn write(&self, outcome: &Outcome, timing: &Timing, out: &mut dyn io::Write) -> io::Result<()> {
        if !self.options.quiet {
            self.headline(outcome, out)?;
            let left = self.findings(outcome, out)?;
            self.unread(outcome, out)?;
            self.asides(outcome, left, out)?;
            remedies::write(self, outcome, out)?;
        }
        let style = word_style(outcome);
        let line = verdict_line(outcome, Some(timing));
        let (word, rest) = line.split_once(':').unwrap_or((line.as_str(), ""));
        writeln!(out, "{}:{rest}", self.paint(style, word))
    }
}

impl Human {
    /// One that knows of no push.
    pub fn new(options: HumanOptions) -> Self {
        Self { options, pushed: None }
    }

    fn headline(&self, outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
        match headline(outcome, self.options.edge.what()) {
            Some(text) => writeln!(out, "{}\n", self.paint(word_style(outcome), &format!("keyward: {text}"))),
            None => Ok(()),
        }
    }

    /// The findings in their order, those of one file together; gives back how many it left out.
    fn findings(&self, outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<u64> {
        let mut before: Option<&Judged> = None;
        let (shown, left) = chosen(outcome, self.options.verbose);
        for judged in shown {
            if before.is_some_and(|before| !finding::together(before, judged)) {
                writeln!(out)?;
            }
            finding::write(self, judged, out)?;
            before = Some(judged);
        }
        if before.is_some() {
            writeln!(out)?;
        }
        Ok(left)
    }

    fn unread(&self, outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
        if outcome.unread.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.paint(WARN, "Could not be judged:"))?;
        for reason in &outcome.unread {
            writeln!(out, "  {}", gap(reason))?;
            let came = progress(outcome).filter(|_| reason.reason == Unread::Budget.as_str());
            for line in came.into_iter().chain(remedy(reason.reason).map(str::to_owned)) {
                writeln!(out, "      {line}")?;
            }
        }
        writeln!(out)
    }

    /// What is only counted, and what the user should know besides.
    fn asides(&self, outcome: &Outcome, left: u64, out: &mut dyn io::Write) -> io::Result<()> {
        let mut lines = Vec::new();
        let counts = Counts::of(outcome);
        if left > 0 {
            lines.push(format!("and {}; all of them: {}", plural(left, "more finding"), self.all(outcome)));
        }
        if outcome.unlisted > 0 {
            lines.push(format!("and {} beyond the limit of the list", plural(outcome.unlisted, "finding")));
        }
        let excused = counts.suppressed - counts.broken;
        if excused > 0 && !self.options.verbose {
            let are = if excused == 1 { "is" } else { "are" };
            lines.push(format!("{} {are} excused and not shown", plural(excused, "finding")));
        }
        lines.extend(below(outcome).map(|text| format!("{text}, not shown")));
        for reason in &outcome.skipped {
            lines.push(format!("left out on purpose: {}", gap(reason)));
        }
        lines.extend(outcome.warnings.iter().map(|warning| format!("warning: {warning}")));
        for line in &lines {
            writeln!(out, "{line}")?;
        }
        if lines.is_empty() || outcome.decision == Decision::Pass && counts.block + counts.warn == 0 {
            return Ok(());
        }
        writeln!(out)
    }

    /// The command that lists every finding.
    fn all(&self, outcome: &Outcome) -> String {
        let range = || self.pushed.as_ref().and_then(|pushed| pushed.range(stopping(outcome)));
        match self.options.edge {
            Edge::Scan => "add --verbose".to_owned(),
            Edge::Commit => "keyward scan --staged --verbose".to_owned(),
            Edge::Push | Edge::Receive => {
                format!("keyward scan --history {} --verbose", range().unwrap_or_else(|| "HEAD".to_owned()))
            }
        }
    }

    fn paint(&self, style: Style, text: &str) -> impl Display {
        let style = if self.options.color { style } else { Style::new() };
        format!("{style}{text}{style:#}")
    }
}

impl Edge {
    fn what(self) -> &'static str {
        match self {
            Self::Scan => "",
            Self::Commit => "this commit",
            Self::Push | Self::Receive => "this push",
        }
    }
}

const BLOCK: Style = AnsiColor::Red.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const PASS: Style = AnsiColor::Green.on_default().bold();
const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

fn word_style(outcome: &Outcome) -> Style {
    match outcome.decision {
        Decision::Block => BLOCK,
        Decision::Incomplete => WARN,
        Decision::Pass => PASS,
    }
}

/// The findings to write in full, in their order, and how many are left. Where not all have room, those that stop
/// go first.
fn chosen(outcome: &Outcome, verbose: bool) -> (Vec<&Judged>, u64) {
    if verbose {
        return (listed(outcome).collect(), 0);
    }
    let excused = |judged: &Judged| matches!(judged.judgement.verdict, Verdict::Suppressed(_)) && !broken(judged);
    let open: Vec<&Judged> = listed(outcome).filter(|judged| !excused(judged)).collect();
    let first = |judged: &Judged| judged.judgement.would == Verdict::Block || broken(judged);
    let mut room = FULL;
    let mut room_behind = FULL.saturating_sub(open.iter().filter(|judged| first(judged)).count());
    let fits = |judged: &&Judged| {
        let room = if first(judged) { &mut room } else { &mut room_behind };
        let fits = *room > 0;
        *room = room.saturating_sub(1);
        fits
    };
    let all = open.len();
    let shown: Vec<&Judged> = open.into_iter().filter(fits).collect();
    let left = (all - shown.len()) as u64;
    (shown, left)
}

/// The findings that stop, or would stop in enforce mode.
fn stopping(outcome: &Outcome) -> impl Iterator<Item = &Judged> {
    listed(outcome).filter(|judged| judged.judgement.would == Verdict::Block)
}

/// True where a break-glass record can excuse everything that stops.
fn can_break_glass(outcome: &Outcome) -> bool {
    outcome.decision == Decision::Block
        && outcome.unread.is_empty()
        && outcome.unlisted == 0
        && stopping(outcome).all(|judged| in_file(&judged.finding))
}
