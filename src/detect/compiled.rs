//! A rule made ready when it is first needed; its expressions wait until they are run.

use super::malformed::Nearly;
use super::matcher::Matcher;
use super::near::Neighbours;
use super::value::Checks;
use crate::rule::Rule;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::sync::OnceLock;

#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) matcher: Option<Matcher>,
    pub(super) checks: Checks,
    pub(super) neighbours: Neighbours,
    pub(super) nearly: OnceLock<Nearly>,
    only: Option<GlobSet>,
    not: Option<GlobSet>,
}

impl Compiled {
    pub(super) fn new(rule: &Rule) -> Result<Self, globset::Error> {
        Ok(Self {
            matcher: Matcher::new(rule),
            checks: Checks::new(rule),
            neighbours: Neighbours::new(rule),
            nearly: OnceLock::new(),
            only: globs(&rule.path.only)?,
            not: globs(&rule.path.not)?,
        })
    }

    /// Whether the rule looks at files of this path.
    pub(super) fn looks_at(&self, path: Option<&[u8]>) -> bool {
        let within = |set: &GlobSet| path.is_some_and(|path| set.is_match(bstr::ByteSlice::to_path_lossy(path)));
        self.only.as_ref().is_none_or(within) && !self.not.as_ref().is_some_and(within)
    }
}

fn globs(patterns: &[String]) -> Result<Option<GlobSet>, globset::Error> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        // As in .gitignore: a bare name matches in every folder, and `*` stops at a slash.
        let anywhere = if pattern.contains('/') { pattern.clone() } else { format!("**/{pattern}") };
        set.add(GlobBuilder::new(&anywhere).literal_separator(true).build()?);
    }
    set.build().map(Some)
}
