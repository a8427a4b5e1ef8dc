//! `keyward hook post-receive`: the push is taken, so that the waivers which it used once are used up.

use super::uses;
use crate::cli::env::Environment;
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::run::Clock;
use crate::cli::terminal::Terminal;
use crate::cli::{input, problems};
use crate::git::{self, Repository};
use crate::source;

/// Marks what was reserved for the references that were changed; gives the exit code. What fails here is told to the
/// administrator: the push is taken already, and the next look at such a waiver finds out.
pub fn run(env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    let clock = Clock::start();
    let lines = input::stdin()?;
    let updates = source::received(&lines).map_err(|error| {
        CommandError::new(ErrorKind::Usage, error.to_string()).hint("each line is: <old id> <new id> <ref>")
    })?;
    let current = std::env::current_dir()
        .map_err(|error| CommandError::new(ErrorKind::Io, format!("the current folder: {error}")))?;
    let environment = git::Environment::new(env.variables.iter().cloned());
    let repository = Repository::open(&current, &environment).map_err(|error| problems::git(&error))?;
    let folder = repository.layout().common_dir.join("keyward");
    match uses::commit(&folder.join("single-use"), &updates) {
        Ok(_) => Ok(0),
        Err(error) => {
            terminal.error(&super::log::for_pusher(&error, Some(&folder), clock.started));
            Ok(2)
        }
    }
}
