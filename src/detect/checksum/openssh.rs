//! OpenSSH's own format of private keys.
//! <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>

/// How every key begins.
pub(super) const MAGIC: &[u8] = b"openssh-key-v1\0";

/// What the bytes of a key tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    /// Not encrypted, and its two check numbers are equal: one in 2^32 by chance.
    Checked,
    /// Encrypted under a passphrase.
    Encrypted,
    /// The beginning of a key.
    CutOff,
    /// Something else.
    Wrong,
}

/// Looks at the decoded body of an armour.
pub(super) fn read(bytes: &[u8]) -> Key {
    let Some(rest) = bytes.strip_prefix(MAGIC) else { return Key::Wrong };
    let mut rest = rest;
    let Some(cipher) = string(&mut rest) else { return Key::CutOff };
    if cipher != b"none" {
        return Key::Encrypted;
    }
    match checks(rest) {
        Some((first, second)) if first == second => Key::Checked,
        Some(_) => Key::Wrong,
        None => Key::CutOff,
    }
}

/// The two check numbers: behind the name and options of the key derivation, the number of keys (one), the public
/// key, and the length of the private part.
fn checks(mut rest: &[u8]) -> Option<(u32, u32)> {
    string(&mut rest)?;
    string(&mut rest)?;
    number(&mut rest)?;
    string(&mut rest)?;
    let mut private = string(&mut rest)?;
    Some((number(&mut private)?, number(&mut private)?))
}

fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(rest)?).ok()?;
    let (value, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(value)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (bytes, tail) = rest.split_first_chunk::<4>()?;
    *rest = tail;
    Some(u32::from_be_bytes(*bytes))
}
