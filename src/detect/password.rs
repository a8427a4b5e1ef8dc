//! How much a password is worth that stands in an address, a header or a command: such a value has no shape, so that
//! documentation and tests are told from the rest by what people choose there.

/// What kind of password it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Strength {
    /// Nothing but words for passwords, accounts and examples: `password`, `guest`, `my-secret-pw`.
    Everybodys,
    /// The same with digits and signs (`s3cret`, `password123`), or letters alone, as in a word or a name: `bosco`,
    /// `alone-in-the-dark`, `robin1`.
    Plain,
    /// Anything else.
    Fair,
}

/// Words for passwords, accounts, services and examples. Lower case, sorted by nothing but kind.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "password", "passwd", "passphrase", "passwort", "passw", "pass", "pwd", "pw", "secret", "sekret", "token", "key",
    "apikey", "credentials", "credential", "creds", "cred", "auth", "login", "value",
    "username", "user", "usr", "root", "administrator", "admin", "guest", "owner", "name", "account", "client",
    "testing", "tester", "tests", "test", "default", "example", "sample", "demo", "dummy", "fake", "mock", "foo",
    "bar", "baz", "qux", "abc", "hello", "world", "alice", "bob", "john", "doe", "joe", "scott", "tiger", "hunter",
    "changeme", "change", "me", "it", "replace", "insert", "enter", "here", "goes", "placeholder", "redacted",
    "removed", "hidden", "masked", "none", "null", "nil", "undefined", "empty", "letmein", "qwerty", "welcome",
    "your", "my", "the", "some", "new", "old", "very", "super", "top", "strong", "secure", "a", "an", "this", "is",
    "with", "and", "of", "for", "custom", "only", "local", "localhost", "host", "server", "service", "port", "db",
    "database", "postgres", "postgresql", "mysql", "mongodb", "mongo", "mariadb", "redis", "rabbitmq", "rabbit",
    "kafka", "elastic", "ftp", "smtp", "proxy", "docker", "vagrant", "airflow", "sa", "app", "dev", "development",
    "ci",
];
/// Longer runs of letters are not looked into.
const LONGEST: usize = 64;
/// A word or name that nobody would call random is at most so long.
const LONGEST_PLAIN: usize = 20;
/// Digits that people put behind a word.
const TAIL_DIGITS: usize = 4;

/// Rates a password.
pub(super) fn strength(password: &[u8]) -> Strength {
    let lower = password.to_ascii_lowercase();
    let digits = lower.iter().rev().take_while(|b| !b.is_ascii_alphabetic()).count();
    let (word, tail) = lower.split_at(lower.len() - digits);
    let counted = tail.iter().filter(|b| b.is_ascii_digit()).count();
    if counted <= TAIL_DIGITS && [word, &lower].iter().any(|text| common(&letters(text))) {
        let bare = lower.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.'));
        return if bare { Strength::Everybodys } else { Strength::Plain };
    }
    let plain = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.' | b' ');
    let capitals = password.iter().skip(1).filter(|b| b.is_ascii_uppercase()).count();
    let one_case = capitals == 0 || !password.iter().any(u8::is_ascii_lowercase);
    if word.len() <= LONGEST_PLAIN && word.iter().all(plain) && one_case && counted <= 2 && tail.len() <= 3 {
        return Strength::Plain;
    }
    Strength::Fair
}

/// The letters, with digits and signs read as the letters that they stand for.
fn letters(text: &[u8]) -> Vec<u8> {
    let read = |b: &u8| match b {
        b'0' => Some(b'o'),
        b'1' | b'!' => Some(b'i'),
        b'3' => Some(b'e'),
        b'4' | b'@' => Some(b'a'),
        b'5' | b'$' => Some(b's'),
        b'7' => Some(b't'),
        b if b.is_ascii_lowercase() => Some(*b),
        b if b.is_ascii_digit() => Some(b'?'),
        _ => None,
    };
    text.iter().take(LONGEST + 1).filter_map(read).collect()
}

/// Whether common words make up the whole text.
fn common(text: &[u8]) -> bool {
    if text.is_empty() || text.len() > LONGEST {
        return false;
    }
    let mut reached = vec![false; text.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for start in 0..text.len() {
        if reached.get(start) != Some(&true) {
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        for word in COMMON.iter().filter(|word| rest.starts_with(word.as_bytes())) {
            if let Some(end) = reached.get_mut(start + word.len()) {
                *end = true;
            }
        }
    }
    reached.last() == Some(&true)
}

/// Bytes behind a password that are looked at for a host: the longest name (RFC 1035, 2.3.4) and what stands around it.
pub(super) const HOST: usize = 257;

/// Whether `behind`, the text behind a password, names a host that exists in documentation only (RFC 2606).
pub(super) fn at_reserved_host(behind: &[u8]) -> bool {
    let Some(rest) = behind.get(..HOST).unwrap_or(behind).strip_prefix(b"@") else { return false };
    let in_host = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let end = rest.iter().position(|b| !in_host(b)).unwrap_or(rest.len());
    let host = rest.get(..end).unwrap_or_default().to_ascii_lowercase();
    let mut labels = host.rsplit(|b| *b == b'.');
    matches!(
        (labels.next(), labels.next()),
        (Some(b"example" | b"test" | b"invalid" | b"localhost"), Some(_))
            | (Some(b"com" | b"org" | b"net"), Some(b"example"))
            | (Some(b"host" | b"hostname" | b"server"), None)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_passwords_are_everybodys() {
        for password in ["password", "guest", "my-secret-pw", "changeme", "user_pass"] {
            assert_eq!(strength(password.as_bytes()), Strength::Everybodys, "{password}");
        }
    }

    #[test]
    fn words_and_names_are_plain() {
        for password in ["bosco", "einstein", "alone-in-the-dark", "Robin1", "Passw0rd", "s3cret", "Test1234!"] {
            assert_eq!(strength(password.as_bytes()), Strength::Plain, "{password}");
        }
    }

    #[test]
    fn what_people_take_care_of_is_fair() {
        for password in ["pX8vQ1mT4sZ", "Lw4!rT9m", "correcthorsebatterystaple", "qZvMxKbT", "81944205"] {
            assert_eq!(strength(password.as_bytes()), Strength::Fair, "{password}");
        }
    }

    #[test]
    fn hosts_of_documentation_are_known() {
        for text in ["@example.com/x", "@db.example.org:5432", "@cache.test", "@host:1/"] {
            assert!(at_reserved_host(text.as_bytes()), "{text}");
        }
        for text in ["@acme.io", "@test.acme.io", "example.com", "@hostname.acme.io", "@test"] {
            assert!(!at_reserved_host(text.as_bytes()), "{text}");
        }
    }
}
