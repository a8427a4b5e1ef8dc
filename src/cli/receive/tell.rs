//! What a pusher is told: through standard error, which git hands on line by line as `remote: …`.

use super::ground::Ground;
use super::plain;
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::problems;
use crate::cli::terminal::Terminal;
use crate::policy::{Decision, Verdict};
use crate::report::{Edge, Human, HumanOptions, Pushed, Report, Timing};
use crate::scan::Outcome;
use crate::text::Shown;

/// GitLab shows its users the lines that begin so, and no others (its documentation, "Custom error messages").
const GITLAB: &str = "GL-HOOK-ERR: ";

/// Speaks to the pusher.
pub struct Voice<'a> {
    /// Standard error.
    pub terminal: &'a Terminal,
    /// Whether GitLab listens.
    pub gitlab: bool,
}

impl Voice<'_> {
    /// Reports in full what stops a push, else the verdict's line; gives the exit code. `advice` stands in front of the last
    /// line, which is the verdict.
    pub fn report(
        &self,
        outcome: &Outcome,
        pushed: Pushed,
        timing: &Timing,
        advice: Option<&str>,
    ) -> Result<u8, CommandError> {
        let nothing = |verdict: &Verdict| matches!(verdict, Verdict::Suppressed(_) | Verdict::Below);
        let clean = outcome.decision == Decision::Pass
            && outcome.judged.iter().all(|judged| nothing(&judged.judgement.verdict));
        let options = HumanOptions { color: false, verbose: false, quiet: clean, edge: Edge::Receive };
        let mut text = Vec::new();
        if clean {
            outcome.warnings.iter().for_each(|warning| text.extend(format!("warning: {warning}\n").into_bytes()));
        }
        Human { options, pushed: Some(pushed) }
            .write(outcome, timing, &mut text)
            .map_err(|error| CommandError::new(ErrorKind::Internal, format!("the report cannot be made: {error}")))?;
        let mut text = String::from_utf8_lossy(&text).into_owned();
        if let (Some(advice), Some(end)) = (advice, text.trim_end().rfind('\n')) {
            text.insert_str(end, &format!("\n{}\n", advice.trim_end()));
        }
        self.say(&text, outcome.exit != 0);
        Ok(outcome.exit)
    }

    /// Tells which settings of the trusted policy a push loosens.
    pub fn loosened(&self, keys: &[&str], ground: &Ground) {
        let name = ground.trust_ref.as_deref().map(plain).unwrap_or_default();
        let name = Shown::new(name.as_bytes(), problems::builtin_mask().as_ref());
        let text = format!(
            "block: this push loosens the policy that the server takes from {name}: {}\n  hint: one of the server's \
             allowed signers can sign it: keyward waive --loosening (docs/waivers.md)\n  hint: the server's \
             administrator can accept it: accept-loosening = true under [server] in the administrator's file\n",
            keys.join(", ")
        );
        self.say(&text, true);
    }

    /// Tells that a push changes a waiver that is there.
    pub fn tampered(&self, name: &[u8]) {
        let name = Shown::new(name, problems::builtin_mask().as_ref());
        let text = format!("block: {name} cannot be changed or taken away: waivers are only added, each once\n");
        self.say(&text, true);
    }

    /// Tells an error; gives the exit code.
    pub fn refuse(&self, error: &CommandError) -> u8 {
        if self.gitlab {
            let place = error.place.as_ref().map(|place| format!("{}: ", place.file)).unwrap_or_default();
            self.say(&format!("error: {place}{}\n", error.message), true);
        } else {
            self.terminal.error(error);
        }
        2
    }

    fn say(&self, text: &str, refused: bool) {
        if !(self.gitlab && refused) {
            return self.terminal.err(text);
        }
        let marked: String = text.lines().map(|line| format!("{GITLAB}{line}\n")).collect();
        self.terminal.err(&marked);
    }
}
