//! One repository, opened once for a run: what is asked more than once is remembered.

use super::aged::{self, Age};
use super::backed::Backed;
use super::command::{Environment, Runner};
use super::config::{self, Config};
use super::error::{Detail, GitError, ObjectError};
use super::files::{self, WorkFiles};
use super::index::{self, IndexDiff, Version};
use super::layout::{self, Layout};
use super::library::Library;
use super::mailmap;
use super::object::{Backend, Header, Kind, Objects, read_as};
use super::pack::Store;
use super::parse::{self, Commit, TREE, TreeEntry};
use super::program::Program;
use super::range::{self, Ends};
use super::reach::{self, Reach};
use super::reflog::{self, Reflogs};
use super::refs::{self, Refs, Symbolic};
use super::stored;
use super::strays::{self, Reached, Strays};
use super::trees::{self, TreeDiff};
use super::walk::{self, Walk};
use crate::blob::ObjectId;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::Path;
use std::sync::OnceLock;

/// Tags of tags.
const DEEPEST_TAG: usize = 64;
/// A raw tag over this is not followed.
const LARGEST_TAG: u64 = 64 << 20;

/// A git repository. Nothing is read before it is asked for, but for the layout.
pub struct Repository {
    runner: Runner,
    layout: Layout,
    objects: Box<dyn Objects>,
    config: OnceLock<Result<Config, GitError>>,
    staged: OnceLock<Result<IndexDiff, GitError>>,
}

/// Commits at which the history that git shows is not the history that was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundaries {
    /// Commits whose parents were not fetched.
    pub shallow: HashSet<ObjectId>,
    /// Commits that a graft gives other parents.
    pub grafts: HashSet<ObjectId>,
}

/// git's configuration outside any repository: the machine's and the user's.
pub fn config_outside(dir: &Path, environment: &Environment) -> Result<Config, GitError> {
    config::read(&Runner::new(dir, environment))
}

impl Repository {
    /// Opens the repository that git finds from `dir` with these variables. `dir` is the folder of the process, so
    /// that relative variables mean what they mean to git.
    pub fn open(dir: &Path, environment: &Environment) -> Result<Self, GitError> {
        Self::open_with(dir, environment, None)
    }

    /// As [`Repository::open`], with the back end given instead of chosen. The library is refused where it would not
    /// see every object.
    pub fn open_with(dir: &Path, environment: &Environment, backend: Option<Backend>) -> Result<Self, GitError> {
        let runner = Runner::new(dir, environment);
        let layout = layout::read(&runner)?;
        let objects = match backend {
            Some(Backend::Program) => Box::new(Program::new(runner.clone(), &layout.objects)),
            Some(Backend::Library) => library(&runner, &layout).ok_or(GitError::NoLibrary)?,
            _ => chosen(&runner, &layout),
        };
        Ok(Self { runner, layout, objects, config: OnceLock::new(), staged: OnceLock::new() })
    }

    /// The same repository, where the objects that lie in the packs of `folder` are read from its files: at the least
    /// cost, and none on the way to another one is larger than those that may be read. No object of such a pack is a
    /// delta to one outside it.
    pub fn by_packs_of(mut self, folder: &Path) -> Self {
        if folder.join("pack").is_dir() {
            let store = Store::open(folder, None, self.runner.dir(), self.layout.sha256, false);
            self.objects = Box::new(Backed::new(store, self.objects));
        }
        self
    }

    /// The same repository as it is without the variables that hand objects of a push to a hook.
    pub fn before_push(&self, names: &[String]) -> Self {
        let runner = self.runner.without(names);
        let layout = Layout { objects: self.layout.common_dir.join("objects"), ..self.layout.clone() };
        let objects = chosen(&runner, &layout);
        Self { runner, layout, objects, config: OnceLock::new(), staged: OnceLock::new() }
    }

    /// Where its parts are.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The reader of objects.
    pub fn objects(&self) -> &dyn Objects {
        &*self.objects
    }

    /// The files of the store, for reading many objects in the order that costs least. It holds the objects that are
    /// there now: ask for refs first. With `verify` no object is given whose bytes have another id.
    pub fn store(&self, verify: bool) -> Store {
        let variable = self.runner.variable("GIT_ALTERNATE_OBJECT_DIRECTORIES");
        Store::open(&self.layout.objects, variable, self.runner.dir(), self.layout.sha256, verify)
    }

    /// The commits that `include` reaches, parents before children and otherwise the oldest first, read from a store.
    /// `stop` is asked now and then; the walk then ends, with no commits.
    pub fn history(&self, store: &Store, include: &[ObjectId], stop: &dyn Fn() -> bool) -> Walk {
        aged::walk(store, include, &|_| None, stop)
    }

    /// As [`Repository::history`], without commits whose age is `known` and what they reach.
    pub fn news(
        &self,
        store: &Store,
        include: &[ObjectId],
        known: &dyn Fn(&ObjectId) -> Option<Age>,
        stop: &dyn Fn() -> bool,
    ) -> Walk {
        aged::walk(store, include, known, stop)
    }

    /// A commit, read from a store.
    pub fn stored_commit(&self, store: &Store, id: &ObjectId) -> Result<Commit, ObjectError> {
        walk::read(store, id)
    }

    /// The files that commits and trees reach. "First" is the order of `commits`.
    pub fn reach(&self, store: &Store, commits: &[Commit], trees: &[ObjectId]) -> Reach {
        reach::reach(store, commits, trees)
    }

    /// What a store holds and `reached` does not. `judged` are tags and contents that a reference names.
    pub fn strays(&self, store: &Store, reached: &Reached<'_>, judged: &dyn Fn(&ObjectId) -> bool) -> Strays {
        strays::find(store, reached, judged)
    }

    /// Kind and size of an object.
    pub fn header(&self, id: &ObjectId) -> Result<Header, ObjectError> {
        self.objects.header(id)
    }

    /// The bytes of a file's content, if it has at most `limit`.
    pub fn blob(&self, id: &ObjectId, limit: u64) -> Result<Vec<u8>, ObjectError> {
        read_as(self.objects(), id, Kind::Blob, limit)
    }

    /// A commit.
    pub fn commit(&self, id: &ObjectId) -> Result<Commit, ObjectError> {
        walk::read(self.objects(), id)
    }

    /// What an annotated tag of at most `limit` bytes names.
    pub fn tag_target(&self, id: &ObjectId, limit: u64) -> Result<ObjectId, ObjectError> {
        parse::tag(&read_as(self.objects(), id, Kind::Tag, limit)?).ok_or(ObjectError::Corrupt)
    }

    /// The tree behind an object: that of a commit, what a tag leads to, a tree itself; `None` for content.
    pub fn root(&self, id: &ObjectId) -> Result<Option<ObjectId>, ObjectError> {
        let mut id = *id;
        for _ in 0..DEEPEST_TAG {
            match self.header(&id)?.kind {
                Kind::Tag => id = self.tag_target(&id, LARGEST_TAG)?,
                Kind::Commit => return self.commit(&id).map(|commit| Some(commit.tree)),
                Kind::Tree => return Ok(Some(id)),
                Kind::Blob => return Ok(None),
            }
        }
        Err(ObjectError::Corrupt)
    }

    /// An id in full: as many hexadecimal digits as names of objects have here.
    pub fn whole_id(&self, text: &str) -> Option<ObjectId> {
        let width = if self.layout.sha256 { 32 } else { 20 };
        ObjectId::from_hex(text.as_bytes()).filter(|id| id.as_bytes().len() == width)
    }

    /// The entries of a tree, in its own order.
    pub fn tree(&self, id: &ObjectId) -> Result<Vec<TreeEntry>, ObjectError> {
        trees::read(self.objects(), id)
    }

    /// The version of the file at `path` in a tree; `None` if there is no file.
    pub fn lookup(&self, tree: &ObjectId, path: &[u8]) -> Result<Option<Version>, ObjectError> {
        Self::lookup_in(self.objects(), tree, path)
    }

    /// As [`Repository::lookup`], read from `objects`.
    pub fn lookup_in(objects: &dyn Objects, tree: &ObjectId, path: &[u8]) -> Result<Option<Version>, ObjectError> {
        Ok(trees::find(objects, tree, path)?.filter(|found| found.0 != TREE))
    }

    /// The tree of the folder at `path` in a tree; the empty path is the tree itself.
    pub fn folder(&self, tree: &ObjectId, path: &[u8]) -> Result<Option<ObjectId>, ObjectError> {
        Ok(trees::find(self.objects(), tree, path)?.filter(|found| found.0 == TREE).map(|found| found.1))
    }

    /// The difference of two trees, through all folders, without looking for renames. `None` is the empty tree.
    pub fn diff(&self, old: Option<&ObjectId>, new: Option<&ObjectId>) -> TreeDiff {
        self.diff_until(old, new, &|| false)
    }

    /// As [`Repository::diff`], until `stop` says so; it is asked before each folder.
    pub fn diff_until(&self, old: Option<&ObjectId>, new: Option<&ObjectId>, stop: &dyn Fn() -> bool) -> TreeDiff {
        trees::diff(self.objects(), old, new, stop)
    }

    /// The commits that `include` reaches and `exclude` does not.
    pub fn walk(&self, include: &[ObjectId], exclude: &[ObjectId]) -> Walk {
        self.walk_until(include, exclude, &|| false)
    }

    /// As [`Repository::walk`], until `stop` says so; it is asked before each commit.
    pub fn walk_until(&self, include: &[ObjectId], exclude: &[ObjectId], stop: &dyn Fn() -> bool) -> Walk {
        walk::walk(self.objects(), include, exclude, stop)
    }

    /// The object that a revision names, as `git rev-parse` has it; with `commit`, the commit behind it.
    pub fn resolve(&self, revision: &str, commit: bool) -> Result<ObjectId, GitError> {
        let unknown = || GitError::UnknownRevision(Detail(revision.as_bytes().to_vec()));
        let name = if commit { format!("{revision}^{{commit}}") } else { revision.to_owned() };
        let output = self.runner.output(&["rev-parse", "--verify", "--quiet", "--end-of-options", &name])?;
        let answer = output.stdout.strip_suffix(b"\n").filter(|_| output.status.success()).ok_or_else(unknown)?;
        ObjectId::from_hex(answer).ok_or_else(unknown)
    }

    /// The ends of a range, given as words in any form that `git rev-list` knows (`A..B`, `A...B`, `B ^A`, `--all
    /// --not --remotes`): what to take in and what to leave out.
    pub fn range(&self, words: &[&str]) -> Result<Ends, GitError> {
        range::read(&self.runner, words)
    }

    /// The commit that HEAD names; `None` before the first commit. A HEAD that names nothing for any other reason is
    /// an error.
    pub fn head(&self) -> Result<Option<ObjectId>, GitError> {
        if self.layout.head.is_some() {
            return Ok(self.layout.head);
        }
        let name = self.runner.run("symbolic-ref", &["symbolic-ref", "HEAD"])?;
        let name = name.strip_suffix(b"\n").unwrap_or(&name);
        let name = std::str::from_utf8(name).map_err(|_| GitError::Answer("symbolic-ref"))?;
        let found = self.runner.output(&["for-each-ref", "--format=%(refname)", name])?;
        if found.status.success() && found.stdout.is_empty() && found.stderr.is_empty() {
            return Ok(None);
        }
        Err(GitError::Failed { command: "for-each-ref", detail: Detail(found.stderr) })
    }

    /// The full name of the branch that HEAD names, whether or not it exists; `None` where HEAD names a commit.
    pub fn head_name(&self) -> Result<Option<Vec<u8>>, GitError> {
        // gitrepository-layout(5); a reftable has another word there.
        let file = || std::fs::read(self.layout.git_dir.join("HEAD")).ok();
        let named = |text: Vec<u8>| Some(text.strip_prefix(b"ref: ")?.strip_suffix(b"\n")?.to_vec());
        let plain = |name: &Vec<u8>| name.starts_with(b"refs/") && !name.iter().any(u8::is_ascii_whitespace);
        if let Some(name) = file().filter(|_| !self.layout.reftable).and_then(named).filter(plain) {
            return Ok(Some(name));
        }
        let output = self.runner.output(&["symbolic-ref", "--quiet", "HEAD"])?;
        match (output.status.code(), output.stdout.strip_suffix(b"\n")) {
            (Some(0), Some(name)) => Ok(Some(name.to_vec())),
            (Some(1), _) => Ok(None),
            _ => Err(GitError::Failed { command: "symbolic-ref", detail: Detail(output.stderr) }),
        }
    }

    /// Where git fetches from, for a remote of this name, every rewriting of addresses done; `None` if there is none.
    pub fn remote_address(&self, name: &OsStr) -> Result<Option<Vec<u8>>, GitError> {
        let arguments: [&OsStr; 4] = ["remote".as_ref(), "get-url".as_ref(), "--".as_ref(), name];
        let output = self.runner.output(&arguments)?;
        Ok(output.stdout.strip_suffix(b"\n").filter(|_| output.status.success()).map(<[u8]>::to_vec))
    }

    /// The names of all objects that lie in one object folder itself, loose or packed, sorted.
    pub fn stored(&self, folder: &Path) -> Result<Vec<ObjectId>, GitError> {
        stored::list(folder, self.layout.sha256)
    }

    /// HEAD's tree; `None` before the first commit.
    pub fn head_tree(&self) -> Result<Option<ObjectId>, GitError> {
        let Some(id) = self.head()? else { return Ok(None) };
        let commit = self.commit(&id).map_err(|error| GitError::Object { id, error })?;
        Ok(Some(commit.tree))
    }

    /// Every reference.
    pub fn refs(&self) -> Result<Refs, GitError> {
        refs::read(&self.runner, &self.layout)
    }

    /// What every reflog names.
    pub fn reflogs(&self) -> Result<Reflogs, GitError> {
        reflog::read(&self.runner)
    }

    /// For each `Name <mail>` that the mailmap changes, what it becomes.
    pub fn mailmap<'p>(&self, people: impl Iterator<Item = &'p [u8]>) -> HashMap<Vec<u8>, Vec<u8>> {
        mailmap::read(&self.runner, people)
    }

    /// As [`Repository::refs`], with those that stand for others and without any HEAD, asked of git in one call.
    pub fn named(&self) -> Result<(Refs, Vec<Symbolic>), GitError> {
        refs::named(&self.runner, &self.layout)
    }

    /// git's configuration.
    pub fn config(&self) -> Result<&Config, GitError> {
        self.config.get_or_init(|| config::read(&self.runner)).as_ref().map_err(Clone::clone)
    }

    /// What differs between HEAD's tree and the index.
    pub fn staged(&self) -> Result<&IndexDiff, GitError> {
        self.staged.get_or_init(|| index::staged(&self.runner, &self.layout)).as_ref().map_err(Clone::clone)
    }

    /// The files below a folder: those of the index, and the others without those that git ignores unless `ignored`.
    pub fn files(&self, below: &Path, ignored: bool) -> Result<WorkFiles, GitError> {
        files::list(&self.runner, below, ignored)
    }

    /// True if git ignores this path, which is absolute.
    pub fn ignores(&self, path: &Path) -> Result<bool, GitError> {
        files::ignores(&self.runner, path)
    }

    /// Where the history is cut or changed. A list that is there and cannot be read is an error.
    pub fn boundaries(&self) -> Result<Boundaries, GitError> {
        Ok(Boundaries { shallow: ids(&self.layout.shallow)?, grafts: ids(&self.layout.grafts)? })
    }

    /// The commits that a merge in progress brings in (`MERGE_HEAD`).
    pub fn merge_heads(&self) -> Result<Vec<ObjectId>, GitError> {
        let mut heads: Vec<ObjectId> = ids(&self.layout.git_dir.join("MERGE_HEAD"))?.into_iter().collect();
        heads.sort_unstable();
        Ok(heads)
    }
}

/// The library, where it sees every object that git sees, else git.
fn chosen(runner: &Runner, layout: &Layout) -> Box<dyn Objects> {
    library(runner, layout).unwrap_or_else(|| Box::new(Program::new(runner.clone(), &layout.objects)))
}

fn library(runner: &Runner, layout: &Layout) -> Option<Box<dyn Objects>> {
    let more = runner.variable("GIT_ALTERNATE_OBJECT_DIRECTORIES");
    let library = Library::new(&layout.objects, more, layout.sha256)?;
    Some(Box::new(library))
}

/// The first word of each line of a file of ids; none if there is no such file.
fn ids(file: &Path) -> Result<HashSet<ObjectId>, GitError> {
    let damaged = || GitError::GitFile(Detail(file.as_os_str().as_encoded_bytes().to_vec()));
    let text = match std::fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(HashSet::new()),
        Err(_) => return Err(damaged()),
    };
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let ids = lines.map(|line| line.split(|&byte| byte == b' ').next().and_then(ObjectId::from_hex));
    ids.collect::<Option<_>>().ok_or_else(damaged)
}
