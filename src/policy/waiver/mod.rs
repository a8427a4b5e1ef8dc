//! Waivers: somebody who may say so lets through what would block: once, signed, for a time, for one change.
//!
//! A [`Payload`] says what, a [`Waiver`] is a payload with a signature over its bytes. [`Waiver::check`] tells whether
//! one counts here and now; [`Waivers`] are those that do, with what the change brings, and excuse findings.

mod grant;
mod payload;
#[cfg(test)]
mod tests;
mod text;

pub use grant::{Change, Waivers};
pub use payload::{Kind, NAMESPACE, Payload, PayloadError};
pub use text::{LONGEST, Waiver, WaiverFault};

use super::signature::{AllowedSigners, NotSigned};
use crate::blob::ObjectId;
use jiff::Timestamp;

/// What a waiver is held against.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// Those whose signatures count.
    pub signers: &'a AllowedSigners,
    /// This server's name.
    pub server: Option<&'a str>,
    /// The name of the fingerprints' salt.
    pub salt: &'a str,
    /// The references that change.
    pub changes: &'a [Change],
    /// When.
    pub now: Timestamp,
}

/// Why a waiver does not hold. The texts speak of it as "it"; those from the waiver itself are not in them.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// It is none.
    #[error(transparent)]
    Fault(#[from] WaiverFault),
    /// Its signature does not count.
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    /// Its time is over.
    #[error("it expired on {0}")]
    Expired(Timestamp),
    /// It names another server, or one where there is none.
    #[error("it is for another server")]
    Server,
    /// It names no server, and has to.
    #[error("it names no server, and this one has a server-id that a waiver has to name")]
    NoServer,
    /// Its fingerprints are made under another salt.
    #[error("its fingerprints are made under another salt")]
    Salt,
    /// None of the references that change fits its patterns.
    #[error("it is for another reference")]
    Reference,
    /// The references that it is for are given other commits.
    #[error("it is for another commit")]
    Commit,
    /// It counts once, and did.
    #[error("it counts once, and is used up")]
    Used,
    /// It counts once, and another push has it.
    #[error("it counts once, and another push has it at this moment; if that one is refused it counts again")]
    Taken,
    /// It counts once, and where it is handed over nothing is counted.
    #[error("it counts once, which only a server's pre-receive hook can count")]
    Uncounted,
    /// It lets a policy through, which is decided on a server.
    #[error("it is for a loosening, which counts on a server only")]
    Loosening,
    /// No finding that blocks is named by it.
    #[error("it names other secrets than those that block")]
    Secret,
}

impl Waiver {
    /// Whether it counts: signed by one who may, for this server, time, salt, and at least one of the changes. The
    /// signature comes first, so that a reason is never taken from what was altered.
    pub fn check(&self, scene: &Scene<'_>) -> Result<(), Refusal> {
        let payload = self.payload();
        scene.signers.vouch(&payload.principal, NAMESPACE, self.signed_bytes(), self.signature(), scene.now)?;
        match (&payload.server_id, scene.server) {
            (None, Some(_)) => return Err(Refusal::NoServer),
            (Some(named), here) if here != Some(named) => return Err(Refusal::Server),
            _ => {}
        }
        if payload.expires <= scene.now {
            return Err(Refusal::Expired(payload.expires));
        }
        if payload.salt.as_deref().is_some_and(|salt| salt != scene.salt) {
            return Err(Refusal::Salt);
        }
        let mut named = scene.changes.iter().filter(|change| payload.names(&change.name)).peekable();
        if named.peek().is_none() {
            return Err(Refusal::Reference);
        }
        if !named.any(|change| payload.is_for(&change.new)) { Err(Refusal::Commit) } else { Ok(()) }
    }

    /// Whether it is for this change.
    pub fn covers(&self, change: &Change) -> bool {
        self.payload().names(&change.name) && self.payload().is_for(&change.new)
    }
}

impl Payload {
    /// Whether a reference fits one of its patterns.
    fn names(&self, name: &[u8]) -> bool {
        self.refs.iter().any(|pattern| crate::config::ref_fits(pattern.as_bytes(), name))
    }

    fn is_for(&self, new: &ObjectId) -> bool {
        self.commit == payload::ANY || self.commit == new.to_string()
    }
}
