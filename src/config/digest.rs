//! The digest of a policy: equal digests judge alike.

use super::glob::Globs;
use super::regulated::Placement;
use super::resolve::Config;
use super::setting::{Dialect, Setting};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

impl Config {
    /// SHA-256 of the canonical form, in lower-case hexadecimal. It depends on what is in force: not on who set it,
    /// nor on how or in which order the files say it.
    pub fn digest(&self) -> String {
        // serde_json keeps the keys of an object sorted.
        data_encoding::HEXLOWER.encode(&Sha256::digest(self.canonical().to_string()))
    }

    pub(super) fn canonical(&self) -> Value {
        let secret =
            |text: &Option<String>| text.as_ref().map(|text| data_encoding::HEXLOWER.encode(&Sha256::digest(text)));
        json!({
            "min-version": self.min_version.value.map(|version| version.to_string()),
            "mode": self.mode.value.as_str(),
            "block-on": self.block_on.value.as_str(),
            "min-confidence": self.min_confidence.value.as_str(),
            "on-incomplete": on_incomplete(self),
            "pragmas-up-to": self.pragmas_up_to.value.as_str(),
            "pragmas": Dialect::ALL.into_iter().filter(|&d| self.pragma(d)).map(Dialect::as_str).collect::<Vec<_>>(),
            "disable": sorted(&self.disable, |id| json!(id)),
            "include": sorted(&self.include, |pattern| json!(pattern)),
            "new": self.new_rules.value.as_str(),
            "salt": secret(&self.salt.value),
            "key-file": self.key_file.value,
            "object": self.object.value,
            "decoded": self.decoded.value,
            "decode-depth": self.decode_depth.value,
            "findings": self.findings.value,
            "budget-ms": self.budget.value.map(|time| time.as_millis().to_string()),
            "allow": sorted(&self.allow, |entry| json!({
                "paths": paths(&entry.paths),
                "rules": strings(&entry.rules),
                "reason": entry.reason,
                "expires": entry.expires.map(|day| day.to_string()),
            })),
            "unscanned": sorted(&self.unscanned, |entry| json!({
                "id": entry.id,
                "reason": entry.reason,
                "owner": entry.owner,
                "expires": entry.expires.to_string(),
            })),
            "approvals": self.approvals.value.as_str(),
            "enforce-since": self.enforce_since.value.map(|day| day.to_string()),
            // The order of overrides counts.
            "overrides": self.overrides.iter().map(|entry| json!({
                "rules": strings(&entry.value.rules),
                "severities": entry.value.severities.iter().map(|level| level.as_str()).collect::<Vec<_>>(),
                "paths": paths(&entry.value.paths),
                "mode": entry.value.mode.map(|mode| mode.as_str()),
                "block-on": entry.value.block_on.map(|level| level.as_str()),
            })).collect::<Vec<_>>(),
            "ratchet": sorted(&self.ratchet, |step| json!({
                "block-on": step.block_on.as_str(),
                "from": step.from.map(|day| day.to_string()),
                "from-count": step.from_count,
            })),
            "regulated": sorted(&self.regulated, |id| json!(id)),
            "regulated-paths": sorted(&self.placements, placement),
            "allowed-signers": self.allowed_signers.value,
            "server-id": self.server_id.value,
        })
    }
}

/// Only reasons that differ from the default say anything.
fn on_incomplete(config: &Config) -> Value {
    let all = &config.on_incomplete.value;
    let others = all.reasons.iter().filter(|(_, action)| **action != all.default);
    let others: Vec<&str> = others.map(|(reason, _)| reason.as_str()).collect();
    json!({ "default": all.default.as_str(), "others": others })
}

fn sorted<T>(list: &[Setting<T>], canonical: impl Fn(&T) -> Value) -> Value {
    let mut values: Vec<Value> = list.iter().map(|entry| canonical(&entry.value)).collect();
    values.sort_by_cached_key(Value::to_string);
    values.dedup();
    Value::Array(values)
}

fn placement(entry: &Placement) -> Value {
    match entry {
        Placement::Demand { paths: globs, class, reason } => {
            json!({ "paths": paths(globs), "demand": class.as_str(), "reason": reason })
        }
        Placement::Forbid { paths: globs, class } => json!({ "paths": paths(globs), "forbid": class.as_str() }),
    }
}

fn paths(globs: &Globs) -> Vec<&String> {
    strings(globs.patterns())
}

fn strings(list: &[String]) -> Vec<&String> {
    let mut list: Vec<&String> = list.iter().collect();
    list.sort();
    list.dedup();
    list
}
