//! Whatever a history is and however git keeps it, every way to scan it says the same: all of each version or only what
//! differs, one thread or many, in one piece or in shards, at once or from one state to the next; with loose objects,
//! packed, and packed again.

use crate::sandbox::Sandbox;
use crate::secrets::{github_token_of, of_every_reach};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static PLANTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(of_every_reach);

const BRANCHES: u8 = 3;
const PATHS: [&str; 4] = ["src/app.py", "config/settings.yml", "tests/fixture.py", "README.md"];

/// One thing that happens: on which branch, what, and three numbers that it makes of what it needs.
type Step = (u8, u8, usize, usize, usize);

fn step() -> impl Strategy<Value = Step> {
    (0..BRANCHES, 0..18_u8, 0..1000_usize, 0..1000_usize, 0..1000_usize)
}

/// A branch: its last commit's mark, and its files as lists of parts.
#[derive(Clone, Default)]
struct Branch {
    tip: Option<usize>,
    files: BTreeMap<String, Vec<Vec<u8>>>,
}

/// A history as `git fast-import` takes it, written step by step.
#[derive(Default)]
struct Made {
    branches: [Branch; BRANCHES as usize],
    marks: usize,
    /// Annotated tags since the last import: the commit's mark and the message.
    tags: BTreeMap<u8, (usize, Vec<u8>)>,
    stream: Vec<u8>,
}

fn lines(from: usize) -> Vec<Vec<u8>> {
    (from..from + 60).map(|line| format!("    value_{line} = call(other, {line})\n").into_bytes()).collect()
}

fn at<T>(list: &[T], number: usize) -> usize {
    number % list.len().max(1)
}

impl Made {
    fn add(&mut self, (branch, what, a, b, c): Step) {
        let names: Vec<String> = self.branches[usize::from(branch)].files.keys().cloned().collect();
        let Some(name) = names.get(at(&names, a)).cloned() else { return self.first(branch) };
        let other = self.branches[(usize::from(branch) + 1 + a % 2) % self.branches.len()].clone();
        let now = &mut self.branches[usize::from(branch)];
        let parts = now.files.get_mut(&name).unwrap();
        let place = at(parts, b);
        let (mut message, mut merged) = (b"change".to_vec(), None);
        match what {
            0..=3 => parts.insert(place, PLANTS[at(&PLANTS, c)].clone()),
            4..=5 if parts.len() > 1 => _ = parts.remove(place),
            6 => parts.insert(place, b"# password for the example server\n".to_vec()),
            7..=8 => {
                // An edit inside of what may be a secret.
                let at = at(&parts[place], c);
                parts[place][at] = if a % 2 == 0 { b'x' } else { c as u8 };
            }
            9 => {
                let part = parts.remove(place);
                parts.insert(at(parts, c), part);
            }
            10 => _ = now.files.insert(format!("copies/{}", c % 5), now.files[&name].clone()),
            11 if names.len() > 1 => _ = now.files.remove(&name),
            12 => {
                // A rename, sometimes to a name that is a secret.
                let parts = now.files.remove(&name).unwrap();
                let new = if b % 2 == 0 { "moved".to_owned() } else { github_token_of(&(c % 3).to_string()) };
                now.files.insert(format!("{new}/{}", c % 4), parts);
            }
            13 => message = [b"Use ", PLANTS[at(&PLANTS, c)].as_slice()].concat(),
            14 if other.tip.is_some() => {
                merged = other.tip;
                now.files.extend(other.files);
            }
            // What only this branch had is out of reach from here on.
            15 if other.tip.is_some() => return self.reset(branch, other),
            16 => {
                self.tags.insert(branch, (now.tip.unwrap(), PLANTS[at(&PLANTS, c)].clone()));
                return;
            }
            _ => *parts = lines(c * 60),
        }
        self.commit(branch, &message, merged);
    }

    fn first(&mut self, branch: u8) {
        let files = PATHS.iter().zip(0..).map(|(path, number)| ((*path).to_owned(), lines(number * 1000)));
        self.branches[usize::from(branch)].files = files.collect();
        self.commit(branch, b"first", None);
    }

    fn data(&mut self, bytes: &[u8]) {
        self.stream.extend(format!("data {}\n", bytes.len()).bytes());
        self.stream.extend(bytes);
        self.stream.push(b'\n');
    }

    fn commit(&mut self, branch: u8, message: &[u8], merged: Option<usize>) {
        self.marks += 1;
        let now = self.branches[usize::from(branch)].clone();
        let time = 1_700_000_000 + self.marks * 60;
        let head =
            format!("commit refs/heads/b{branch}\nmark :{}\ncommitter A <a@example.com> {time} +0000\n", self.marks);
        self.stream.extend(head.bytes());
        self.data(message);
        let parents = [("from", now.tip), ("merge", merged)];
        for (word, mark) in parents.into_iter().filter_map(|(word, mark)| Some((word, mark?))) {
            self.stream.extend(format!("{word} :{mark}\n").bytes());
        }
        self.stream.extend(b"deleteall\n");
        for (path, parts) in &now.files {
            self.stream.extend(format!("M 100644 inline {path}\n").bytes());
            self.data(&parts.concat());
        }
        self.branches[usize::from(branch)].tip = Some(self.marks);
    }

    fn reset(&mut self, branch: u8, to: Branch) {
        self.stream.extend(format!("reset refs/heads/b{branch}\nfrom :{}\n\n", to.tip.unwrap()).bytes());
        self.branches[usize::from(branch)] = to;
    }

    /// Brings what was added since the last time into the repository, as loose objects.
    fn import(&mut self, sandbox: &Sandbox) {
        for (name, (mark, message)) in std::mem::take(&mut self.tags) {
            let head = format!("tag v{name}\nfrom :{mark}\ntagger A <a@example.com> 1700000000 +0000\n");
            self.stream.extend(head.bytes());
            self.data(&message);
        }
        let marks = sandbox.root().join("marks");
        let [import, export] =
            ["import-marks-if-exists", "export-marks"].map(|word| format!("--{word}={}", marks.display()));
        let words = ["-c", "fastimport.unpackLimit=1000000", "fast-import", "--quiet", "--force", &import, &export];
        sandbox.run_in(&sandbox.repo, "git".as_ref(), &words, &std::mem::take(&mut self.stream)).exits(0);
    }
}

/// What a scan says and its exit code, without what differs from run to run.
fn report(sandbox: &Sandbox, more: &[&str]) -> (i32, Value) {
    let output = sandbox.keyward(&[&["scan", "--history", "--format", "json"], more].concat());
    let mut report = output.json();
    report.as_object_mut().unwrap().remove("timing");
    (output.code, report)
}

/// The same by shards that are merged.
fn sharded(sandbox: &Sandbox, of: usize) -> (i32, Value) {
    let names: Vec<String> = (1..=of).map(|number| format!("../shard{number}.json")).collect();
    for (name, number) in names.iter().zip(1..) {
        let words = ["scan", "--history", "--format", "json", "--shard", &format!("{number}/{of}"), "--output", name];
        assert!([0, 1, 2].contains(&sandbox.keyward(&words).code));
    }
    let merge = ["merge", "--format", "json"].map(str::to_owned);
    let output = sandbox.keyward(&[&merge[..], &names].concat());
    let mut report = output.json();
    report.as_object_mut().unwrap().remove("timing");
    (output.code, report)
}

fn same(before: &[Step], after: &[Step], (jobs, shards, depth): (usize, usize, usize)) -> Result<(), TestCaseError> {
    let (sandbox, mut made) = (Sandbox::new(), Made::default());
    made.first(0);
    before.iter().for_each(|step| made.add(*step));
    made.add((0, 0, 0, 5, 0));
    made.import(&sandbox);
    sandbox.git(&["symbolic-ref", "HEAD", "refs/heads/b0"]).exits(0);
    let want = report(&sandbox, &["--full", "--jobs", "1"]);
    prop_assert!(!want.1["findings"].as_array().unwrap().is_empty(), "{:#}", want.1);
    prop_assert_eq!(&report(&sandbox, &["--incremental"]), &want, "a first run");
    after.iter().for_each(|step| made.add(*step));
    made.import(&sandbox);
    let want = report(&sandbox, &["--full", "--jobs", "1"]);
    prop_assert!(want.1["error"].is_null(), "{:#}", want.1);
    let jobs = jobs.to_string();
    for stored in ["loose", "packed", "packed again"] {
        match stored {
            "loose" => prop_assert_eq!(&report(&sandbox, &["--incremental"]), &want, "incremental"),
            "packed" => _ = sandbox.git(&["repack", "-q", "-a", "-d"]).exits(0),
            _ => {
                let depth = format!("--depth={depth}");
                sandbox.git(&["repack", "-q", "-a", "-d", "-f", &depth, "--window=50"]).exits(0);
                prop_assert_eq!(&report(&sandbox, &["--full"]), &want, "all of each version");
            }
        }
        prop_assert_eq!(&report(&sandbox, &["--jobs", "1"]), &want, "{}: one thread", stored);
        prop_assert_eq!(&report(&sandbox, &["--jobs", &jobs]), &want, "{}: {} threads", stored, jobs);
        if stored != "packed" {
            prop_assert_eq!(&sharded(&sandbox, shards), &want, "{}: {} shards", stored, shards);
        }
    }
    Ok(())
}

/// `PROPTEST_CASES` asks for more.
#[test]
fn every_way_to_scan_any_history_says_the_same() {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { 6 };
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 100, ..Config::default() });
    let steps = || proptest::collection::vec(step(), 1..25);
    let ways = (2..6_usize, 1..6_usize, 1..60_usize);
    let result = runner.run(&(steps(), steps(), ways), |(before, after, ways)| same(&before, &after, ways));
    result.unwrap_or_else(|error| panic!("{error}"));
}
