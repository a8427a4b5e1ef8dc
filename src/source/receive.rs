//! What a push brings to a server, as `pre-receive` and `update` see it: before any reference is moved.
//!
//! Two scopes are joined. What is new to the server is judged for every reference. For a protected one also what is
//! new to it, so that what was admitted on one reference cannot be carried into another. Besides what the references
//! reach, every object of the push is judged that none of them reaches.

use super::changes::Changes;
use super::content::{self, Content};
use super::error::SourceError;
use super::push::{Malformed, names};
use super::{Nothing, Sink, Source, commits, range, tips};
use crate::blob::{ObjectId, ObjectKind, Origin};
use crate::coverage::{Progress, Unread};
use crate::git::{Commit, Kind, ObjectError, Ref, Repository, Walk};
use bstr::ByteSlice;
use std::cell::Cell;
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

/// Contents over this many bytes are judged behind all others, where time is limited.
const SMALL: u64 = 64 << 10;

/// How many commits are listed once the time is spent: some hundredths of a second.
const LISTED: u32 = 5_000;

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
    /// Whether the time is limited: then the newest commits and the smallest contents come first.
    pub hurried: bool,
    /// Filled while it is read: the commits of the push, parents before children.
    pub commits: Vec<Commit>,
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
            return self.stopped(sink, &HashSet::new());
        };
        let example = given.first().map(|update| update.name.as_slice()).unwrap_or_default();
        let walk = self.new_commits(&tips.commits, &given, &|| sink.spent(example));
        commits::gaps(&content, &walk)?;
        if walk.stopped {
            return self.stopped(sink, &tips.seen);
        }
        self.commits = walk.commits;
        self.judge(&content, tips)
    }
}

impl Receive<'_> {
    /// Judges what the references reach, then what they do not.
    fn judge(&mut self, content: &Content<'_>, tips: tips::Tips) -> Result<(), SourceError> {
        let (repository, sink) = (content.repository, content.sink);
        let mut changes = Changes::new(Content { repository, sink }).remembering();
        if self.hurried {
            changes = changes.small_first(SMALL);
        }
        let (trees, commits) = (tips.trees, &self.commits);
        let flow = if self.hurried {
            range::push(content, &mut changes, &trees, commits, commits.iter().rev())
        } else {
            range::push(content, &mut changes, &trees, commits, commits.iter())
        };
        let mut met = changes.into_met();
        met.extend(tips.seen);
        if flow.is_break() || self.unreferenced(content, &mut met)?.is_break() {
            return self.stopped(sink, &met);
        }
        Ok(())
    }

    /// Tells how far it came. The commits are listed all the same, as far as that costs little, to tell of parts.
    fn stopped(&mut self, sink: &dyn Sink, met: &HashSet<ObjectId>) -> Result<(), SourceError> {
        if self.commits.is_empty() {
            let given: Vec<ObjectId> =
                self.updates.iter().map(|update| update.new).filter(|id| !id.is_zero()).collect();
            let known: Vec<ObjectId> = self.refs.iter().map(|one| one.id).collect();
            let left = Cell::new(LISTED);
            let stop = || left.replace(left.get().saturating_sub(1)) == 0;
            let (new, known) = (tips::commits(self.repository, &given), tips::commits(self.before, &known));
            self.commits = self.repository.walk_until(&new, &known, &stop).commits;
        }
        let (done, all, what) = match self.quarantine {
            Some(folder) => {
                let pushed = self.repository.stored(folder)?;
                (pushed.iter().filter(|id| met.contains(id)).count(), pushed.len(), "objects")
            }
            None => {
                let done = self.commits.iter().filter(|commit| met.contains(&commit.info.id)).count();
                (done, self.commits.len(), "commits")
            }
        };
        sink.came(Progress { done: done as u64, all: all as u64, what });
        Ok(())
    }

    /// The commits of both scopes, each once. A reference that cannot be read leaves nothing out.
    fn new_commits(&self, commits: &[ObjectId], given: &[&Update], stop: &dyn Fn() -> bool) -> Walk {
        let behind = |ids: &[ObjectId]| tips::commits(self.repository, ids);
        let ids = |keep: &dyn Fn(&Ref) -> bool| -> Vec<ObjectId> {
            self.refs.iter().filter(|one| keep(one)).map(|one| one.id).collect()
        };
        let walk = |include: &[ObjectId], exclude: &[ObjectId]| {
            self.repository.walk_until(include, &tips::commits(self.before, exclude), stop)
        };
        let mut all = Union::default();
        all.add(walk(commits, &ids(&|_| true)));
        let protected = given.iter().filter(|update| (self.protected)(&update.name));
        let (created, moved): (Vec<&&Update>, Vec<&&Update>) = protected.partition(|update| update.old.is_zero());
        if !created.is_empty() {
            let tips: Vec<ObjectId> = created.iter().map(|update| update.new).collect();
            all.add(walk(&behind(&tips), &ids(&|one| (self.protected)(&one.name))));
        }
        for update in moved {
            all.add(walk(&behind(&[update.new]), &[update.old]));
        }
        all.walk
    }

    /// Judges every object that came with the push and was not met. A pack also holds what its deltas are made
    /// against; that was there before.
    fn unreferenced(&self, content: &Content<'_>, met: &mut HashSet<ObjectId>) -> Result<ControlFlow<()>, SourceError> {
        let Some(folder) = self.quarantine else { return Ok(ControlFlow::Continue(())) };
        let mut left = self.repository.stored(folder)?;
        left.retain(|id| !met.contains(id) && self.before.header(id).is_err());
        if self.hurried {
            left.sort_by_cached_key(|id| self.repository.header(id).map_or(0, |header| header.size));
        }
        Ok(left.iter().try_for_each(|id| {
            unreferenced(content, id)?;
            met.insert(*id);
            ControlFlow::Continue(())
        }))
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
        self.walk.stopped |= walk.stopped;
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
