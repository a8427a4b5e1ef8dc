//! `--show-secrets`: the one place that prints secrets, on a terminal only.

use super::error::{CommandError, ErrorKind, Unmasked};
use super::terminal::Terminal;
use crate::scan::Outcome;
use crate::text::Shown;
use std::fmt::Write as _;

/// Prints every finding with its value in clear.
pub fn print(outcome: &Outcome, terminal: &Terminal) -> Result<(), CommandError> {
    let mut text = String::new();
    for judged in &outcome.judged {
        let finding = &judged.finding;
        let path = judged.path.as_ref().map(Shown::as_str).unwrap_or(finding.origin.kind.as_str());
        let secret = Shown::new(finding.secret.expose(), &Unmasked);
        _ = writeln!(
            text,
            "{path}:{}:{}: {} {secret}",
            finding.location.line_start, finding.location.column_start, finding.rule.id
        );
    }
    terminal.out(text.as_bytes()).map_err(|error| CommandError::new(ErrorKind::Io, format!("standard output: {error}")))
}
