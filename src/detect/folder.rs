//! What a path says about the file: whether it is there to test or to show something.

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

fn holds(name: &[u8]) -> bool {
    let shown = |word: &[u8]| FOR_SHOW.iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()));
    shown(name) || words(name).any(|word| name.get(word).is_some_and(shown))
}

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
    fn words_that_hold_such_a_word_are_not() {
        for path in ["src/latest/a.py", "src/inspector.rs", "docker-compose.yml", "README.md", ""] {
            assert!(!for_show(path.as_bytes()), "{path}");
        }
    }
}
