//! How to write what was pushed anew, as commands to paste.

use super::remedies::{NAMED, Way, names};
use crate::finding::{ObjectId, ObjectKind};
use crate::report::view::{commit_id, path, short};
use crate::scan::Judged;
use crate::text::Shown;
use std::collections::BTreeSet;

const REAL: &str = "A real secret:";

/// What is known of a push, so that the commands fit it.
#[derive(Clone, Debug, Default)]
pub struct Pushed {
    /// Its commits, parents before children.
    pub commits: Vec<PushedCommit>,
    /// What HEAD names, in the pusher's own clone.
    pub head: Option<ObjectId>,
    /// Annotated tags that are pushed, with their short names.
    pub tags: Vec<(ObjectId, Shown)>,
    /// Further ways out.
    pub ways: Vec<Way>,
}

/// One commit of a push.
#[derive(Clone, Copy, Debug)]
pub struct PushedCommit {
    /// Its id.
    pub id: ObjectId,
    /// Whether it has no parent.
    pub root: bool,
}

impl Pushed {
    /// The range of commits from the first of these on, for a command line; `None` where none of them is known.
    pub(super) fn range<'a>(&self, stopping: impl Iterator<Item = &'a Judged>) -> Option<String> {
        let ids = ids(stopping);
        let oldest = self.commits.iter().find(|commit| ids.contains(&commit.id))?;
        Some(if oldest.root { "HEAD".to_owned() } else { format!("{}^..HEAD", short(&oldest.id.to_string())) })
    }

    /// How to take the secrets out, for what holds them.
    pub(super) fn removals(&self, stopping: &[&Judged]) -> Vec<Way> {
        let of = |wanted: ObjectKind| stopping.iter().filter(move |judged| judged.finding.origin.kind == wanted);
        let mut ways: Vec<Way> = self.commits_anew(stopping).into_iter().collect();
        let tags: BTreeSet<ObjectId> = of(ObjectKind::Tag).filter_map(|judged| judged.finding.origin.id).collect();
        if !tags.is_empty() {
            ways.push(self.tags_anew(&tags));
        }
        if of(ObjectKind::RefName).next().is_some() {
            let text = "push it under a name that holds no secret:".to_owned();
            let commands = vec!["git branch --move NEW-NAME && git push --set-upstream origin NEW-NAME".to_owned()];
            ways.push(Way { title: "A secret in the name of a branch:", text, commands });
        }
        if stopping.iter().any(|judged| path(judged).is_none() && is_stray(judged)) {
            let text = "what was sent holds objects that no commit of the push has at any path. Push from a fresh \
                        clone, without references to single objects.";
            ways.push(Way { title: "An object by itself:", text: text.to_owned(), commands: Vec::new() });
        }
        if ways.is_empty() {
            let text = "revoke it if anybody else may have seen it, and take it out of what is pushed.".to_owned();
            ways.push(Way { title: REAL, text, commands: Vec::new() });
        }
        ways
    }

    fn commits_anew(&self, stopping: &[&Judged]) -> Option<Way> {
        let ids = ids(stopping.iter().copied());
        let first = *ids.iter().next()?;
        let why = "revoke it if anybody else may have seen it, and write the commit anew that brings it in (a later \
                   commit that takes it out leaves it in the history";
        let title = REAL;
        if ids.len() == 1 && self.head == Some(first) {
            let text = format!("{why}). It is the last one, {}:", short(&first.to_string()));
            let add = names(stopping.iter().copied()).map(|files| format!("git add -- {files}"));
            let add = add.unwrap_or_else(|| "git add --update".to_owned());
            return Some(Way { title, text, commands: vec![format!("{add} && git commit --amend")] });
        }
        let oldest = self.commits.iter().find(|commit| ids.contains(&commit.id));
        let (id, root) = oldest.map_or((first, false), |commit| (commit.id, commit.root));
        let from = if root { "--root".to_owned() } else { format!("{}^", short(&id.to_string())) };
        let in_order = self.commits.iter().map(|commit| commit.id).filter(|id| ids.contains(id));
        let others = ids.iter().copied().filter(|id| !self.commits.iter().any(|commit| commit.id == *id));
        let named: Vec<String> = in_order.chain(others).take(NAMED).map(|id| short(&id.to_string())).collect();
        let more = if ids.len() > NAMED { ", ..." } else { "" };
        let text = format!(
            "{why}). In the list that opens, mark as \"edit\": {}{more}; at each stop take the secret out and go on \
             with the second command:",
            named.join(", ")
        );
        let commands = vec![
            format!("git rebase --interactive --rebase-merges {from}"),
            "git add --update && git commit --amend && git rebase --continue".to_owned(),
        ];
        Some(Way { title, text, commands })
    }

    fn tags_anew(&self, ids: &BTreeSet<ObjectId>) -> Way {
        let known = self.tags.iter().filter(|(id, _)| ids.contains(id)).map(|(_, name)| name.as_str());
        let mut names: Vec<String> = known.take(NAMED).map(super::remedies::quote).collect();
        if names.is_empty() {
            names.push("TAG".to_owned());
        }
        let commands = names.iter().map(|name| format!("git tag --force --annotate {name} {name}^{{}}")).collect();
        Way { title: "A secret in a tag:", text: "write its message anew:".to_owned(), commands }
    }
}

/// The commits that bring these in.
fn ids<'a>(stopping: impl Iterator<Item = &'a Judged>) -> BTreeSet<ObjectId> {
    stopping.filter(|judged| !is_stray(judged)).filter_map(|judged| commit_id(&judged.finding)).collect()
}

/// Whether no commit of a push brings it in: content that a reference names, or that none reaches.
fn is_stray(judged: &Judged) -> bool {
    let origin = &judged.finding.origin;
    origin.commit.is_none() && matches!(origin.kind, ObjectKind::Blob | ObjectKind::Commit | ObjectKind::Path)
}
