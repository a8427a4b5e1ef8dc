//! The policy: what happens with a finding.

use super::baseline::{ApprovalFault, Baseline, Entry, Known, Status};
use super::signature::AllowedSigners;
use super::waiver::Waivers;
use super::{ExcusedBy, Judgement, Suppression, Verdict, pragma};
use crate::blob::{ObjectId, ObjectKind};
use crate::config::{Action, Allow, Approvals, Config, Mode, Stance, Standing};
use crate::finding::Finding;
use crate::rule::{Confidence, Severity};
use crate::text::Lines;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

/// Whether a finding is about to come in, or is already in the history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Occasion {
    /// It is about to come in, or stands in the files of today.
    New,
    /// It is in a commit that is there already.
    History,
}

/// Judges findings: equal policies judge equal findings alike.
#[derive(Clone, Debug)]
pub struct Policy {
    config: Config,
    baseline: Baseline,
    today: Date,
    signers: Option<AllowedSigners>,
    waivers: Option<Waivers>,
}

/// Something that excuses a finding, or would if it had not lapsed.
enum Excuse {
    Holds(Suppression),
    /// `once`: it did excuse, until a date passed or somebody took it back.
    Lapsed {
        by: ExcusedBy,
        once: bool,
        note: String,
    },
}

impl Policy {
    /// A policy as of a day.
    pub fn new(config: Config, baseline: Baseline, today: Date) -> Self {
        Self { config, baseline, today, signers: None, waivers: None }
    }

    /// The same, where these people's approvals of entries of the baseline count.
    #[must_use]
    pub fn with_signers(self, signers: Option<AllowedSigners>) -> Self {
        Self { signers, ..self }
    }

    /// The same, where these waivers let through what they name.
    #[must_use]
    pub fn with_waivers(self, waivers: Waivers) -> Self {
        Self { waivers: Some(waivers), ..self }
    }

    /// Those whose signatures count.
    pub fn signers(&self) -> Option<&AllowedSigners> {
        self.signers.as_ref()
    }

    /// The configuration in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The baseline in force.
    pub fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// The day it judges on.
    pub(super) fn today(&self) -> Date {
        self.today
    }

    /// What the gate does with a finding.
    pub(super) fn stance(&self, finding: &Finding) -> Stance {
        let path = finding.origin.path.as_deref();
        self.config.stance(&finding.rule.id, finding.severity, path, self.today)
    }

    /// Whether an object that cannot be read is admitted by an `[[unscanned]]` entry that still holds.
    pub fn admits(&self, id: &ObjectId) -> bool {
        let id = id.to_string();
        self.config.unscanned.iter().any(|entry| entry.value.id == id && entry.value.holds_on(self.today))
    }

    /// SHA-256 over configuration, baseline, signers and waivers, in lower-case hexadecimal.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(self.config.digest());
        digest.update(self.baseline.serialise());
        self.signers.iter().for_each(|signers| digest.update(signers.digest()));
        self.waivers.iter().flat_map(Waivers::ids).for_each(|id| digest.update(id));
        data_encoding::HEXLOWER.encode(&digest.finalize())
    }

    /// Judges a finding. `lines` are those of the bytes that it was found in.
    ///
    /// The order: too little confidence; a place that is there for such data; an allowed path or rule; a pragma; the
    /// baseline; a place where such data may not stand; a rule that is too new to block; the severity; and for what would
    /// block a waiver. What had lapsed is told in the note.
    pub fn judge(&self, finding: &Finding, lines: &Lines<'_>, occasion: Occasion) -> Judgement {
        if finding.confidence < self.config.min_confidence.value {
            return plain(Verdict::Below, None);
        }
        let mut notes = Vec::new();
        let mut lapsed = None;
        let excuses = [Self::in_place, Self::allowed, Self::pragma, Self::known];
        for excuse in excuses.iter().flat_map(|excuse| excuse(self, finding, lines, occasion)) {
            match excuse {
                Excuse::Holds(suppression) => return plain(Verdict::Suppressed(suppression), None),
                Excuse::Lapsed { by, once, note } => {
                    lapsed = lapsed.or(once.then_some(by));
                    notes.push(note);
                }
            }
        }
        let would = self.by_severity(finding, &mut notes);
        if let (Verdict::Block, Some(suppression)) = (&would, self.waived(finding)) {
            return plain(Verdict::Suppressed(suppression), None);
        }
        let audit = self.stance(finding).mode == Mode::Audit && would == Verdict::Block;
        let verdict = if audit { Verdict::Warn } else { would.clone() };
        Judgement { verdict, would, note: (!notes.is_empty()).then(|| notes.join("; ")), lapsed }
    }

    /// What excuses a finding that would block, on somebody's signature.
    pub(super) fn waived(&self, finding: &Finding) -> Option<Suppression> {
        self.waivers.as_ref().and_then(|waivers| waivers.excuse(finding))
    }

    fn standing(&self, finding: &Finding) -> Option<(Standing<'_>, &'static str)> {
        let class = finding.rule.class()?;
        Some((self.config.standing(class, finding.origin.path.as_deref()), class.as_str()))
    }

    /// Why regulated data may not stand where it does.
    fn out_of_place(&self, finding: &Finding) -> Option<String> {
        match self.standing(finding)? {
            (Standing::Forbidden, class) => Some(format!("keyward.toml forbids {class} data at this path")),
            (Standing::Misplaced, class) => Some(format!("{class} data may stand at other paths only")),
            (Standing::Admitted(_) | Standing::Unsaid, _) => None,
        }
    }

    /// Regulated data at a path that is there for it.
    fn in_place(&self, finding: &Finding, _: &Lines<'_>, _: Occasion) -> Vec<Excuse> {
        let Some((Standing::Admitted(reason), _)) = self.standing(finding) else { return Vec::new() };
        vec![Excuse::Holds(Suppression {
            by: ExcusedBy::Allow,
            reason: reason.to_owned(),
            owner: None,
            expires: None,
            bound_to_place: true,
        })]
    }

    fn by_severity(&self, finding: &Finding, notes: &mut Vec<String>) -> Verdict {
        if let Some(note) = self.out_of_place(finding) {
            notes.push(note);
            return Verdict::Block;
        }
        if finding.severity < self.stance(finding).block_on {
            return Verdict::Warn;
        }
        let least = self.config.min_version.value.map(|version| (version.0, version.1, version.2));
        if self.config.new_rules.value == Action::Warn && least.is_some_and(|least| finding.rule.since > least) {
            let (major, minor, patch) = finding.rule.since;
            notes.push(format!("the rule is new in {major}.{minor}.{patch}, above min-version: it only warns"));
            return Verdict::Warn;
        }
        Verdict::Block
    }

    fn allowed(&self, finding: &Finding, _: &Lines<'_>, _: Occasion) -> Vec<Excuse> {
        let path = finding.origin.path.as_deref();
        let covers = |allow: &&Allow| allow.covers(&finding.rule.id, path);
        let entries = self.config.allow.iter().map(|setting| &setting.value).filter(covers);
        // One that speaks of the rule as such comes first: it moves with the secret.
        let (mut bound, mut free): (Vec<&Allow>, Vec<&Allow>) = entries.partition(|allow| !allow.paths.is_empty());
        free.append(&mut bound);
        free.into_iter().map(|allow| self.allow(allow)).collect()
    }

    fn allow(&self, allow: &Allow) -> Excuse {
        match allow.expires {
            Some(last) if !allow.holds_on(self.today) => Excuse::Lapsed {
                by: ExcusedBy::Allow,
                once: true,
                note: format!("the [[allow]] entry for it expired on {last}"),
            },
            expires => Excuse::Holds(Suppression {
                by: ExcusedBy::Allow,
                reason: allow.reason.clone(),
                owner: None,
                expires,
                bound_to_place: !allow.paths.is_empty(),
            }),
        }
    }

    fn pragma(&self, finding: &Finding, lines: &Lines<'_>, _: Occasion) -> Vec<Excuse> {
        if finding.origin.kind != ObjectKind::Blob {
            return Vec::new();
        }
        let on = |dialect| self.config.pragma(dialect);
        let Some(pragma) = pragma::find(lines, &finding.span, &finding.rule.id, on) else { return Vec::new() };
        let name = pragma.dialect.as_str();
        let most = self.config.pragmas_up_to.value;
        if finding.confidence > most {
            let note = format!("a {name} comment excuses findings up to confidence {} only", most.as_str());
            return vec![Excuse::Lapsed { by: ExcusedBy::Pragma, once: false, note }];
        }
        vec![Excuse::Holds(Suppression {
            by: ExcusedBy::Pragma,
            reason: pragma.reason.unwrap_or_else(|| format!("a {name} comment")),
            owner: None,
            expires: None,
            bound_to_place: true,
        })]
    }

    fn known(&self, finding: &Finding, _: &Lines<'_>, occasion: Occasion) -> Vec<Excuse> {
        let path = finding.origin.path.as_deref();
        let Some(known) = self.baseline.find(finding.fingerprint, path, self.today) else { return Vec::new() };
        let Known { entry, names_place } = known;
        let status = entry.status;
        let lapsed = |once, note: String| vec![Excuse::Lapsed { by: ExcusedBy::Baseline, once, note }];
        if status == Status::Withdrawn {
            return lapsed(true, "the baseline entry for it was withdrawn".to_owned());
        }
        if entry.expired(self.today) {
            let last = entry.last_day().unwrap_or(entry.opened);
            return lapsed(true, format!("the baseline entry for it ({}) expired on {last}", status.as_str()));
        }
        if status == Status::Revoked && occasion == Occasion::New {
            return lapsed(false, "it is revoked, which excuses the history only".to_owned());
        }
        if let Some(fault) = self.unapproved(entry) {
            return lapsed(false, format!("the baseline entry for it ({}) does not count: {fault}", status.as_str()));
        }
        let grave = finding.confidence == Confidence::Certain || finding.severity == Severity::Critical;
        if status == Status::FalsePositive && grave && !entry.approved() {
            let what = "the false-positive entry for it needs an owner and an approver";
            return lapsed(false, format!("{what}, since it is certain or critical"));
        }
        vec![Excuse::Holds(suppression(entry, names_place && !status.anywhere()))]
    }

    /// Why an entry does not count where signed approvals are asked for.
    fn unapproved(&self, entry: &Entry) -> Option<ApprovalFault> {
        let asked = self.config.approvals.value == Approvals::Signed && entry.is_decided();
        asked.then(|| entry.check_approval(self.signers.as_ref(), self.today).err()).flatten()
    }
}

fn suppression(entry: &Entry, bound_to_place: bool) -> Suppression {
    Suppression {
        by: ExcusedBy::Baseline,
        reason: entry.reason.clone().unwrap_or_else(|| entry.status.as_str().to_owned()),
        owner: entry.owner.clone(),
        expires: entry.last_day(),
        bound_to_place,
    }
}

fn plain(verdict: Verdict, note: Option<String>) -> Judgement {
    Judgement { would: verdict.clone(), verdict, note, lapsed: None }
}
