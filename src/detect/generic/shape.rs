//! The form of a whole value.

use super::bytes::{holds, stands};
use super::vocabulary::{FILES, MARKS};
use super::words::{covered, listed};

/// The form of a whole value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Nothing known.
    Free,
    /// Hexadecimal digits, 16 or more.
    Hex,
    /// 8-4-4-4-12 hexadecimal digits.
    Uuid,
    /// Decimal digits only, or with signs of dates, versions and sums.
    Number,
    /// `snake_case`, `kebab-case`, `UPPER_CASE`, `camelCase`, `a.b.c` or one word, all letters.
    Identifier,
    /// A file's path, an URL, a mail address, a content type.
    Place,
    /// A password's hash or an encrypted value: `$2a$…`, `{SSHA}…`, `ENC(…)`, `vault:…`.
    Sealed,
    /// Several words with blanks.
    Sentence,
    /// Characters in order, for tests and alphabets.
    Sequence,
}

impl Shape {
    /// The first form that fits.
    pub(super) fn of(value: &[u8]) -> Self {
        if sealed(value) {
            Shape::Sealed
        } else if uuid(value) {
            Shape::Uuid
        } else if value.iter().all(|b| b.is_ascii_digit() || b"-.,:/ TZ+%".contains(b)) {
            Shape::Number
        } else if sequence(value) {
            Shape::Sequence
        } else if value.len() >= 16 && value.iter().all(u8::is_ascii_hexdigit) {
            Shape::Hex
        } else if value.iter().filter(|b| **b == b' ').count() > 0 && value.len() > 6 {
            Shape::Sentence
        } else if place(value) {
            Shape::Place
        } else if value.iter().all(|b| b.is_ascii_alphabetic() || b"_-.:".contains(b)) {
            Shape::Identifier
        } else {
            Shape::Free
        }
    }
}

/// A template, a reference or a call: `${X}`, `{{ x }}`, `%s`, `f(x)`.
pub(super) fn template(value: &[u8]) -> bool {
    let verb = value.windows(2).any(|pair| matches!(pair, [b'%', b's' | b'd' | b'v' | b'q' | b'@']));
    let variable = matches!(value, [b'$', b, ..] if b.is_ascii_alphabetic() || *b == b'_') && !sealed(value);
    let percent = matches!(value, [b'%', .., b'%'])
        || matches!(value, [b'<', .., b'>'] | [b'{', .., b'}'] | [b'[', .., b']'] | [b'_', b'_', .., b'_']);
    let call = value.iter().position(|b| *b == b'(').is_some_and(|open| {
        open > 0 && value.iter().take(open).all(|b| b.is_ascii_alphanumeric() || b"_.:!?".contains(b))
    });
    let index = matches!(value, [b, .., b']'] if b.is_ascii_alphabetic()) && value.contains(&b'[');
    let brace = value.iter().position(|b| *b == b'{').is_some_and(|open| {
        let inside = value.get(open + 1..).unwrap_or_default();
        let end = inside.iter().position(|b| *b == b'}');
        end.is_some_and(|end| inside.iter().take(end).all(|b| b.is_ascii_alphanumeric() || b"_. []'".contains(b)))
    });
    MARKS.within(value) || (verb && value.len() < 40) || variable || percent || call || index || brace
}

fn sealed(value: &[u8]) -> bool {
    let starts: [&[u8]; 20] = [
        b"$2a$",
        b"$2b$",
        b"$2y$",
        b"$1$",
        b"$5$",
        b"$6$",
        b"$apr1$",
        b"$argon2",
        b"$pbkdf2",
        b"$scrypt",
        b"{SSHA",
        b"{SHA",
        b"{CRYPT",
        b"pbkdf2_",
        b"ENC(",
        b"ENC[",
        b"vault:",
        b"AQICA",
        b"!vault",
        b"SCRAM-SHA",
    ];
    let mysql = matches!(value, [b'*', hex @ ..] if hex.len() == 40 && hex.iter().all(u8::is_ascii_hexdigit));
    let digest = [
        "sha1:",
        "sha1=",
        "sha256=",
        "sha256:",
        "sha512:",
        "sha1-",
        "sha256-",
        "sha384-",
        "sha512-",
        "md5:",
        "ssh-rsa",
        "ssh-ed25519",
        "-----begin",
        "{cipher}",
        "{bcrypt}",
        "bcrypt:",
    ];
    // `$6$…` of crypt(3), `sha1$salt$…` of Django.
    let modular =
        matches!(value, [b'$', b, ..] if b.is_ascii_digit()) && value.iter().filter(|b| **b == b'$').count() > 2;
    let django = value.iter().position(|b| *b == b'$').is_some_and(|at| {
        at > 2
            && value.get(at + 1..).is_some_and(|rest| rest.contains(&b'$'))
            && value.iter().take(at).all(|b| b.is_ascii_alphanumeric() || *b == b'_')
    });
    mysql
        || modular
        || django
        || starts.iter().any(|start| value.starts_with(start))
        || digest.iter().any(|d| stands(value, 0, d.as_bytes()))
}

fn uuid(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"{").and_then(|v| v.strip_suffix(b"}")).unwrap_or(value);
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn place(value: &[u8]) -> bool {
    let file = FILES.iter().any(|ending| {
        value.len().checked_sub(ending.len()).is_some_and(|at| at > 0 && stands(value, at, ending.as_bytes()))
    });
    let home = ["~/", "./", "../", "/etc/", "/var/", "/usr/", "/home/", "/tmp/", "/opt/", "/run/", "/dev/"];
    let rooted = home.iter().any(|start| stands(value, 0, start.as_bytes())) || value.get(1..3) == Some(b":\\");
    let color = matches!(value, [b'#', hex @ ..] if matches!(hex.len(), 3 | 4 | 6 | 8) && hex.iter().all(u8::is_ascii_hexdigit));
    holds(value, "://") || file || rooted || color || mail(value) || segments(value)
}

fn mail(value: &[u8]) -> bool {
    let at = value.iter().position(|b| *b == b'@').unwrap_or(0);
    let host = value.get(at + 1..).unwrap_or_default();
    let named = |b: &u8| b.is_ascii_alphanumeric() || b".-".contains(b);
    let top = host.rsplit(|b| *b == b'.').next().unwrap_or_default();
    at > 0 && host.contains(&b'.') && host.iter().all(named) && listed_or_short(top)
}

fn listed_or_short(top: &[u8]) -> bool {
    matches!(top.len(), 2 | 3) && top.iter().all(u8::is_ascii_lowercase) || listed(top)
}

/// `team/service/name`: most parts between slashes are words.
fn segments(value: &[u8]) -> bool {
    if !value.contains(&b'/') {
        return false;
    }
    let (mut all, mut known) = (0, 0);
    for part in value.split(|b| *b == b'/').filter(|part| !part.is_empty()) {
        all += 1;
        let lower = part.to_ascii_lowercase();
        let letters: Vec<u8> = lower.into_iter().filter(u8::is_ascii_lowercase).collect();
        known += usize::from(letters.len() > 1 && covered(&letters) * 10 >= letters.len() * 7);
    }
    all > 1 && known * 2 > all
}

/// Alphabets, counted-up bytes, keyboard rows, one character or group over and over.
fn sequence(value: &[u8]) -> bool {
    let n = value.len();
    let repeated = (1..=4).any(|step| n >= step * 3 && value.iter().zip(value.iter().skip(step)).all(|(a, b)| a == b));
    let walks = |step: u8| {
        value
            .windows(2)
            .filter(|p| matches!(p, [a, b] if a.wrapping_add(step) == *b || a.wrapping_sub(step) == *b))
            .count()
    };
    let same = value.windows(2).filter(|p| matches!(p, [a, b] if a == b)).count();
    let rows = ["qwert", "asdfg", "zxcvb", "12345", "abcde", "54321", "67890", "qazwsx", "1q2w3e", "1a2b3c", "a1b2c3"];
    let rowed: usize = rows.iter().filter(|row| holds(value, row)).map(|row| row.len()).sum();
    repeated || (n >= 4 && (walks(1) + same) * 100 >= (n - 1) * 60) || rowed * 100 >= n * 45 || rowed >= 10
}
