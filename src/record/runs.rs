//! What every hook decided, for metrics: `keyward/runs.jsonl`, JSON Lines chained like the audit log.
//!
//! Unlike an audit record a line here proves nothing and lets nothing through, so that it is not synced to the disk:
//! a machine that loses its power may lose the last lines, and a hook does not wait.

use super::chain::{Broken, append_line, verify};
use crate::policy::{ExcusedBy, Verdict};
use crate::report::{Edge, Timing};
use crate::rule::Severity;
use crate::scan::Outcome;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The event's name.
pub const RUN: &str = "run";

/// One run of a hook. It holds no path, no fingerprint and no name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Run {
    /// When it began.
    pub time: Timestamp,
    /// [`RUN`].
    pub event: String,
    /// `commit`, `push`, `server` or `scan`.
    pub edge: String,
    /// The hook's name.
    pub hook: String,
    /// `pass`, `block` or `incomplete`.
    pub verdict: String,
    /// The word that enforce mode gives.
    pub would: String,
    /// The exit code.
    pub exit: u8,
    /// Findings by severity, family and verdict.
    pub findings: Vec<Tally>,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What was read, in bytes.
    pub bytes: u64,
    /// keyward's version.
    pub version: String,
}

/// Findings that are alike.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Tally {
    /// How bad.
    pub severity: Severity,
    /// The provider of the rules.
    pub family: String,
    /// `block`, `warn`, `suppressed`, or `override` for what a break-glass record or a waiver let through.
    pub verdict: String,
    /// How many.
    pub count: u64,
}

impl Run {
    /// The record of an outcome.
    pub fn of(outcome: &Outcome, edge: Edge, hook: &str, timing: &Timing) -> Self {
        let mut tallies: BTreeMap<(Severity, &str, &str), u64> = BTreeMap::new();
        for judged in &outcome.judged {
            let verdict = match &judged.judgement.verdict {
                Verdict::Below => continue,
                Verdict::Suppressed(by) if matches!(by.by, ExcusedBy::BreakGlass | ExcusedBy::Waiver) => "override",
                other => other.as_str(),
            };
            *tallies.entry((judged.finding.severity, &judged.finding.rule.provider, verdict)).or_default() += 1;
        }
        let tally = |((severity, family, verdict), count): ((Severity, &str, &str), u64)| Tally {
            severity,
            family: family.to_owned(),
            verdict: verdict.to_owned(),
            count,
        };
        Self {
            time: timing.started,
            event: RUN.to_owned(),
            edge: edge_name(edge).to_owned(),
            hook: hook.to_owned(),
            verdict: outcome.decision.as_str().to_owned(),
            would: outcome.would.as_str().to_owned(),
            exit: outcome.exit,
            findings: tallies.into_iter().map(tally).collect(),
            seconds: timing.seconds,
            bytes: outcome.coverage.bytes,
            version: outcome.engine.version.to_owned(),
        }
    }
}

/// The name of an edge in records and metrics.
fn edge_name(edge: Edge) -> &'static str {
    match edge {
        Edge::Scan => "scan",
        Edge::Commit => "commit",
        Edge::Push => "push",
        Edge::Receive => "server",
    }
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    run: &'a Run,
    previous: &'a str,
}

/// Appends a run to the log at `path`, which is made if it is missing, under an exclusive lock. A line that was cut off
/// in the middle stays as it is. If the new one cannot be written whole, the log stays as it was.
pub fn append_run(path: &Path, run: &Run) -> io::Result<()> {
    append_line(path, false, &|previous| serde_json::to_string(&Line { run, previous })).map(|_| ())
}

/// A line of a log that is read for numbers.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A run of a hook.
    Run(Box<Run>),
    /// Anything else, such as `break-glass`: what, and when.
    Other {
        /// In kebab-case.
        event: String,
        /// When.
        time: Timestamp,
    },
}

/// What a log says.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Events {
    /// In the order of the file.
    pub events: Vec<Event>,
    /// Lines that were cut off in the middle, from 1; what they said is lost.
    pub torn: Vec<u64>,
}

/// Why a log cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EventsError {
    /// A line was changed, taken out or put in.
    #[error("line {0} was changed, or does not follow from the one before it: the log was edited")]
    Edited(u64),
    /// A line is none of a log.
    #[error("line {0} is no line of a log of keyward")]
    Foreign(u64),
}

#[derive(Deserialize)]
struct Head {
    event: String,
    time: Timestamp,
}

/// Reads the bytes of an audit log or a log of runs. A line that was cut off by a crash or a full disk is told and left
/// out; any other fault of the chain is an error.
pub fn read_events(bytes: &[u8]) -> Result<Events, EventsError> {
    let verified = verify(bytes).map_err(|_| EventsError::Foreign(0))?;
    let mut torn = Vec::new();
    for (line, broken) in &verified.broken {
        match broken {
            Broken::Torn => torn.push(*line),
            Broken::Chain => return Err(EventsError::Edited(*line)),
            Broken::Unreadable => return Err(EventsError::Foreign(*line)),
        }
    }
    let mut events = Vec::new();
    for (at, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let number = at as u64 + 1;
        if line.is_empty() || torn.contains(&number) {
            continue;
        }
        let head: Head = serde_json::from_slice(line).map_err(|_| EventsError::Foreign(number))?;
        events.push(if head.event == RUN {
            let run = serde_json::from_slice(line).map_err(|_| EventsError::Foreign(number))?;
            Event::Run(Box::new(run))
        } else {
            Event::Other { event: head.event, time: head.time }
        });
    }
    Ok(Events { events, torn })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(second: i64) -> Run {
        Run {
            time: Timestamp::from_second(1_800_000_000 + second).unwrap(),
            event: RUN.to_owned(),
            edge: "commit".to_owned(),
            hook: "pre-commit".to_owned(),
            verdict: "block".to_owned(),
            would: "block".to_owned(),
            exit: 1,
            findings: vec![Tally {
                severity: Severity::High,
                family: "github".to_owned(),
                verdict: "block".to_owned(),
                count: 2,
            }],
            seconds: 0.125,
            bytes: 4096,
            version: "0.1.0".to_owned(),
        }
    }

    fn log_of(count: i64) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyward/runs.jsonl");
        (0..count).for_each(|second| append_run(&path, &run(second)).unwrap());
        (folder, path)
    }

    #[test]
    fn what_is_appended_is_read_back_and_chained() {
        let (_folder, path) = log_of(3);
        let read = read_events(&std::fs::read(&path).unwrap()).unwrap();
        let runs: Vec<Event> = (0..3).map(|second| Event::Run(Box::new(run(second)))).collect();
        assert_eq!((read.events, read.torn), (runs, vec![]));
    }

    #[test]
    fn an_edited_a_removed_and_a_foreign_line_are_errors_with_their_number() {
        let (_folder, path) = log_of(3);
        let text = std::fs::read_to_string(&path).unwrap();
        let edited = text.replacen("\"count\":2", "\"count\":0", 1);
        assert_eq!(read_events(edited.as_bytes()), Err(EventsError::Edited(1)));
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        assert_eq!(read_events([lines[0], lines[2]].concat().as_bytes()), Err(EventsError::Edited(2)));
        assert_eq!(read_events(format!("{text}hello\n").as_bytes()), Err(EventsError::Foreign(4)));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            _ = read_events(&bytes);
        }

        #[test]
        fn a_log_with_one_byte_changed_is_never_read_as_it_was(at in 0..1_000_000usize, to in proptest::prelude::any::<u8>()) {
            let (_folder, path) = log_of(2);
            let whole = std::fs::read(&path).unwrap();
            let mut changed = whole.clone();
            let at = at % whole.len();
            changed[at] = to;
            let same = read_events(&changed).is_ok_and(|read| read.torn.is_empty());
            proptest::prop_assert_eq!(same, changed == whole);
        }
    }

    #[test]
    fn a_torn_line_is_told_and_the_rest_counts() {
        let (_folder, path) = log_of(2);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
        append_run(&path, &run(7)).unwrap();
        let read = read_events(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!((read.events.len(), read.torn), (2, vec![2]));
    }

    #[test]
    fn writers_at_once_lose_nothing() {
        let (_folder, path) = log_of(0);
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let path = &path;
                scope.spawn(move || (0..25).for_each(|n| append_run(path, &run(worker * 100 + n)).unwrap()));
            }
        });
        let read = read_events(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!((read.events.len(), read.torn.len()), (100, 0));
    }
}
