//! What a value looks like.

use super::bytes::{Needles, holds, stands, words};
use super::words::{cost, covered, listed, log2};

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

/// The features of a value. Shares are percentages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Value {
    pub(super) len: usize,
    pub(super) shape: Shape,
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) digits: usize,
    pub(super) other: usize,
    pub(super) spaces: usize,
    /// Bytes that are not ASCII.
    pub(super) foreign: usize,
    /// Kinds of characters: lower, upper, digits, other.
    pub(super) classes: usize,
    /// Changes between letters, digits and others, a hundred characters.
    pub(super) changes: usize,
    /// Shannon entropy, sixteenths of a bit a byte.
    pub(super) entropy: u32,
    /// Different bytes.
    pub(super) distinct: usize,
    /// Share of the letters in listed words.
    pub(super) covered: usize,
    /// Mean cost of the letters, sixteenths of a bit; words have about 48, random letters 96. 0 without letters.
    pub(super) cost: u32,
    /// It says that it stands for a value: `changeme`, `<your key>`, `xxx`, `***`.
    pub(super) placeholder: bool,
    /// It is the name, or a word of it.
    pub(super) echo: bool,
    /// Of the alphabet of base64, with both cases and digits.
    pub(super) base64: bool,
}

/// Bytes of a value that are looked at.
const LOOKED_AT: usize = 256;
static PLACEHOLDERS: Needles = Needles::new(&[
    "example", "sample", "dummy", "fake", "changeme", "change_me", "change-me", "changeit", "your", "placeholder", "xxx", "***", "...",
    "todo", "redacted", "foobar", "insert", "replace", "default", "undefined", "masked", "hidden", "secret_here", "here>", "_here", "-here", "unset",
    "the_", "the-", "my_", "my-", "some_", "some-", "test", "mock", "lorem", "foo", "bar", "not_", "not-", "invalid", "empty", "…", "•", "asdf", "blah", "abc123", "goes",
]);
/// Digests of the empty text.
const EMPTY_DIGESTS: &[&str] = &[
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];
/// Exact words that stand for nothing or for a type.
const NOTHING: &[&str] = &[
    "null", "none", "nil", "true", "false", "undefined", "string", "str", "text", "int", "bool", "boolean", "any", "object", "bytes",
    "byte", "number", "char", "void", "self", "this", "required", "optional", "password", "passwd", "pass", "secret", "token", "key",
    "user", "username", "admin", "root", "guest", "hidden", "public", "private", "basic", "bearer", "pwd", "yes", "no", "on", "off",
    "default", "value", "new", "old", "env", "passphrase", "hello", "world", "postgres", "mysql", "sa", "qwerty", "letmein", "s3cr3t", "s3cret", "passw0rd", "p@ssw0rd", "p@ssword", "pa55word",
];

static MARKS: Needles =
    Needles::new(&["${", "{{", "<%", "%(", "#{", "$(", "%{", "@{", "\\(", "\\u", "\\x", "[[", "->", "::", "=>"]);

impl Value {
    /// Measures a value that is assigned to `name`.
    pub(super) fn of(value: &[u8], name: &[u8]) -> Self {
        let whole = value;
        let value = whole.get(..LOOKED_AT).unwrap_or(whole);
        let count = |fits: fn(&u8) -> bool| value.iter().filter(|b| fits(b)).count();
        let lower = count(u8::is_ascii_lowercase);
        let upper = count(u8::is_ascii_uppercase);
        let digits = count(u8::is_ascii_digit);
        let spaces = count(|b| *b == b' ');
        let foreign = count(|b| !b.is_ascii());
        let other = value.len() - lower - upper - digits - spaces;
        let (share, mean) = letters(value);
        let (entropy, distinct) = entropy(value);
        let alphabet = value.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=_-".contains(b));
        Self {
            len: whole.len(),
            shape: shape(value),
            lower,
            upper,
            digits,
            other,
            spaces,
            foreign,
            classes: [lower, upper, digits, other].iter().filter(|n| **n > 0).count(),
            changes: changes(value),
            entropy,
            distinct,
            covered: share,
            cost: mean,
            placeholder: placeholder(value),
            echo: echo(value, name),
            base64: alphabet && lower > 0 && upper > 0 && digits > 0,
        }
    }

    /// Characters that are letters.
    pub(super) fn letters(&self) -> usize {
        self.lower + self.upper
    }
}

/// Whether a value is plainly none: too short, or a template, reference or call.
pub(super) fn is_no_literal(value: &[u8]) -> bool {
    value.len() < 4 || template(value.get(..LOOKED_AT).unwrap_or(value))
}

/// Share of letters in listed words, and the mean cost of the letters.
fn letters(value: &[u8]) -> (usize, u32) {
    let (mut all, mut known, mut sum, mut count) = (0, 0, 0, 0);
    for word in words(value) {
        let word = value.get(word).unwrap_or_default().to_ascii_lowercase();
        if word.first().is_some_and(u8::is_ascii_digit) {
            continue;
        }
        all += word.len();
        known += covered(&word);
        if word.len() > 1 {
            let (cost, trigrams) = cost(&word);
            sum += cost;
            count += trigrams;
        }
    }
    (known * 100 / all.max(1), sum / count.max(1))
}

fn changes(value: &[u8]) -> usize {
    let class = |b: u8| match b {
        b'0'..=b'9' => 0,
        b if b.is_ascii_alphabetic() => 1,
        _ => 2,
    };
    let changed = value.windows(2).filter(|pair| matches!(pair, [a, b] if class(*a) != class(*b))).count();
    changed * 100 / value.len().saturating_sub(1).max(1)
}

fn entropy(value: &[u8]) -> (u32, usize) {
    let mut counts = [0u32; 256];
    for &b in value {
        if let Some(count) = counts.get_mut(usize::from(b)) {
            *count += 1;
        }
    }
    let n = u32::try_from(value.len()).unwrap_or(u32::MAX);
    let used: u32 = counts.iter().map(|&c| c * log2(c)).sum();
    let distinct = counts.iter().filter(|c| **c > 0).count();
    ((n * log2(n)).saturating_sub(used) / n.max(1), distinct)
}

fn shape(value: &[u8]) -> Shape {
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

/// A template, a reference or a call: `${X}`, `{{ x }}`, `%s`, `f(x)`.
fn template(value: &[u8]) -> bool {
    let verb = value.windows(2).any(|pair| matches!(pair, [b'%', b's' | b'd' | b'v' | b'q' | b'@']));
    let variable = matches!(value, [b'$', b, ..] if b.is_ascii_alphabetic() || *b == b'_') && !sealed(value);
    let percent = matches!(value, [b'%', .., b'%']) || matches!(value, [b'<', .., b'>'] | [b'{', .., b'}'] | [b'[', .., b']'] | [b'_', b'_', .., b'_']);
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
        b"$2a$", b"$2b$", b"$2y$", b"$1$", b"$5$", b"$6$", b"$apr1$", b"$argon2", b"$pbkdf2", b"$scrypt", b"{SSHA", b"{SHA", b"{CRYPT",
        b"pbkdf2_", b"ENC(", b"ENC[", b"vault:", b"AQICA", b"!vault", b"SCRAM-SHA",
    ];
    let mysql = matches!(value, [b'*', hex @ ..] if hex.len() == 40 && hex.iter().all(u8::is_ascii_hexdigit));
    let digest = ["sha1:", "sha1=", "sha256=", "sha256:", "sha512:", "sha1-", "sha256-", "sha384-", "sha512-", "md5:", "ssh-rsa", "ssh-ed25519", "-----begin", "{cipher}", "{bcrypt}", "bcrypt:"];
    // `$6$…` of crypt(3), `sha1$salt$…` of Django.
    let modular = matches!(value, [b'$', b, ..] if b.is_ascii_digit()) && value.iter().filter(|b| **b == b'$').count() > 2;
    let django = value.iter().position(|b| *b == b'$').is_some_and(|at| {
        at > 2 && value.get(at + 1..).is_some_and(|rest| rest.contains(&b'$')) && value.iter().take(at).all(|b| b.is_ascii_alphanumeric() || *b == b'_')
    });
    mysql || modular || django || starts.iter().any(|start| value.starts_with(start)) || digest.iter().any(|d| stands(value, 0, d.as_bytes()))
}

fn uuid(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"{").and_then(|v| v.strip_suffix(b"}")).unwrap_or(value);
    value.len() == 36
        && value.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Endings of hosts and files.
const FILES: &[&str] = &[
    ".json", ".yml", ".yaml", ".txt", ".pem", ".key", ".crt", ".php", ".html", ".js", ".py", ".rb", ".go", ".java", ".xml",
    ".md", ".png", ".svg", ".css", ".com", ".org", ".net", ".io",
];

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
        value.windows(2).filter(|p| matches!(p, [a, b] if a.wrapping_add(step) == *b || a.wrapping_sub(step) == *b)).count()
    };
    let same = value.windows(2).filter(|p| matches!(p, [a, b] if a == b)).count();
    let rows = ["qwert", "asdfg", "zxcvb", "12345", "abcde", "54321", "67890", "qazwsx", "1q2w3e", "1a2b3c", "a1b2c3"];
    let rowed: usize = rows.iter().filter(|row| holds(value, row)).map(|row| row.len()).sum();
    repeated || (n >= 4 && (walks(1) + same) * 100 >= (n - 1) * 60) || rowed * 100 >= n * 45 || rowed >= 10
}

fn placeholder(value: &[u8]) -> bool {
    let same = |word: &&str| value.eq_ignore_ascii_case(word.as_bytes());
    NOTHING.iter().chain(EMPTY_DIGESTS).any(same) || (value.len() < 100 && PLACEHOLDERS.within(value))
}

/// Whether the letters of one are the letters of the other, or a part.
fn echo(value: &[u8], name: &[u8]) -> bool {
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
    };
    let (value, name) = (plain(value), plain(name));
    let inside = |outer: &[u8], inner: &[u8]| inner.len() > 2 && outer.windows(inner.len()).any(|part| part == inner);
    inside(&name, &value) || (name.len() > 3 && inside(&value, &name))
}
