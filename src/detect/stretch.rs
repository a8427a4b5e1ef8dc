//! The least that a secret of some shape is: so many bytes in a row out of a set. Where they are not, no expression has
//! to be run, nor compiled.

use super::set::Set;
use regex_syntax::hir::{Class, Hir, HirKind};

/// So many bytes of a set in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    bytes: Set,
    least: usize,
}

impl Stretch {
    /// What every match of an expression is.
    pub(super) fn of(hir: &Hir) -> Self {
        Self { bytes: alphabet(hir), least: hir.properties().minimum_len().unwrap_or(0) }
    }

    /// What the group `secret` is in every match of an expression.
    pub(super) fn of_secret(hir: &Hir) -> Option<Self> {
        match hir.kind() {
            HirKind::Capture(capture) if capture.name.as_deref() == Some("secret") => Some(Self::of(&capture.sub)),
            HirKind::Capture(capture) => Self::of_secret(&capture.sub),
            HirKind::Repetition(repetition) => Self::of_secret(&repetition.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(Self::of_secret),
            HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => None,
        }
    }

    /// Whether `text` holds it.
    pub(super) fn within(&self, text: &[u8]) -> bool {
        let mut from = 0;
        while let Some(part) = text.get(from..from + self.least) {
            // Read from its end, a part that breaks off late is left behind as a whole.
            match part.iter().rposition(|&byte| !self.bytes.holds(byte)) {
                Some(at) => from += at + 1,
                None => return true,
            }
        }
        false
    }
}

/// Every byte that some match of an expression holds.
pub(super) fn alphabet(hir: &Hir) -> Set {
    let mut bytes = Set::default();
    gather(hir, &mut bytes);
    bytes
}

fn gather(hir: &Hir, bytes: &mut Set) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|&byte| bytes.insert(byte, byte)),
        HirKind::Class(Class::Bytes(class)) => bytes.insert_class(class),
        HirKind::Class(Class::Unicode(_)) => *bytes = Set::ALL,
        HirKind::Capture(capture) => gather(&capture.sub, bytes),
        HirKind::Repetition(repetition) => gather(&repetition.sub, bytes),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|part| gather(part, bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::regexes::parse;
    use super::*;

    #[test]
    fn a_secret_is_so_many_of_its_bytes_in_a_row() {
        let stretch = Stretch::of_secret(&parse(r"key=(?P<secret>sk-[0-9a-f]{4,8})\b").unwrap()).unwrap();
        assert!(stretch.within(b"key=sk-0a1b") && stretch.within(b"zz abcdefk zz"));
        assert!(!stretch.within(b"key=sk-0a1") && !stretch.within(b"k-s.0a1b2c") && !stretch.within(b""));
        let either = Stretch::of(&parse("[0-9]{6}|[a-z]{4}").unwrap());
        assert!(either.within(b"..12ab") && !either.within(b"123 567"));
    }
}
