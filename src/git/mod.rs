//! The gateway to git: the one place that starts git or uses libgit2.
//!
//! Two back ends read objects behind the trait [`Objects`]: libgit2 in this process, and `git cat-file` where libgit2
//! would not see every object that git sees. Which one is told by the repository before anything is read, never by
//! trying. Refs, the index, the configuration and the layout are always asked of git itself: it alone knows every
//! format of them (reftable, split and sparse index), its answers count every variable that a hook sets, and one call
//! costs less than libgit2 needs to read an index.
//!
//! Whatever is asked, git follows no replacement and no graft, fetches nothing, writes nothing and asks nobody.

mod aged;
mod alternates;
mod backed;
mod command;
mod config;
mod error;
mod files;
mod index;
mod layout;
mod library;
mod lines;
mod mailmap;
mod mixed;
mod news;
mod object;
mod pack;
mod parse;
pub mod porcelain;
mod program;
mod range;
mod reach;
mod reflog;
mod refs;
mod repository;
mod stored;
mod strays;
mod trees;
mod walk;

pub use crate::blob::ObjectId;
pub use aged::Age;
pub use command::{Environment, local_variables};
pub use config::{Config, Scope, Setting};
pub use error::{Detail, GitError, ObjectError};
pub use index::{Change, IndexDiff, IndexEntry, Version};
pub use layout::Layout;
pub use object::{Backend, Header, Kind, Objects};
pub use pack::{Damage, Division, Failed, Fault, Found, Spot, Store, Visit};
pub use parse::{Commit, SUBMODULE, SYMLINK, TREE, TreeEntry};
pub use range::Ends;
pub use reach::{FileAt, Reach};
pub use reflog::Reflogs;
pub use refs::{Ref, Refs, Symbolic};
pub use repository::{Boundaries, Repository, config_outside};
pub use strays::{Reached, Strays};
pub use trees::{LostTree, TreeDiff, join};
pub use walk::Walk;
