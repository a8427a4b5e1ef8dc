//! Whether a push loosens the policy that the server takes from the trust ref.
//!
//! What is pushed is judged by the policy of before, so that a push cannot loosen its own; but the next one would be
//! judged by it. So a weaker configuration, other rule files, and taking the trust ref away are refused, unless the
//! administrator accepts them, or a waiver does that somebody signed who may. The push that founds the trust ref is not:
//! it was judged by what is built in. An entry of the baseline counts from the next push on; with such a waiver at once.

use super::ground::Ground;
use crate::blob::ObjectId;
use crate::cli::error::CommandError;
use crate::cli::setup::{Gear, lost};
use crate::config::{By, Config};
use crate::git::Repository;
use crate::source::Update;
use crate::trust::{PolicyFile, Side, Trust};
use jiff::civil::Date;

/// The settings that a push to the trust ref loosens. A policy that cannot be read is an error: taken, it would refuse
/// every later push.
pub fn found(
    ground: &Ground,
    repository: &Repository,
    before: &Repository,
    updates: &[Update],
) -> Result<Vec<&'static str>, CommandError> {
    let Some(update) = update(ground, updates) else { return Ok(Vec::new()) };
    if update.new.is_zero() {
        // Even one without a policy of its own: whoever pushes it anew would found it, with any policy.
        let gone = ground.trusted.is_some() && accepted(ground).is_none();
        return Ok(if gone { vec!["the whole policy"] } else { Vec::new() });
    }
    let old = Files::read(&ground.side(), before, ground)?;
    let new = match side(repository, update.new) {
        Some(side) => Files::read(&side, repository, ground)?,
        None => return Ok(vec!["the whole policy"]),
    };
    if old.same(&new) {
        return Ok(Vec::new());
    }
    // The dates in it play no part: what is asked is whether it can be read.
    let trust = Trust::new(&Side::Tree(update.new.to_string()), Some(repository)).map_err(|error| lost(&error))?;
    Gear::of(ground.layers(&trust)?, &trust, None, Date::MAX)?;
    if ground.trusted.is_none() || accepted(ground).is_some() {
        return Ok(Vec::new());
    }
    let mut keys = new.config.weaker_than(&old.config);
    let signers = "waivers.allowed-signers";
    if old.signers != new.signers && !keys.contains(&signers) {
        keys.push("the file of waivers.allowed-signers");
    }
    if old.rules != new.rules && !keys.contains(&"rules.include") {
        keys.push("the files of rules.include");
    }
    Ok(keys)
}

/// The change of the trust ref, if there is one.
pub fn update<'u>(ground: &Ground, updates: &'u [Update]) -> Option<&'u Update> {
    updates.iter().find(|update| Some(update.name.as_slice()) == ground.trust_ref.as_deref())
}

fn accepted(ground: &Ground) -> Option<()> {
    (ground.server.accept_loosening == Some(true)).then_some(())
}

/// `None` for what has no files: a reference to content.
fn side(repository: &Repository, id: ObjectId) -> Option<Side> {
    let name = id.to_string();
    repository.resolve(&format!("{name}^{{tree}}"), false).ok().map(|_| Side::Tree(name))
}

/// All files that a policy is made of.
struct Files {
    config: Config,
    policy: Option<Vec<u8>>,
    baseline: Option<Vec<u8>>,
    rules: Vec<(Vec<u8>, Vec<u8>)>,
    signers: Option<Vec<u8>>,
}

impl Files {
    fn same(&self, other: &Self) -> bool {
        (&self.policy, &self.baseline) == (&other.policy, &other.baseline)
            && (&self.rules, &self.signers) == (&other.rules, &other.signers)
    }

    fn read(side: &Side, repository: &Repository, ground: &Ground) -> Result<Self, CommandError> {
        let trust = Trust::new(side, Some(repository)).map_err(|error| lost(&error))?;
        let (config, _) = Config::resolve(ground.layers(&trust)?);
        let patterns: Vec<String> = config.include.iter().map(|setting| setting.value.clone()).collect();
        let bytes = |file: Option<PolicyFile>| file.map(|file| file.bytes);
        let rules = trust.rules(&patterns).map_err(|error| lost(&error))?;
        // Here only the administrator's count; where the trust ref is named in CI, its own do.
        let signers = match (&config.allowed_signers.by, &config.allowed_signers.value) {
            (By::Repository(_), Some(name)) => Some(trust.named(name).map_err(|error| lost(&error))?.bytes),
            _ => None,
        };
        Ok(Self {
            signers,
            config,
            policy: bytes(trust.policy().map_err(|error| lost(&error))?),
            baseline: bytes(trust.baseline().map_err(|error| lost(&error))?),
            rules: rules.into_iter().map(|file| (file.name, file.bytes)).collect(),
        })
    }
}
