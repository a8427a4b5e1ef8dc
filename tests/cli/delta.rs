//! `keyward scan --history` searches a file's versions only where they differ, and finds what a search of all of them
//! finds, however git has stored them.

use crate::sandbox::Sandbox;
use crate::secrets::of_every_reach;
use serde_json::Value;

/// Numbers that look random, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

const PATHS: [&str; 4] = ["src/app.py", "config/settings.yml", "tests/fixture.py", "README.md"];
const COMMITS: usize = 60;

/// A history of files that are edited, that take secrets in and lose them again, and that change places, as `git
/// fast-import` takes it.
fn history() -> Vec<u8> {
    let (mut chance, plants) = (Chance(7), of_every_reach());
    let lines =
        |from: usize| (from..from + 150).map(|line| format!("    value_{line} = call(other, {line})\n").into_bytes());
    let mut files: Vec<Vec<Vec<u8>>> = (0..PATHS.len()).map(|file| lines(file * 1000).collect()).collect();
    let mut stream = Vec::new();
    for commit in 0..COMMITS {
        let time = 1_700_000_000 + commit * 60;
        stream.extend(format!("commit refs/heads/main\ncommitter A <a@example.com> {time} +0000\ndata 1\nx\n").bytes());
        let file = chance.below(files.len());
        for _ in 0..1 + chance.below(3) {
            let parts = &mut files[file];
            let at = chance.below(parts.len());
            match chance.below(6) {
                0 | 1 => parts.insert(at, plants[chance.below(plants.len())].clone()),
                2 => _ = parts.remove(at),
                3 => parts.insert(at, b"# password for the example server\n".to_vec()),
                4 => {
                    // An edit inside of what may be a secret.
                    let (part, byte) = (&mut parts[at], chance.below(256) as u8);
                    let place = chance.below(part.len());
                    part[place] = if chance.below(2) == 0 { b'x' } else { byte };
                }
                _ => {
                    let part = parts.remove(at);
                    let to = chance.below(parts.len());
                    parts.insert(to, part);
                }
            }
        }
        // Sometimes two files change their places: a version then has a base of another path.
        if commit % 9 == 8 {
            files.swap(0, 1);
        }
        for (path, parts) in PATHS.iter().zip(&files) {
            let text = parts.concat();
            stream.extend(format!("M 100644 inline {path}\ndata {}\n", text.len()).bytes());
            stream.extend(text);
            stream.push(b'\n');
        }
    }
    stream
}

/// What a scan says, without what differs from run to run.
fn report(sandbox: &Sandbox, more: &[&str]) -> Value {
    let args = [&["scan", "--history", "--format", "json"], more].concat();
    let mut report = sandbox.keyward(&args).exits(1).json();
    assert_eq!(report["coverage"]["complete"], true, "{report:#}");
    report.as_object_mut().unwrap().remove("timing");
    report
}

#[test]
fn every_way_to_store_a_history_and_to_search_it_gives_the_same_findings() {
    let sandbox = Sandbox::new();
    sandbox.run_in(&sandbox.repo, "git".as_ref(), &["fast-import", "--quiet"], &history()).exits(0);
    let want = report(&sandbox, &["--full", "--jobs", "1"]);
    assert!(want["findings"].as_array().unwrap().len() > 20, "{want:#}");
    assert_eq!(report(&sandbox, &["--jobs", "1"]), want, "as imported");
    for (depth, window) in [("250", "30"), ("3", "100")] {
        let [depth, window] = [format!("--depth={depth}"), format!("--window={window}")];
        sandbox.git(&["repack", "-q", "-adf", &depth, &window]).exits(0);
        assert_eq!(report(&sandbox, &["--jobs", "1"]), want, "{depth} {window}");
    }
    assert_eq!(report(&sandbox, &["--jobs", "4"]), want, "with four threads");
    let packs = sandbox.repo.join(".git/objects/pack");
    let pack = std::fs::read_dir(&packs).unwrap().map(|entry| entry.unwrap().path());
    let pack = pack.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "pack")).unwrap();
    let bytes = std::fs::read(&pack).unwrap();
    std::fs::remove_dir_all(&packs).unwrap();
    sandbox.run_in(&sandbox.repo, "git".as_ref(), &["unpack-objects", "-q"], &bytes).exits(0);
    assert_eq!(report(&sandbox, &[]), want, "loose");
}

/// Real histories: the folders that `KEYWARD_TEST_REPOSITORIES` names, divided by colons.
#[test]
fn a_full_search_of_the_repositories_that_are_named_finds_the_same() {
    let Some(named) = std::env::var_os("KEYWARD_TEST_REPOSITORIES") else { return };
    let sandbox = Sandbox::new();
    for folder in std::env::split_paths(&named) {
        let scan = |more: &[&str]| {
            let args = [&["scan", "--history", "--format", "json"], more].concat();
            let mut report = sandbox.keyward_in(&folder, &args).json();
            assert!(report["error"].is_null(), "{report:#}");
            report.as_object_mut().unwrap().remove("timing");
            report
        };
        assert_eq!(scan(&[]), scan(&["--full"]), "{}", folder.display());
    }
}
