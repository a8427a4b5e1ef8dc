//! A configuration in force, written out: for evidence, and to judge by once more.

use super::regulated::Placement;
use super::resolve::Config;
use super::setting::{By, Dialect, Setting};
use crate::text::{Mask, Shown};
use sha2::{Digest, Sha256};
use std::fmt::{Display, Write as _};

impl Config {
    /// All that is in force as a `keyward.toml`, each setting with who set it. `mask` makes what people wrote safe to
    /// keep. A salt and the name of a key's file stand in comments: the first is digested, the second belongs to an
    /// administrator; everything else gives the same [`digest`](Self::digest) when it is read again.
    pub fn to_toml(&self, mask: &dyn Mask) -> String {
        let mut text = Text { out: String::new(), mask };
        text.comment("The policy that was in force: what is built in, and on top of it every layer, weakest first.");
        self.gate(&mut text);
        self.steps(&mut text);
        self.rules(&mut text);
        self.pragmas_to(&mut text);
        self.limits(&mut text);
        self.waivers(&mut text);
        self.regulated(&mut text);
        self.entries(&mut text);
        text.out.push('\n');
        text.comment("The same in canonical form; the SHA-256 of that is the digest of the configuration:");
        let canonical = text.shown(&self.canonical().to_string());
        text.comment(canonical.as_str());
        text.out
    }

    fn gate(&self, text: &mut Text<'_>) {
        text.head("[keyward]");
        let version = self.min_version.value.map(|version| version.to_string());
        text.optional("min-version", &self.min_version, version.as_deref());
        text.head("[gate]");
        text.word("mode", &self.mode, self.mode.value.as_str());
        text.word("block-on", &self.block_on, self.block_on.value.as_str());
        text.word("min-confidence", &self.min_confidence, self.min_confidence.value.as_str());
        text.word("pragmas-up-to", &self.pragmas_up_to, self.pragmas_up_to.value.as_str());
        let all = &self.on_incomplete.value;
        let default = ("default", all.default.as_str());
        let reasons = all.reasons.iter().map(|(reason, action)| (reason.as_str(), action.as_str()));
        let pairs: Vec<String> =
            std::iter::once(default).chain(reasons).map(|(name, action)| format!("{name} = {action:?}")).collect();
        text.raw("on-incomplete", &self.on_incomplete, format!("{{ {} }}", pairs.join(", ")));
        if let Some(day) = self.enforce_since.value {
            text.raw("enforce-since", &self.enforce_since, day);
        }
    }

    fn steps(&self, text: &mut Text<'_>) {
        for Setting { value, by } in &self.overrides {
            text.entry("[[gate.override]]", by);
            text.filled("rules", &value.rules);
            let levels: Vec<String> = value.severities.iter().map(|level| level.as_str().to_owned()).collect();
            text.filled("severities", &levels);
            text.filled("paths", value.paths.patterns());
            value.mode.iter().for_each(|mode| text.plain("mode", mode.as_str()));
            value.block_on.iter().for_each(|level| text.plain("block-on", level.as_str()));
        }
        for Setting { value, by } in &self.ratchet {
            text.entry("[[gate.ratchet]]", by);
            text.plain("block-on", value.block_on.as_str());
            value.from.iter().for_each(|day| text.line("from", &day.to_string(), ""));
            value.from_count.iter().for_each(|count| text.line("from-count", &count.to_string(), ""));
        }
    }

    fn regulated(&self, text: &mut Text<'_>) {
        text.head("[record]");
        text.raw("runs", &self.runs, self.runs.value);
        text.head("[regulated]");
        let rules: Vec<String> = self.regulated.iter().map(|setting| setting.value.clone()).collect();
        text.list("enable", &rules);
        for Setting { value, by } in &self.placements {
            text.entry("[[regulated.path]]", by);
            match value {
                Placement::Demand { paths, class, reason } => {
                    text.list("paths", paths.patterns());
                    text.plain("demand", class.as_str());
                    text.plain("reason", reason);
                }
                Placement::Forbid { paths, class } => {
                    text.list("paths", paths.patterns());
                    text.plain("forbid", class.as_str());
                }
            }
        }
    }

    fn rules(&self, text: &mut Text<'_>) {
        text.head("[rules]");
        let values = |list: &[Setting<String>]| list.iter().map(|setting| setting.value.clone()).collect::<Vec<_>>();
        text.list("disable", &values(&self.disable));
        text.list("include", &values(&self.include));
        let new = if self.new_rules.value == super::Action::Warn { "audit" } else { "enforce" };
        text.word("new", &self.new_rules, new);
        text.head("[fingerprint]");
        match &self.salt.value {
            Some(salt) => {
                let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(salt));
                text.comment(&format!("salt: set by {}, its SHA-256 is {digest}", text.shown(self.salt.by.name())));
            }
            None => text.comment("salt: the public one"),
        }
        if let Some(file) = &self.key_file.value {
            text.comment(&format!("key-file: {}, set by {}", text.shown(file), text.shown(self.key_file.by.name())));
        }
    }

    fn pragmas_to(&self, text: &mut Text<'_>) {
        text.head("[pragmas]");
        for dialect in Dialect::ALL {
            let on = self.pragma(dialect);
            let by = self.pragmas.get(&dialect).map_or("built in", |setting| setting.by.name());
            text.line(dialect.as_str(), &on.to_string(), by);
        }
    }

    fn limits(&self, text: &mut Text<'_>) {
        text.head("[limits]");
        text.raw("object", &self.object, format!("\"{}B\"", self.object.value));
        text.raw("decoded", &self.decoded, format!("\"{}B\"", self.decoded.value));
        text.raw("decode-depth", &self.decode_depth, self.decode_depth.value);
        text.raw("findings", &self.findings, self.findings.value);
        let budget = self.budget.value.map_or("none".to_owned(), |time| format!("{}ms", time.as_millis()));
        text.word("budget", &self.budget, &budget);
    }

    fn waivers(&self, text: &mut Text<'_>) {
        text.head("[baseline]");
        text.word("approvals", &self.approvals, self.approvals.value.as_str());
        text.head("[waivers]");
        text.optional("allowed-signers", &self.allowed_signers, self.allowed_signers.value.as_deref());
        text.optional("server-id", &self.server_id, self.server_id.value.as_deref());
    }

    fn entries(&self, text: &mut Text<'_>) {
        for Setting { value, by } in &self.allow {
            text.entry("[[allow]]", by);
            text.filled("paths", value.paths.patterns());
            text.filled("rules", &value.rules);
            text.plain("reason", &value.reason);
            if let Some(day) = value.expires {
                text.line("expires", &day.to_string(), "");
            }
        }
        for Setting { value, by } in &self.unscanned {
            text.entry("[[unscanned]]", by);
            text.plain("id", &value.id);
            text.plain("reason", &value.reason);
            text.plain("owner", &value.owner);
            text.line("expires", &value.expires.to_string(), "");
        }
    }
}

struct Text<'a> {
    out: String,
    mask: &'a dyn Mask,
}

impl Text<'_> {
    fn shown(&self, text: &str) -> Shown {
        Shown::new(text.as_bytes(), self.mask)
    }

    /// A TOML string. Control characters are escaped already, as text.
    fn quoted(&self, text: &str) -> String {
        toml::Value::String(self.shown(text).as_str().to_owned()).to_string()
    }

    fn head(&mut self, head: &str) {
        self.out.push_str(&format!("\n{head}\n"));
    }

    fn entry(&mut self, head: &str, by: &By) {
        self.head(head);
        self.comment(&format!("set by {}", self.shown(by.name())));
    }

    /// A list that is left out where it is empty: it stands for everything.
    fn filled(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.list(key, values);
        }
    }

    fn comment(&mut self, text: &str) {
        self.out.push_str(&format!("# {text}\n"));
    }

    fn line(&mut self, key: &str, value: &str, by: &str) {
        let by = if by.is_empty() { String::new() } else { format!(" # {}", self.shown(by)) };
        _ = writeln!(self.out, "{key} = {value}{by}");
    }

    fn raw<T>(&mut self, key: &str, setting: &Setting<T>, value: impl Display) {
        self.line(key, &value.to_string(), setting.by.name());
    }

    fn word<T>(&mut self, key: &str, setting: &Setting<T>, value: &str) {
        self.line(key, &self.quoted(value), setting.by.name());
    }

    fn optional<T>(&mut self, key: &str, setting: &Setting<T>, value: Option<&str>) {
        if let Some(value) = value {
            self.word(key, setting, value);
        }
    }

    fn plain(&mut self, key: &str, value: &str) {
        self.line(key, &self.quoted(value), "");
    }

    fn list(&mut self, key: &str, values: &[String]) {
        let values: Vec<String> = values.iter().map(|value| self.quoted(value)).collect();
        self.line(key, &format!("[{}]", values.join(", ")), "");
    }
}
