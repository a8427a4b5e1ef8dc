//! From what was found and what could not be read to the one word and the exit code.

use super::{Decision, Judgement, Verdict};
use crate::config::{Action, Config, Mode, OnIncomplete};

/// What a run comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The word, in the mode that is set. `incomplete` is said whenever something was not read.
    pub decision: Decision,
    /// The word that enforce mode gives.
    pub would: Decision,
    /// 0: nothing blocks. 1: a finding blocks. 2: something was not read, and that blocks.
    pub exit: u8,
}

/// Counts what a run finds, listed or not, and decides.
#[derive(Clone, Debug)]
pub struct Gate {
    mode: Mode,
    on_incomplete: OnIncomplete,
    blocked: bool,
    would_block: bool,
    unread: bool,
    unread_blocks: bool,
}

impl Gate {
    /// A gate that has seen nothing yet.
    pub fn new(config: &Config) -> Self {
        Self {
            mode: config.mode.value,
            on_incomplete: config.on_incomplete.value.clone(),
            blocked: false,
            would_block: false,
            unread: false,
            unread_blocks: false,
        }
    }

    /// Counts a finding.
    pub fn count(&mut self, judgement: &Judgement) {
        self.blocked |= judgement.verdict == Verdict::Block;
        self.would_block |= judgement.would == Verdict::Block;
    }

    /// Counts a reason, in kebab-case, for which something could not be judged.
    pub fn unread(&mut self, reason: &str) {
        self.unread = true;
        self.unread_blocks |= self.on_incomplete.action(reason) == Action::Block;
    }

    /// What has been counted comes to this. A finding that blocks wins over something unread.
    pub fn outcome(&self) -> Outcome {
        let enforcing = self.mode == Mode::Enforce;
        let exit = match (self.blocked, self.unread_blocks && enforcing) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        };
        Outcome { decision: self.word(self.blocked), would: self.word(self.would_block), exit }
    }

    fn word(&self, blocked: bool) -> Decision {
        match (blocked, self.unread) {
            (true, _) => Decision::Block,
            (false, true) => Decision::Incomplete,
            (false, false) => Decision::Pass,
        }
    }
}
