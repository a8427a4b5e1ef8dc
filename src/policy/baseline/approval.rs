//! Signed approvals: an entry whose approver put a signature under it.

use super::Baseline;
use super::entry::{Entry, Status};
use crate::policy::signature::{AllowedSigners, NotSigned, Signature, SignatureFault};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The namespace of the signature.
pub const APPROVAL_NAMESPACE: &str = "keyward-approval";
/// How the base64 of every SSH signature begins.
const BEGINNING: &str = "U1NIU0lH";

/// Why an approval does not count.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ApprovalFault {
    /// There is none, or something else than a signature.
    #[error("it has no signed `approval`")]
    Missing,
    /// Nobody is named who could have signed.
    #[error("it names no `approver`")]
    NoApprover,
    /// Nobody may sign.
    #[error("no `waivers.allowed-signers` are configured")]
    NoSigners,
    /// The signature does not count.
    #[error("{0}")]
    NotSigned(#[from] NotSigned),
}

impl Entry {
    /// The bytes that an approval signs: the line without its field `approval`, and a line feed.
    pub fn to_be_approved(&self) -> Vec<u8> {
        let mut bytes = Self { approval: None, ..self.clone() }.line().into_bytes();
        bytes.push(b'\n');
        bytes
    }

    /// Whether `approval` is a signature, and not a note for people.
    pub fn has_signature(&self) -> bool {
        self.approval.as_ref().is_some_and(|text| text.starts_with(BEGINNING))
    }

    /// Whether its approver, by a key that may sign so on a day (UTC), has signed it.
    pub fn check_approval(&self, signers: Option<&AllowedSigners>, today: Date) -> Result<(), ApprovalFault> {
        let text = self.approval.as_deref().filter(|_| self.has_signature()).ok_or(ApprovalFault::Missing)?;
        let approver = self.approver.as_deref().ok_or(ApprovalFault::NoApprover)?;
        let signers = signers.ok_or(ApprovalFault::NoSigners)?;
        let signature = Signature::from_base64(text).map_err(NotSigned::from)?;
        // As all dates of the baseline by the day: at its end.
        let end = today.at(23, 59, 59, 0).to_zoned(TimeZone::UTC);
        let end = end.map_err(|_| NotSigned::from(SignatureFault::Malformed))?.timestamp();
        Ok(signers.vouch(approver, APPROVAL_NAMESPACE, &self.to_be_approved(), &signature, end)?)
    }

    /// Whether it excuses on somebody's word, which a policy may want signed.
    pub(in crate::policy) fn is_decided(&self) -> bool {
        matches!(self.status, Status::FalsePositive | Status::Accepted | Status::Revoked)
    }
}

impl Baseline {
    /// The current entries with a signature that does not count, and why.
    pub fn wrong_approvals(&self, signers: Option<&AllowedSigners>, today: Date) -> Vec<(&Entry, ApprovalFault)> {
        let signed = self.current().filter(|entry| entry.has_signature());
        signed.filter_map(|entry| Some((entry, entry.check_approval(signers, today).err()?))).collect()
    }
}
