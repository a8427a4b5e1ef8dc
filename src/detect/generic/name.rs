//! What a name says about its value.

use super::GenericKind;
use super::bytes::{holds, words};
use super::vocabulary::*;

/// How much a name promises a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Promise {
    /// It says that the value is something else: `public_key`, `token_type`, `password_label`.
    Not,
    /// A keyword by chance or of many uses: `key`, `session`, `auth`.
    Weak,
    /// `token`, `credential`, `salt`.
    Fair,
    /// `password`, `secret`, `api_key`, `access_token`.
    Strong,
}

/// The features of a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Name {
    pub(super) kind: GenericKind,
    pub(super) promise: Promise,
    /// Nothing or only digits behind the keyword.
    pub(super) ends: bool,
    /// It reads as a text of a user interface: `password_hint`, `resetPasswordTitle`.
    pub(super) interface: bool,
    /// It names a digest: `password_hash`, `key_sha256`.
    pub(super) digest: bool,
    /// `EXAMPLE_TOKEN`, `fake_secret`, and `authenticity_token`, which a page shows to everybody.
    pub(super) sample: bool,
    /// What its keyword is.
    pub(super) role: Role,
    /// Bytes of the name, and words before and behind the keyword.
    pub(super) len: usize,
    pub(super) head: usize,
    pub(super) tail: usize,
    /// A word before the keyword makes it a secret one: `api_`, `access_`, `client_`.
    pub(super) qualified: bool,
    /// It speaks of people, services, or tests.
    pub(super) person: bool,
    pub(super) service: bool,
    pub(super) test: bool,
    /// `salt`, `nonce`; `auth`, `authorization`, `bearer`, `basic`.
    pub(super) random: bool,
    pub(super) scheme: bool,
    /// `UPPER_CASE`; `--flag`; `a.b.c`.
    pub(super) upper: bool,
    pub(super) dashed: bool,
    pub(super) dotted: bool,
    /// It names what a service issues, not what people choose: `token`, `api_key`, but not `secret_key`.
    pub(super) issued: bool,
}

/// What kind of keyword a name holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Password,
    Secret,
    Token,
    Key,
    /// `salt`, `credential`.
    Loose,
    /// `auth`, `session`.
    Weak,
}

impl Name {
    /// Reads the words of a name; the last keyword rules. `None` where nothing promises a secret.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        let name = name.strip_suffix(b"[]").unwrap_or(name);
        let mut parts: Vec<Vec<u8>> = words(name)
            .map(|word| name.get(word).unwrap_or_default().to_ascii_lowercase())
            .filter(|word| !word.first().is_some_and(u8::is_ascii_digit))
            .collect();
        // `IDENTIFIED BY`, `signedByKey`.
        parts.retain(|word| word != b"by");
        let (at, role) = parts.iter().enumerate().rev().find_map(|(at, part)| Some((at, role(part)?)))?;
        let head = parts.get(..at).unwrap_or_default();
        let tail = parts.get(at + 1..).unwrap_or_default();
        let word = parts.get(at).map(Vec::as_slice).unwrap_or_default();
        let promise = promise(role, word, head, tail);
        if promise == Promise::Not {
            return None;
        }
        let any = |list: &[&str]| parts.iter().any(|part| is_in(list, part));
        Some(Self {
            kind: kind(role),
            promise,
            ends: tail.is_empty(),
            interface: any(INTERFACE),
            digest: head.iter().any(|part| is_in(SEALED, part)) || tail.iter().any(|part| is_in(DIGEST, part)),
            sample: any(SAMPLE) || parts.iter().any(|part| FORGERY.iter().any(|word| holds(part, word))),
            role,
            len: name.len(),
            head: head.len(),
            tail: tail.len(),
            qualified: head.iter().any(|part| is_in(KEY_OF, part) || is_in(TOKEN_OF, part)),
            person: any(PERSON),
            service: any(SERVICE),
            test: any(&["test", "tests", "testing", "demo"]),
            random: matches!(word, b"salt" | b"nonce"),
            scheme: any(&["auth", "authorization", "oauth", "bearer", "basic"]),
            upper: !name.iter().any(u8::is_ascii_lowercase),
            dashed: name.starts_with(b"-"),
            dotted: name.contains(&b'.'),
            issued: matches!(role, Role::Token | Role::Key)
                && !parts.iter().any(|part| CHOSEN.iter().any(|word| holds(part, word))),
        })
    }
}

fn kind(role: Role) -> GenericKind {
    match role {
        Role::Password => GenericKind::Password,
        Role::Secret | Role::Loose => GenericKind::Secret,
        Role::Token | Role::Weak => GenericKind::Token,
        Role::Key => GenericKind::ApiKey,
    }
}

fn is_in(list: &[&str], word: &[u8]) -> bool {
    list.iter().any(|entry| entry.as_bytes() == word)
}

fn role(word: &[u8]) -> Option<Role> {
    let roles = [
        (PASSWORD, Role::Password),
        (SECRET, Role::Secret),
        (TOKEN, Role::Token),
        (KEY, Role::Key),
        (LOOSE, Role::Loose),
        (WEAK, Role::Weak),
    ];
    roles.iter().find(|(list, _)| is_in(list, word)).map(|(_, role)| *role).or_else(|| joined(word))
}

/// `dbpassword`, `authtoken`, `secretkey`, but not `bypass`, `monkey`.
fn joined(word: &[u8]) -> Option<Role> {
    let endings = [
        ("password", Role::Password),
        ("passwd", Role::Password),
        ("passphrase", Role::Password),
        ("pwd", Role::Password),
        ("secret", Role::Secret),
        ("token", Role::Token),
        ("key", Role::Key),
        ("pass", Role::Password),
        ("passw", Role::Password),
    ];
    for (ending, role) in endings {
        let Some(head) = word.strip_suffix(ending.as_bytes()) else { continue };
        let fits = match ending {
            "key" => {
                is_in(KEY_OF, head) || ["api", "secret", "access", "auth", "token"].iter().any(|part| holds(head, part))
            }
            "pass" => !matches!(
                head,
                b"by" | b"one" | b"two" | b"com" | b"sur" | b"tres" | b"encom" | b"over" | b"under" | b"multi"
            ),
            _ => true,
        };
        return fits.then_some(role);
    }
    let starts = [("password", Role::Password), ("passwd", Role::Password), ("secret", Role::Secret)];
    let begun = starts.iter().find(|(start, _)| word.starts_with(start.as_bytes()));
    begun.filter(|_| word != b"secretary").map(|(_, role)| *role)
}

fn promise(role: Role, word: &[u8], head: &[Vec<u8>], tail: &[Vec<u8>]) -> Promise {
    if tail.iter().any(|part| is_in(ABOUT, part)) {
        return Promise::Not;
    }
    let has = |list: &[&str]| head.iter().any(|part| is_in(list, part));
    if has(&["public"]) && role != Role::Password {
        return Promise::Not;
    }
    let plain = match role {
        Role::Password | Role::Secret => Promise::Strong,
        Role::Token if has(TOKEN_OF) => Promise::Strong,
        Role::Token | Role::Loose => Promise::Fair,
        Role::Key if head.last().is_some_and(|last| is_in(KEY_NOT, last)) => Promise::Not,
        Role::Key if word.len() > 4 || has(KEY_OF) => Promise::Strong,
        Role::Key | Role::Weak => Promise::Weak,
    };
    if has(ASIDE) {
        return plain.min(Promise::Weak);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise_of(name: &str) -> Promise {
        Name::of(name.as_bytes()).map_or(Promise::Not, |name| name.promise)
    }

    #[test]
    fn the_last_keyword_says_what_it_is() {
        let kind = |name: &str| Name::of(name.as_bytes()).unwrap().kind;
        assert_eq!(kind("api_secret_token"), GenericKind::Token);
        assert_eq!(kind("dbPassword"), GenericKind::Password);
        assert_eq!(kind("AWS_SECRET_ACCESS_KEY"), GenericKind::ApiKey);
        assert_eq!(kind("client-secret"), GenericKind::Secret);
    }

    #[test]
    fn names_of_secrets_promise() {
        for name in [
            "password",
            "DB_PASS",
            "userpassword",
            "apiKey",
            "secretkey",
            "ACCESS_TOKEN",
            "jwt.secret",
            "PGPASSWORD",
            "proxyPass",
        ] {
            assert_eq!(promise_of(name), Promise::Strong, "{name}");
        }
    }

    #[test]
    fn names_that_only_look_like_it_do_not() {
        for name in [
            "public_key",
            "key_id",
            "keyboard",
            "token_type",
            "author",
            "foreign_key",
            "cache_key",
            "bypass",
            "monkey",
            "passwordPolicy",
            "SECRET_NAME",
            "tokenizer",
            "primaryKey",
            "secretary",
        ] {
            assert_eq!(promise_of(name), Promise::Not, "{name}");
        }
    }
}
