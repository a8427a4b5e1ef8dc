//! Everything that a history holds: names of refs, tags, commits, file names and content, each once.

mod known;
mod layer;
mod part;
mod push;
mod quick;
mod stood;

pub use known::{Counted, Known};
pub use part::{Part, Shard};

use super::content::{self, Content};
use super::error::SourceError;
use super::head::Head;
use super::{Sink, Source, Standing, commits, tips};
use crate::blob::{CommitInfo, ObjectId, ObjectKind, Origin};
use crate::coverage::Unread;
use crate::git::{Age, Commit, Division, Kind, Reached, Refs, Repository, Spot, Store, Strays};
use known::Carried;
use layer::{Fate, Layer};
use part::Elsewhere;
use push::Push;
use quick::{Followed, News};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use stood::Stood;

/// What of a history is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// Whether every object is hashed and compared with its id. Without it that is done for loose objects; for packed
    /// ones the checksums in the pack's index count.
    pub verify: bool,
    /// Whether every content is searched whole, and not only where it differs from what it is stored as a delta to. What
    /// is found is the same.
    pub full: bool,
    /// Whether what the reflogs of all worktrees name counts too.
    pub reflog: bool,
    /// Whether everything that the store holds counts, its alternates too.
    pub unreferenced: bool,
    /// Only what was first brought in by a commit whose committer date is this or later; seconds since
    /// 1970-01-01T00:00:00Z.
    pub since: Option<i64>,
    /// Only one part.
    pub part: Option<Part>,
}

/// All refs (branches, tags, notes, the stash, remotes' branches) and every worktree's HEAD.
pub struct History<'a> {
    repository: &'a Repository,
    scope: Scope,
    known: Option<Known>,
    stood: Option<Stood>,
    head: Option<Head<'a>>,
    remembers: bool,
    carried: Option<Carried>,
    followed: Option<Followed<'a>>,
    next: Option<Known>,
    /// Whether the next run may begin behind `next`.
    sound: bool,
    shard: Option<Shard>,
}

impl<'a> History<'a> {
    /// The whole history of a repository, as references reach it.
    pub fn new(repository: &'a Repository) -> Self {
        let (scope, stood) = (Scope::default(), None);
        let (known, head, carried, followed, next, shard) = (None, None, None, None, None, None);
        let (remembers, sound) = (false, false);
        Self { repository, scope, known, stood, head, remembers, carried, followed, next, sound, shard }
    }

    /// More of it, or less.
    pub fn within(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// What an earlier run judged is not pushed again, and what this one judges is remembered.
    pub fn begin_behind(&mut self, known: Option<Known>) {
        self.known = known;
        self.remembers = true;
    }

    /// Once it was read: for something that an earlier run judged and this one judged again, its first commit, if that
    /// is the one that the earlier run knows.
    pub fn older(&self, origin: &Origin) -> Option<Arc<CommitInfo>> {
        self.followed.as_ref()?.older(origin, &|id| self.age(id))
    }

    /// The bytes of an object, if it can be read.
    pub fn content(&self, id: &ObjectId) -> Option<Vec<u8>> {
        self.repository.blob(id, u64::MAX).ok()
    }

    /// Once it was read: where something that an earlier run judged stands now; `None` where it is gone or was judged
    /// again.
    pub fn carries(&self, origin: &Origin) -> Option<Origin> {
        match &self.followed {
            Some(followed) => followed.origin(origin),
            None => self.carried.as_ref()?.origin(origin),
        }
    }

    /// Once it was read whole: what the next run need not judge, but for objects that could not be read.
    pub fn known(&self) -> Option<&Known> {
        self.next.as_ref().filter(|_| self.sound)
    }

    fn age(&self, id: &ObjectId) -> Option<Age> {
        let known = || self.next.as_ref()?.commits.get(id).copied();
        self.stood.as_ref().and_then(|stood| stood.age(id)).or_else(known)
    }

    fn first(&self) -> bool {
        self.scope.part.is_none_or(|part| part.index == 1)
    }

    /// The ids that everything is reached from, the names told. The digest is that of all that decides what is read.
    fn roots(&self, sink: &dyn Sink) -> Result<ControlFlow<(), (Vec<ObjectId>, String)>, SourceError> {
        let refs = self.repository.refs()?;
        sink.refs(refs.refs.len() as u64);
        if refs.unreadable {
            sink.unread(Unread::UnreadableRefs, b"refs", None);
        }
        for words in &refs.broken {
            sink.unread(Unread::UnresolvableRef, words, None);
        }
        let mut digest = Sha256::new();
        for one in &refs.refs {
            digest.update(format!("{} ", one.id));
            digest.update(&one.name);
            digest.update(b"\n");
        }
        let mut ids: Vec<ObjectId> = refs.refs.iter().map(|one| one.id).chain(refs.heads.iter().copied()).collect();
        if self.scope.reflog {
            let logs = self.repository.reflogs()?;
            logs.broken.iter().for_each(|words| sink.unread(Unread::UnresolvableRef, words, None));
            ids.extend(logs.ids);
        }
        for id in ids.iter().skip(refs.refs.len()) {
            digest.update(format!("{id}\n"));
        }
        digest.update(format!("{:?} {:?}", self.scope.unreferenced, self.scope.since));
        digest.update(format!("{:?}", self.repository.layout().head));
        let digest = data_encoding::HEXLOWER.encode(&digest.finalize());
        Ok(match names(&refs, sink) {
            ControlFlow::Continue(()) => ControlFlow::Continue((ids, digest)),
            ControlFlow::Break(()) => ControlFlow::Break(()),
        })
    }

    fn fate(&self, commit: &Commit) -> Fate {
        if self.scope.since.is_some_and(|since| commit.committed < since) {
            return Fate::Leave;
        }
        let known = self.known.as_ref().is_some_and(|known| known.commits.contains_key(&commit.info.id));
        if known { Fate::Carry } else { Fate::Judge }
    }

    fn push(
        &mut self,
        content: &Content<'_>,
        whole: &Content<'_>,
        tips: &tips::Tips,
    ) -> Result<ControlFlow<()>, SourceError> {
        let store = self.repository.store(self.scope.verify);
        for damage in store.damage() {
            let example = format!("{}: {}", damage.file.display(), damage.fault);
            whole.sink.unread(Unread::CorruptObject, example.as_bytes(), None);
        }
        let stop = || content.sink.spent(b"commits");
        let known = self.known.as_ref().filter(|_| tips.trees.is_empty());
        let news = known.and_then(|known| News::find(self.repository, &store, &tips.commits, known, &stop));
        if let Some(news) = news {
            return Ok(self.follow(content, whole, store, news));
        }
        let walk = self.repository.history(&store, &tips.commits, &stop);
        if stop() {
            return Ok(ControlFlow::Break(()));
        }
        commits::gaps(whole, &walk)?;
        // Behind a commit that could not be read there may be more one day.
        let closed = walk.lost.is_empty();
        let heads = if self.remembers { heads(&walk.commits) } else { Vec::new() };
        let strays = self.strays(&store, &walk.commits, &walk.ages, tips, whole.sink);
        let reach = self.repository.reach(&store, &walk.commits, &tips.trees);
        if stop() {
            return Ok(ControlFlow::Break(()));
        }
        let sound = reach.lost.is_empty() && store.damage().is_empty();
        let layer = Layer::new(&store, reach, walk.commits, |commit| self.fate(commit), false);
        let mut ages = vec![walk.ages];
        let mut layers = vec![layer];
        if let Some(Strays { commits, ages: their, trees, .. }) = &strays {
            let reach = self.repository.reach(&store, commits, trees);
            let layer = Layer::new(&store, reach, commits.clone(), |commit| self.fate(commit), true);
            ages.push(their.clone());
            layers.push(layer);
        }
        let judged = layers.iter().flat_map(|layer| &layer.fates).filter(|fate| **fate != Fate::Leave);
        content.sink.commits(judged.count() as u64);
        let others = strays.map(|strays| strays.others).unwrap_or_default();
        let again = self.known.as_mut().map(|known| std::mem::take(&mut known.again)).unwrap_or_default();
        let division = self.divide(&store, &layers, &others);
        let pointers = Mutex::default();
        let flow = Push {
            content,
            whole,
            store: &store,
            layers: &layers,
            strays: &others,
            division: division.as_ref().zip(self.scope.part).map(|(division, part)| (division, part.index - 1)),
            parts: self.scope.part.map_or(1, |part| part.of),
            again: &|id| again.contains(id),
            keeps_names: self.known.as_ref().is_none_or(|known| known.names),
            pointers: &pointers,
            full: self.scope.full,
        }
        .all();
        let pointers = pointers.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !self.remembers {
            layers.iter_mut().for_each(Layer::forget);
            self.stood = Some(Stood { store, layers, ages });
        } else {
            let again = (again, pointers.into_iter().collect());
            let ages = layers.iter().zip(&ages).flat_map(|(layer, ages)| layer.ages(&store, ages)).collect();
            self.remember(store, layers, (ages, heads), again, sound && flow.is_continue(), content.sink);
            if let Some(next) = &mut self.next {
                next.whole &= closed;
            }
        }
        Ok(flow)
    }

    /// Pushes what is new behind what is known.
    fn follow(&mut self, content: &Content<'_>, whole: &Content<'_>, store: Store, news: News) -> ControlFlow<()> {
        let Some(mut known) = self.known.take() else { return ControlFlow::Continue(()) };
        let carried = news.carried(&store, &known);
        content.sink.commits(known.commits.len() as u64 + news.commits());
        content.sink.known(carried.contents, carried.bytes);
        let pointers = Mutex::default();
        let flow = Push {
            content,
            whole,
            store: &store,
            layers: std::slice::from_ref(&news.layer),
            strays: &[],
            division: None,
            parts: 1,
            again: &|_| false,
            keeps_names: true,
            pointers: &pointers,
            full: self.scope.full,
        }
        .all();
        news.join(&store, carried, &mut known);
        known.again.extend(pointers.into_inner().unwrap_or_else(PoisonError::into_inner));
        known.whole &= known.again.is_empty();
        self.next = Some(known);
        self.sound = flow.is_continue();
        self.followed = Some(Followed::new(self.repository, store, news));
        flow
    }

    fn strays(
        &self,
        store: &Store,
        commits: &[Commit],
        ages: &[Age],
        tips: &tips::Tips,
        sink: &dyn Sink,
    ) -> Option<Strays> {
        if !self.scope.unreferenced {
            return None;
        }
        let reached = Reached { commits, ages, trees: &tips.trees };
        let strays = self.repository.strays(store, &reached, &|id| tips.seen.contains(id));
        for (id, error) in &strays.lost {
            sink.unread(content::unread(*error), id.to_string().as_bytes(), Some(*id));
        }
        Some(strays)
    }

    fn divide(&mut self, store: &Store, layers: &[Layer], strays: &[(Spot, Kind)]) -> Option<Division> {
        let part = self.scope.part?;
        let wanted = push::wanted(store, layers, strays, &|_| false);
        let division = store.divide(&|spot| wanted.get(spot.0 as usize).copied().unwrap_or(false), part.of);
        if let Some(shard) = &mut self.shard {
            shard.plan.clone_from(&division.digest);
        }
        Some(division)
    }

    /// Keeps what joining this run with the one before, and with the one behind, takes.
    fn remember(
        &mut self,
        store: Store,
        layers: Vec<Layer>,
        (ages, heads): (HashMap<ObjectId, Age>, Vec<ObjectId>),
        (again, next): (HashSet<ObjectId>, HashSet<ObjectId>),
        sound: bool,
        sink: &dyn Sink,
    ) {
        let Some(layer) = layers.into_iter().next() else { return };
        self.next = Some(known::of(&store, &layer, ages, heads, next));
        self.sound = sound;
        if let Some(known) = &self.known {
            let counted = known::count(&store, &layer, &again, &[Fate::Carry]);
            sink.known(counted.contents, counted.bytes);
            self.carried = Some(Carried::new(store, layer, again, known.names));
        }
    }
}

impl Source for History<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let elsewhere = Elsewhere(sink);
        let repository = self.repository;
        let whole = Content { repository, sink: if self.first() { sink } else { &elsewhere } };
        let content = Content { repository, sink };
        self.head = Some(Head::new(repository));
        let ControlFlow::Continue((ids, tips)) = self.roots(whole.sink)? else { return Ok(()) };
        self.shard = self.scope.part.map(|part| Shard { part, tips, plan: String::new() });
        let ControlFlow::Continue(tips) = tips::follow(&whole, ids) else { return Ok(()) };
        _ = self.push(&content, &whole, &tips)?;
        Ok(())
    }

    fn standing(&self, origin: &Origin) -> Option<Standing> {
        origin.path.as_ref()?;
        let age = origin.commit.as_ref().and_then(|commit| self.age(&commit.id));
        let in_head = self.head.as_ref().and_then(|head| head.holds(origin));
        Some(Standing { age, in_head })
    }

    fn shard(&self) -> Option<Shard> {
        self.shard.clone()
    }

    fn people(&self, authors: &[&[u8]]) -> HashMap<Vec<u8>, Vec<u8>> {
        self.repository.mailmap(authors.iter().copied())
    }
}

/// The commits that no other one follows.
fn heads(commits: &[Commit]) -> Vec<ObjectId> {
    let followed: HashSet<&ObjectId> = commits.iter().flat_map(|commit| &commit.parents).collect();
    commits.iter().map(|commit| commit.info.id).filter(|id| !followed.contains(id)).collect()
}

fn names(refs: &Refs, sink: &dyn Sink) -> ControlFlow<()> {
    for one in &refs.refs {
        let origin = Origin { kind: ObjectKind::RefName, ..Origin::default() };
        content::plain(sink, &one.name, origin)?;
    }
    ControlFlow::Continue(())
}
