//! Where a bundle lies below the top folder.

use super::statement::Statement;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// What a bundle is about, and so the folder that it lies in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// `service/NAME/commit/ID`.
    Commit {
        /// The service.
        service: String,
        /// The commit's id.
        commit: String,
    },
    /// `service/NAME/range/ID`: what ties the bundles of a range together.
    Range {
        /// The service.
        service: String,
        /// The id of the last commit.
        tip: String,
    },
    /// `service/NAME/release/TAG`.
    Release {
        /// The service.
        service: String,
        /// The tag's name.
        tag: String,
    },
    /// `drill`.
    Drill,
}

/// The name of a service is a folder's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the name of a service is 1 to 100 letters, digits, `-`, `_` or `.`, and begins with a letter or digit")]
pub struct BadService;

impl Place {
    /// Checks the name of a service.
    pub fn check_service(name: &str) -> Result<(), BadService> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let first = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if first && name.len() <= 100 && name.chars().all(plain) { Ok(()) } else { Err(BadService) }
    }

    /// The folder, relative to the top one, with `/`.
    pub(super) fn folder(&self) -> String {
        match self {
            Self::Commit { service, commit } => format!("service/{service}/commit/{commit}"),
            Self::Range { service, tip } => format!("service/{service}/range/{tip}"),
            Self::Release { service, tag } => format!("service/{service}/release/{}", escaped(tag)),
            Self::Drill => "drill".to_owned(),
        }
    }

    /// Whether a statement may lie in a bundle's folder, relative to the top one.
    pub(super) fn fits(path: &str, statement: &Statement) -> bool {
        let service = |name: &str| statement.text("service") == Some(name);
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["service", name, "commit" | "range", id, _] => service(name) && statement.commit() == Some(*id),
            ["service", name, "release", tag, _] => {
                service(name) && statement.text("tag").map(escaped).as_deref() == Some(*tag)
            }
            ["drill", _] => statement.is_drill(),
            _ => false,
        }
    }
}

/// A name as one folder's: what is not a letter, digit, `-`, `_` or `.` is percent-encoded, a `.` at the start too.
fn escaped(name: &str) -> String {
    let mut out = String::new();
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => out.push(char::from(byte)),
            b'.' if at > 0 => out.push('.'),
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

/// A path of the log below the top folder; `None` if it leads anywhere else.
pub(super) fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    (plain && !path.is_empty() && !path.contains('\\')).then(|| root.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_folder_whatever_it_is_called() {
        assert_eq!(escaped("v1.2"), "v1.2");
        assert_eq!(escaped("../x/y"), "%2E.%2Fx%2Fy");
        assert_eq!(escaped("\u{e4}"), "%C3%A4");
    }

    #[test]
    fn a_service_is_named_like_a_folder() {
        assert!(Place::check_service("payments-api_2.x").is_ok());
        for name in ["", ".", "..", "-x", "a/b", "a b", "\u{e4}", &"a".repeat(101)] {
            assert!(Place::check_service(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_path_of_the_log_stays_inside() {
        let root = Path::new("/evidence");
        assert!(inside(root, "service/a/commit/1/2").is_some());
        for path in ["", "/etc", "../x", "a/../../x", "a\\b"] {
            assert!(inside(root, path).is_none(), "{path}");
        }
    }
}
