//! A push for which the time was too short, in parts: the commands for it.

use crate::blob::ObjectId;
use crate::cli::pushed::word;
use crate::coverage::Progress;
use crate::git::Commit;
use crate::report::Way;
use crate::source::Update;
use std::collections::HashMap;

/// The most parts that are proposed.
const MOST: usize = 8;
/// Where it cannot be told how far it came.
const USUAL: usize = 4;
/// Digits of an id: enough for any repository, as git's own longest abbreviations.
const DIGITS: usize = 16;

/// How to push the same in parts. `commits` are those of the push, parents before children; none if the time did not
/// even suffice to list them.
pub fn parts(updates: &[Update], commits: &[Commit], progress: Option<Progress>) -> Way {
    let title = "In parts:";
    let given: Vec<&Update> = updates.iter().filter(|update| !update.new.is_zero()).collect();
    let [update] = given.as_slice() else {
        let text = "push one reference after the other (origin stands for this server):".to_owned();
        let commands = given.iter().take(MOST).filter_map(|update| push("", &update.new, &update.name)).collect();
        return Way { title, text, commands };
    };
    let chain = first_parents(update, commits);
    if chain.len() < 2 {
        let text = "it is one commit, or its commits could not be listed in time: split it into smaller ones, or push \
                    the commits behind it first.";
        return Way { title, text: text.to_owned(), commands: Vec::new() };
    }
    let count = count(progress).min(chain.len());
    let joined = chain.first().is_some_and(|first| first.parents.first() == Some(&update.old));
    let force = if update.old.is_zero() || joined { "" } else { "+" };
    let ends = (1..=count).filter_map(|part| chain.get((chain.len() * part).div_ceil(count) - 1));
    let first = |at: usize| if at == 0 { force } else { "" };
    let commands = ends.enumerate().filter_map(|(at, end)| push(first(at), &end.info.id, &update.name)).collect();
    let text = format!(
        "push these {} commits one part after the other (origin stands for this server; more parts if it is still \
         too much):",
        chain.len()
    );
    Way { title, text, commands }
}

/// One part more than the time would have sufficed for.
fn count(progress: Option<Progress>) -> usize {
    let needed = progress.and_then(|progress| progress.all.checked_div(progress.done));
    needed.map_or(USUAL, |needed| usize::try_from(needed).unwrap_or(MOST).saturating_add(2)).clamp(2, MOST)
}

/// The commits from the new tip along first parents, as far as they are of this push, the oldest first.
fn first_parents<'c>(update: &Update, commits: &'c [Commit]) -> Vec<&'c Commit> {
    let by_id: HashMap<ObjectId, &Commit> = commits.iter().map(|commit| (commit.info.id, commit)).collect();
    let mut chain = Vec::new();
    let mut at = Some(update.new);
    while let Some(commit) = at.and_then(|id| by_id.get(&id)).filter(|_| chain.len() < commits.len()) {
        chain.push(*commit);
        at = commit.parents.first().copied();
    }
    chain.reverse();
    chain
}

fn push(force: &str, id: &ObjectId, name: &[u8]) -> Option<String> {
    let id: String = id.to_string().chars().take(DIGITS).collect();
    Some(format!("git push origin {force}{id}:{}", word(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::CommitInfo;

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes(&[number; 20]).unwrap()
    }

    /// A line of commits 1, 2, ... on 0.
    fn line(count: u8) -> Vec<Commit> {
        let info = |number| CommitInfo { id: id(number), author: [].into(), seconds: 0 };
        let one = |number: u8| Commit { tree: id(99), parents: vec![id(number - 1)], info: info(number), committed: 0 };
        (1..=count).map(one).collect()
    }

    fn update(old: u8, new: u8) -> Update {
        Update { old: id(old), new: id(new), name: b"refs/heads/x".to_vec() }
    }

    fn progress(done: u64, all: u64) -> Option<Progress> {
        Some(Progress { done, all, what: "objects" })
    }

    #[test]
    fn a_branch_is_pushed_in_as_many_parts_as_are_needed() {
        let way = parts(&[update(0, 9)], &line(9), progress(60, 100));
        let ends = ["0303030303030303", "0606060606060606", "0909090909090909"];
        assert_eq!(way.commands, ends.map(|end| format!("git push origin {end}:refs/heads/x")));
        assert_eq!(parts(&[update(0, 9)], &line(9), progress(0, 100)).commands.len(), USUAL);
        assert_eq!(parts(&[update(0, 9)], &line(9), progress(1, 1000)).commands.len(), MOST);
    }

    #[test]
    fn what_does_not_lie_on_the_old_tip_is_forced_once() {
        let way = parts(&[update(50, 4)], &line(4), progress(90, 100));
        assert!(way.commands[0].starts_with("git push origin +"), "{way:?}");
        assert!(!way.commands[1].contains('+'), "{way:?}");
    }

    #[test]
    fn several_references_are_pushed_one_by_one_and_one_commit_is_split() {
        assert_eq!(parts(&[update(0, 4), update(0, 3)], &line(4), None).commands.len(), 2);
        assert!(parts(&[update(0, 1)], &line(1), None).commands.is_empty());
        assert!(parts(&[update(0, 1)], &[], None).commands.is_empty());
    }
}
