//! Armoured private keys as they stand in files: PEM (RFC 7468, RFC 1421), OpenSSH, OpenPGP (RFC 9580, section 6),
//! SSH2 (RFC 4716) and PuTTY, with the line ends, quotes and escapes of whatever format they were pasted into.

/// One armoured key.
#[derive(Default)]
pub(super) struct Armour {
    /// What stands behind BEGIN, such as `RSA PRIVATE KEY`; `PuTTY` for PuTTY's.
    pub(super) label: Vec<u8>,
    /// Names and values of the lines `Name: value`.
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The base64 digits.
    pub(super) body: Vec<u8>,
    /// The checksum of OpenPGP, base64 without its `=`.
    pub(super) sum: Option<Vec<u8>>,
    /// Whether the end is there.
    pub(super) complete: bool,
    /// Whether something is left out, as in `MIIE...`.
    pub(super) elided: bool,
}

pub(super) const PUTTY: &[u8] = b"PuTTY";

impl Armour {
    /// Reads the first key in a text.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let text = unescaped(text);
        if find(&text, b"PuTTY-User-Key-File-").is_some() { Some(Self::putty(&text)) } else { Self::dashes(&text) }
    }

    /// The value of a header; the name in any case.
    pub(super) fn header(&self, name: &[u8]) -> Option<&[u8]> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    fn dashes(text: &[u8]) -> Option<Self> {
        const BEGIN: &[u8] = b"BEGIN ";
        let text = text.get(find(text, BEGIN)? + BEGIN.len()..)?;
        let (label, rest) = text.split_at_checked(find(text, b"--")?)?;
        let inner = rest.get(rest.iter().position(|b| *b != b'-')?..)?;
        let end = find(inner, b"----");
        let mut armour = Self { label: label.trim_ascii().to_vec(), ..Self::default() };
        armour.complete = end.and_then(|at| inner.get(at..)).is_some_and(|tail| find(tail, b"END").is_some());
        let lines = inner.get(..end.unwrap_or(inner.len()))?.split(is_line_end).filter(|line| !line.is_empty());
        // Every line of a patch begins with one; of a key hardly two do.
        let patch = lines.clone().count() > 2 && lines.clone().all(|line| line.starts_with(b"+"));
        lines.for_each(|line| armour.line(line.get(usize::from(patch)..).unwrap_or_default()));
        Some(armour)
    }

    fn putty(text: &[u8]) -> Self {
        let mut armour = Self { label: PUTTY.to_vec(), ..Self::default() };
        let mut private = false;
        for line in text.split(is_line_end) {
            if let Some((name, value)) = header(line) {
                private = name == b"Private-Lines";
                armour.complete |= matches!(name, b"Private-MAC" | b"Private-Hash");
                armour.headers.push((name.to_vec(), value.to_vec()));
            } else if private {
                armour.line(line);
            }
        }
        armour
    }

    fn line(&mut self, line: &[u8]) {
        let mut words = words(line).filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            if let Some(name) = word.strip_suffix(b":") {
                let value = words.next().unwrap_or_default();
                self.headers.push((name.to_vec(), value.to_vec()));
                // The values of these two are one word, even where the whole key stands in one line.
                if !matches!(name, b"Proc-Type" | b"DEK-Info") {
                    words.by_ref().filter(|word| word.len() >= LONG_WORD).for_each(|word| self.word(word));
                }
            } else {
                self.word(word);
            }
        }
    }

    fn word(&mut self, word: &[u8]) {
        self.elided |= [&b".."[..], "…".as_bytes(), b"xxxxxx", b"XXXXXX"].iter().any(|gap| find(word, gap).is_some());
        match word {
            // What joins pieces of strings, or begins a comment.
            _ if word.iter().all(|b| matches!(b, b'+' | b'.' | b'/' | b'&' | b',')) => {}
            // A constant for the line's end, as PHP_EOL; no digit of a key is a low line.
            _ if word.contains(&b'_') => {}
            [b'=', sum @ ..] if sum.len() == 4 => self.sum = Some(sum.to_vec()),
            _ => self.body.extend(word.iter().filter(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b))),
        }
    }
}

/// Words of a comment are shorter, lines of a key longer.
const LONG_WORD: usize = 48;

/// Undoes the escapes of JSON and C strings (at any depth of quoting), of XML and of URLs, as far as they occur in keys.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let (byte, tail) = match first {
            b'\\' => backslash(tail),
            b'%' => hex(tail, 2),
            b'&' => entity(tail),
            _ => None,
        }
        .unwrap_or((*first, tail));
        out.push(byte);
        rest = tail;
    }
    out
}

fn backslash(tail: &[u8]) -> Option<(u8, &[u8])> {
    let (kind, tail) = tail.get(tail.iter().position(|b| *b != b'\\')?..)?.split_first()?;
    match kind {
        b'n' | b'r' | b'\n' | b'\r' => Some((b'\n', tail)),
        b'u' => hex(tail, 4),
        b'/' | b'"' | b'\'' => Some((*kind, tail)),
        b't' => Some((b' ', tail)),
        _ => None,
    }
}

fn entity(tail: &[u8]) -> Option<(u8, &[u8])> {
    let end = tail.iter().take(8).position(|b| *b == b';')?;
    let name = tail.get(..end)?.strip_prefix(b"#")?.to_ascii_lowercase();
    let name = std::str::from_utf8(&name).ok()?;
    let byte = name.strip_prefix('x').map_or_else(|| name.parse(), |hex| u8::from_str_radix(hex, 16)).ok()?;
    Some((byte, tail.get(end + 1..)?))
}

fn hex(tail: &[u8], digits: usize) -> Option<(u8, &[u8])> {
    let (number, tail) = tail.split_at_checked(digits)?;
    let number = u16::from_str_radix(std::str::from_utf8(number).ok()?, 16).ok()?;
    Some((u8::try_from(number).ok().filter(u8::is_ascii)?, tail))
}

fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.get(line.iter().position(|b| b.is_ascii_alphanumeric())?..)?;
    let (name, value) = line.split_at_checked(line.iter().position(|b| *b == b':')?)?;
    let is_name = name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    is_name.then(|| (name, value.get(1..).unwrap_or_default().trim_ascii()))
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|b| b.is_ascii_whitespace() || *b == 0 || b"\"'`;()[]{}<>|*#\\".contains(b))
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, part)
}
