//! `keyward uninstall`: takes keyward's hooks away and gives former ones back.

use super::args::{HookName, UninstallArgs};
use super::error::CommandError;
use super::hooks::block::BlockFile;
use super::hooks::file::{HookFile, Removal};
use super::hooks::global::Global;
use super::hooks::place::Place;
use super::hooks::script::{ALL_OF_GIT, GUARDED};
use super::hooks::server::{HOOKS, Server};
use super::hooks::shared::Shared;
use super::hooks::{Session, lost};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Uninstalls; tells on `out` what was done. 2 where something had to be left.
pub fn run(args: &UninstallArgs, session: &Session<'_>, out: &mut dyn Write) -> Result<u8, CommandError> {
    let mut report = Report { out, session, found: false, left: false };
    if let Some(path) = &args.server {
        let shared = Shared::find(path, session);
        let server = if shared.is_none() { Some(Server::find(path, session)?) } else { None };
        for hook in HOOKS {
            let file = shared.as_ref().map(|shared| shared.file(hook));
            let Some(file) = file.or_else(|| server.as_ref().map(|server| server.file(hook))) else { continue };
            report.add(hook.as_str(), &file.path, file.remove(session)?)?;
        }
    } else if args.global {
        everywhere(&mut report)?
    } else {
        here(&mut report)?
    }
    if !report.found {
        writeln!(report.out, "nothing of keyward's is installed here").map_err(lost)?;
    }
    Ok(if report.left { 2 } else { 0 })
}

fn here(report: &mut Report<'_>) -> Result<(), CommandError> {
    let session = report.session;
    let place = Place::find(&session.porcelain(), session)?;
    for hook in GUARDED.into_iter().chain([HookName::ReferenceTransaction]) {
        if let Some(folder) = &place.husky {
            let file = BlockFile::new(folder, hook.as_str());
            report.add(hook.as_str(), &file.path, file.remove(session)?)?;
        }
        let file = HookFile::new(&place.hooks, hook.as_str());
        report.add(hook.as_str(), &file.path, file.remove(session)?)?;
    }
    Ok(())
}

fn everywhere(report: &mut Report<'_>) -> Result<(), CommandError> {
    let session = report.session;
    let git = session.porcelain();
    let global = Global::read(&git, session)?;
    // First the setting: git must not look for hooks in a folder that is half gone.
    global.deactivate(&git, session)?;
    if global.active {
        report.found = true;
        writeln!(report.out, "core.hooksPath says again what it said before").map_err(lost)?;
    }
    for name in ALL_OF_GIT {
        let file = global.file(name);
        report.add(name, &file.path, file.remove(session)?)?;
    }
    for folder in [Some(global.folder.as_path()), global.folder.parent()].into_iter().flatten() {
        // Only goes away when nothing else is in it.
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

struct Report<'a> {
    out: &'a mut dyn Write,
    session: &'a Session<'a>,
    found: bool,
    left: bool,
}

impl Report<'_> {
    fn add(&mut self, hook: &str, path: &Path, removal: Removal) -> Result<(), CommandError> {
        let (done, left) = match removal {
            Removal::Absent => return Ok(()),
            Removal::Removed => ("taken away", false),
            Removal::Restored => ("taken away; what was there before is back", false),
            Removal::Edited => {
                ("left: it was changed since keyward wrote it; take away by hand what is keyward's", true)
            }
            Removal::Overwritten => (
                "left: another tool has overwritten keyward's hook; the hook from before lies beside it as NAME.keyward-former",
                true,
            ),
        };
        self.found = true;
        self.left |= left;
        writeln!(self.out, "{hook:<21} {done} ({})", self.session.shown(path)).map_err(lost)
    }
}
