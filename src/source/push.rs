//! What a push is about to send, as `pre-push` is told it: names, tags, and each commit against its own parents.

use super::content;
use super::error::SourceError;
use super::range::Range;
use super::{Sink, Source, tips};
use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::git::{Commit, Config, Refs, Repository};
use bstr::ByteSlice;
use std::ffi::OsStr;
use std::ops::ControlFlow;

/// One reference of the remote that a push changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What it shall name; all zeros: it shall go away.
    pub new: ObjectId,
    /// Its full name on the remote, raw.
    pub name: Vec<u8>,
    /// What it names there now; all zeros: it does not exist.
    pub old: ObjectId,
}

/// Standard input is not what git gives to this hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("standard input is not what git gives to this hook")]
pub struct Malformed;

/// The references of a push: `<local ref> SP <local id> SP <remote ref> SP <remote id> LF` (githooks(5)). The local
/// ref is what the user wrote and may hold spaces, so that lines are read from their end.
pub fn sent(input: &[u8]) -> Result<Vec<Sent>, Malformed> {
    input.lines().map(line).collect()
}

fn line(line: &[u8]) -> Result<Sent, Malformed> {
    let mut words = line.rsplitn(4, |&byte| byte == b' ');
    let (Some(old), Some(name), Some(new), Some(_)) = (words.next(), words.next(), words.next(), words.next()) else {
        return Err(Malformed);
    };
    let (Some(old), Some(new)) = (ObjectId::from_hex(old), ObjectId::from_hex(new)) else { return Err(Malformed) };
    let alike = old.as_bytes().len() == new.as_bytes().len();
    if alike && !name.is_empty() { Ok(Sent { new, name: name.to_vec(), old }) } else { Err(Malformed) }
}

/// What some references bring that the remote does not surely have.
pub struct Push<'a> {
    repository: &'a Repository,
    sent: Vec<Sent>,
    known: Vec<ObjectId>,
}

impl<'a> Push<'a> {
    /// `known` are commits or tags that the remote surely has; what the references name there now is left out besides.
    pub fn new(repository: &'a Repository, sent: Vec<Sent>, known: Vec<ObjectId>) -> Self {
        Self { repository, sent, known }
    }

    /// The commits that it brings, parents before children.
    pub fn commits(&self) -> Vec<Commit> {
        let new: Vec<ObjectId> = self.sent.iter().map(|one| one.new).filter(|id| !id.is_zero()).collect();
        let behind = |ids: &[ObjectId]| tips::commits(self.repository, ids);
        self.repository.walk(&behind(&new), &behind(&self.left_out())).commits
    }

    /// What the references name on the remote, and what it surely has besides.
    fn left_out(&self) -> Vec<ObjectId> {
        let old = self.sent.iter().map(|one| one.old).filter(|id| !id.is_zero());
        old.chain(self.known.iter().copied()).collect()
    }
}

impl Source for Push<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let given: Vec<&Sent> = self.sent.iter().filter(|one| !one.new.is_zero()).collect();
        sink.refs(given.len() as u64);
        let new = given.iter().filter(|one| one.old.is_zero());
        if names(sink, new.map(|one| one.name.as_slice())).is_break() {
            return Ok(());
        }
        Range::new(self.repository, given.iter().map(|one| one.new).collect(), self.left_out()).read(sink)
    }
}

/// Pushes names of references.
pub(super) fn names<'n>(sink: &dyn Sink, names: impl IntoIterator<Item = &'n [u8]>) -> ControlFlow<()> {
    let origin = || Origin { kind: ObjectKind::RefName, ..Origin::default() };
    names.into_iter().try_for_each(|name| content::plain(sink, name, origin()))
}

/// What the remote called `name` surely has, if `address` is where it is fetched from: its tracking refs. A ref that
/// another remote's settings name as well, or that does not lie under `refs/remotes/` (a mirror's), says nothing.
pub fn on_remote(repository: &Repository, name: &OsStr, address: &OsStr) -> Result<Vec<ObjectId>, SourceError> {
    let Some(fetched_from) = repository.remote_address(name)? else { return Ok(Vec::new()) };
    if place(&fetched_from) != place(address.as_encoded_bytes()) {
        return Ok(Vec::new());
    }
    let config = repository.config()?;
    let refs = repository.refs()?;
    Ok(tracking(config, &refs, name.as_encoded_bytes()))
}

fn tracking(config: &Config, refs: &Refs, remote: &[u8]) -> Vec<ObjectId> {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (key, setting) in config.all() {
        let Some(name) = key.strip_prefix(b"remote.").and_then(|rest| rest.strip_suffix(b".fetch")) else { continue };
        let target = setting.value.as_deref().and_then(|spec| Some(spec.split_once_str(b":")?.1));
        if let Some(target) = target {
            if name == remote { own.push(target) } else { others.push(target) }
        }
    }
    let one_of = |targets: &[&[u8]], name: &[u8]| targets.iter().any(|target| fits(target, name));
    let sure = |name: &[u8]| name.starts_with(b"refs/remotes/") && one_of(&own, name) && !one_of(&others, name);
    refs.refs.iter().filter(|one| sure(&one.name)).map(|one| one.id).collect()
}

/// Whether a name fits the right side of a refspec, with at most one `*`.
fn fits(target: &[u8], name: &[u8]) -> bool {
    match target.split_once_str(b"*") {
        Some((before, behind)) => {
            name.len() >= before.len() + behind.len() && name.starts_with(before) && name.ends_with(behind)
        }
        None => target == name,
    }
}

/// An address without what does not change the place: the protocol, the user, a port, `.git` and `/` at its end.
fn place(address: &[u8]) -> Vec<u8> {
    let (protocol, rest) = address.split_once_str(b"://").unwrap_or((b"", address));
    let end = |path: &[u8]| {
        let path = path.trim_end_with(|c| c == '/');
        path.strip_suffix(b".git").unwrap_or(path).trim_end_with(|c| c == '/').to_vec()
    };
    let divided = match protocol {
        b"" => rest.split_once_str(b":").filter(|(host, _)| !host.contains(&b'/') && host.len() > 1),
        b"file" => None,
        _ => rest.split_once_str(b"/"),
    };
    let Some((host, path)) = divided else { return end(rest) };
    let host = host.rsplit_once_str(b"@").map_or(host, |(_, host)| host);
    let host = host.split_once_str(b":").map_or(host, |(host, _)| host);
    [host.to_ascii_lowercase().as_slice(), b":", end(path.trim_start_with(|c| c == '/')).as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_name_may_hold_spaces_and_a_deletion_has_none() {
        let (a, zero) = ("a".repeat(40), "0".repeat(40));
        let input = format!("HEAD^{{/two words}} {a} refs/heads/x {zero}\n(delete) {zero} refs/heads/y {a}\n");
        let lines = sent(input.as_bytes()).unwrap();
        assert_eq!((lines[0].name.as_slice(), lines[0].old.is_zero()), (&b"refs/heads/x"[..], true));
        assert_eq!((lines[1].name.as_slice(), lines[1].new.is_zero()), (&b"refs/heads/y"[..], true));
    }

    #[test]
    fn anything_else_is_malformed() {
        let a = "a".repeat(40);
        let long = "0".repeat(64);
        for input in [
            "garbage".to_owned(),
            "\n".to_owned(),
            format!("x {a} refs/heads/x"),
            format!("x {a} refs/heads/x {a}0"),
            format!("x {a} refs/heads/x {long}"),
            format!("x {a} refs/heads/x {a} "),
        ] {
            assert_eq!(sent(input.as_bytes()), Err(Malformed), "{input:?}");
        }
        assert_eq!(sent(b""), Ok(Vec::new()));
    }

    #[test]
    fn one_place_has_many_addresses() {
        let alike = ["https://example.com/a/b.git", "ssh://git@Example.com:2222/a/b/", "git@example.com:a/b.git"];
        assert!(alike.iter().all(|address| place(address.as_bytes()) == b"example.com:a/b"));
        assert_eq!(place(b"file:///srv/a.git"), place(b"/srv/a"));
        assert_ne!(place(b"git@example.com:a/b"), place(b"git@example.com:a/c"));
        assert_ne!(place(b"https://example.com/a/b"), place(b"https://example.org/a/b"));
    }

    #[test]
    fn a_refspec_has_one_star() {
        assert!(fits(b"refs/remotes/o/*", b"refs/remotes/o/a/b"));
        assert!(fits(b"refs/remotes/o/main", b"refs/remotes/o/main"));
        assert!(!fits(b"refs/remotes/o/*x", b"refs/remotes/o/"));
    }
}
