//! The text of the hooks that keyward writes, and how to know one again.
//!
//! A former hook that may change what is committed (the index, the message) runs before keyward, so that keyward judges
//! what git will record. In pre-push, pre-receive and reference-transaction nothing can be changed any more but much can be
//! sent away (git-lfs uploads in pre-push), so there keyward runs first. Either one's refusal is the hook's.

use crate::cli::args::HookName;
use bstr::ByteSlice;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The version of the scripts' form; written into each one.
const FORM: &str = "1";
const MARK: &[u8] = b"# keyward-hook ";
const DIGEST_DIGITS: usize = 16;

/// Whose hook a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Author {
    /// keyward wrote it, and nobody has changed it since.
    Keyward,
    /// keyward wrote it, and somebody has changed it.
    Edited,
    /// Somebody else.
    Other,
}

/// Where a script finds the hooks that were there before.
pub enum Formers<'a> {
    /// Beside it, under [`former_name`].
    Beside,
    /// In the repository's own hooks folder and, where one is given, in the folder that core.hooksPath named before.
    Elsewhere(Option<&'a Path>),
}

/// The name under which a former hook is kept.
pub fn former_name(hook: &str) -> String {
    format!("{hook}.keyward-former")
}

/// The script for the hook named `hook`. `program` is the absolute path of keyward; `None` where keyward has no business
/// in this hook, which then only calls the former ones. The error is a path that a shell cannot be told.
pub fn script(hook: &str, program: Option<&Path>, formers: &Formers<'_>) -> Result<Vec<u8>, String> {
    configured(hook, program, formers, None)
}

/// As [`script`]; in pre-receive keyward is given `config` as the administrator's file.
pub fn configured(
    hook: &str,
    program: Option<&Path>,
    formers: &Formers<'_>,
    config: Option<&Path>,
) -> Result<Vec<u8>, String> {
    let config = config.filter(|_| hook == "pre-receive").map(quoted).transpose()?;
    let call = if config.is_some() { format!("{hook} --config \"$config\"") } else { hook.to_owned() };
    let mut body = match formers {
        Formers::Beside => beside(hook),
        Formers::Elsewhere(folder) => elsewhere(hook, *folder)?,
    };
    body.extend_from_slice(ONLY_RUNNABLE);
    body.extend(config.map(|file| [CONFIG, &file, b"\n"].concat()).unwrap_or_default());
    let find = program.map(|program| find_program(hook, program)).transpose()?;
    let parts: Vec<Vec<u8>> = match (hook, find) {
        ("proc-receive", _) => vec![HAND_OVER.into(), b"exit 1\n".into()],
        ("push-to-checkout", _) => vec![HAND_OVER.into(), LIKE_GIT.into()],
        ("reference-transaction", Some(find)) => {
            let judge = br#"[ "$1" != prepared ] || "#;
            let skip = b"if [ \"$1\" != prepared ] && [ -z \"$former$other\" ]; then exit 0; fi\n";
            vec![ONLY_PREPARED.into(), skip.into(), find, KEEP_INPUT.into(), judge.into(), judge_fed(hook), FEED.into()]
        }
        ("post-receive", Some(_)) => {
            let program = program.map(quoted).transpose()?.unwrap_or_default();
            vec![KEEP_INPUT.into(), b"program=".into(), program, AFTERWARDS.into(), FEED.into()]
        }
        ("pre-push" | "pre-receive", Some(find)) => {
            let alone = format!("[ -n \"$former$other\" ] || exec \"$program\" hook {call} \"$@\"\n");
            vec![find, alone.into(), KEEP_INPUT.into(), judge_fed(&call), FEED.into()]
        }
        (_, Some(find)) => vec![CALL.into(), find, format!("exec \"$program\" hook {hook} \"$@\"\n").into()],
        (hook, None) if reads_stdin(hook) => {
            vec![b"[ -n \"$former$other\" ] || exit 0\n".into(), KEEP_INPUT.into(), FEED.into()]
        }
        (_, None) => vec![CALL.into()],
    };
    body.extend(parts.concat());
    Ok(signed(&body))
}

/// The administrator's file that a script of keyward's names.
pub fn recorded_config(text: &[u8]) -> Option<PathBuf> {
    let line = text.lines().find_map(|line| line.strip_prefix(CONFIG))?;
    let inner = line.strip_prefix(b"'")?.strip_suffix(b"'")?;
    Some(inner.replace("'\\''", "'").to_path_lossy().into_owned())
}

/// Tells whose hook this text is.
pub fn author(text: &[u8]) -> Author {
    let Some((_, rest)) = text.split_once_str("\n") else { return Author::Other };
    let Some(mark) = rest.strip_prefix(MARK) else { return Author::Other };
    let (mark, body) = mark.split_once_str("\n").unwrap_or((mark, b""));
    let digest = mark.rsplit_once_str(" ").map(|(_, digest)| digest);
    if digest == Some(digest_of(body).as_bytes()) { Author::Keyward } else { Author::Edited }
}

/// A path as one word of POSIX shell.
pub fn quoted(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = <[u8]>::from_path(path).ok_or("the path is not valid Unicode")?;
    Ok([b"'".as_slice(), &bytes.replace("'", "'\\''"), b"'"].concat())
}

/// The sentence that a hook says when keyward is gone; `drill` and `doctor` know it again.
pub const GONE: &str = "the keyward program is gone";

fn beside(hook: &str) -> Vec<u8> {
    let former = former_name(hook);
    format!(
        r#"# Written by "keyward install"; "keyward uninstall" takes it away and gives the former hook back.
# The former hook is {former} beside this file: change that one, not this one.
former="${{0%/*}}/{former}" other=
# Where the pre-commit framework calls this file as its legacy hook, its own hook must not be called back.
if [ -n "${{PRE_COMMIT_RUNNING_LEGACY-}}" ] && grep -q 'generated by pre-commit' "$former" 2>/dev/null; then
    former=
fi
"#
    )
    .into_bytes()
}

fn elsewhere(hook: &str, folder: Option<&Path>) -> Result<Vec<u8>, String> {
    let other = folder.map(|folder| quoted(&folder.join(hook))).transpose()?.unwrap_or_default();
    let own = format!(
        r#"# Written by "keyward install --global"; "keyward uninstall --global" takes it away.
# The repository's own hook is called as if this one were not here.
if [ -z "${{GIT_DIR-}}" ] && [ -d .git ]; then
    own=.git
else
    own=$(git rev-parse --git-common-dir 2>/dev/null) || own=
fi
former=${{own:+$own/hooks/{hook}}}
other="#
    );
    Ok([own.as_bytes(), &other, b"\n"].concat())
}

/// git runs no hook that is not executable.
const ONLY_RUNNABLE: &[u8] = br#"{ [ -f "$former" ] && [ -x "$former" ]; } || former=
{ [ -f "$other" ] && [ -x "$other" ]; } || other=
"#;

/// What stands before the administrator's file.
const CONFIG: &[u8] = b"config=";

const CALL: &[u8] = br#"for hook in "$former" "$other"; do
    [ -z "$hook" ] || "$hook" "$@" || exit $?
done
"#;

/// The word at the end keeps the newlines that a substitution takes off.
const KEEP_INPUT: &[u8] = br#"input=$(cat && echo end) || exit 2
input=${input%end}
"#;

const FEED: &[u8] = br#"for hook in "$former" "$other"; do
    [ -z "$hook" ] || printf '%s' "$input" 2>/dev/null | "$hook" "$@" || exit $?
done
"#;

/// The push is taken: whatever becomes of keyward, the former hook has its own work to do.
const AFTERWARDS: &[u8] = br#"
{ [ -f "$program" ] && [ -x "$program" ]; } || program=$(command -v keyward) || program=
[ -z "$program" ] || printf '%s' "$input" 2>/dev/null | "$program" hook post-receive || :
"#;

const HAND_OVER: &[u8] = br#"for hook in "$former" "$other"; do
    [ -z "$hook" ] || exec "$hook" "$@"
done
"#;

const ONLY_PREPARED: &[u8] = b"# Only the state \"prepared\" can still be refused.\n";

/// What git does itself where there is no push-to-checkout hook (receive.denyCurrentBranch=updateInstead).
const LIKE_GIT: &[u8] = br#"head=$(git rev-parse --verify --quiet HEAD) || head=$(git hash-object -t tree /dev/null)
git update-index -q --ignore-submodules --refresh &&
    git diff-files --quiet --ignore-submodules -- &&
    git diff-index --quiet --cached --ignore-submodules "$head" -- || {
    echo 'the working tree has changes' >&2
    exit 1
}
exec git read-tree -u -m "$1"
"#;

fn judge_fed(hook: &str) -> Vec<u8> {
    format!("printf '%s' \"$input\" 2>/dev/null | \"$program\" hook {hook} \"$@\" || exit $?\n").into()
}

fn find_program(hook: &str, program: &Path) -> Result<Vec<u8>, String> {
    let find = format!(
        r#"
if ! {{ [ -f "$program" ] && [ -x "$program" ]; }}; then
    program=$(command -v keyward) || {{
        echo 'keyward: {hook} refused: {GONE} (neither where this hook was told nor on PATH),' >&2
        echo 'keyward: so nothing was checked. Install keyward again and run "keyward install"; or take this hook away.' >&2
        exit 2
    }}
fi
"#
    );
    Ok([b"program=", quoted(program)?.as_slice(), find.as_bytes()].concat())
}

fn reads_stdin(hook: &str) -> bool {
    ["pre-push", "pre-receive", "post-receive", "reference-transaction", "post-rewrite"].contains(&hook)
}

/// Puts the first line and the mark with the digest of what follows in front.
fn signed(body: &[u8]) -> Vec<u8> {
    let head = format!("#!/bin/sh\n# keyward-hook {FORM} {}\n", digest_of(body));
    [head.as_bytes(), body].concat()
}

fn digest_of(body: &[u8]) -> String {
    let mut digits = data_encoding::HEXLOWER.encode(&Sha256::digest(body));
    digits.truncate(DIGEST_DIGITS);
    digits
}

/// The hooks of a plain `keyward install`, in the order of a commit's life.
pub const GUARDED: [HookName; 6] = [
    HookName::PreCommit,
    HookName::CommitMsg,
    HookName::PreMergeCommit,
    HookName::PreApplypatch,
    HookName::ApplypatchMsg,
    HookName::PrePush,
];

/// Every hook that git looks for in its hooks folder (githooks(5)).
pub const ALL_OF_GIT: [&str; 27] = [
    "applypatch-msg",
    "commit-msg",
    "p4-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
    "p4-prepare-changelist",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
];
