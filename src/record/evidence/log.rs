//! `log.jsonl`: one line a bundle, each with its own SHA-256 and that of the line before it; and `log.sig`, an envelope
//! whose payload is the last line.

use super::dsse::Envelope;
use super::key::{PublicKey, Signer};
use super::sha256;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What stands for the line before the first one.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The payload type of a signed line.
const PAYLOAD: &str = "application/vnd.keyward.evidence-log.v1+json";

/// One line, without its own hash.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Record {
    /// When it was written.
    pub time: Timestamp,
    /// The bundle's folder relative to the top one, with `/`.
    pub path: String,
    pub run_id: String,
    /// The SHA-256 of the bundle's manifest.
    pub manifest: String,
    /// The id of the key that signs this log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The hash of the line before.
    pub previous: String,
}

#[derive(Deserialize)]
struct Hashed {
    hash: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

impl Record {
    /// The line without its end, and its hash: the SHA-256 of the line as it would be without the hash.
    fn line(&self) -> (String, String) {
        // Strings under string keys: JSON can always write them.
        let text = serde_json::to_string(self).unwrap_or_default();
        let hash = sha256(text.as_bytes());
        let open = text.strip_suffix('}').unwrap_or(&text);
        (format!("{open},\"hash\":\"{hash}\"}}"), hash)
    }

    /// Reads a line as it was written, and no other spelling of it.
    fn parse(line: &[u8]) -> Option<(Self, String)> {
        let hashed: Hashed = serde_json::from_slice(line).ok()?;
        let record: Self = serde_json::from_value(hashed.rest.into()).ok()?;
        let (written, hash) = record.line();
        (hash == hashed.hash && written.as_bytes() == line).then_some((record, hash))
    }
}

/// The log, read and checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Chain {
    pub records: Vec<Record>,
    text: Vec<u8>,
    head: String,
}

/// What is wrong with a log: the line, from 1, and what.
pub(super) type Broken = (usize, &'static str);

impl Chain {
    /// A log without lines.
    pub(super) fn empty() -> Self {
        Self { records: Vec::new(), text: Vec::new(), head: GENESIS.to_owned() }
    }

    /// Reads a log; the first thing that is wrong with it is the error.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Broken> {
        let mut chain = Self::empty();
        for (at, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
            let number = at + 1;
            let line = line.strip_suffix(b"\n").ok_or((number, "the line is cut off"))?;
            let (record, hash) = Record::parse(line).ok_or((number, "the line was changed: its hash is another"))?;
            if record.previous != chain.head {
                return Err((number, "the line does not follow the one before it: lines were taken out or moved"));
            }
            chain.head = hash;
            chain.records.push(record);
        }
        chain.text = text.to_vec();
        Ok(chain)
    }

    /// Adds a line. `record.previous` is set here.
    pub(super) fn push(&mut self, mut record: Record) {
        record.previous.clone_from(&self.head);
        let (line, hash) = record.line();
        self.text.extend_from_slice(line.as_bytes());
        self.text.push(b'\n');
        self.head = hash;
        self.records.push(record);
    }

    /// The whole file.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether its lines say that it is signed.
    pub(super) fn signed(&self) -> bool {
        self.records.iter().any(|record| record.key_id.is_some())
    }

    /// The last line without its end.
    fn last(&self) -> String {
        self.records.last().map(|record| record.line().0).unwrap_or_default()
    }

    /// `log.sig` for the last line.
    pub(super) fn sign(&self, key: &Signer) -> Vec<u8> {
        Envelope::sign(self.last().as_bytes(), PAYLOAD, key, true).to_bytes()
    }

    /// Checks `log.sig`: `Ok` is the key's id. With `key` it has to be that one's.
    pub(super) fn check(&self, signature: &[u8], key: Option<&PublicKey>) -> Result<String, Unsigned> {
        let envelope = Envelope::parse(signature).filter(|envelope| envelope.payload_type == PAYLOAD);
        let envelope = envelope.ok_or(Unsigned::Changed)?;
        if !envelope.is_whole() {
            return Err(Unsigned::Changed);
        }
        if key.is_some_and(|key| !envelope.is_by(key)) {
            return Err(Unsigned::OtherKey(envelope.key_id));
        }
        let named = self.records.iter().all(|record| record.key_id.as_ref() == Some(&envelope.key_id));
        let signed = self.records.iter().rposition(|record| record.line().0.as_bytes() == envelope.payload);
        match signed.map(|at| at + 1) {
            Some(lines) if lines == self.records.len() && named => Ok(envelope.key_id),
            Some(lines) if named => Err(Unsigned::Behind(lines)),
            _ => Err(Unsigned::OtherHead),
        }
    }
}

/// Why a signature does not prove a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Unsigned {
    /// `log.sig` itself is not as it was written.
    Changed,
    /// It is by the key of this id.
    OtherKey(String),
    /// It signs the line of this number, from 1, and there are more behind it.
    Behind(usize),
    /// It signs a line that the log does not have: the log was cut or written anew.
    OtherHead,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(count: i64) -> Chain {
        let mut chain = Chain::empty();
        for number in 0..count {
            chain.push(Record {
                time: Timestamp::from_second(1_800_000_000 + number).unwrap(),
                path: format!("service/a/commit/{number}/x"),
                run_id: "x".to_owned(),
                manifest: sha256(&[number as u8]),
                key_id: None,
                previous: String::new(),
            });
        }
        chain
    }

    #[test]
    fn a_log_comes_back_as_it_was_written() {
        let log = chain(3);
        assert_eq!(Chain::parse(log.text()), Ok(log.clone()));
        assert_eq!(Chain::parse(b""), Ok(Chain::empty()));
    }

    #[test]
    fn every_changed_byte_every_cut_and_every_swap_is_seen() {
        let text = chain(3).text().to_vec();
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed[at] ^= 1;
            assert!(Chain::parse(&changed).is_err(), "byte {at}");
        }
        let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
        assert_eq!(Chain::parse(&[lines[1], lines[0], lines[2]].concat()).unwrap_err().0, 1);
        assert_eq!(Chain::parse(&[lines[0], lines[2]].concat()).unwrap_err().0, 2);
        assert_eq!(Chain::parse(&text[..text.len() - 5]).unwrap_err(), (3, "the line is cut off"));
    }
}
