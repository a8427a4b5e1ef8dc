//! Signatures made with SSH keys (SSHSIG), and who may make them.
//!
//! [`Signature`] is what `ssh-keygen -Y sign` writes, [`AllowedSigners`] what `ssh-keygen -Y verify -f` reads. Nothing
//! here looks at the clock or the environment.

mod allowed_signers;
mod options;
mod pattern;
mod sshsig;
#[cfg(test)]
pub(in crate::policy) mod testing;
#[cfg(test)]
mod tests;
mod timestamp;

pub use allowed_signers::{AllowedSigners, NotAllowed, SignersError};
pub use sshsig::{Signature, SignatureFault};

use jiff::Timestamp;

/// Why a signature does not count.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotSigned {
    /// It is none, or does not fit.
    #[error(transparent)]
    Fault(#[from] SignatureFault),
    /// Nobody who may sign this has made it.
    #[error(transparent)]
    NotAllowed(#[from] NotAllowed),
}

impl AllowedSigners {
    /// Whether `signature` is that of `principal` over `message` in `namespace`, by a key that may sign so at `now`.
    /// The key is looked up before any arithmetic is done with it.
    pub fn vouch(
        &self,
        principal: &str,
        namespace: &str,
        message: &[u8],
        signature: &Signature,
        now: Timestamp,
    ) -> Result<(), NotSigned> {
        if signature.namespace() != namespace {
            return Err(SignatureFault::Namespace(signature.namespace().to_owned()).into());
        }
        let touch = self.find(principal, signature.public_key(), namespace, now)?;
        Ok(signature.verify(namespace, message, touch)?)
    }
}
