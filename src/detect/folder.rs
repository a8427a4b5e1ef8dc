//! What a path says about the file: whether it is there to test or to show something, or to pin what others made.

use super::generic::words;

/// Words of paths of tests, examples and documentation.
#[rustfmt::skip]
const FOR_SHOW: &[&str] = &[
    "test", "tests", "testing", "testdata", "testsuite", "testcase", "testcases", "unittest", "unittests", "selftest",
    "e2e", "spec", "specs", "example", "examples", "sample", "samples", "mock", "mocks", "fixture", "fixtures", "demo",
    "demos", "tutorial", "tutorials", "doc", "docs", "guide", "guides", "cookbook", "javadoc",
];

/// Whether the file at `path` is there to test or to show something. What it holds is seldom a secret that opens
/// anything.
pub(super) fn for_show(path: &[u8]) -> bool {
    let mut folders = path.split(|b| *b == b'/');
    let file = folders.next_back().unwrap_or_default();
    folders.any(|folder| folder == b"t" || holds(folder)) || holds(file)
}

/// Endings of the names of lock files: `mix.lock`, `package-lock.json`, `gradle.lockfile`, `go.sum`.
const LOCKS: &[&[u8]] = &[b".lock", b"-lock.json", b"-lock.yaml", b".lock.json", b".lockfile", b".sum", b".resolved"];

/// Whether the file at `path` pins packages: what it gives to their names are digests.
pub(super) fn pins(path: &[u8]) -> bool {
    LOCKS.iter().any(|ending| {
        let end = path.len().checked_sub(ending.len()).and_then(|at| path.get(at..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(ending))
    })
}

fn holds(name: &[u8]) -> bool {
    shown(name) || words(name).any(|word| name.get(word).is_some_and(shown))
}

fn shown(word: &[u8]) -> bool {
    let begins = word.first().is_some_and(|first| BEGINNINGS >> (first.to_ascii_lowercase() % 32) & 1 == 1);
    begins && FOR_SHOW.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
}

/// The first letters of the words, a bit each: they turn most words away.
const BEGINNINGS: u32 = {
    let (mut bits, mut at) = (0, 0);
    while at < FOR_SHOW.len() {
        bits |= 1 << (FOR_SHOW[at].as_bytes()[0] % 32);
        at += 1;
    }
    bits
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_examples_and_documentation_are_for_show() {
        for path in [
            "tests/a.py",
            "t/unit/a.py",
            "src/FooTests.java",
            "pkg/foo_test.go",
            "docs/x.md",
            "a/dockerTest/b.pem",
            "guides/a.md",
        ] {
            assert!(for_show(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn lock_files_pin() {
        for path in ["mix.lock", "a/package-lock.json", "go.sum", "Package.resolved", "pnpm-lock.yaml"] {
            assert!(pins(path.as_bytes()), "{path}");
        }
        for path in ["lock", "src/block.rs", "padlock.json", "sum", ""] {
            assert!(!pins(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn words_that_hold_such_a_word_are_not() {
        for path in ["src/latest/a.py", "src/inspector.rs", "docker-compose.yml", "README.md", ""] {
            assert!(!for_show(path.as_bytes()), "{path}");
        }
    }
}
