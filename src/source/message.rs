//! The message of a commit that is about to be made, as `commit-msg` and `applypatch-msg` get it.

use super::error::SourceError;
use super::{Sink, Source, content, file};
use crate::blob::{ObjectKind, Origin};
use crate::coverage::Unread;
use crate::git::Repository;
use std::path::{Path, PathBuf};

/// What stands behind the comment string in git's scissors line (git's documentation of `git commit --cleanup`).
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";
/// What `core.commentChar = auto` may choose (git's `builtin/commit.c`).
const AUTOMATIC: &[u8] = b"#;@!$%^&|:";

/// A message file.
pub struct Message<'a> {
    repository: &'a Repository,
    file: PathBuf,
    edited: bool,
}

/// What git will take out of a message that was edited.
struct Cleanup {
    /// Comment strings that the scissors line may begin with.
    comments: Vec<Vec<u8>>,
    /// Lines that begin with this are dropped.
    dropped: Option<Vec<u8>>,
}

impl<'a> Message<'a> {
    /// `edited`: an editor was open for the message, so that git takes comments out. (For hooks git sets
    /// `GIT_EDITOR=:` where it opens none; then the whole file becomes the message, comments and all.)
    pub fn new(repository: &'a Repository, file: &Path, edited: bool) -> Self {
        Self { repository, file: file.to_owned(), edited }
    }

    fn cleanup(&self) -> Result<Cleanup, SourceError> {
        let config = self.repository.config()?;
        let value = |keys: &[&str]| config.last_of(keys).and_then(|setting| setting.value.as_deref());
        let comment = value(&["core.commentchar", "core.commentstring"]).unwrap_or(b"#");
        let automatic = comment.eq_ignore_ascii_case(b"auto");
        let comments = if automatic { AUTOMATIC.iter().map(|&c| vec![c]).collect() } else { vec![comment.to_vec()] };
        // Which comment character git chose by itself cannot be told, so that then nothing is dropped.
        let strips = matches!(value(&["commit.cleanup"]), None | Some(b"strip" | b"default"));
        let dropped = (strips && !automatic && !comment.is_empty()).then(|| comment.to_vec());
        Ok(Cleanup { comments, dropped })
    }
}

impl Source for Message<'_> {
    type Error = SourceError;

    fn read(&mut self, sink: &dyn Sink) -> Result<(), SourceError> {
        let file = self.file.clone();
        let bytes = match file::read(&file, sink.largest()) {
            Ok(bytes) => bytes,
            Err(file::Trouble::Gone) => return Err(SourceError::NoSuchPath(file)),
            Err(file::Trouble::TooLarge) => {
                sink.unread(Unread::TooLarge, b"commit message", None);
                return Ok(());
            }
            Err(file::Trouble::Unreadable(kind)) => {
                return Err(SourceError::Io { path: Some(file), error: kind.into() });
            }
            Err(file::Trouble::Special) => {
                return Err(SourceError::Io { path: Some(file), error: std::io::ErrorKind::InvalidInput.into() });
            }
        };
        let text = if self.edited { clean(&bytes, &self.cleanup()?) } else { bytes };
        _ = content::plain(sink, &text, Origin { kind: ObjectKind::Commit, ..Origin::default() });
        Ok(())
    }
}

/// What is left of an edited message.
fn clean(text: &[u8], cleanup: &Cleanup) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let cut = |comment: &Vec<u8>| bare.strip_prefix(comment.as_slice()) == Some(SCISSORS);
        if cleanup.comments.iter().any(cut) {
            break;
        }
        if !cleanup.dropped.as_ref().is_some_and(|comment| line.starts_with(comment)) {
            out.extend_from_slice(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scissors_and_comments_of_any_length_are_honoured() {
        let text = b"one\n// two\nthree\n// ------------------------ >8 ------------------------\nfour\n";
        let cleanup = Cleanup { comments: vec![b"//".to_vec()], dropped: Some(b"//".to_vec()) };
        assert_eq!(clean(text, &cleanup), b"one\nthree\n");
        let kept = Cleanup { comments: vec![b"//".to_vec()], dropped: None };
        assert_eq!(clean(text, &kept), b"one\n// two\nthree\n");
        let other = Cleanup { comments: vec![b"#".to_vec()], dropped: None };
        assert_eq!(clean(text, &other), text);
    }
}
