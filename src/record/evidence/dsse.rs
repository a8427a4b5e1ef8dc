//! DSSE envelopes, <https://github.com/secure-systems-lab/dsse/blob/master/protocol.md>.

use super::key::{PublicKey, Signer};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

/// A payload with one signature over it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Envelope {
    pub payload: Vec<u8>,
    pub payload_type: String,
    /// Which key: the SHA-256 of the public one.
    pub key_id: String,
    pub signature: Vec<u8>,
    /// The public key in PEM, where the envelope brings it along: then what was changed shows without the key, and
    /// who signed it does not.
    pub public_key: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written {
    payload: String,
    payload_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    signatures: [WrittenSignature; 1],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSignature {
    keyid: String,
    sig: String,
}

impl Envelope {
    pub(super) fn sign(payload: &[u8], payload_type: &str, key: &Signer, bring_key: bool) -> Self {
        let public = key.public();
        Self {
            payload: payload.to_vec(),
            payload_type: payload_type.to_owned(),
            key_id: public.key_id(),
            signature: key.sign(&encoded(payload_type, payload)),
            public_key: bring_key.then(|| public.pem()),
        }
    }

    /// The file: one line of JSON.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let signature = WrittenSignature { keyid: self.key_id.clone(), sig: BASE64.encode(&self.signature) };
        let written = Written {
            payload: BASE64.encode(&self.payload),
            payload_type: self.payload_type.clone(),
            public_key: self.public_key.clone(),
            signatures: [signature],
        };
        // Strings under string keys: JSON can always write them.
        let mut bytes = serde_json::to_vec(&written).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, and nothing else: no other spelling of the same envelope.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        let [signature] = written.signatures;
        let envelope = Self {
            payload: BASE64.decode(written.payload.as_bytes()).ok()?,
            payload_type: written.payload_type,
            key_id: signature.keyid,
            signature: BASE64.decode(signature.sig.as_bytes()).ok()?,
            public_key: written.public_key,
        };
        (envelope.to_bytes() == bytes).then_some(envelope)
    }

    /// Whether this key signed it.
    pub(super) fn is_by(&self, key: &PublicKey) -> bool {
        self.key_id == key.key_id() && key.verifies(&encoded(&self.payload_type, &self.payload), &self.signature)
    }

    /// Whether the key that it brings along signed it.
    pub(super) fn is_whole(&self) -> bool {
        let key = self.public_key.as_ref().and_then(|pem| PublicKey::from_pem(pem.as_bytes()).ok());
        key.is_some_and(|key| self.public_key.as_ref() == Some(&key.pem()) && self.is_by(&key))
    }
}

/// The bytes that are signed: DSSE's pre-authentication encoding, with lengths in bytes.
fn encoded(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_protocols_own_example() {
        let encoded = encoded("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }
}
