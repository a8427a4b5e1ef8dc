//! All rules of a run, and their digest.

use super::load::{RuleErrorKind, cross_check};
use super::model::{Examples, Rule, Shape};
use super::packed;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

static OPTIONAL: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/optional.bin"));

/// The embedded catalogue cannot be read, or a rule clashes with another.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The binary is damaged.
    #[error("the built-in rules cannot be read: the program's file is damaged; install it again")]
    Damaged,
    /// A rule cannot be brought to its compact form, or the examples cannot be read from it.
    #[error("the rules' compact form: {0}")]
    Compact(#[from] postcard::Error),
    /// A rule that was added clashes.
    #[error(transparent)]
    Rule(#[from] RuleErrorKind),
}

/// The rules of a run, each under a number: the built-in ones, where they are in, and those that were added. Built-in
/// rules are decoded when they are first asked for.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// Numbers of the built-in rules, which come first.
    builtin: u32,
    disabled: BTreeSet<u32>,
    own: Vec<Arc<Rule>>,
    digest: [u8; 32],
    all: OnceLock<Vec<Arc<Rule>>>,
}

impl Catalogue {
    /// The rules that are built in and on; their examples are not loaded (see [`examples`](Self::examples)).
    pub fn builtin() -> Result<Self, CatalogueError> {
        if !packed::intact() {
            return Err(CatalogueError::Damaged);
        }
        Ok(Self { builtin: packed::count(), digest: *packed::DIGEST, ..Self::empty() })
    }

    /// The rules that are built in, those that are off too.
    pub fn complete() -> Result<Self, CatalogueError> {
        let mut all = Self::builtin()?;
        all.extend(Self::optional()?)?;
        Ok(all)
    }

    /// The built-in rules that are off unless they are named: those for personal and payment data.
    pub fn optional() -> Result<Vec<Rule>, CatalogueError> {
        postcard::from_bytes(OPTIONAL).map_err(|_| CatalogueError::Damaged)
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
        let own = rules.into_iter().map(Arc::new).collect();
        Self { own, ..Self::empty() }.checked()
    }

    /// Adds a user's rules.
    pub fn extend(&mut self, rules: Vec<Rule>) -> Result<(), CatalogueError> {
        if rules.is_empty() {
            return Ok(());
        }
        let mut more = Self { all: OnceLock::new(), ..self.clone() };
        more.own.extend(rules.into_iter().map(Arc::new));
        *self = more.checked()?;
        Ok(())
    }

    /// Takes the named rules out; gives back the names that no rule has.
    pub fn disable<'n>(&mut self, ids: &[&'n str]) -> Result<Vec<&'n str>, CatalogueError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let unknown = ids.iter().copied().filter(|id| self.get(id).is_none()).collect();
        let named = |rule: &Rule| ids.contains(&rule.id.as_str());
        let out = self.numbered().filter(|(number, rule)| *number < self.builtin && named(rule));
        let out: Vec<u32> = out.map(|(number, _)| number).collect();
        let before = self.rules().len();
        self.disabled.extend(out);
        self.own.retain(|rule| !named(rule));
        self.all = OnceLock::new();
        if self.rules().len() != before {
            self.digest = digest(self.rules())?;
        }
        Ok(unknown)
    }

    /// Every rule.
    pub fn rules(&self) -> &[Arc<Rule>] {
        self.all.get_or_init(|| self.numbered().map(|(_, rule)| Arc::clone(rule)).collect())
    }

    /// Every rule with its number.
    pub fn numbered(&self) -> impl Iterator<Item = (u32, &Arc<Rule>)> {
        (0..self.numbers()).filter_map(|number| Some((number, self.rule(number)?)))
    }

    /// All numbers are below this.
    pub fn numbers(&self) -> u32 {
        self.builtin + self.own.len() as u32
    }

    /// The rule of this number; `None` for one that is disabled and for numbers out of range.
    pub fn rule(&self, number: u32) -> Option<&Arc<Rule>> {
        match number.checked_sub(self.builtin) {
            Some(own) => self.own.get(own as usize),
            None if self.disabled.contains(&number) => None,
            None => packed::rule(number),
        }
    }

    /// The rules of the generic tier with their numbers.
    pub fn generics(&self) -> impl Iterator<Item = (u32, &Arc<Rule>)> {
        self.listed(packed::generics()).filter(|(_, rule)| matches!(rule.shape, Shape::Generic(_)))
    }

    /// The rules that do not look at all paths, with their numbers.
    pub fn choosy(&self) -> impl Iterator<Item = (u32, &Arc<Rule>)> {
        self.listed(packed::choosy()).filter(|(_, rule)| rule.path.chooses())
    }

    /// The built-in rules of these numbers, and all that were added.
    fn listed(&self, numbers: &'static [u32]) -> impl Iterator<Item = (u32, &Arc<Rule>)> {
        let builtin = numbers.iter().copied().filter(|&number| number < self.builtin);
        builtin.chain(self.builtin..self.numbers()).filter_map(|number| Some((number, self.rule(number)?)))
    }

    /// True if no rule was added to the built-in ones; some may be disabled.
    pub fn only_builtin(&self) -> bool {
        self.builtin > 0 && self.own.is_empty()
    }

    /// The rule of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules().iter().find(|rule| rule.id == id)
    }

    fn empty() -> Self {
        Self { builtin: 0, disabled: BTreeSet::new(), own: Vec::new(), digest: [0; 32], all: OnceLock::new() }
    }

    fn checked(mut self) -> Result<Self, CatalogueError> {
        cross_check(self.rules().iter().map(Arc::as_ref))?;
        self.digest = digest(self.rules())?;
        Ok(self)
    }

    /// SHA-256 over the rules in their compact form.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The examples of the built-in rules, by id.
    pub fn examples() -> Result<Vec<(String, Examples)>, CatalogueError> {
        Ok(packed::examples()?)
    }
}

fn digest(rules: &[Arc<Rule>]) -> Result<[u8; 32], CatalogueError> {
    let rules: Vec<&Rule> = rules.iter().map(Arc::as_ref).collect();
    Ok(Sha256::digest(postcard::to_allocvec(&rules)?).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_rule_can_be_decoded_and_disabled() {
        let mut catalogue = Catalogue::builtin().unwrap();
        assert_eq!(catalogue.rules().len(), packed::count() as usize);
        assert_eq!(digest(catalogue.rules()).unwrap(), *catalogue.digest());
        let (first, second) = (catalogue.rules()[0].id.clone(), catalogue.rules()[1].id.clone());
        assert_eq!(catalogue.disable(&[&first, "no-such-rule"]).unwrap(), ["no-such-rule"]);
        assert!(catalogue.get(&first).is_none() && catalogue.rule(0).is_none());
        assert_eq!(catalogue.rule(1).unwrap().id, second);
        assert_eq!(digest(catalogue.rules()).unwrap(), *catalogue.digest());
    }

    #[test]
    fn added_rules_follow_the_built_in_ones() {
        let mut catalogue = Catalogue::builtin().unwrap();
        let mut rule = Rule::clone(catalogue.rule(0).unwrap());
        assert!(catalogue.only_builtin() && catalogue.extend(vec![rule.clone()]).is_err());
        rule.id = "of-a-user".to_owned();
        catalogue.extend(vec![rule]).unwrap();
        assert!(!catalogue.only_builtin());
        assert_eq!(catalogue.rule(packed::count()).unwrap().id, "of-a-user");
        assert_ne!(catalogue.digest(), packed::DIGEST);
    }
}
