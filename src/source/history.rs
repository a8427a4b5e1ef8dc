//! Everything that a reference reaches: names of refs, tags, commits, file names and content, each once.

use super::content::{self, Content};
use super::error::SourceError;
use super::head::Head;
use super::{Nothing, Sink, Source, Standing, commits, tips};
use crate::blob::{CommitInfo, Memory, ObjectId, ObjectKind, Origin, Stored};
use crate::coverage::{Skip, Unread};
use crate::git::{Failed, Fault, FileAt, Found, Reach, Refs, Repository, Spot, Store, Visit};
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// All refs (branches, tags, notes, the stash, remotes' branches) and every worktree's HEAD.
pub struct History<'a> {
    repository: &'a Repository,
    verify: bool,
    full: bool,
    /// The oldest first.
    commits: Vec<Arc<CommitInfo>>,
    ages: HashMap<ObjectId, u64>,
    head: Option<Head<'a>>,
}

impl<'a> History<'a> {
    /// The history of a repository.
    pub fn new(repository: &'a Repository) -> Self {
        Self { repository, verify: false, full: false, commits: Vec::new(), ages: HashMap::new(), head: None }
    }

    /// Whether every object is hashed and compared with its id. Without it that is done for loose objects; for packed
    /// ones the checksums in the pack's index count.
    pub fn verifying(mut self, verify: bool) -> Self {
        self.verify = verify;
        self
    }

    /// Whether every content is searched whole, and not only where it differs from what it is stored as a delta to. What
    /// is found is the same.
    pub fn in_full(mut self, full: bool) -> Self {
        self.full = full;
        self
    }

    fn push(&mut self, content: &Content<'_>, tips: &tips::Tips) -> Result<ControlFlow<()>, SourceError> {
        let store = self.repository.store(self.verify);
        for damage in store.damage() {
            let example = format!("{}: {}", damage.file.display(), damage.fault);
            content.sink.unread(Unread::CorruptObject, example.as_bytes(), None);
        }
        let walk = self.repository.history(&store, &tips.commits);
        commits::gaps(content, &walk)?;
        content.sink.commits(walk.commits.len() as u64);
        let reach = self.repository.reach(&store, &walk.commits, &tips.trees);
        self.commits = walk.commits.into_iter().map(|commit| Arc::new(commit.info)).collect();
        let numbered = self.commits.iter().enumerate();
        let mut spots: Vec<(Spot, usize)> =
            numbered.filter_map(|(number, commit)| Some((store.find(&commit.id)?, number))).collect();
        spots.sort_unstable();
        let full = self.full;
        Ok(Push { content, store: &store, reach: &reach, commits: &self.commits, spots: &spots, full }.all())
    }
}

impl Source for History<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let refs = self.repository.refs()?;
        sink.refs(refs.refs.len() as u64);
        if refs.unreadable {
            sink.unread(Unread::UnreadableRefs, b"refs", None);
        }
        for words in &refs.broken {
            sink.unread(Unread::UnresolvableRef, words, None);
        }
        let content = Content { repository: self.repository, sink };
        let ids = refs.refs.iter().map(|one| one.id).chain(refs.heads.iter().copied());
        let (ControlFlow::Continue(()), ControlFlow::Continue(tips)) =
            (names(&refs, sink), tips::follow(&content, ids))
        else {
            return Ok(());
        };
        _ = self.push(&content, &tips)?;
        let numbered = self.commits.iter().enumerate();
        self.ages = numbered.map(|(age, commit)| (commit.id, age as u64)).collect();
        self.head = Some(Head::new(self.repository));
        Ok(())
    }

    fn standing(&self, origin: &Origin) -> Option<Standing> {
        origin.path.as_ref()?;
        let age = origin.commit.as_ref().and_then(|commit| self.ages.get(&commit.id).copied()).unwrap_or(u64::MAX);
        let in_head = self.head.as_ref().and_then(|head| head.holds(origin));
        Some(Standing { age, in_head })
    }
}

fn names(refs: &Refs, sink: &dyn Sink) -> ControlFlow<()> {
    for one in &refs.refs {
        let origin = Origin { kind: ObjectKind::RefName, ..Origin::default() };
        content::plain(sink, &one.name, origin)?;
    }
    ControlFlow::Continue(())
}

/// Pushes what a history reaches, the content in the order of the packs.
struct Push<'p> {
    content: &'p Content<'p>,
    store: &'p Store,
    reach: &'p Reach,
    commits: &'p [Arc<CommitInfo>],
    /// The commits' places in the list, by spot.
    spots: &'p [(Spot, usize)],
    full: bool,
}

impl Push<'_> {
    fn all(&self) -> ControlFlow<()> {
        let sink = self.content.sink;
        for (id, error) in &self.reach.lost {
            sink.unread(content::unread(*error), id.to_string().as_bytes(), Some(*id));
        }
        for (path, id) in &self.reach.missing {
            sink.unread(Unread::MissingObject, &self.reach.path(*path), Some(*id));
        }
        for path in &self.reach.submodules {
            sink.skip(Skip::Submodule, &self.reach.path(*path));
        }
        let names: Vec<_> = self.reach.names().collect();
        names.par_iter().try_for_each(|(path, commit)| self.content.path(path, self.commit(*commit), &Nothing))?;
        let mut wanted = vec![false; self.store.spots() as usize];
        let spots = self.reach.files().iter().map(|file| file.spot).chain(self.spots.iter().map(|spot| spot.0));
        spots.for_each(|spot| wanted.get_mut(spot.0 as usize).into_iter().for_each(|wanted| *wanted = true));
        let failed = self.store.visit_all(&Visit {
            wanted: &|spot| wanted.get(spot.0 as usize).copied().unwrap_or(false),
            limit: sink.largest(),
            see: &|found| self.object(&found),
        });
        for lost in failed {
            sink.unread(content::unread(lost.fault.as_error()), &self.example(&lost), Some(lost.id));
        }
        ControlFlow::Continue(())
    }

    fn object(&self, found: &Found<'_>) -> ControlFlow<(), Option<Memory>> {
        let place = self.spots.binary_search_by_key(&found.spot, |spot| spot.0);
        let number = place.ok().and_then(|place| self.spots.get(place)).map(|spot| spot.1);
        if let Some(commit) = self.commit(number) {
            let commit = Some(Arc::clone(commit));
            let origin = Origin { kind: ObjectKind::Commit, path: None, id: Some(found.id), commit };
            content::plain(self.content.sink, found.bytes, origin)?;
        }
        let files = self.reach.at(found.spot);
        if files.is_empty() {
            return ControlFlow::Continue(None);
        }
        let origin = |file: &FileAt| Origin {
            kind: ObjectKind::Blob,
            path: Some(self.reach.path(file.path)),
            id: Some(found.id),
            commit: self.commit(file.commit()).map(Arc::clone),
        };
        let origins: Vec<Origin> = files.iter().map(origin).collect();
        let stored = if self.full { Stored::default() } else { found.stored };
        let memory = self.content.sink.version(found.bytes, &origins, stored)?;
        for origin in &origins {
            content::behind_pointer(self.content.repository, self.content.sink, found.bytes, origin, &Nothing)?;
        }
        ControlFlow::Continue(memory)
    }

    fn commit(&self, number: Option<usize>) -> Option<&Arc<CommitInfo>> {
        self.commits.get(number?)
    }

    /// The first path of what cannot be read, or its id; and where in the store it should be.
    fn example(&self, lost: &Failed) -> Vec<u8> {
        let spot = self.store.find(&lost.id);
        let path = spot.and_then(|spot| self.reach.at(spot).first()).map(|file| self.reach.path(file.path));
        let mut example = path.map_or_else(|| lost.id.to_string().into_bytes(), |path| path.to_vec());
        if !matches!(lost.fault, Fault::TooLarge { .. } | Fault::Missing) {
            let file = lost.file.file_name().unwrap_or_default().as_encoded_bytes();
            example.extend_from_slice(b" (");
            example.extend_from_slice(file);
            example.extend_from_slice(format!(", offset {}: {})", lost.offset, lost.fault).as_bytes());
        }
        example
    }
}
