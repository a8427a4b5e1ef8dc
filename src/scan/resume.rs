//! A scan of a history that begins where an earlier one ended, and says the same as one from the beginning.

use super::collect::{Collected, Collector};
use super::outcome::Outcome;
use super::past::{Past, Told};
use super::run::ScanError;
use super::scanner::Scanner;
use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::coverage::Unread;
use crate::finding::Finding;
use crate::rule::Rule;
use crate::source::{History, Source, SourceError};
use crate::text::Lines;
use std::sync::Arc;

impl Scanner<'_> {
    /// Reads what of `history` an earlier scan did not judge, and joins what that one found; `past` [fits](Past::fits).
    /// `rules` are those of the detector. Gives what the next scan can begin with; `None` where this one was stopped
    /// or could not read every tree.
    pub fn run_on(
        &self,
        history: &mut History<'_>,
        past: Option<&Past>,
        rules: &[Arc<Rule>],
    ) -> Result<(Outcome, Option<Past>), ScanError<SourceError>> {
        history.begin_behind(past.map(Past::known));
        let collector = Collector::remembering(self);
        history.read(&collector).map_err(ScanError::Source)?;
        let mut collected = collector.finish().map_err(ScanError::Detect)?;
        if let Some(past) = past {
            self.carry(history, past, rules, &mut collected);
        }
        let next = history.known().map(|known| {
            let Collected { findings, lost, lost_name, below_at, .. } = &collected;
            Past::of(self, &Told { known, lost, lost_name: *lost_name, findings, below: below_at })
        });
        Ok((self.conclude(history, collected), next))
    }

    fn carry(&self, history: &History<'_>, past: &Past, rules: &[Arc<Rule>], collected: &mut Collected) {
        let mut contents = Contents { history, known: None };
        for finding in past.findings(rules, &|origin| history.carries(origin)) {
            // A comment beside it may excuse it, now that the policy or the day is another.
            let Some(bytes) = contents.around(&finding) else {
                let example = finding.origin.path.as_deref().unwrap_or_default();
                collected.coverage.unread(Unread::CorruptObject, example);
                collected.lost.extend(finding.origin.id);
                continue;
            };
            let judgement = self.policy.judge(&finding, &Lines::new(&bytes), self.occasion);
            collected.findings.push((finding, judgement));
        }
        // What was judged again for a later commit keeps its first one.
        for origin in past.origins() {
            let Some(commit) = history.older(&origin) else { continue };
            let same = |other: &Origin| (other.kind, other.id, &other.path) == (origin.kind, origin.id, &origin.path);
            let judged = collected.findings.iter_mut().filter(|(finding, _)| same(&finding.origin));
            judged.for_each(|(finding, _)| finding.origin.commit = Some(Arc::clone(&commit)));
        }
        for (origin, level) in past.below(&|origin| history.carries(origin)) {
            collected.below.add(level);
            collected.below_at.push((origin, level));
        }
    }
}

/// The contents that hold findings; those of one content mostly follow each other.
struct Contents<'h, 'a> {
    history: &'h History<'a>,
    known: Option<(ObjectId, Arc<[u8]>)>,
}

impl Contents<'_, '_> {
    /// The bytes that a finding stands in; nothing for what no comment can excuse.
    fn around(&mut self, finding: &Finding) -> Option<Arc<[u8]>> {
        let Some(id) = finding.origin.id.filter(|_| finding.origin.kind == ObjectKind::Blob) else {
            return Some(Arc::from([]));
        };
        if let Some((_, bytes)) = self.known.as_ref().filter(|(known, _)| *known == id) {
            return Some(Arc::clone(bytes));
        }
        let bytes: Arc<[u8]> = self.history.content(&id)?.into();
        self.known = Some((id, Arc::clone(&bytes)));
        Some(bytes)
    }
}
