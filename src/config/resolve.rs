//! Layers on top of each other.

use super::layer::{Key, Layer};
use super::regulated::{self, Placement, Standing};
use super::rollout::{self, Override, Ratchet, Stance};
use super::server::Server;
use super::setting::{Action, Approvals, By, Dialect, Mode, OnIncomplete, Setting};
use super::value::Version;
use super::{Allow, Unscanned};
use crate::rule::{Confidence, DataClass, Severity};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// What is in force, every setting with who set it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// The keyward that the rules are meant for; see `new_rules`.
    pub min_version: Setting<Option<Version>>,
    /// `enforce` (the default) or `audit`.
    pub mode: Setting<Mode>,
    /// The least severity that blocks; what is below it warns. Default high.
    pub block_on: Setting<Severity>,
    /// The least confidence that is listed. Default medium.
    pub min_confidence: Setting<Confidence>,
    /// What happens where something could not be judged. Default block.
    pub on_incomplete: Setting<OnIncomplete>,
    /// The highest confidence of a finding that a pragma can excuse. Default certain: all.
    pub pragmas_up_to: Setting<Confidence>,
    /// What is older than this day in a history is only reported; none (the default): everything counts.
    pub enforce_since: Setting<Option<Date>>,
    /// Other modes and severities for some findings.
    pub overrides: Vec<Setting<Override>>,
    /// Steps that make a lower severity block.
    pub ratchet: Vec<Setting<Ratchet>>,
    /// Ids of rules that are out.
    pub disable: Vec<Setting<String>>,
    /// Patterns of paths of rule files, relative to the file that names them.
    pub include: Vec<Setting<String>>,
    /// What becomes of findings of rules that are newer than `min_version`: block like any other, or only warn.
    pub new_rules: Setting<Action>,
    /// The fingerprints' salt, 16 bytes or more; none: the public constant.
    pub salt: Setting<Option<String>>,
    /// An organisation's key file, from the administrator only; it comes before `salt`.
    pub key_file: Setting<Option<String>>,
    /// Bytes of an object that is still read. Default 256 MiB.
    pub object: Setting<u64>,
    /// Bytes that are decoded of one object. Default 16 MiB.
    pub decoded: Setting<u64>,
    /// How deep encodings may nest. Default 3.
    pub decode_depth: Setting<u64>,
    /// Findings that are listed. Default 100,000.
    pub findings: Setting<u64>,
    /// Time; none (the default): no limit.
    pub budget: Setting<Option<Duration>>,
    /// What is allowed.
    pub allow: Vec<Setting<Allow>>,
    /// Objects that need not be readable.
    pub unscanned: Vec<Setting<Unscanned>>,
    /// What entries of the baseline need to excuse something. Default: names.
    pub approvals: Setting<Approvals>,
    /// The file of principals whose waivers and approvals count.
    pub allowed_signers: Setting<Option<String>>,
    /// This server's name, which a waiver must hold.
    pub server_id: Setting<Option<String>>,
    /// Whether hooks write down what they decided. Default: yes.
    pub runs: Setting<bool>,
    /// Ids of rules for regulated data that are on.
    pub regulated: Vec<Setting<String>>,
    /// Where regulated data may stand.
    pub placements: Vec<Setting<Placement>>,
    /// How a server's hooks work.
    pub server: Server,
    pub(super) pragmas: BTreeMap<Dialect, Setting<bool>>,
}

/// A locked setting that a layer above tried to weaken; it stays as it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// The setting.
    pub key: Key,
    /// Who locked it.
    pub locked: By,
    /// Who tried.
    pub refused: By,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, locked, refused } = self;
        write!(f, "{refused}: `{}` is ignored, because it is weaker than what {locked} locks", key.as_str())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            min_version: Setting::built_in(None),
            mode: Setting::built_in(Mode::Enforce),
            block_on: Setting::built_in(Severity::High),
            min_confidence: Setting::built_in(Confidence::Medium),
            on_incomplete: Setting::built_in(OnIncomplete::all(Action::Block)),
            pragmas_up_to: Setting::built_in(Confidence::Certain),
            enforce_since: Setting::built_in(None),
            overrides: Vec::new(),
            ratchet: Vec::new(),
            disable: Vec::new(),
            include: Vec::new(),
            new_rules: Setting::built_in(Action::Block),
            salt: Setting::built_in(None),
            key_file: Setting::built_in(None),
            object: Setting::built_in(256 << 20),
            decoded: Setting::built_in(16 << 20),
            decode_depth: Setting::built_in(3),
            findings: Setting::built_in(100_000),
            budget: Setting::built_in(None),
            allow: Vec::new(),
            unscanned: Vec::new(),
            approvals: Setting::built_in(Approvals::Named),
            allowed_signers: Setting::built_in(None),
            server_id: Setting::built_in(None),
            runs: Setting::built_in(true),
            regulated: Vec::new(),
            placements: Vec::new(),
            server: Server::default(),
            pragmas: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Puts layers on top of the built-in values, weakest first: administrator, repository, command line.
    /// A later layer wins, lists add up; what an earlier layer locks, a later one can only make stronger.
    pub fn resolve(layers: impl IntoIterator<Item = Layer>) -> (Self, Vec<Warning>) {
        let mut config = Self::default();
        let mut merge = Merge::default();
        for layer in layers {
            config.add(layer, &mut merge);
        }
        (config, merge.warnings)
    }

    /// The settings in which this is weaker than `other`, or in which it cannot be told: another salt, other rule files,
    /// other signers. Nothing here looks at who set what.
    pub fn weaker_than(&self, other: &Self) -> Vec<&'static str> {
        let mut keys: Vec<&str> = Vec::new();
        let mut note = |key: Key, weaker: bool| keys.extend(weaker.then_some(key.as_str()));
        note(Key::MinVersion, self.min_version.value < other.min_version.value);
        note(Key::Mode, self.mode.value == Mode::Audit && other.mode.value == Mode::Enforce);
        note(Key::BlockOn, self.block_on.value > other.block_on.value);
        note(Key::MinConfidence, self.min_confidence.value > other.min_confidence.value);
        note(Key::OnIncomplete, self.on_incomplete.value.weaker_than(&other.on_incomplete.value));
        note(Key::PragmasUpTo, self.pragmas_up_to.value > other.pragmas_up_to.value);
        note(Key::EnforceSince, later(&self.enforce_since.value, &other.enforce_since.value));
        note(Key::New, self.new_rules.value == Action::Warn && other.new_rules.value == Action::Block);
        note(Key::Salt, self.salt.value != other.salt.value);
        note(Key::Object, self.object.value < other.object.value);
        note(Key::Decoded, self.decoded.value < other.decoded.value);
        note(Key::DecodeDepth, self.decode_depth.value < other.decode_depth.value);
        note(Key::Findings, self.findings.value < other.findings.value);
        note(Key::Budget, shorter(&self.budget.value, &other.budget.value));
        note(Key::Approvals, self.approvals.value < other.approvals.value);
        note(Key::AllowedSigners, self.allowed_signers.value != other.allowed_signers.value);
        note(Key::ServerId, self.server_id.value != other.server_id.value);
        note(Key::Runs, !self.runs.value && other.runs.value);
        note(Key::Regulated, regulated::weaker(&self.placements, &other.placements));
        note(Key::Pragmas, Dialect::ALL.into_iter().any(|dialect| self.pragma(dialect) && !other.pragma(dialect)));
        note(Key::Disable, !within(&self.disable, &other.disable, |a, b| a == b));
        note(Key::Allow, !within(&self.allow, &other.allow, Allow::within));
        note(Key::Unscanned, !within(&self.unscanned, &other.unscanned, Unscanned::within));
        let patterns = |config: &Self| config.include.iter().map(|setting| setting.value.clone()).collect::<Vec<_>>();
        let mut unlocked = |name: &'static str, weaker: bool| keys.extend(weaker.then_some(name));
        unlocked("rules.include", patterns(self) != patterns(other));
        unlocked("gate.override", rollout::weaker((&self.overrides, self.base()), (&other.overrides, other.base())));
        unlocked("gate.ratchet", rollout::slower(&self.ratchet, &other.ratchet));
        unlocked("regulated.enable", !within(&other.regulated, &self.regulated, |a, b| a == b));
        keys
    }

    /// What the gate does on a day with a finding of a rule at a raw path (none: a message, the name of a reference).
    pub fn stance(&self, rule: &str, severity: Severity, path: Option<&[u8]>, today: Date) -> Stance {
        let mut stance = self.base();
        let overrides = self.overrides.iter().map(|setting| &setting.value);
        for one in overrides.filter(|one| one.covers(rule, severity, path)) {
            stance.mode = one.mode.unwrap_or(stance.mode);
            stance.block_on = one.block_on.unwrap_or(stance.block_on);
        }
        let due = |step: &&Setting<Ratchet>| {
            step.value.from_count.is_none() && step.value.from.is_some_and(|day| day <= today)
        };
        let steps = self.ratchet.iter().filter(due).map(|step| step.value.block_on);
        Stance { block_on: steps.fold(stance.block_on, Severity::min), ..stance }
    }

    /// What the path map says of regulated data of a class at a raw path.
    pub fn standing(&self, class: DataClass, path: Option<&[u8]>) -> Standing<'_> {
        regulated::standing(&self.placements, class, path)
    }

    fn base(&self) -> Stance {
        Stance { mode: self.mode.value, block_on: self.block_on.value }
    }

    /// Whether comments of a dialect excuse anything.
    pub fn pragma(&self, dialect: Dialect) -> bool {
        self.pragmas.get(&dialect).is_none_or(|setting| setting.value)
    }

    fn add(&mut self, layer: Layer, merge: &mut Merge) {
        let by = layer.by;
        merge.by = by.clone();
        merge.set(Key::MinVersion, &mut self.min_version, layer.min_version.map(Some), |new, old| new < old);
        merge.set(Key::Mode, &mut self.mode, layer.mode, |new, old| *new == Mode::Audit && *old == Mode::Enforce);
        merge.set(Key::BlockOn, &mut self.block_on, layer.block_on, |new, old| new > old);
        merge.set(Key::MinConfidence, &mut self.min_confidence, layer.min_confidence, |new, old| new > old);
        merge.set(Key::OnIncomplete, &mut self.on_incomplete, layer.on_incomplete, OnIncomplete::weaker_than);
        merge.set(Key::PragmasUpTo, &mut self.pragmas_up_to, layer.pragmas_up_to, |new, old| new > old);
        merge.set(Key::EnforceSince, &mut self.enforce_since, layer.enforce_since.map(Some), later);
        merge.set(Key::New, &mut self.new_rules, layer.new_rules, |new, _| *new == Action::Warn);
        merge.set(Key::Salt, &mut self.salt, layer.salt.map(Some), |_, _| true);
        merge.set(Key::Object, &mut self.object, layer.object, |new, old| new < old);
        merge.set(Key::Decoded, &mut self.decoded, layer.decoded, |new, old| new < old);
        merge.set(Key::DecodeDepth, &mut self.decode_depth, layer.decode_depth, |new, old| new < old);
        merge.set(Key::Findings, &mut self.findings, layer.findings, |new, old| new < old);
        merge.set(Key::Budget, &mut self.budget, layer.budget, shorter);
        merge.set(Key::Approvals, &mut self.approvals, layer.approvals, |new, old| new < old);
        merge.set(Key::AllowedSigners, &mut self.allowed_signers, layer.allowed_signers.map(Some), |_, _| true);
        merge.set(Key::ServerId, &mut self.server_id, layer.server_id.map(Some), |_, _| true);
        merge.set(Key::Runs, &mut self.runs, layer.runs, |new, _| !*new);
        self.extend_rollout(layer.overrides, layer.ratchet, merge);
        merge.extend_checked(Key::Regulated, &mut self.placements, layer.regulated.placements, |new, _| {
            regulated::only_tightens(new)
        });
        self.regulated.extend(layer.regulated.enable.into_iter().map(|value| Setting { value, by: by.clone() }));
        for (dialect, on) in layer.pragmas {
            let setting = self.pragmas.entry(dialect).or_insert_with(|| Setting::built_in(true));
            merge.set(Key::Pragmas, setting, Some(on), |new, old| *new && !*old);
        }
        merge.extend(Key::Disable, &mut self.disable, layer.disable);
        merge.extend(Key::Allow, &mut self.allow, layer.allow);
        merge.extend(Key::Unscanned, &mut self.unscanned, layer.unscanned);
        self.include.extend(layer.include.into_iter().map(|value| Setting { value, by: by.clone() }));
        if let Some(file) = layer.key_file {
            self.key_file = Setting { value: Some(file), by };
        }
        self.server.add(layer.server);
        merge.lock(layer.lock);
    }

    /// An entry that weakens what is locked is refused; a step of a ratchet never weakens.
    fn extend_rollout(&mut self, overrides: Vec<Override>, ratchet: Vec<Ratchet>, merge: &mut Merge) {
        let by = merge.by.clone();
        self.ratchet.extend(ratchet.into_iter().map(|value| Setting { value, by: by.clone() }));
        for value in overrides {
            let mode = value.mode == Some(Mode::Audit) && merge.refuse(Key::Mode);
            let level = !value.blocks_no_less(self.base(), &self.overrides) && merge.refuse(Key::BlockOn);
            if !mode && !level {
                self.overrides.push(Setting { value, by: by.clone() });
            }
        }
    }
}

/// Whether for every entry of one list there is one of the other that reaches as far.
fn within<T>(list: &[Setting<T>], other: &[Setting<T>], reaches: fn(&T, &T) -> bool) -> bool {
    list.iter().all(|one| other.iter().any(|two| reaches(&one.value, &two.value)))
}

/// From the first day on is the strongest.
fn later(new: &Option<Date>, old: &Option<Date>) -> bool {
    new > old
}

/// No limit is the strongest budget.
fn shorter(new: &Option<Duration>, old: &Option<Duration>) -> bool {
    match (new, old) {
        (Some(new), Some(old)) => new < old,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

#[derive(Default)]
struct Merge {
    by: By,
    locks: BTreeMap<Key, By>,
    warnings: Vec<Warning>,
}

impl Merge {
    /// Takes a new value, unless the setting is locked and the value is weaker.
    fn set<T: PartialEq>(&mut self, key: Key, old: &mut Setting<T>, new: Option<T>, weaker: fn(&T, &T) -> bool) {
        let Some(new) = new else { return };
        if new != old.value && weaker(&new, &old.value) && self.refuse(key) {
            return;
        }
        *old = Setting { value: new, by: self.by.clone() };
    }

    /// Adds to a list of which every entry weakens.
    fn extend<T>(&mut self, key: Key, list: &mut Vec<Setting<T>>, new: Vec<T>) {
        if new.is_empty() || self.refuse(key) {
            return;
        }
        list.extend(new.into_iter().map(|value| Setting { value, by: self.by.clone() }));
    }

    /// Adds to a list of which some entries weaken what the list says so far.
    fn extend_checked<T>(
        &mut self,
        key: Key,
        list: &mut Vec<Setting<T>>,
        new: Vec<T>,
        only_tightens: impl Fn(&T, &[Setting<T>]) -> bool,
    ) {
        for value in new {
            if only_tightens(&value, list) || !self.refuse(key) {
                list.push(Setting { value, by: self.by.clone() });
            }
        }
    }

    /// Whether the setting is locked; then there is a warning.
    fn refuse(&mut self, key: Key) -> bool {
        let Some(locked) = self.locks.get(&key).cloned() else { return false };
        self.warnings.push(Warning { key, locked, refused: self.by.clone() });
        true
    }

    fn lock(&mut self, keys: Vec<Key>) {
        for key in keys {
            self.locks.entry(key).or_insert_with(|| self.by.clone());
        }
    }
}
