//! How to hand over a waiver on this very server, for the one whose push was refused.

use super::ground::Ground;
use crate::cli::problems;
use crate::fingerprint::Fingerprint;
use crate::git::Repository;
use crate::policy::Verdict;
use crate::scan::Outcome;
use crate::source::Update;
use crate::text::Shown;
use std::collections::BTreeSet;

/// Of more secrets than this only the first are in the command.
const MOST: usize = 5;

/// The commands; `None` where this server takes no waivers, or one push brings several references.
pub fn text(outcome: &Outcome, updates: &[Update], ground: &Ground, before: &Repository) -> Option<String> {
    let administrator = ground.administrator().filter(|layer| layer.allowed_signers.is_some())?;
    let mut given = updates.iter().filter(|update| !update.new.is_zero());
    let (Some(update), None) = (given.next(), given.next()) else { return None };
    let blocking = outcome.judged.iter().filter(|judged| judged.judgement.verdict == Verdict::Block);
    let secrets: BTreeSet<Fingerprint> = blocking.map(|judged| judged.finding.fingerprint).collect();
    let named: Vec<String> = secrets.iter().take(MOST).map(ToString::to_string).collect();
    if named.is_empty() {
        return None;
    }
    let more = if secrets.len() > MOST { " ..." } else { "" };
    let salt = match outcome.engine.salt.as_str() {
        "public" => String::new(),
        name => format!(" --salt {}", word(name)),
    };
    let server = administrator.server_id.as_deref().map(|id| format!(" --server-id {}", word(id)));
    let name = word(&String::from_utf8_lossy(&update.name));
    let mut text = format!(
        "It cannot wait: one of this server's allowed signers can waive it (docs/waivers.md):\n    keyward waive {}{more} \
         --ref {name} --commit {}{}{salt} --expires 1d --reason WHY --principal NAME --key FILE --output waiver\n",
        named.join(" "),
        update.new,
        server.unwrap_or_default(),
    );
    text.push_str(match push_options(before) {
        true => "    git push -o keyward-waiver=\"$(cat waiver)\"\n",
        false => {
            "    git push origin \"$(git hash-object -w waiver):refs/keyward/waivers/$(date +%s)\", then push as before\n"
        }
    });
    Some(text)
}

/// Whether pushes may have options: "true" in each of git's ways to write it.
fn push_options(before: &Repository) -> bool {
    let Some(setting) = before.config().ok().and_then(|git| git.get("receive.advertisepushoptions")) else {
        return false;
    };
    let value = setting.value.as_ref().map(|value| value.to_ascii_lowercase());
    value.is_none_or(|value| matches!(value.as_slice(), b"true" | b"yes" | b"on" | b"1"))
}

/// A word for a shell; what would need quotes is left to the reader.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./+@%:,".contains(c);
    let shown = Shown::new(text.as_bytes(), problems::builtin_mask().as_ref());
    if !text.is_empty() && text.chars().all(plain) && shown.as_str() == text {
        text.to_owned()
    } else {
        "NAME".to_owned()
    }
}
