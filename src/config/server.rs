//! `[server]`: how a server's hooks work. Only the administrator says.

use super::error::Faults;
use super::read::Section;
use super::setting::By;
use toml::Spanned;

/// What the administrator's file says about a server; `None` leaves things as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Server {
    /// The reference whose files are the policy, by its full name. Default: the branch that HEAD names.
    pub trust_ref: Option<String>,
    /// Patterns of full names of references, `*` standing for anything. Default: the branch that HEAD names, and tags.
    pub protected: Option<Vec<String>>,
    /// Whether `refs/replace/*` may be pushed. Default: no.
    pub replace_refs: Option<bool>,
    /// Whether a push to the trust ref may loosen the policy that is taken from it. Default: no.
    pub accept_loosening: Option<bool>,
}

impl Server {
    /// Whether a reference is protected; `head` is the one that HEAD names.
    pub fn protects(&self, name: &[u8], head: Option<&[u8]>) -> bool {
        match &self.protected {
            Some(patterns) => patterns.iter().any(|pattern| ref_fits(pattern.as_bytes(), name)),
            None => head == Some(name) || name.starts_with(b"refs/tags/"),
        }
    }

    pub(super) fn add(&mut self, later: Self) {
        self.trust_ref = later.trust_ref.or(self.trust_ref.take());
        self.protected = later.protected.or(self.protected.take());
        self.replace_refs = later.replace_refs.or(self.replace_refs);
        self.accept_loosening = later.accept_loosening.or(self.accept_loosening);
    }
}

pub(super) fn read(mut part: Section<'_>, by: &By, faults: &mut Faults) -> Server {
    if !matches!(by, By::Administrator(_)) {
        faults.add(part.span(), "[server] belongs into the administrator's file only", None);
        return Server::default();
    }
    let trust_ref = part.text("trust-ref", faults);
    let protected = part.texts("protected", faults);
    for name in trust_ref.iter().chain(protected.iter().flatten()) {
        if !name.get_ref().starts_with("refs/") {
            let hint = format!("such as \"refs/heads/{}\"", name.get_ref());
            faults.add(name.span(), "the full name of a reference begins with `refs/`", Some(hint));
        }
    }
    let server = Server {
        trust_ref: trust_ref.map(Spanned::into_inner),
        protected: protected.map(|names| names.into_iter().map(Spanned::into_inner).collect()),
        replace_refs: part.truth("replace-refs", faults),
        accept_loosening: part.truth("accept-loosening", faults),
    };
    part.finish(faults);
    server
}

/// Whether the full name of a reference fits a pattern in which `*` stands for anything, `/` too.
pub fn ref_fits(pattern: &[u8], name: &[u8]) -> bool {
    let mut parts = pattern.split(|&byte| byte == b'*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = memchr::memmem::find(rest, part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in [
            ("refs/heads/main", "refs/heads/main"),
            ("refs/tags/*", "refs/tags/a/b"),
            ("refs/*/release-*", "refs/heads/x/release-1"),
            ("refs/heads/*-*-x", "refs/heads/a-b-x"),
        ] {
            assert!(ref_fits(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("refs/heads/main", "refs/heads/main2"),
            ("refs/tags/*", "refs/heads/a"),
            ("refs/heads/*a*a", "refs/heads/a"),
        ] {
            assert!(!ref_fits(pattern.as_bytes(), name.as_bytes()), "{pattern} {name}");
        }
    }

    #[test]
    fn the_branch_of_head_and_tags_are_protected_unless_said_otherwise() {
        let server = Server::default();
        assert!(server.protects(b"refs/heads/main", Some(b"refs/heads/main")));
        assert!(server.protects(b"refs/tags/v1", None));
        assert!(!server.protects(b"refs/heads/topic", Some(b"refs/heads/main")));
        let other = Server { protected: Some(vec!["refs/heads/release/*".to_owned()]), ..server };
        assert!(other.protects(b"refs/heads/release/1", Some(b"refs/heads/main")));
        assert!(!other.protects(b"refs/heads/main", Some(b"refs/heads/main")));
    }
}
