//! Tokens that are an encoding of something with a known structure.

use super::alphabet::base64;
use super::{Checked, Input, decoded};
use serde_json::{Map, Value};

/// Longer JSON is not looked into: it costs more than it tells.
const LONGEST_JSON: usize = 64 << 10;

/// A JSON object, not too long.
pub(super) fn json_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    if bytes.len() > LONGEST_JSON { None } else { serde_json::from_slice(bytes).ok() }
}

/// Base64 of a JSON object: Sentry, Grafana, 1Password, Mapbox. Without a group, the part that begins `eyJ`.
pub(super) fn base64_json(input: &Input<'_>) -> Checked {
    let subject = input.subject();
    let start = subject.windows(3).position(|part| part == b"eyJ").unwrap_or_default();
    let tail = subject.get(start..).unwrap_or_default();
    let end = tail.iter().position(|b| !is_base64(*b)).unwrap_or(tail.len());
    // `_` is both a digit of base64url and what Sentry puts behind the object.
    let whole = tail.get(..end).unwrap_or_default();
    let before_underscore = whole.iter().rposition(|b| *b == b'_').and_then(|at| whole.get(..at));
    let object = |text: &[u8]| base64(text).is_some_and(|bytes| json_object(&bytes).is_some());
    decoded(object(whole) || before_underscore.is_some_and(object))
}

/// JFrog reference tokens: base64 of `reftkn:01:NUMBER:TEXT`.
pub(super) fn reference_token(input: &Input<'_>) -> Checked {
    let bytes = base64(input.subject()).unwrap_or_default();
    let mut fields = bytes.split(|b| *b == b':');
    let number = |field: Option<&[u8]>| field.is_some_and(is_number);
    decoded(
        fields.next() == Some(b"reftkn")
            && number(fields.next())
            && number(fields.next())
            && fields.next().is_some_and(|rest| !rest.is_empty() && rest.iter().all(|b| is_base64(*b))),
    )
}

/// HTTP basic authentication: base64 of printable `user:password` (RFC 7617).
pub(super) fn basic_auth(input: &Input<'_>) -> Checked {
    let bytes = base64(input.subject()).unwrap_or_default();
    let printable = std::str::from_utf8(&bytes).is_ok_and(|text| !text.chars().any(char::is_control));
    decoded(printable && behind_colon(&bytes).is_some_and(|password| !password.is_empty()))
}

/// The password in the base64 of `user:password`.
pub fn password_of_basic(secret: &[u8]) -> Option<Vec<u8>> {
    behind_colon(&base64(secret)?).map(<[u8]>::to_vec)
}

fn behind_colon(text: &[u8]) -> Option<&[u8]> {
    text.get(text.iter().position(|b| *b == b':')? + 1..)
}

/// Tokens of Atlassian's data centre products: base64 of a number, a colon and 20 random bytes.
pub(super) fn numeric_pat(input: &Input<'_>) -> Checked {
    let bytes = base64(input.subject()).unwrap_or_default();
    let random_at = bytes.len().saturating_sub(20);
    let (head, random) = bytes.split_at(random_at);
    decoded(random.len() == 20 && head.strip_suffix(b":").is_some_and(is_number))
}

/// Discord bots: base64 of the bot's id in decimal digits, a time, and a signature. An id holds the time of its making.
/// <https://discord.com/developers/docs/reference#snowflakes>
pub(super) fn discord_bot(input: &Input<'_>) -> Checked {
    const FIRST_IDS: std::ops::Range<u64> = (1 << 50)..(1 << 63);
    let id = input.subject().split(|b| *b == b'.').next().and_then(base64).unwrap_or_default();
    let number = std::str::from_utf8(&id).ok().filter(|_| is_number(&id)).and_then(|text| text.parse().ok());
    decoded(number.is_some_and(|number: u64| FIRST_IDS.contains(&number)))
}

/// Vault's batch and service tokens: base64url of a protobuf message whose first field has the tag 8.
pub(super) fn protobuf_08(input: &Input<'_>) -> Checked {
    let body = input.subject().rsplit(|b| *b == b'.').next().and_then(base64);
    decoded(body.is_some_and(|bytes| bytes.first() == Some(&0x08)))
}

/// PyPI: a macaroon of version 2, made by `pypi.org` or `test.pypi.org`, that ends in a signature of 32 bytes.
/// <https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt>
pub(super) fn macaroon_pypi(input: &Input<'_>) -> Checked {
    const LOCATION: u64 = 1;
    let subject = input.subject();
    let bytes = base64(subject.strip_prefix(b"pypi-").unwrap_or(subject)).unwrap_or_default();
    let fields = bytes.strip_prefix(&[2]).and_then(macaroon_fields).unwrap_or_default();
    let (first, last) = (fields.first(), fields.last());
    decoded(
        first.is_some_and(|(kind, text)| *kind == LOCATION && matches!(*text, b"pypi.org" | b"test.pypi.org"))
            && last.is_some_and(|(kind, signature)| *kind == SIGNATURE && signature.len() == 32),
    )
}

const SIGNATURE: u64 = 6;

/// Fields of a kind, a length and that many bytes; a kind of 0 ends a section and has no length.
fn macaroon_fields(mut bytes: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let kind = varint(&mut bytes)?;
        if kind != 0 {
            let length = usize::try_from(varint(&mut bytes)?).ok()?;
            let (value, rest) = bytes.split_at_checked(length)?;
            fields.push((kind, value));
            bytes = rest;
        }
    }
    Some(fields)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}
