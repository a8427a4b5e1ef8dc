//! A waiver as it is handed over: one line of base64url, without padding, of the payload's bytes and behind them the
//! signature's binary form.

use super::payload::{NAMESPACE, Payload, PayloadError};
use crate::policy::signature::{Signature, SignatureFault};
use sha2::{Digest, Sha256};

/// The longest line, in bytes.
pub const LONGEST: usize = 32 << 10;

/// A payload with a signature; whose, and whether it fits, [`check`](Waiver::check) tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiver {
    payload: Payload,
    bytes: Vec<u8>,
    signature: Signature,
}

/// Why something is no waiver.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WaiverFault {
    /// It is longer than any.
    #[error("it is longer than 32 KiB")]
    TooLong,
    /// It is not base64url, or holds no payload and signature.
    #[error("it is not a waiver: `keyward waive` prints one, as one line of base64url")]
    Malformed,
    /// Its payload is none.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// Its signature is none.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
}

impl Waiver {
    /// Puts a payload and its signature together; the signature has to fit.
    pub fn new(payload: Payload, signature: Signature) -> Result<Self, WaiverFault> {
        let bytes = payload.to_bytes()?;
        signature.fits(NAMESPACE, &bytes)?;
        let waiver = Self { payload, bytes, signature };
        if waiver.to_text().len() > LONGEST { Err(WaiverFault::TooLong) } else { Ok(waiver) }
    }

    /// Reads a line; white space around it does not matter.
    pub fn from_text(line: &[u8]) -> Result<Self, WaiverFault> {
        let line = line.trim_ascii();
        if line.len() > LONGEST {
            return Err(WaiverFault::TooLong);
        }
        let raw = data_encoding::BASE64URL_NOPAD.decode(line).map_err(|_| WaiverFault::Malformed)?;
        let end = memchr::memchr(b'\n', &raw).ok_or(WaiverFault::Malformed)? + 1;
        let (bytes, signature) = raw.split_at_checked(end).ok_or(WaiverFault::Malformed)?;
        let payload = Payload::from_bytes(bytes)?;
        Ok(Self { payload, bytes: bytes.to_vec(), signature: Signature::from_bytes(signature)? })
    }

    /// The line, without its end.
    pub fn to_text(&self) -> String {
        let raw = [self.bytes.as_slice(), &self.signature.to_bytes()].concat();
        data_encoding::BASE64URL_NOPAD.encode(&raw)
    }

    /// What it says.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// Its name: SHA-256 of what is signed, in lower-case hexadecimal. A second signature over the same makes no other
    /// waiver.
    pub fn id(&self) -> String {
        data_encoding::HEXLOWER.encode(&Sha256::digest(&self.bytes))
    }

    pub(super) fn signed_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn signature(&self) -> &Signature {
        &self.signature
    }
}
