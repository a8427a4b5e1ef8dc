//! What a push brings to a server, as `pre-receive` and `update` see it: before any reference is moved.
//!
//! Two scopes are joined. What is new to the server is judged for every reference. For a protected one also what is
//! new to it, so that what was admitted on one reference cannot be carried into another. Besides what the references
//! reach, every object of the push is judged that none of them reaches.

use super::content::{self, Content};
use super::error::SourceError;
use super::push::{Malformed, names};
use super::{Nothing, Sink, Source, commits, range, tips};
use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::coverage::Unread;
use crate::git::{Commit, Kind, ObjectError, Ref, Repository, SUBMODULE, TREE, Walk};
use bstr::ByteSlice;
use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// One reference of the server that a push changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What it names now; all zeros: it does not exist.
    pub old: ObjectId,
    /// What it shall name; all zeros: it shall go away.
    pub new: ObjectId,
    /// Its full name, raw.
    pub name: Vec<u8>,
}

/// The references of a push: `<old id> SP <new id> SP <ref> LF` (githooks(5)); at least one.
pub fn received(input: &[u8]) -> Result<Vec<Update>, Malformed> {
    let updates: Vec<Update> = input.lines().map(line).collect::<Result<_, _>>()?;
    if updates.is_empty() { Err(Malformed) } else { Ok(updates) }
}

fn line(line: &[u8]) -> Result<Update, Malformed> {
    let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
    let [old, new, name] = words.as_slice() else { return Err(Malformed) };
    update(old, new, name)
}

/// One reference, as the arguments of `update` give it.
pub fn update(old: &[u8], new: &[u8], name: &[u8]) -> Result<Update, Malformed> {
    let (Some(old), Some(new)) = (ObjectId::from_hex(old), ObjectId::from_hex(new)) else { return Err(Malformed) };
    if name.is_empty() { Err(Malformed) } else { Ok(Update { old, new, name: name.to_vec() }) }
}

/// A push on its way in.
pub struct Receive<'a> {
    /// The repository with what is pushed.
    pub repository: &'a Repository,
    /// The repository as it is without it.
    pub before: &'a Repository,
    /// Its references before the push.
    pub refs: &'a [Ref],
    /// What the push changes.
    pub updates: &'a [Update],
    /// Whether a reference is protected.
    pub protected: &'a dyn Fn(&[u8]) -> bool,
    /// Whether `refs/replace/*` may be pushed.
    pub replace_refs: bool,
    /// The object folder that holds nothing but the push; `None` where the objects have been moved already.
    pub quarantine: Option<&'a Path>,
}

impl Source for Receive<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let content = Content { repository: self.repository, sink };
        let given: Vec<&Update> = self.updates.iter().filter(|update| !update.new.is_zero()).collect();
        sink.refs(given.len() as u64);
        for update in given.iter().filter(|update| !self.replace_refs && update.name.starts_with(b"refs/replace/")) {
            sink.unread(Unread::ReplaceRef, &update.name, None);
        }
        let created = given.iter().filter(|update| update.old.is_zero()).map(|update| update.name.as_slice());
        let (ControlFlow::Continue(()), ControlFlow::Continue(tips)) =
            (names(sink, created), tips::follow(&content, given.iter().map(|update| update.new)))
        else {
            return Ok(());
        };
        let walk = self.new_commits(&tips.commits, &given);
        commits::gaps(&content, &walk)?;
        if range::push(&content, &tips.trees, &walk.commits).is_continue() {
            self.unreferenced(&content, tips, &walk.commits)?;
        }
        Ok(())
    }
}

impl Receive<'_> {
    /// The commits of both scopes, each once. A reference that cannot be read leaves nothing out.
    fn new_commits(&self, commits: &[ObjectId], given: &[&Update]) -> Walk {
        let behind = |ids: &[ObjectId]| tips::commits(self.repository, ids);
        let ids = |keep: &dyn Fn(&Ref) -> bool| -> Vec<ObjectId> {
            self.refs.iter().filter(|one| keep(one)).map(|one| one.id).collect()
        };
        let mut all = Union::default();
        all.add(self.repository.walk(commits, &tips::commits(self.before, &ids(&|_| true))));
        let protected = given.iter().filter(|update| (self.protected)(&update.name));
        let (created, moved): (Vec<&&Update>, Vec<&&Update>) = protected.partition(|update| update.old.is_zero());
        if !created.is_empty() {
            let tips: Vec<ObjectId> = created.iter().map(|update| update.new).collect();
            let known = ids(&|one| (self.protected)(&one.name));
            all.add(self.repository.walk(&behind(&tips), &tips::commits(self.before, &known)));
        }
        for update in moved {
            all.add(self.repository.walk(&behind(&[update.new]), &tips::commits(self.before, &[update.old])));
        }
        all.walk
    }

    /// Every object that came with the push and that no reference reaches. A pack also holds what its deltas are made
    /// against; that was there before.
    fn unreferenced(&self, content: &Content<'_>, tips: tips::Tips, commits: &[Commit]) -> Result<(), SourceError> {
        let Some(folder) = self.quarantine else { return Ok(()) };
        let pushed: HashSet<ObjectId> = self.repository.stored(folder)?.into_iter().collect();
        let mut reached: HashSet<ObjectId> = tips.seen;
        reached.extend(commits.iter().map(|commit| commit.info.id));
        let roots = commits.iter().map(|commit| commit.tree).chain(tips.trees);
        self.reach(roots.collect(), &pushed, &mut reached);
        let mut left: Vec<ObjectId> = pushed.difference(&reached).copied().collect();
        left.sort_unstable();
        for id in left {
            if self.before.header(&id).is_err() && unreferenced(content, &id).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Adds what trees reach, as far as it came with the push: what the trees that were there before reach was there
    /// before. What a walk does not judge as a file (a submodule) counts as not reached.
    fn reach(&self, mut open: Vec<ObjectId>, pushed: &HashSet<ObjectId>, reached: &mut HashSet<ObjectId>) {
        while let Some(id) = open.pop() {
            if !pushed.contains(&id) || reached.contains(&id) {
                continue;
            }
            let Ok(entries) = self.repository.tree(&id) else { continue };
            reached.insert(id);
            for entry in entries {
                match entry.mode {
                    TREE => open.push(entry.id),
                    SUBMODULE => {}
                    _ => _ = reached.insert(entry.id),
                }
            }
        }
    }
}

/// Judges an object by itself: it has no path and no commit.
fn unreferenced(content: &Content<'_>, id: &ObjectId) -> ControlFlow<()> {
    let origin = |kind| Origin { kind, id: Some(*id), unreferenced: true, ..Origin::default() };
    match content.repository.header(id).map(|header| header.kind) {
        Ok(Kind::Blob) => content.object(origin(ObjectKind::Blob), id, &Nothing),
        Ok(Kind::Commit) => content.object(origin(ObjectKind::Commit), id, &Nothing),
        Ok(Kind::Tag) => content.object(origin(ObjectKind::Tag), id, &Nothing),
        Ok(Kind::Tree) => match content.repository.tree(id) {
            Ok(entries) => entries.iter().try_for_each(|entry| content.path(&Arc::from(&*entry.name), None, &Nothing)),
            Err(error) => lost(content, id, error),
        },
        Err(error) => lost(content, id, error),
    }
}

fn lost(content: &Content<'_>, id: &ObjectId, error: ObjectError) -> ControlFlow<()> {
    content.sink.unread(content::unread(error), id.to_string().as_bytes(), Some(*id));
    ControlFlow::Continue(())
}

/// Several walks as one.
#[derive(Default)]
struct Union {
    walk: Walk,
    seen: HashSet<ObjectId>,
    lost: BTreeMap<ObjectId, ObjectError>,
}

impl Union {
    fn add(&mut self, walk: Walk) {
        self.walk.commits.extend(walk.commits.into_iter().filter(|commit| self.seen.insert(commit.info.id)));
        self.lost.extend(walk.lost);
        self.walk.lost = self.lost.iter().map(|(id, error)| (*id, *error)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_either_length_are_read_and_nothing_else() {
        let (a, zero, long) = ("a".repeat(40), "0".repeat(40), "0".repeat(64));
        let input = format!("{zero} {a} refs/heads/x\n{long} {a} refs/heads/y\n");
        let updates = received(input.as_bytes()).unwrap();
        assert!(updates.iter().all(|update| update.old.is_zero()));
        for input in [
            String::new(),
            "\n".to_owned(),
            "garbage".to_owned(),
            format!("{zero} {a}"),
            format!("{zero} {a} refs/heads/x more"),
            format!("{zero} {a} "),
            format!("{zero}  {a} refs/heads/x"),
            format!("{zero} xyz refs/heads/x"),
        ] {
            assert_eq!(received(input.as_bytes()), Err(Malformed), "{input:?}");
        }
    }
}
