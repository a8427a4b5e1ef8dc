//! What a push is judged by: built in, the administrator's file, the files of the trust ref, and on top the files of
//! what is pushed, which can only make it stricter.

use crate::blob::ObjectId;
use crate::cli::args::HookArgs;
use crate::cli::env::Environment;
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::problems;
use crate::cli::setup::{self, Gear};
use crate::config::{By, Key, Layer, Server};
use crate::git::{Refs, Repository};
use crate::rule::Confidence;
use crate::source::Update;
use crate::trust::{POLICY, Side, Trust};
use bstr::ByteSlice;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::time::Duration;

/// GitHub Enterprise Server gives all pre-receive hooks of a push 5 s together (its documentation, "About pre-receive
/// hooks"); the rest is for the start and the answer.
const GITHUB_SERVER: Duration = Duration::from_millis(4_500);
/// A raw configuration over this is not read.
const LARGEST: u64 = 64 << 20;

/// The trusted side of a server.
#[derive(Clone)]
pub struct Ground {
    /// How its hooks work.
    pub server: Server,
    /// The full name of the trust ref; `None` where HEAD names no branch.
    pub trust_ref: Option<Vec<u8>>,
    /// What it names; `None` where it does not exist yet.
    pub trusted: Option<ObjectId>,
    base: Vec<Layer>,
    budget: Option<Option<Duration>>,
}

impl Ground {
    /// Reads the administrator's file and looks the trust ref up; `head` is the branch that HEAD names.
    pub fn find(
        before: &Repository,
        refs: &Refs,
        head: Option<&[u8]>,
        args: &HookArgs,
        env: &Environment,
    ) -> Result<Self, CommandError> {
        let git = before.config().map_err(|error| problems::git(&error))?;
        let administrator = setup::administrator(git, args.config.as_deref())?;
        let server = administrator.as_ref().map(|layer| layer.server.clone()).unwrap_or_default();
        let trust_ref = match &server.trust_ref {
            Some(name) => Some(name.clone().into_bytes()),
            None => head.map(<[u8]>::to_vec),
        };
        let trusted = match &trust_ref {
            Some(name) => trusted(refs, name)?,
            None => before.head().map_err(|error| problems::git(&error))?,
        };
        let mut built_in = Layer::new(By::BuiltIn);
        built_in.pragmas_up_to = Some(Confidence::Medium);
        built_in.budget = env.github_server.then_some(Some(GITHUB_SERVER));
        // What could not be read is let through on the administrator's word only.
        let mut lock = Layer::new(By::Administrator("this server".to_owned()));
        lock.lock = vec![Key::OnIncomplete];
        let base = std::iter::once(built_in).chain(administrator).chain([lock]).collect();
        let budget = args.budget.as_deref().map(setup::budget).transpose()?;
        Ok(Self { server, trust_ref, trusted, base, budget })
    }

    /// The side whose files are trusted.
    pub fn side(&self) -> Side {
        self.trusted.map_or(Side::Nowhere, |id| Side::Tree(id.to_string()))
    }

    /// What the administrator's file says.
    pub fn administrator(&self) -> Option<&Layer> {
        self.base.iter().find(|layer| matches!(layer.by, By::Administrator(_)))
    }

    /// The same, with the files of another object as the trusted ones.
    #[must_use]
    pub fn at(&self, id: ObjectId) -> Self {
        Self { trusted: Some(id), ..self.clone() }
    }

    /// The layers under which `side` is the trusted one.
    pub fn layers(&self, side: &Trust<'_>) -> Result<Vec<Layer>, CommandError> {
        let mut layers = self.base.clone();
        layers.extend(setup::repository_layer(side, None)?);
        let mut line = Layer::new(By::CommandLine);
        line.budget = self.budget;
        layers.push(line);
        Ok(layers)
    }

    /// All that judges a push.
    pub fn gear(
        &self,
        repository: &Repository,
        before: &Repository,
        updates: &[Update],
        today: Date,
    ) -> Result<Gear, CommandError> {
        let trust = Trust::new(&self.side(), Some(before)).map_err(|error| setup::lost(&error))?;
        let mut layers = self.layers(&trust)?;
        // On a server nobody but the administrator says whose signatures count.
        for layer in layers.iter_mut().filter(|layer| matches!(layer.by, By::Repository(_))) {
            (layer.allowed_signers, layer.server_id) = (None, None);
        }
        let mut lock = Layer::new(By::Administrator("the trust ref".to_owned()));
        lock.lock = Key::ALL.to_vec();
        layers.push(lock);
        layers.extend(self.pushed(repository, updates)?);
        Gear::of(layers, &trust, None, today)
    }

    /// The configuration of every commit that a reference shall name, each once, without that of the trust ref.
    fn pushed(&self, repository: &Repository, updates: &[Update]) -> Result<Vec<Layer>, CommandError> {
        let known = self.trusted.and_then(|id| file(repository, id));
        let tips: BTreeSet<ObjectId> = updates.iter().map(|update| update.new).filter(|id| !id.is_zero()).collect();
        let files: BTreeSet<ObjectId> =
            tips.into_iter().filter_map(|tip| file(repository, tip)).filter(|id| Some(*id) != known).collect();
        let layer = |id: ObjectId| {
            // One that cannot be read is the walk's to tell.
            let text = repository.blob(&id, LARGEST).ok()?;
            let by = By::Repository(format!("{POLICY} (pushed)"));
            Some(setup::parse(by, &text).map(Layer::only_strictness))
        };
        files.into_iter().filter_map(layer).collect()
    }
}

/// What the trust ref names. One that is there and cannot be read is an error: without it the policy may be weaker.
fn trusted(refs: &Refs, name: &[u8]) -> Result<Option<ObjectId>, CommandError> {
    if let Some(found) = refs.refs.iter().find(|one| one.name == name) {
        return Ok(Some(found.id));
    }
    if refs.unreadable || refs.broken.iter().any(|line| line.contains_str(name)) {
        return Err(CommandError::new(ErrorKind::Repository, "the trust ref cannot be read"));
    }
    Ok(None)
}

/// The configuration in the tree behind an object; `None` if there is no regular file, or it cannot be looked up.
fn file(repository: &Repository, id: ObjectId) -> Option<ObjectId> {
    let tree = repository.root(&id).ok().flatten()?;
    let (mode, file) = repository.lookup(&tree, POLICY.as_bytes()).ok().flatten()?;
    (mode & 0o170_000 == 0o100_000).then_some(file)
}
