//! What no hook of a commit sees, as githooks(5) has it and as git 2.47 was seen to behave.

/// A git command that brings content in past the hooks of a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unseen {
    /// The command.
    pub command: &'static str,
    /// What git does and does not run.
    pub why: &'static str,
    /// Whether reference-transaction (`keyward install --strict`) sees what it brings in.
    pub strict: bool,
}

/// All of them. pre-push sees everything that is sent afterwards, but for `git push --no-verify`.
pub const UNSEEN: [Unseen; 15] = [
    unseen("git commit --no-verify", "skips pre-commit and commit-msg", true),
    unseen("git merge --no-verify", "skips pre-merge-commit and commit-msg", true),
    unseen("git am --no-verify", "skips pre-applypatch and applypatch-msg", true),
    unseen("git push --no-verify", "skips pre-push; nothing on this side sees it, a server's hooks do", false),
    unseen("git cherry-pick, git revert", "run no pre-commit and no commit-msg, unless stopped and continued", true),
    unseen(
        "git rebase",
        "runs pre-commit and commit-msg only where a message is reworded, not for picks, squashes, --continue",
        true,
    ),
    unseen("git merge, git pull (fast-forward)", "make no commit, so that no hook runs before it", true),
    unseen("git fetch", "bring in what others committed", true),
    unseen("git stash", "makes its commits without hooks", true),
    unseen("git notes", "makes its commits without hooks", true),
    unseen("git tag", "runs no hook for the tag's name and message", true),
    unseen("git replace", "runs no hook", true),
    unseen("git fast-import, git update-ref", "run no hook of a commit", true),
    unseen(
        "git commit-tree, git hash-object, git mktree",
        "write objects only; seen once a reference is made to reach them",
        false,
    ),
    unseen("git add", "stores a file's content before any hook can run; it stays in .git until git gc", false),
];

const fn unseen(command: &'static str, why: &'static str, strict: bool) -> Unseen {
    Unseen { command, why, strict }
}
