//! What somebody who installs should know of the place where the hooks went.

use super::Session;
use super::file::HookFile;
use super::global::Global;
use super::place::{Place, hooks_path};
use crate::cli::args::HookName;
use crate::text::Shown;
use bstr::ByteSlice;
use std::fs;
use std::path::Path;

/// The configuration files that lefthook reads, by preference.
const LEFTHOOK: [&str; 6] =
    ["lefthook.yml", ".lefthook.yml", "lefthook.yaml", ".lefthook.yaml", "lefthook.toml", "lefthook.json"];

/// Notes for a repository's hooks.
pub fn after_install(place: &Place, hooks: &[HookName], session: &Session<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if place.husky.is_some() {
        notes.push(
            "these are husky's files, which the repository shares: everybody who commits needs keyward on PATH"
                .to_owned(),
        );
        if !on_path(session) {
            notes.push("keyward is not on PATH here: until it is, these hooks refuse every commit".to_owned());
        }
    } else if place.in_worktree() {
        notes.push(format!(
            "{} is part of the working tree: if it is shared, everybody who commits needs keyward on PATH",
            session.shown(&place.hooks)
        ));
    }
    if let Some(setting) = place.setting.as_ref().filter(|_| place.is_shared()) {
        notes.push(format!(
            "core.hooksPath is set for more than this repository ({}, {}): these hooks guard every repository that has none of its own",
            setting.scope,
            Shown::new(&setting.origin, session.mask)
        ));
    }
    notes.extend(lefthook(place, hooks));
    notes.extend(named_by_file(place, hooks));
    notes
}

/// Notes for the hooks of all repositories.
pub fn after_global(global: &Global, session: &Session<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(former) = &global.former {
        notes.push(format!(
            "the hooks in {}, where core.hooksPath pointed before, are called too",
            session.shown(former)
        ));
    }
    let here = hooks_path(&session.porcelain(), session).ok().flatten();
    if here.is_some_and(|setting| setting.scope != "global" && setting.scope != "system") {
        notes.push(
            "this repository has a core.hooksPath of its own, which wins: run `keyward install` in it".to_owned(),
        );
    }
    notes
}

/// `lefthook install` moves every hook that is not its own to NAME.old and does not call it.
fn lefthook(place: &Place, hooks: &[HookName]) -> Vec<String> {
    let config = LEFTHOOK.iter().find_map(|name| fs::read(place.top.join(name)).ok());
    let calls = hooks.iter().any(|hook| former(place, *hook).is_some_and(|text| text.contains_str("lefthook")));
    if !calls && config.is_none() || config.is_some_and(|text| text.contains_str("keyward hook")) {
        return Vec::new();
    }
    let mut lines = vec![
        "`lefthook install` overwrites these hooks; to stay guarded, let lefthook call keyward: add to lefthook.yml"
            .to_owned(),
    ];
    for hook in hooks {
        let (name, stdin) = (hook.as_str(), if *hook == HookName::PrePush { "\n      use_stdin: true" } else { "" });
        lines.push(format!("\n{name}:\n  commands:\n    keyward:\n      run: keyward hook {name} {{0}}{stdin}"));
    }
    vec![lines.concat()]
}

/// A hook that tells from the name of its file what it is has another name now.
fn named_by_file(place: &Place, hooks: &[HookName]) -> Vec<String> {
    let by_name = |text: Vec<u8>| text.contains_str("basename") && text.contains_str("$0");
    let named: Vec<&str> =
        hooks.iter().filter(|hook| former(place, **hook).is_some_and(by_name)).map(|hook| hook.as_str()).collect();
    if named.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "the former hook of {} seems to look at its own file name, which is now NAME.keyward-former: try a commit",
        named.join(", ")
    )]
}

fn former(place: &Place, hook: HookName) -> Option<Vec<u8>> {
    fs::read(HookFile::new(&place.hooks, hook.as_str()).former()?).ok()
}

/// Whether a shell would find keyward.
fn on_path(session: &Session<'_>) -> bool {
    let name = format!("keyward{}", std::env::consts::EXE_SUFFIX);
    let folders = session.env.path.as_deref().map(std::env::split_paths);
    folders.into_iter().flatten().any(|folder: std::path::PathBuf| Path::new(&folder).join(&name).is_file())
}
