//! The file of those whose signatures count, in OpenSSH's format (ssh-keygen(1), ALLOWED SIGNERS):
//! `PRINCIPALS [OPTIONS] KEY-TYPE KEY [COMMENT]`, one a line. Certificates are not supported.
//!
//! Besides OpenSSH's options a line may say `no-touch-required` (a security key's signature counts without a touch)
//! and `verify-required` (it counts only with the PIN), as in authorized_keys.

use super::options::{self, Options};
use super::pattern::list_matches;
use super::sshsig::Touch;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

/// Those whose signatures count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AllowedSigners {
    lines: Vec<Line>,
    digest: String,
}

/// A line that cannot be read. It is never skipped: whom it lets sign is not known.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct SignersError {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// What is wrong, and what to write instead. Quotes nothing of the file but names of options.
    pub message: String,
}

/// Why nobody who may has made a signature.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAllowed {
    /// No line holds the key.
    #[error("its signer is not among the allowed signers")]
    Key,
    /// The key is another principal's.
    #[error("its key is not one of the principal that it names")]
    Principal,
    /// The line is for other namespaces.
    #[error("its signer may not sign in this namespace")]
    Namespace,
    /// The key may not sign yet.
    #[error("its signer's key is valid from {0} on only")]
    NotYet(Timestamp),
    /// The key may sign no more.
    #[error("its signer's key was valid until {0} only")]
    Expired(Timestamp),
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Line {
    principals: String,
    options: Options,
    key: KeyData,
}

impl AllowedSigners {
    /// Reads a file; `zone` is that of the machine, for times that name none. The error is that of the first wrong line.
    pub fn parse(file: &str, text: &[u8], zone: &TimeZone) -> Result<Self, SignersError> {
        let mut lines = Vec::new();
        for (line, number) in text.split(|&byte| byte == b'\n').zip(1..) {
            let wrong = |message: String| SignersError { file: file.to_owned(), line: number, message };
            let line = std::str::from_utf8(line).map_err(|_| wrong("not UTF-8".to_owned()))?;
            let line = line.trim_matches([' ', '\t', '\r']);
            if !line.is_empty() && !line.starts_with('#') {
                lines.push(Line::parse(line, zone).map_err(wrong)?);
            }
        }
        Ok(Self { lines, digest: data_encoding::HEXLOWER.encode(&Sha256::digest(text)) })
    }

    /// Those of both.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.lines.append(&mut other.lines);
        let digest = Sha256::new().chain_update(self.digest).chain_update(other.digest).finalize();
        self.digest = data_encoding::HEXLOWER.encode(&digest);
        self
    }

    /// SHA-256 of the file, in lower-case hexadecimal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What a signature by `key` in the name of `principal` needs to count in a namespace at a time. Of several reasons
    /// against it the one that comes closest.
    pub(super) fn find(
        &self,
        principal: &str,
        key: &KeyData,
        namespace: &str,
        now: Timestamp,
    ) -> Result<Touch, NotAllowed> {
        let mut best = (0, NotAllowed::Key);
        for line in self.lines.iter().filter(|line| line.key == *key) {
            match line.allows(principal, namespace, now) {
                Ok(touch) => return Ok(touch),
                Err(reason) => {
                    let near = nearness(&reason);
                    if near > best.0 {
                        best = (near, reason);
                    }
                }
            }
        }
        Err(best.1)
    }
}

fn nearness(reason: &NotAllowed) -> u8 {
    match reason {
        NotAllowed::Key => 0,
        NotAllowed::Principal => 1,
        NotAllowed::Namespace => 2,
        NotAllowed::NotYet(_) | NotAllowed::Expired(_) => 3,
    }
}

impl Line {
    fn parse(line: &str, zone: &TimeZone) -> Result<Self, String> {
        let (principals, rest) = first_word(line)?;
        if let Ok(key) = key(rest) {
            return Ok(Self { principals, options: Options::default(), key });
        }
        let end = options::end(rest).ok_or("no key behind the principals: PRINCIPALS [OPTIONS] KEY-TYPE KEY")?;
        let (text, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.starts_with("sk-") {
            return Err("the key cannot be read".to_owned());
        }
        Ok(Self { principals, options: options::parse(text, zone)?, key: key(behind)? })
    }

    fn allows(&self, principal: &str, namespace: &str, now: Timestamp) -> Result<Touch, NotAllowed> {
        let options = &self.options;
        if !list_matches(&self.principals, principal) {
            return Err(NotAllowed::Principal);
        }
        if options.namespaces.as_ref().is_some_and(|list| !list_matches(list, namespace)) {
            return Err(NotAllowed::Namespace);
        }
        match (options.valid_after, options.valid_before) {
            (Some(after), _) if now < after => Err(NotAllowed::NotYet(after)),
            (_, Some(before)) if now > before => Err(NotAllowed::Expired(before)),
            _ => Ok(Touch { needed: !options.no_touch, verified: options.verified }),
        }
    }
}

/// The principals, which may stand in double quotes, and what follows them.
fn first_word(line: &str) -> Result<(String, &str), String> {
    let nothing_behind = || "no key behind the principals: PRINCIPALS [OPTIONS] KEY-TYPE KEY".to_owned();
    let (word, rest) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or("the principals have no closing quote")?,
        None => line.split_once([' ', '\t']).ok_or_else(nothing_behind)?,
    };
    if word.is_empty() {
        return Err("the principals are empty".to_owned());
    }
    Ok((word.to_owned(), rest.trim_start_matches([' ', '\t'])))
}

/// `KEY-TYPE KEY [COMMENT]`.
fn key(text: &str) -> Result<KeyData, String> {
    let mut words = text.split([' ', '\t']).filter(|word| !word.is_empty());
    let (Some(kind), Some(data)) = (words.next(), words.next()) else { return Err("the key is missing".to_owned()) };
    let key = PublicKey::from_openssh(&format!("{kind} {data}")).map_err(|_| "the key cannot be read".to_owned())?;
    Ok(key.key_data().clone())
}
