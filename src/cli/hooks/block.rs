//! A marked block of lines in a hook file that a user keeps under version control (husky's `.husky/NAME`). It is shared
//! with everybody who has the repository, so that it names no path of this machine: keyward has to be on PATH.

use super::Session;
use super::file::{Removal, Step, is_executable, staged};
use super::script::GONE;
use crate::cli::error::{CommandError, ErrorKind};
use bstr::ByteSlice;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const BEGIN: &str = "# >>> keyward 1 ";
const BEGIN_END: &str = " >>> written by \"keyward install\"; \"keyward uninstall\" takes it away\n";
const END: &str = "# <<< keyward <<<\n";
const FIRST_LINE: &[u8] = b"#!/bin/sh\n";

/// A user's hook file that gets a block.
#[derive(Clone, Debug)]
pub struct BlockFile {
    /// The file.
    pub path: PathBuf,
    hook: &'static str,
}

/// Where in the file a block is; written into its first line, so that taking it out gives back the same bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Seat {
    /// The file was made for it.
    Whole,
    /// Before what was there.
    Start,
    /// Behind what was there, with a newline of its own in front.
    End,
}

impl Seat {
    const ALL: [Self; 3] = [Self::Whole, Self::Start, Self::End];

    fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Start => "start",
            Self::End => "end",
        }
    }
}

/// A block as it was found.
struct Found {
    seat: Seat,
    /// From the first byte of its first line to behind its last.
    start: usize,
    end: usize,
    untouched: bool,
}

impl BlockFile {
    /// The file of the hook `hook` in `folder`.
    pub fn new(folder: &Path, hook: &'static str) -> Self {
        Self { path: folder.join(hook), hook }
    }

    /// What it takes that the block stands there; changes nothing.
    pub fn plan(&self, session: &Session<'_>) -> Result<Step, CommandError> {
        let Some(text) = self.text(session)? else { return Ok(Step::Write) };
        let Some(found) = find(&text) else { return Ok(Step::Keep) };
        if !found.untouched {
            return Err(CommandError::new(
                ErrorKind::Repository,
                format!("the keyward block in {} was changed since it was written", session.shown(&self.path)),
            )
            .hint("take the lines between its two marks away, the marks too, and run `keyward install` again"));
        }
        let same = text.get(found.start..found.end) == Some(block(self.hook, found.seat).as_slice());
        Ok(if same && is_executable(&self.path) { Step::Nothing } else { Step::Replace })
    }

    /// Does it.
    pub fn apply(&self, step: &Step, session: &Session<'_>) -> Result<(), CommandError> {
        if *step == Step::Nothing {
            return Ok(());
        }
        let text = self.text(session)?;
        let text = match text {
            None => [FIRST_LINE, &block(self.hook, Seat::Whole)].concat(),
            Some(text) => with_block(&text, self.hook),
        };
        self.write(&text, session)
    }

    /// Takes the block out.
    pub fn remove(&self, session: &Session<'_>) -> Result<Removal, CommandError> {
        let Some(text) = self.text(session)? else { return Ok(Removal::Absent) };
        let Some(found) = find(&text) else { return Ok(Removal::Absent) };
        if !found.untouched {
            return Ok(Removal::Edited);
        }
        let rest = without(&text, &found);
        if found.seat == Seat::Whole && rest == FIRST_LINE {
            fs::remove_file(&self.path).map_err(|error| session.io("cannot take away", &self.path, &error))?;
            return Ok(Removal::Removed);
        }
        self.write(&rest, session)?;
        Ok(Removal::Restored)
    }

    fn text(&self, session: &Session<'_>) -> Result<Option<Vec<u8>>, CommandError> {
        match fs::read(&self.path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(session.io("cannot read", &self.path, &error)),
        }
    }

    /// In place where the file exists, so that its mode stays as it is.
    fn write(&self, text: &[u8], session: &Session<'_>) -> Result<(), CommandError> {
        let put = || -> io::Result<()> {
            if self.path.exists() {
                return fs::write(&self.path, text);
            }
            let folder = self.path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            staged(folder, text)?.persist(&self.path).map(drop).map_err(|error| error.error)
        };
        put().map_err(|error| session.io("cannot write", &self.path, &error))
    }
}

/// The text with a fresh block: in the place of an old one, or where this hook's belongs.
fn with_block(text: &[u8], hook: &str) -> Vec<u8> {
    if let Some(found) = find(text) {
        let (before, behind) = around(text, found.start, found.end);
        return [before, &block(hook, found.seat), behind].concat();
    }
    let at = if text.starts_with(b"#!") { text.find_byte(b'\n').map(|end| end + 1) } else { Some(0) };
    match at {
        Some(at) if hook == "pre-push" => {
            let (before, behind) = around(text, at, at);
            [before, &block(hook, Seat::Start), behind].concat()
        }
        _ => [text, b"\n", &block(hook, Seat::End)].concat(),
    }
}

fn without(text: &[u8], found: &Found) -> Vec<u8> {
    let start = found.start - usize::from(found.seat == Seat::End && found.start > 0);
    let (before, behind) = around(text, start, found.end);
    [before, behind].concat()
}

fn around(text: &[u8], start: usize, end: usize) -> (&[u8], &[u8]) {
    (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default())
}

fn find(text: &[u8]) -> Option<Found> {
    let start = text.find(BEGIN)?;
    let rest = text.get(start..)?;
    let end = rest.find(END).map_or(text.len(), |end| start + end + END.len());
    let head = rest.lines().next()?.get(BEGIN.len()..)?;
    let mut words = head.split_str(" ");
    let seat = words.next()?;
    let seat = Seat::ALL.into_iter().find(|known| known.as_str().as_bytes() == seat).unwrap_or(Seat::End);
    let lines = text.get(start..end)?.split_once_str("\n")?.1;
    let untouched = words.next() == Some(digest(lines).as_bytes()) && lines.ends_with(END.as_bytes());
    Some(Found { seat, start, end, untouched })
}

fn block(hook: &str, seat: Seat) -> Vec<u8> {
    let lines = lines(hook);
    format!("{BEGIN}{} {}{BEGIN_END}{lines}", seat.as_str(), digest(lines.as_bytes())).into_bytes()
}

/// A hook's lines and the closing mark. pre-push is first in its file and hands on what git said; all others are last.
fn lines(hook: &str) -> String {
    let missing = format!(
        r#"command -v keyward >/dev/null || {{
    echo 'keyward: {hook} refused: {GONE} from PATH, so nothing was checked: install it again' >&2
    exit 2
}}
"#
    );
    let call =
        if hook == "pre-push" { PRE_PUSH.to_owned() } else { format!("keyward hook {hook} \"$@\" || exit $?\n") };
    format!("{missing}{call}{END}")
}

const PRE_PUSH: &str = r#"keyward_input=$(cat) || exit 2
if [ -z "$keyward_input" ]; then
    keyward hook pre-push "$@" </dev/null || exit $?
else
    keyward hook pre-push "$@" <<KEYWARD_INPUT || exit $?
$keyward_input
KEYWARD_INPUT
    exec <<KEYWARD_INPUT
$keyward_input
KEYWARD_INPUT
fi
"#;

fn digest(lines: &[u8]) -> String {
    let mut digits = data_encoding::HEXLOWER.encode(&Sha256::digest(lines));
    digits.truncate(16);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_a_block_out_gives_back_the_same_bytes() {
        for text in ["", "\n", "npm test", "npm test\n", "#!/bin/sh\nnpm test\n", "#!/bin/sh", "a\n\n\n"] {
            for hook in ["pre-commit", "pre-push"] {
                let with = with_block(text.as_bytes(), hook);
                let found = find(&with).unwrap();
                assert!(found.untouched);
                assert_eq!(without(&with, &found), text.as_bytes(), "{hook} {text:?}");
                assert_eq!(with_block(&with, hook), with, "twice changes nothing");
            }
        }
    }

    #[test]
    fn a_changed_block_is_known() {
        let with = with_block(b"npm test\n", "pre-commit");
        let changed = with.replace("exit $?", "true");
        assert!(!find(&changed).unwrap().untouched);
        let cut = with.replace(END, "");
        assert!(!find(&cut).unwrap().untouched);
    }
}
