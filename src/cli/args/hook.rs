//! `keyward hook`, `install` and `uninstall`.

use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// `keyward hook`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  keyward hook pre-commit\n  keyward hook commit-msg .git/COMMIT_EDITMSG")]
pub struct HookArgs {
    /// The hook's name, as git calls it.
    #[arg(value_enum)]
    pub name: HookName,
    /// The administrator's configuration, for pre-receive and update [default: the one that git's system
    /// configuration names under keyward.config, or /etc/keyward/config.toml].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Stop after this time, for pre-receive and update; what was not read makes the verdict incomplete.
    #[arg(long, value_name = "DURATION")]
    pub budget: Option<String>,
    /// What git gives the hook.
    #[arg(value_name = "ARG", trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

/// The hooks that can be answered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, ValueEnum)]
pub enum HookName {
    /// Before a commit is made.
    PreCommit,
    /// When its message is written.
    CommitMsg,
    /// Before a merge is committed.
    PreMergeCommit,
    /// After `git am` has applied a patch, before it is committed.
    PreApplypatch,
    /// When the message of a patch is taken.
    ApplypatchMsg,
    /// Before commits are sent to a remote.
    PrePush,
    /// On a server, before what was pushed is taken.
    PreReceive,
    /// On a server, for each reference of a push; weaker than pre-receive.
    Update,
    /// On a server, once a push is taken: uses up the waivers that count once.
    PostReceive,
    /// Whenever references change (installed by --strict).
    ReferenceTransaction,
}

impl HookName {
    /// The name that git calls the hook by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PreApplypatch => "pre-applypatch",
            Self::ApplypatchMsg => "applypatch-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
            Self::PostReceive => "post-receive",
            Self::ReferenceTransaction => "reference-transaction",
        }
    }
}

/// `keyward install`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keyward install\n  keyward install --global\n  keyward install --server /srv/git/project.git"
)]
pub struct InstallArgs {
    /// For every repository of this user: sets core.hooksPath to a folder whose hooks call the repository's own.
    #[arg(long)]
    pub global: bool,
    /// Also reference-transaction, which sees what other hooks do not (rebase, cherry-pick, plumbing).
    #[arg(long)]
    pub strict: bool,
    /// Only these hooks; repeatable.
    #[arg(long = "hook", value_name = "NAME", value_enum)]
    pub hooks: Vec<HookName>,
    /// The pre-receive hook of this bare repository, which judges every push to it; or a folder of hooks for all
    /// repositories: gitolite's hooks/common, GitLab's custom_hooks.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["global", "strict", "hooks"])]
    pub server: Option<PathBuf>,
    /// The administrator's configuration; the server's hook names it to keyward.
    #[arg(long, value_name = "FILE", requires = "server")]
    pub config: Option<PathBuf>,
}

/// `keyward uninstall`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  keyward uninstall\n  keyward uninstall --global\n  keyward uninstall --server /srv/git/project.git"
)]
pub struct UninstallArgs {
    /// The hooks of every repository of this user.
    #[arg(long)]
    pub global: bool,
    /// The pre-receive hook of this bare repository.
    #[arg(long, value_name = "PATH", conflicts_with = "global")]
    pub server: Option<PathBuf>,
}
