//! in-toto Statement v1, <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>.

use crate::text::Shown;
use serde_json::{Map, Value, json};

/// The predicate type of what was judged.
pub const EVIDENCE: &str = "urn:keyward:evidence:v1";
/// The predicate type of a rehearsal.
pub const DRILL: &str = "urn:keyward:drill:v1";
/// The payload type of a signed statement, as in-toto has it.
pub(super) const PAYLOAD: &str = "application/vnd.in-toto+json";
const STATEMENT_V1: &str = "https://in-toto.io/Statement/v1";

/// What a statement is about besides the files beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subject {
    /// Its name.
    pub name: Shown,
    /// Digests by algorithm, as in-toto's DigestSet names them: `gitCommit`, `gitTag`, in lower-case hexadecimal.
    pub digests: Vec<(&'static str, String)>,
}

/// The bytes of a statement about `subject` and about files, each with its SHA-256.
pub(super) fn write(subject: Option<&Subject>, files: &[(&str, String)], kind: &str, predicate: &Value) -> Vec<u8> {
    let first = subject.map(|subject| {
        let digests: Map<String, Value> =
            subject.digests.iter().map(|(name, hex)| ((*name).to_owned(), json!(hex))).collect();
        json!({ "name": subject.name, "digest": digests })
    });
    let rest = files.iter().map(|(name, hex)| json!({ "name": name, "digest": { "sha256": hex } }));
    let subjects: Vec<Value> = first.into_iter().chain(rest).collect();
    let statement =
        json!({ "_type": STATEMENT_V1, "subject": subjects, "predicateType": kind, "predicate": predicate });
    format!("{statement:#}\n").into_bytes()
}

/// A statement that was read.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Statement(Value);

impl Statement {
    /// Reads a statement of ours.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let kind = value.get("predicateType")?.as_str()?;
        let ours = value.get("_type")?.as_str()? == STATEMENT_V1 && [EVIDENCE, DRILL].contains(&kind);
        (ours && value.get("subject")?.is_array()).then_some(Self(value))
    }

    pub(super) fn is_drill(&self) -> bool {
        self.0.get("predicateType").and_then(Value::as_str) == Some(DRILL)
    }

    /// The commit that it is about.
    pub(super) fn commit(&self) -> Option<&str> {
        self.0.pointer("/subject/0/digest/gitCommit")?.as_str()
    }

    /// The files that it vouches for: name and SHA-256.
    pub(super) fn files(&self) -> Vec<(&str, &str)> {
        let subjects = self.0.get("subject").and_then(Value::as_array).into_iter().flatten();
        subjects
            .filter_map(|subject| Some((subject.get("name")?.as_str()?, subject.pointer("/digest/sha256")?.as_str()?)))
            .collect()
    }

    /// A text of the predicate.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get("predicate")?.get(key)?.as_str()
    }
}
