//! The options of a line of allowed-signers: comma-separated, without spaces but in double quotes.

use super::timestamp;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What a line says besides principals and key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Options {
    /// Pattern list; none: every namespace.
    pub(super) namespaces: Option<String>,
    /// Not before.
    pub(super) valid_after: Option<Timestamp>,
    /// Not after.
    pub(super) valid_before: Option<Timestamp>,
    /// A signature of a security key counts without a touch.
    pub(super) no_touch: bool,
    /// A signature of a security key counts only with its PIN or the like.
    pub(super) verified: bool,
}

/// How far the options reach: up to the first space that is not in quotes.
pub(super) fn end(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => quoted = !quoted,
            b' ' | b'\t' if !quoted => return Some(at),
            _ => {}
        }
        escaped = byte == b'\\' && !escaped;
    }
    None
}

/// Reads options; the error says what is wrong.
pub(super) fn parse(text: &str, zone: &TimeZone) -> Result<Options, String> {
    let mut options = Options::default();
    let mut rest = text;
    loop {
        let (name, value, after) = one(rest)?;
        options.add(&name.to_ascii_lowercase(), value, zone)?;
        match after {
            Some(after) => rest = after,
            None => break,
        }
    }
    match (options.valid_after, options.valid_before) {
        (Some(after), Some(before)) if before <= after => Err("`valid-before` is not behind `valid-after`".to_owned()),
        _ => Ok(options),
    }
}

/// The first option, its value without quotes, and what follows its comma.
fn one(text: &str) -> Result<(&str, Option<String>, Option<&str>), String> {
    let end = text.find(['=', ',']).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let Some(value) = rest.strip_prefix('=') else { return Ok((name, None, rest.strip_prefix(','))) };
    let inner = value.strip_prefix('"').ok_or_else(|| format!("the value of `{name}` is not in double quotes"))?;
    let mut out = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                let after = inner.get(at + 1..).unwrap_or_default();
                return match after.strip_prefix(',') {
                    Some(more) => Ok((name, Some(out), Some(more))),
                    None if after.is_empty() => Ok((name, Some(out), None)),
                    None => Err(format!("no comma behind the value of `{name}`")),
                };
            }
            '\\' if inner.get(at + 1..).is_some_and(|rest| rest.starts_with('"')) => {
                chars.next();
                out.push('"');
            }
            c => out.push(c),
        }
    }
    Err(format!("the value of `{name}` has no closing quote"))
}

impl Options {
    fn add(&mut self, name: &str, value: Option<String>, zone: &TimeZone) -> Result<(), String> {
        let time = |text: &str| {
            timestamp::parse(text, zone)
                .ok_or_else(|| format!("`{name}` takes YYYYMMDD[HHMM[SS]][Z], in double quotes"))
        };
        match (name, value) {
            ("namespaces", Some(list)) if list.is_empty() => Err("`namespaces` is empty".to_owned()),
            ("namespaces", Some(list)) => once(&mut self.namespaces, name, list),
            ("valid-after", Some(text)) => once(&mut self.valid_after, name, time(&text)?),
            ("valid-before", Some(text)) => once(&mut self.valid_before, name, time(&text)?),
            ("no-touch-required", None) => {
                self.no_touch = true;
                Ok(())
            }
            ("verify-required", None) => {
                self.verified = true;
                Ok(())
            }
            ("cert-authority", None) => {
                Err("`cert-authority`: signatures by certificates are not supported; name the signer's own key"
                    .to_owned())
            }
            ("namespaces" | "valid-after" | "valid-before", None) => Err(format!("`{name}` needs a value")),
            (_, _) => Err("an unknown option, or no key".to_owned()),
        }
    }
}

fn once<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<(), String> {
    match slot.replace(value) {
        Some(_) => Err(format!("`{name}` stands here twice")),
        None => Ok(()),
    }
}
