//! The password in a connection string.

/// Names under which a list of `name=value;` holds its secret.
const SECRET_NAMES: [&[u8]; 6] =
    [b"password", b"pwd", b"accountkey", b"sharedaccesskey", b"sharedaccesssignature", b"accesskey"];

/// The password of a connection string, which is what its fingerprint is taken of: of a URL the percent-decoded
/// password before the host, of a `name=value;` list the value of its password or key. `None` if it has none.
pub fn password_of_connection(secret: &[u8]) -> Option<Vec<u8>> {
    of_url(secret).or_else(|| of_list(secret)).filter(|password| !password.is_empty())
}

fn of_url(secret: &[u8]) -> Option<Vec<u8>> {
    let at = secret.windows(3).position(|part| part == b"://")?;
    let rest = secret.get(at + 3..)?;
    let rest = until(rest, |b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>'));
    // Passwords hold unescaped `/`, `?` and `#` more often than hosts are missing.
    let authority = until(rest, |b| matches!(b, b'/' | b'?' | b'#'));
    let user = before_last_at(authority).or_else(|| before_last_at(rest))?;
    let colon = user.iter().position(|b| *b == b':')?;
    Some(percent_decoded(user.get(colon + 1..)?))
}

fn of_list(secret: &[u8]) -> Option<Vec<u8>> {
    secret.split(|b| *b == b';').find_map(|pair| {
        let equals = pair.iter().position(|b| *b == b'=')?;
        let name: Vec<u8> = pair.get(..equals)?.to_ascii_lowercase();
        let name = name.trim_ascii();
        let named = SECRET_NAMES.iter().any(|known| name.ends_with(known));
        named.then(|| unquoted(pair.get(equals + 1..).unwrap_or_default().trim_ascii()).to_vec())
    })
}

fn until(text: &[u8], stop: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|b| stop(*b)).unwrap_or(text.len());
    text.get(..end).unwrap_or(text)
}

fn before_last_at(text: &[u8]) -> Option<&[u8]> {
    text.get(..text.iter().rposition(|b| *b == b'@')?)
}

fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        let escape = tail.split_at_checked(2).filter(|_| *first == b'%');
        let byte =
            escape.and_then(|(hex, tail)| Some((*data_encoding::HEXLOWER_PERMISSIVE.decode(hex).ok()?.first()?, tail)));
        let (byte, tail) = byte.unwrap_or((*first, tail));
        out.push(byte);
        rest = tail;
    }
    out
}

fn unquoted(text: &[u8]) -> &[u8] {
    match text {
        [open @ (b'"' | b'\''), inner @ .., close] if open == close => inner,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Option<String> {
        password_of_connection(text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn of_a_url_it_is_percent_decoded() {
        assert_eq!(password("postgres://bob:p%40ss%2fw%zz@db:5432/app?x=1"), Some("p@ss/w%zz".to_owned()));
        assert_eq!(password("redis://:hunter2@cache"), Some("hunter2".to_owned()));
    }

    #[test]
    fn unescaped_delimiters_belong_to_the_password() {
        assert_eq!(password("mysql://bob:p@ss@db/app"), Some("p@ss".to_owned()));
        assert_eq!(password("mysql://bob:p/ss#w@db/app"), Some("p/ss#w".to_owned()));
    }

    #[test]
    fn of_a_list_it_is_the_password_or_key() {
        assert_eq!(password("Server=db;User Id=bob;Password='hunter2';"), Some("hunter2".to_owned()));
        assert_eq!(password(&["AccountName=a;Account", "Key=YWJj=="].concat()), Some("YWJj==".to_owned()));
    }

    #[test]
    fn without_a_password_there_is_none() {
        assert_eq!(password("postgres://bob@db/app"), None);
        assert_eq!(password("postgres://bob:@db/app"), None);
        assert_eq!(password("https://example.com/a:b"), None);
        assert_eq!(password(""), None);
    }
}
