//! From `keyward.toml` to a [`Layer`].

use super::error::{ConfigError, Faults, did_you_mean};
use super::glob::Globs;
use super::layer::{Key, Layer};
use super::read::{Section, Value, word};
use super::server;
use super::setting::{Action, Approvals, By, Dialect, Mode, OnIncomplete};
use super::value::{Version, parse_duration};
use super::{Allow, Unscanned};
use super::{regulated, rollout};
use crate::rule::{Confidence, Severity};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const CONFIDENCES: [(&str, Confidence); 4] = [
    ("low", Confidence::Low),
    ("medium", Confidence::Medium),
    ("high", Confidence::High),
    ("certain", Confidence::Certain),
];
pub(super) const SEVERITIES: [(&str, Severity); 5] = [
    ("info", Severity::Info),
    ("low", Severity::Low),
    ("medium", Severity::Medium),
    ("high", Severity::High),
    ("critical", Severity::Critical),
];
pub(super) const MODES: [(&str, Mode); 2] = [("enforce", Mode::Enforce), ("audit", Mode::Audit)];
const ACTIONS: [(&str, Action); 2] = [("block", Action::Block), ("warn", Action::Warn)];
const NEW_RULES: [(&str, Action); 2] = [("enforce", Action::Block), ("audit", Action::Warn)];
const APPROVALS: [(&str, Approvals); 2] = [("named", Approvals::Named), ("signed", Approvals::Signed)];
const SHORTEST_SALT: usize = 16;

/// What the reader of a configuration has to know besides its text.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The version of this program.
    pub version: Version,
    /// The reasons that `on-incomplete` may name.
    pub reasons: &'a [&'a str],
}

impl Reader<'_> {
    /// Reads one file, which `by` names. Gives every error that it has; `min-version` is looked at before anything
    /// else, so that a file written for a newer keyward says so instead of complaining about keys.
    pub fn parse(&self, by: By, text: &str) -> Result<Layer, Vec<ConfigError>> {
        let mut faults = Faults::of(by.name());
        let (table, syntax) = DeTable::parse_recoverable(text);
        if let Some(refusal) = self.too_old(&table, by.name()) {
            return Err(vec![refusal]);
        }
        if !syntax.is_empty() {
            syntax.iter().for_each(|error| faults.syntax(error));
            return Err(faults.into_errors());
        }
        let span = table.span();
        let mut layer = Layer::new(by);
        self.file(Section::new("", span, table.into_inner()), &mut layer, &mut faults);
        let errors = faults.into_errors();
        if errors.is_empty() { Ok(layer) } else { Err(errors) }
    }

    /// Reads one file from its bytes, which have to be UTF-8.
    pub fn parse_bytes(&self, by: By, bytes: &[u8]) -> Result<Layer, Vec<ConfigError>> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.parse(by, text),
            Err(error) => {
                let mut faults = Faults::of(by.name());
                let at = error.valid_up_to();
                faults.add(at..at + 1, "not UTF-8", Some("save the file as UTF-8".to_owned()));
                Err(faults.into_errors())
            }
        }
    }

    fn too_old(&self, file: &Spanned<DeTable<'_>>, name: &str) -> Option<ConfigError> {
        let value = file.get_ref().get("keyward")?.get_ref().as_table()?.get("min-version")?;
        let asked = value.get_ref().as_str()?;
        let least = Version::parse(asked)?;
        (self.version < least).then(|| ConfigError {
            file: name.to_owned(),
            span: Some(value.span()),
            message: format!("keyward {} is older than the {asked} that this file asks for", self.version),
            hint: Some("upgrade it: cargo install --locked keyward".to_owned()),
        })
    }

    fn file(&self, mut file: Section<'_>, layer: &mut Layer, faults: &mut Faults) {
        if let Some(mut part) = file.section("keyward", faults) {
            layer.min_version = version(&mut part, faults);
            part.finish(faults);
        }
        if let Some(part) = file.section("gate", faults) {
            self.gate(part, layer, faults);
        }
        if let Some(mut part) = file.section("rules", faults) {
            layer.disable = plain(part.texts("disable", faults));
            layer.include = include(part.texts("include", faults).unwrap_or_default(), faults);
            layer.new_rules = part.word("new", &NEW_RULES, faults);
            part.finish(faults);
        }
        if let Some(part) = file.section("fingerprint", faults) {
            fingerprint(part, layer, faults);
        }
        if let Some(mut part) = file.section("pragmas", faults) {
            let read = |dialect: Dialect| Some((dialect, part.truth(dialect.as_str(), faults)?));
            layer.pragmas = Dialect::ALL.into_iter().filter_map(read).collect();
            part.finish(faults);
        }
        if let Some(part) = file.section("limits", faults) {
            limits(part, layer, faults);
        }
        layer.allow = file.sections("allow", faults).into_iter().filter_map(|part| allow(part, faults)).collect();
        let unread = file.sections("unscanned", faults);
        layer.unscanned = unread.into_iter().filter_map(|part| unscanned(part, faults)).collect();
        if let Some(mut part) = file.section("baseline", faults) {
            layer.approvals = part.word("approvals", &APPROVALS, faults);
            part.finish(faults);
        }
        if let Some(part) = file.section("waivers", faults) {
            waivers(part, layer, faults);
        }
        if let Some(mut part) = file.section("record", faults) {
            layer.runs = part.truth("runs", faults);
            part.finish(faults);
        }
        if let Some(part) = file.section("regulated", faults) {
            regulated::read(part, layer, faults);
        }
        if let Some(part) = file.section("server", faults) {
            layer.server = server::read(part, &layer.by, faults);
        }
        if let Some(part) = file.section("administrator", faults) {
            administrator(part, layer, faults);
        }
        file.finish(faults);
    }

    fn gate(&self, mut part: Section<'_>, layer: &mut Layer, faults: &mut Faults) {
        layer.mode = part.word("mode", &MODES, faults);
        layer.block_on = part.word("block-on", &SEVERITIES, faults);
        layer.min_confidence = part.word("min-confidence", &CONFIDENCES, faults);
        layer.pragmas_up_to = part.word("pragmas-up-to", &CONFIDENCES, faults);
        layer.enforce_since = part.date("enforce-since", faults);
        let entries = part.sections("override", faults);
        layer.overrides = entries.into_iter().filter_map(|entry| rollout::read_override(entry, faults)).collect();
        let steps = part.sections("ratchet", faults);
        layer.ratchet = steps.into_iter().filter_map(|step| rollout::read_ratchet(step, faults)).collect();
        layer.on_incomplete = part.take("on-incomplete").and_then(|value| self.on_incomplete(value, faults));
        part.finish(faults);
    }

    fn on_incomplete(&self, value: Value<'_>, faults: &mut Faults) -> Option<OnIncomplete> {
        let path = "gate.on-incomplete";
        let span = value.span();
        let table = match value.into_inner() {
            DeValue::Table(table) => table,
            other => return word(path, &Spanned::new(span, other), &ACTIONS, faults).map(OnIncomplete::all),
        };
        let mut all = OnIncomplete::all(Action::Block);
        for (reason, value) in table {
            let name = reason.get_ref().as_ref();
            let action = word(&format!("{path}.{name}"), &value, &ACTIONS, faults);
            match action {
                Some(action) if name == "default" => all.default = action,
                Some(action) if self.reasons.contains(&name) => _ = all.reasons.insert(name.to_owned(), action),
                _ if name == "default" || self.reasons.contains(&name) => {}
                _ => {
                    let known = || format!("known are default, {}", self.reasons.join(", "));
                    let hint = did_you_mean(name, self.reasons.iter().copied()).unwrap_or_else(known);
                    faults.add(reason.span(), format!("unknown reason {name:?} in `{path}`"), Some(hint));
                }
            }
        }
        Some(all)
    }
}

fn version(part: &mut Section<'_>, faults: &mut Faults) -> Option<Version> {
    let text = part.text("min-version", faults)?;
    let version = Version::parse(text.get_ref());
    if version.is_none() {
        faults.add(text.span(), "`keyward.min-version` takes a version such as \"0.3\" or \"0.3.1\"", None);
    }
    version
}

fn waivers(mut part: Section<'_>, layer: &mut Layer, faults: &mut Faults) {
    layer.allowed_signers = part.text("allowed-signers", faults).map(Spanned::into_inner);
    layer.server_id = part.text("server-id", faults).map(Spanned::into_inner);
    if let Some(folder) = part.text("folder", faults) {
        if !matches!(layer.by, By::Administrator(_)) {
            faults.add(folder.span(), "`waivers.folder` belongs into the administrator's file only", None);
        }
        layer.waiver_folder = Some(folder.into_inner());
    }
    part.finish(faults);
}

/// Patterns of files below the folder of the file that names them.
fn include(written: Vec<Spanned<String>>, faults: &mut Faults) -> Vec<String> {
    for pattern in &written {
        let text = pattern.get_ref();
        if text.split('/').any(|part| part == "..") {
            faults.add(pattern.span(), "`rules.include` cannot leave its folder with `..`", None);
        } else if let Err((_, why)) = Globs::rooted(vec![text.clone()]) {
            faults.add(pattern.span(), format!("not a path pattern: {why}"), None);
        }
    }
    plain(Some(written))
}

fn fingerprint(mut part: Section<'_>, layer: &mut Layer, faults: &mut Faults) {
    let administrator = matches!(layer.by, By::Administrator(_));
    if let Some(salt) = part.text("salt", faults) {
        if salt.get_ref().len() < SHORTEST_SALT {
            let message = format!("`fingerprint.salt` takes {SHORTEST_SALT} bytes or more");
            faults.add(salt.span(), message, Some("openssl rand -hex 16 makes one".to_owned()));
        }
        layer.salt = Some(salt.into_inner());
    }
    if let Some(file) = part.text("key-file", faults) {
        if !administrator {
            let hint = "a repository may set `fingerprint.salt`".to_owned();
            faults.add(file.span(), "`fingerprint.key-file` belongs into the administrator's file only", Some(hint));
        }
        layer.key_file = Some(file.into_inner());
    }
    part.finish(faults);
}

fn limits(mut part: Section<'_>, layer: &mut Layer, faults: &mut Faults) {
    layer.object = part.size("object", faults);
    layer.decoded = part.size("decoded", faults);
    layer.decode_depth = part.count("decode-depth", faults);
    layer.findings = part.count("findings", faults);
    if let Some(value) = part.take("budget") {
        layer.budget = value.get_ref().as_str().and_then(parse_duration);
        if layer.budget.is_none() {
            part.refuse(
                "budget",
                &value,
                "a duration such as \"4500ms\", \"30s\", \"5m\", \"1h\", or \"none\"",
                faults,
            );
        }
    }
    part.finish(faults);
}

fn allow(mut part: Section<'_>, faults: &mut Faults) -> Option<Allow> {
    if let Some(span) = part.discard("values") {
        let hint = "mark it by its fingerprint: keyward baseline add FINGERPRINT".to_owned();
        faults.add(span, "[[allow]] takes no values: a secret is never written down in clear", Some(hint));
    }
    let written = part.texts("paths", faults);
    let rules = part.texts("rules", faults);
    let (has_paths, has_rules) = (written.is_some(), rules.is_some());
    let rules = plain(rules);
    let expires = part.date("expires", faults);
    let reason = required(&mut part, "reason", faults);
    let span = part.span();
    part.finish(faults);
    let paths = globs(written.unwrap_or_default(), faults)?;
    if !has_paths && !has_rules {
        faults.add(span, "[[allow]] needs `paths`, `rules` or both", None);
    } else if rules.is_empty() && (paths.is_empty() || paths.match_everything()) {
        let hint = "name the rules under `rules`, or narrower paths".to_owned();
        faults.add(span, "[[allow]] would allow everything: its paths match every file", Some(hint));
    } else if has_paths && paths.is_empty() {
        faults.add(span, "[[allow]] has an empty list of `paths`", Some("leave `paths` out".to_owned()));
    }
    Some(Allow { paths, rules, reason: reason?, expires })
}

pub(super) fn globs(written: Vec<Spanned<String>>, faults: &mut Faults) -> Option<Globs> {
    let spans: Vec<_> = written.iter().map(Spanned::span).collect();
    let before = written.iter().find(|pattern| pattern.get_ref().starts_with('!'));
    if let Some(pattern) = before {
        faults.add(pattern.span(), "a path pattern cannot be negated with `!`", None);
        return None;
    }
    match Globs::new(plain(Some(written))) {
        Ok(globs) => Some(globs),
        Err((at, why)) => {
            let span = spans.get(at).cloned().unwrap_or_default();
            faults.add(span, format!("not a path pattern: {why}"), None);
            None
        }
    }
}

fn unscanned(mut part: Section<'_>, faults: &mut Faults) -> Option<Unscanned> {
    let id = part.text("id", faults);
    let reason = required(&mut part, "reason", faults);
    let owner = required(&mut part, "owner", faults);
    let expires = part.date("expires", faults);
    let span = part.span();
    let dated = expires.is_some() || part.key_span("expires").is_some();
    part.finish(faults);
    if !dated {
        faults.add(span.clone(), "[[unscanned]] needs `expires`, a date such as 2027-06-30", None);
    }
    let Some(id) = id else {
        faults.add(span, "[[unscanned]] needs `id`, the object's full id", None);
        return None;
    };
    let hex = id.get_ref().to_ascii_lowercase();
    if !(matches!(hex.len(), 40 | 64) && hex.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        faults.add(id.span(), "an object's id is 40 or 64 hexadecimal digits", None);
    }
    Some(Unscanned { id: hex, reason: reason?, owner: owner?, expires: expires? })
}

fn administrator(mut part: Section<'_>, layer: &mut Layer, faults: &mut Faults) {
    if !matches!(layer.by, By::Administrator(_)) {
        faults.add(part.span(), "[administrator] belongs into the administrator's file only", None);
        return;
    }
    for name in part.texts("lock", faults).unwrap_or_default() {
        match Key::ALL.into_iter().find(|key| key.as_str() == name.get_ref()) {
            Some(key) => layer.lock.push(key),
            None => {
                let names = Key::ALL.map(Key::as_str);
                let hint =
                    did_you_mean(name.get_ref(), names).unwrap_or_else(|| format!("known: {}", names.join(", ")));
                faults.add(name.span(), format!("no setting {:?} to lock", name.get_ref()), Some(hint));
            }
        }
    }
    part.finish(faults);
}

/// A text that must be there and say something.
pub(super) fn required(part: &mut Section<'_>, key: &'static str, faults: &mut Faults) -> Option<String> {
    let there = part.key_span(key).is_some();
    let span = part.span();
    let text = part.text(key, faults);
    let empty = text.as_ref().is_some_and(|text| text.get_ref().trim().is_empty());
    if !there || empty {
        let span = text.as_ref().map_or(span, Spanned::span);
        faults.add(span, format!("a `{key}` is required"), None);
    }
    text.map(Spanned::into_inner)
}

pub(super) fn plain(texts: Option<Vec<Spanned<String>>>) -> Vec<String> {
    texts.unwrap_or_default().into_iter().map(Spanned::into_inner).collect()
}
