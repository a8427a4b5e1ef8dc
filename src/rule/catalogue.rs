//! All rules of a run, and their digest.

use super::load::{RuleErrorKind, cross_check};
use super::model::{Examples, Rule};
use sha2::{Digest, Sha256};
use std::sync::Arc;

static RULES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
static DIGEST: &[u8; 32] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.sha256"));
static OPTIONAL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/optional.bin"));
static EXAMPLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/examples.bin"));

/// The embedded catalogue cannot be read, or a rule clashes with another.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The binary is damaged.
    #[error("the built-in rules cannot be read: {0}")]
    Embedded(postcard::Error),
    /// A rule that was added clashes.
    #[error(transparent)]
    Rule(#[from] RuleErrorKind),
}

/// The rules of a run. A rule's index is its place in [`rules`](Self::rules).
#[derive(Clone, Debug)]
pub struct Catalogue {
    rules: Vec<Arc<Rule>>,
    digest: [u8; 32],
}

impl Catalogue {
    /// The rules that are built in and on; their examples are not loaded (see [`examples`](Self::examples)).
    pub fn builtin() -> Result<Self, CatalogueError> {
        let rules: Vec<Rule> = postcard::from_bytes(RULES).map_err(CatalogueError::Embedded)?;
        let rules = rules.into_iter().map(Arc::new).collect();
        Ok(Self { rules, digest: *DIGEST })
    }

    /// The rules that are built in, those that are off too.
    pub fn complete() -> Result<Self, CatalogueError> {
        let mut all = Self::builtin()?;
        all.extend(Self::optional()?)?;
        Ok(all)
    }

    /// The built-in rules that are off unless they are named: those for personal and payment data.
    pub fn optional() -> Result<Vec<Rule>, CatalogueError> {
        postcard::from_bytes(OPTIONAL).map_err(CatalogueError::Embedded)
    }

    /// Turns on the named ones of the rules that are off; `all` is every one. Gives back the names that none has.
    pub fn enable<'n>(&mut self, ids: &[&'n str]) -> Result<Vec<&'n str>, CatalogueError> {
        let mut optional = Self::optional()?;
        let unknown =
            ids.iter().copied().filter(|id| *id != "all" && optional.iter().all(|rule| rule.id != *id)).collect();
        optional.retain(|rule| ids.iter().any(|id| *id == "all" || *id == rule.id));
        self.extend(optional)?;
        Ok(unknown)
    }

    /// A catalogue of `rules` alone.
    pub fn of(rules: Vec<Rule>) -> Result<Self, CatalogueError> {
        let rules: Vec<Arc<Rule>> = rules.into_iter().map(Arc::new).collect();
        Self::checked(rules)
    }

    /// Adds a user's rules.
    pub fn extend(&mut self, rules: Vec<Rule>) -> Result<(), CatalogueError> {
        if rules.is_empty() {
            return Ok(());
        }
        let mut all = self.rules.clone();
        all.extend(rules.into_iter().map(Arc::new));
        *self = Self::checked(all)?;
        Ok(())
    }

    /// Takes the named rules out; gives back the names that no rule has.
    pub fn disable<'n>(&mut self, ids: &[&'n str]) -> Result<Vec<&'n str>, CatalogueError> {
        let unknown = ids.iter().copied().filter(|id| self.get(id).is_none()).collect();
        let before = self.rules.len();
        self.rules.retain(|rule| !ids.contains(&rule.id.as_str()));
        if self.rules.len() != before {
            self.digest = digest(&self.rules)?;
        }
        Ok(unknown)
    }

    /// Every rule.
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// The rule of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    fn checked(rules: Vec<Arc<Rule>>) -> Result<Self, CatalogueError> {
        cross_check(rules.iter().map(Arc::as_ref))?;
        let digest = digest(&rules)?;
        Ok(Self { rules, digest })
    }

    /// SHA-256 over the rules in their compact form.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The examples of the built-in rules, by id.
    pub fn examples() -> Result<Vec<(String, Examples)>, CatalogueError> {
        postcard::from_bytes(EXAMPLES).map_err(CatalogueError::Embedded)
    }
}

fn digest(rules: &[Arc<Rule>]) -> Result<[u8; 32], CatalogueError> {
    let rules: Vec<&Rule> = rules.iter().map(Arc::as_ref).collect();
    let bytes = postcard::to_allocvec(&rules).map_err(CatalogueError::Embedded)?;
    Ok(Sha256::digest(bytes).into())
}
