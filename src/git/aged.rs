//! The commits that some reach, each read once, in the order in which they came to be. A history may have millions of
//! commits, so that no commit is held twice.

use super::error::ObjectError;
use super::mixed::Mixed;
use super::object::Objects;
use super::parse::Commit;
use super::walk::{Walk, read};
use crate::blob::ObjectId;
use std::collections::HashMap;

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

/// Walks from `include` up to commits whose age is `known`, which are not read. A parent of which nothing is known
/// counts as if there were none. `stop` is asked now and then; the walk then ends, with no commits.
pub(crate) fn walk(
    objects: &dyn Objects,
    include: &[ObjectId],
    known: &dyn Fn(&ObjectId) -> Option<Age>,
    stop: &dyn Fn() -> bool,
) -> Walk {
    let mut found = Found::default();
    let mut lost: HashMap<ObjectId, ObjectError> = HashMap::new();
    let mut open = include.to_vec();
    while let Some(id) = open.pop() {
        if found.places.contains_key(&id) || lost.contains_key(&id) || known(&id).is_some() {
            continue;
        }
        if found.commits.len().is_multiple_of(OFTEN) && stop() {
            return Walk { stopped: true, ..Walk::default() };
        }
        match read(objects, &id) {
            Ok(commit) => {
                open.extend(commit.parents.iter().copied());
                found.places.insert(id, found.commits.len() as u32);
                found.commits.push(commit);
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

#[derive(Default)]
struct Found {
    commits: Vec<Commit>,
    /// By id: the place in the list.
    places: HashMap<ObjectId, u32, Mixed>,
}

impl Found {
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
                let parents = || commit.parents.iter().map(|id| (id, self.places.get(id).copied()));
                if !parents_done {
                    if met.get_mut(at as usize).is_none_or(|met| std::mem::replace(met, true)) {
                        continue;
                    }
                    stack.push((at, true));
                    stack.extend(parents().filter_map(|(_, place)| Some((place?, false))));
                    continue;
                }
                let older = parents().filter_map(|(id, place)| match place {
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
    use crate::git::object::{Backend, Header, Kind};

    struct Made(HashMap<ObjectId, Vec<u8>>);

    impl Objects for Made {
        fn header(&self, id: &ObjectId) -> Result<Header, ObjectError> {
            let raw = self.0.get(id).ok_or(ObjectError::Missing)?;
            Ok(Header { kind: Kind::Commit, size: raw.len() as u64 })
        }

        fn visit(&self, id: &ObjectId, _: u64, see: &mut dyn FnMut(Kind, &[u8])) -> Result<(), ObjectError> {
            see(Kind::Commit, self.0.get(id).ok_or(ObjectError::Missing)?);
            Ok(())
        }

        fn backend(&self) -> Backend {
            Backend::Store
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
