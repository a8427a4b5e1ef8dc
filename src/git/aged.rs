//! The commits that some reach, each read once, in the order in which they came to be. A history may have millions of
//! commits, so that no commit is held twice.

use super::error::ObjectError;
use super::object::Kind;
use super::pack::{Spot, Store};
use super::parse::{self, Commit};
use super::walk::{LARGEST_COMMIT, Walk};
use crate::blob::ObjectId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// After so many commits a walk asks whether to stop.
const OFTEN: usize = 1024;

/// Where a commit stands among others: parents come before children, and otherwise the oldest first. It is told by
/// the commit and its ancestors alone, so that it is the same whatever else a walk meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age {
    /// The latest committer date of the commit and its ancestors, seconds since 1970-01-01T00:00:00Z: clocks go wrong.
    pub date: i64,
    /// How many commits its longest line of ancestors has, itself counted.
    pub generation: u32,
}

/// What commits are read from: a store, in which each object has a number below the count of all.
pub(crate) trait Stock {
    /// How many numbers there are.
    fn count(&self) -> usize;
    /// The number of an object; `None` if it is not there.
    fn number(&self, id: &ObjectId) -> Option<u32>;
    /// The commit of this name and number.
    fn commit(&self, id: &ObjectId, number: u32) -> Result<Commit, ObjectError>;
}

impl Stock for Store {
    fn count(&self) -> usize {
        self.spots() as usize
    }

    fn number(&self, id: &ObjectId) -> Option<u32> {
        self.find(id).map(|spot| spot.0)
    }

    fn commit(&self, id: &ObjectId, number: u32) -> Result<Commit, ObjectError> {
        match self.get(id, Spot(number), LARGEST_COMMIT)? {
            (Kind::Commit, raw) => parse::commit(*id, &raw).ok_or(ObjectError::Corrupt),
            _ => Err(ObjectError::Corrupt),
        }
    }
}

/// Walks from `include` up to commits whose age is `known`, which are not read. A parent of which nothing is known
/// counts as if there were none. `stop` is asked now and then; the walk then ends, with no commits.
pub(crate) fn walk(
    stock: &dyn Stock,
    include: &[ObjectId],
    known: &dyn Fn(&ObjectId) -> Option<Age>,
    stop: &dyn Fn() -> bool,
) -> Walk {
    let mut found = Found { places: vec![NONE; stock.count()], ..Found::default() };
    let mut lost: HashMap<ObjectId, ObjectError> = HashMap::new();
    let numbered = |id: &ObjectId| (*id, stock.number(id).unwrap_or(NONE));
    let mut open: Vec<(ObjectId, u32)> = include.iter().map(numbered).collect();
    while let Some((id, number)) = open.pop() {
        if found.place(number).is_some() || lost.contains_key(&id) || known(&id).is_some() {
            continue;
        }
        if found.commits.len().is_multiple_of(OFTEN) && stop() {
            return Walk { stopped: true, ..Walk::default() };
        }
        let read = if number == NONE { Err(ObjectError::Missing) } else { stock.commit(&id, number) };
        match read {
            Ok(commit) => {
                let parents = open.len();
                open.extend(commit.parents.iter().map(numbered));
                found.push(commit, number, open.iter().skip(parents).map(|(_, number)| *number));
            }
            Err(error) => _ = lost.insert(id, error),
        }
    }
    let ages = found.ages(known);
    let (commits, ages) = sorted(found.commits, ages);
    let mut lost: Vec<_> = lost.into_iter().collect();
    lost.sort_unstable_by_key(|(id, _)| *id);
    Walk { commits, ages, lost, stopped: false }
}

/// No number, no place.
const NONE: u32 = u32::MAX;

#[derive(Default)]
struct Found {
    commits: Vec<Commit>,
    /// By number: the place in the list.
    places: Vec<u32>,
    /// The numbers of the parents of all commits, and by commit where its own end.
    parents: Vec<u32>,
    ends: Vec<u32>,
    authors: HashSet<Arc<[u8]>>,
}

impl Found {
    fn push(&mut self, mut commit: Commit, number: u32, parents: impl Iterator<Item = u32>) {
        match self.authors.get(&commit.info.author) {
            Some(author) => commit.info.author = Arc::clone(author),
            None => _ = self.authors.insert(Arc::clone(&commit.info.author)),
        }
        let place = self.commits.len() as u32;
        self.places.get_mut(number as usize).into_iter().for_each(|slot| *slot = place);
        self.commits.push(commit);
        self.parents.extend(parents);
        self.ends.push(self.parents.len() as u32);
    }

    fn place(&self, number: u32) -> Option<u32> {
        self.places.get(number as usize).copied().filter(|place| *place != NONE)
    }

    /// The parents of a commit, and their places if they were found.
    fn parents(&self, at: u32) -> impl Iterator<Item = (&ObjectId, Option<u32>)> {
        let ids = self.commits.get(at as usize).map(|commit| commit.parents.as_slice()).unwrap_or_default();
        let end = self.ends.get(at as usize).map_or(0, |end| *end as usize);
        let numbers = self.parents.get(end.saturating_sub(ids.len())..end).unwrap_or_default();
        ids.iter().zip(numbers).map(|(id, number)| (id, self.place(*number)))
    }

    /// The ages, by commit.
    fn ages(&self, known: &dyn Fn(&ObjectId) -> Option<Age>) -> Vec<Age> {
        let new = |commit: &Commit| Age { date: commit.committed, generation: 1 };
        let mut ages: Vec<Age> = self.commits.iter().map(new).collect();
        let mut met = vec![false; self.commits.len()];
        let mut stack: Vec<(u32, bool)> = Vec::new();
        for start in 0..self.commits.len() as u32 {
            stack.push((start, false));
            while let Some((at, parents_done)) = stack.pop() {
                let Some(commit) = self.commits.get(at as usize) else { continue };
                if !parents_done {
                    if met.get_mut(at as usize).is_none_or(|met| std::mem::replace(met, true)) {
                        continue;
                    }
                    stack.push((at, true));
                    stack.extend(self.parents(at).filter_map(|(_, place)| Some((place?, false))));
                    continue;
                }
                let older = self.parents(at).filter_map(|(id, place)| match place {
                    Some(place) => ages.get(place as usize).copied(),
                    None => known(id),
                });
                let age = older.fold(new(commit), |age, older| Age {
                    date: age.date.max(older.date),
                    generation: age.generation.max(older.generation.saturating_add(1)),
                });
                ages.get_mut(at as usize).into_iter().for_each(|place| *place = age);
            }
        }
        ages
    }
}

/// Both lists by age, then by id. They are sorted in place.
fn sorted(mut commits: Vec<Commit>, mut ages: Vec<Age>) -> (Vec<Commit>, Vec<Age>) {
    let mut order: Vec<u32> = (0..commits.len() as u32).collect();
    let key = |at: &u32| (ages.get(*at as usize).copied(), commits.get(*at as usize).map(|commit| commit.info.id));
    order.sort_unstable_by_key(key);
    // By place: where what is there belongs.
    let mut homes = vec![0_u32; order.len()];
    for (home, at) in order.iter().enumerate() {
        homes.get_mut(*at as usize).into_iter().for_each(|place| *place = home as u32);
    }
    for at in 0..homes.len() {
        while let Some(home) = homes.get(at).map(|home| *home as usize).filter(|home| *home != at) {
            commits.swap(at, home);
            ages.swap(at, home);
            homes.swap(at, home);
        }
    }
    (commits, ages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::CommitInfo;

    struct Made(HashMap<ObjectId, Vec<u8>>);

    impl Stock for Made {
        fn count(&self) -> usize {
            256
        }

        fn number(&self, id: &ObjectId) -> Option<u32> {
            self.0.contains_key(id).then(|| u32::from(id.as_bytes()[0]))
        }

        fn commit(&self, id: &ObjectId, number: u32) -> Result<Commit, ObjectError> {
            assert_eq!(self.number(id), Some(number));
            parse::commit(*id, &self.0[id]).ok_or(ObjectError::Corrupt)
        }
    }

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes(&[number; 20]).unwrap()
    }

    /// Number, date, parents.
    fn made(commits: &[(u8, i64, &[u8])]) -> Made {
        let raw = |(number, date, parents): &(u8, i64, &[u8])| {
            let parents: String = parents.iter().map(|parent| format!("parent {}\n", id(*parent))).collect();
            let who = format!("A <a@b> {date} +0000");
            (id(*number), format!("tree {}\n{parents}author {who}\ncommitter {who}\n\nx\n", id(0)).into_bytes())
        };
        Made(commits.iter().map(raw).collect())
    }

    fn numbers(walk: &Walk) -> Vec<u8> {
        walk.commits.iter().map(|Commit { info: CommitInfo { id, .. }, .. }| id.as_bytes()[0]).collect()
    }

    #[test]
    fn parents_come_first_and_otherwise_the_oldest_whatever_the_tips_are() {
        // 3 has a clock that is behind its parent's; 5 merges 3 and 4.
        let made = made(&[(1, 10, &[]), (2, 50, &[1]), (3, 20, &[2]), (4, 30, &[1]), (5, 60, &[3, 4])]);
        let all = walk(&made, &[id(5)], &|_| None, &|| false);
        assert_eq!(numbers(&all), [1, 4, 2, 3, 5]);
        assert_eq!(all.ages[3], Age { date: 50, generation: 3 });
        let some = walk(&made, &[id(4), id(3)], &|_| None, &|| false);
        assert_eq!((numbers(&some), &some.ages[..]), (vec![1, 4, 2, 3], &all.ages[..4]));
    }

    #[test]
    fn what_is_known_ends_a_walk_and_gives_its_age() {
        let made = made(&[(2, 50, &[1]), (3, 20, &[2]), (4, 90, &[9])]);
        let known = |of: &ObjectId| (*of == id(1)).then_some(Age { date: 70, generation: 7 });
        let new = walk(&made, &[id(3), id(1)], &known, &|| false);
        assert_eq!((numbers(&new), new.lost.len()), (vec![2, 3], 0));
        assert_eq!(new.ages, [Age { date: 70, generation: 8 }, Age { date: 70, generation: 9 }]);
        assert_eq!(walk(&made, &[id(4)], &known, &|| false).lost, [(id(9), ObjectError::Missing)]);
    }

    #[test]
    fn a_walk_that_is_stopped_gives_nothing() {
        assert_eq!(
            walk(&made(&[(1, 1, &[])]), &[id(1)], &|_| None, &|| true),
            Walk { stopped: true, ..Walk::default() }
        );
    }
}
