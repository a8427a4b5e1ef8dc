//! The commits of a range, read one by one, so that a shallow boundary, a graft or a missing commit is seen.

use super::aged::Age;
use super::error::ObjectError;
use super::object::{Kind, Objects, read_as};
use super::parse::{self, Commit};
use crate::blob::ObjectId;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::ops::ControlFlow;

/// A raw commit over this is not read.
pub(super) const LARGEST_COMMIT: u64 = 64 << 20;
/// How many commits that are already known to be left out are looked at once no other is open. Their order is by
/// date; with clocks set wrong more is needed to find all that is left out (git's own number).
const SLOP: u32 = 5;

/// The commits that some reach and others do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Parents before children. Never fewer than asked for; with clocks set wrong perhaps more.
    pub commits: Vec<Commit>,
    /// By commit, where the walk orders them by age.
    pub ages: Vec<Age>,
    /// Commits that should be among them and cannot be read.
    pub lost: Vec<(ObjectId, ObjectError)>,
    /// True if it was stopped: then perhaps fewer than asked for, or more.
    pub stopped: bool,
}

pub(crate) fn read(objects: &dyn Objects, id: &ObjectId) -> Result<Commit, ObjectError> {
    let raw = read_as(objects, id, Kind::Commit, LARGEST_COMMIT)?;
    parse::commit(*id, &raw).ok_or(ObjectError::Corrupt)
}

/// Walks from `include`, without what `exclude` reaches, until `stop` says so. An excluded commit that cannot be read
/// leaves nothing out.
pub(crate) fn walk(objects: &dyn Objects, include: &[ObjectId], exclude: &[ObjectId], stop: &dyn Fn() -> bool) -> Walk {
    let mut walker = Walker::new(objects);
    for id in exclude {
        walker.leave_out(*id);
    }
    for id in include {
        walker.meet(*id);
    }
    let stopped = walker.run(stop).is_break();
    let mut lost: Vec<_> = walker.lost.into_iter().filter(|(id, _)| !walker.out.contains(id)).collect();
    lost.sort_unstable_by_key(|(id, _)| *id);
    Walk { commits: order(walker.commits, &walker.out, include), ages: Vec::new(), lost, stopped }
}

struct Walker<'a> {
    objects: &'a dyn Objects,
    commits: HashMap<ObjectId, Commit>,
    /// Commits that are left out.
    out: HashSet<ObjectId>,
    /// By committer date, latest first.
    open: BinaryHeap<(i64, ObjectId)>,
    lost: HashMap<ObjectId, ObjectError>,
    /// Those of the open ones that are not left out.
    wanted: HashSet<ObjectId>,
}

impl<'a> Walker<'a> {
    fn new(objects: &'a dyn Objects) -> Self {
        Self {
            objects,
            commits: HashMap::new(),
            out: HashSet::new(),
            open: BinaryHeap::new(),
            lost: HashMap::new(),
            wanted: HashSet::new(),
        }
    }

    fn run(&mut self, stop: &dyn Fn() -> bool) -> ControlFlow<()> {
        let (mut slop, mut last_wanted) = (SLOP, i64::MAX);
        while let Some((date, id)) = self.open.pop() {
            if stop() {
                return ControlFlow::Break(());
            }
            let parents = self.commits.get(&id).map(|commit| commit.parents.clone()).unwrap_or_default();
            if self.out.contains(&id) {
                for parent in parents {
                    self.leave_out(parent);
                }
                if !self.wanted.is_empty() || date >= last_wanted {
                    slop = SLOP;
                } else if slop == 0 {
                    break;
                } else {
                    slop -= 1;
                }
            } else {
                self.wanted.remove(&id);
                last_wanted = date;
                for parent in parents {
                    self.meet(parent);
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Reads a commit and opens it, once.
    fn meet(&mut self, id: ObjectId) {
        if self.commits.contains_key(&id) || self.lost.contains_key(&id) {
            return;
        }
        match read(self.objects, &id) {
            Ok(commit) => {
                self.open.push((commit.committed, id));
                self.commits.insert(id, commit);
                if !self.out.contains(&id) {
                    self.wanted.insert(id);
                }
            }
            Err(error) => _ = self.lost.insert(id, error),
        }
    }

    /// Leaves out a commit, and at once all of its ancestors that were met.
    fn leave_out(&mut self, id: ObjectId) {
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            if !self.out.insert(id) {
                continue;
            }
            match self.commits.get(&id) {
                Some(commit) => {
                    stack.extend(commit.parents.iter().copied());
                    self.wanted.remove(&id);
                }
                None => self.meet(id),
            }
        }
    }
}

/// Parents before children, otherwise in the order of the walk from `include`.
fn order(mut commits: HashMap<ObjectId, Commit>, out: &HashSet<ObjectId>, include: &[ObjectId]) -> Vec<Commit> {
    commits.retain(|id, _| !out.contains(id));
    let mut ordered = Vec::with_capacity(commits.len());
    let mut seen = HashSet::new();
    let mut stack: Vec<(ObjectId, bool)> = include.iter().rev().map(|id| (*id, false)).collect();
    while let Some((id, parents_done)) = stack.pop() {
        if parents_done {
            ordered.extend(commits.remove(&id));
        } else if let Some(commit) = commits.get(&id).filter(|_| seen.insert(id)) {
            stack.push((id, true));
            stack.extend(commit.parents.iter().rev().map(|parent| (*parent, false)));
        }
    }
    ordered
}
