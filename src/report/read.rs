//! Reads `keyward/report/v1` back.

use super::document::{Report, SCHEMA};
use crate::text::{Mask, Shown};
use serde_json::Value;
use serde_json::error::Category;
use std::collections::HashMap;

/// A file that is no report that can be used. The texts are safe to print and name no file.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ReadError {
    /// It ends in the middle.
    #[error("it ends in the middle, in line {line}: the run that wrote it was stopped, or the copy was cut off")]
    Truncated {
        /// The last line, from 1.
        line: usize,
    },
    /// It is not JSON.
    #[error("it is not JSON: line {line}, column {column}")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It is JSON of another kind.
    #[error("it is no report: \"schema\" is not {SCHEMA:?}; write one with --format json")]
    NotAReport,
    /// Its format is another version's.
    #[error("its format is {0}, and this keyward reads {SCHEMA}; use the keyward that wrote it, or a newer one")]
    OtherVersion(Shown),
    /// A field is missing or has a value that it cannot have.
    #[error("it is no sound report: {0}")]
    Unsound(Shown),
}

/// Reads one report. Whatever text it holds is masked and escaped again.
pub fn read(bytes: &[u8], mask: &dyn Mask) -> Result<Report, ReadError> {
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Eof => ReadError::Truncated { line: error.line() },
        _ => ReadError::NotJson { line: error.line(), column: error.column() },
    })?;
    Cleaner { mask, known: HashMap::new() }.clean(&mut value);
    match value.get("schema").and_then(Value::as_str) {
        Some(SCHEMA) => {}
        Some(other) if other.starts_with("keyward/report/") => {
            return Err(ReadError::OtherVersion(Shown::new(other.as_bytes(), mask)));
        }
        _ => return Err(ReadError::NotAReport),
    }
    serde_json::from_value(value).map_err(|error| ReadError::Unsound(Shown::new(error.to_string().as_bytes(), mask)))
}

/// Makes every text safe to print, each different one once.
struct Cleaner<'m> {
    mask: &'m dyn Mask,
    known: HashMap<String, String>,
}

impl Cleaner<'_> {
    fn clean(&mut self, value: &mut Value) {
        match value {
            Value::String(text) if !is_digest(text) => {
                let mask = self.mask;
                let safe = || Shown::new(text.as_bytes(), mask).to_string();
                text.clone_from(self.known.entry(text.clone()).or_insert_with(safe));
            }
            Value::Array(list) => list.iter_mut().for_each(|value| self.clean(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.clean(value)),
            _ => {}
        }
    }
}

/// An object id, a digest or a fingerprint: there are many, and nothing else has this shape.
fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("kw1:").or(text.strip_prefix("kwc1:")).unwrap_or(text);
    [32, 40, 64].contains(&digits.len()) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
