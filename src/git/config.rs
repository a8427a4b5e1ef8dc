//! git's own configuration, with the level and the file that each value comes from.

use super::command::Runner;
use super::error::GitError;

/// Where a value is set, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The machine.
    System,
    /// The user.
    Global,
    /// The repository.
    Local,
    /// One worktree.
    Worktree,
    /// The command line or the environment.
    Command,
}

/// One setting.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its level.
    pub scope: Scope,
    /// Its origin in git's words (`file:/etc/gitconfig`), raw.
    pub origin: Vec<u8>,
    /// The raw value; `None` for a name without `=`, which means true.
    pub value: Option<Vec<u8>>,
    key: Vec<u8>,
}

/// All settings, in the order in which git reads them: a later one wins.
#[derive(Clone, Default)]
pub struct Config(Vec<Setting>);

impl Config {
    /// The setting that holds for a name; section and last part in lower case (`core.hookspath`).
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.last_of(&[key])
    }

    /// The setting that holds for a name among those of one level.
    pub fn get_at(&self, scope: Scope, key: &str) -> Option<&Setting> {
        self.0.iter().rev().find(|setting| setting.scope == scope && setting.key == key.as_bytes())
    }

    /// Every setting with its name, in the order in which git reads them.
    pub fn all(&self) -> impl Iterator<Item = (&[u8], &Setting)> {
        self.0.iter().map(|setting| (setting.key.as_slice(), setting))
    }

    /// The setting of whichever of several names is set last: two names for one thing.
    pub fn last_of(&self, keys: &[&str]) -> Option<&Setting> {
        self.0.iter().rev().find(|setting| keys.iter().any(|key| setting.key == key.as_bytes()))
    }
}

/// Reads everything in one call; works outside a repository too.
pub(crate) fn read(runner: &Runner) -> Result<Config, GitError> {
    let answer = runner.run("config", &["config", "--list", "-z", "--show-scope", "--show-origin"])?;
    parse(&answer).ok_or(GitError::Answer("config"))
}

/// `scope NUL origin NUL key LF value NUL`; without a value no LF either.
fn parse(answer: &[u8]) -> Option<Config> {
    let mut fields = answer.split(|&byte| byte == 0);
    let mut settings = Vec::new();
    loop {
        let scope = fields.next()?;
        if scope.is_empty() {
            return Some(Config(settings));
        }
        let scope = match scope {
            b"system" => Scope::System,
            b"global" => Scope::Global,
            b"local" => Scope::Local,
            b"worktree" => Scope::Worktree,
            b"command" => Scope::Command,
            // A submodule's or an unknown level: not one that anything here trusts.
            _ => {
                fields.next()?;
                fields.next()?;
                continue;
            }
        };
        let origin = fields.next()?.to_vec();
        let entry = fields.next()?;
        let (key, value) = match memchr::memchr(b'\n', entry) {
            Some(at) => (entry.get(..at)?, Some(entry.get(at + 1..)?.to_vec())),
            None => (entry, None),
        };
        settings.push(Setting { scope, origin, value, key: key.to_vec() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_origins_and_bare_names_are_kept_apart() {
        let answer = b"system\0file:/etc/gitconfig\0keyward.config\n/etc/k\ntwo\0local\0file:.git/config\0\
            keyward.config\n/evil\0local\0file:.git/config\0core.bare\0";
        let config = parse(answer).unwrap();
        let at = |scope| config.get_at(scope, "keyward.config").and_then(|setting| setting.value.clone());
        assert_eq!(at(Scope::System).unwrap(), b"/etc/k\ntwo");
        assert_eq!(at(Scope::Local).unwrap(), b"/evil");
        assert_eq!(at(Scope::Global), None);
        assert_eq!(config.get("core.bare").unwrap().value, None);
    }
}
