//! Git LFS: a pointer stands for content that lies elsewhere in this clone, or nowhere.
//! Format: <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>.

use crate::git::{GitError, Repository};
use std::path::PathBuf;

const FIRST_LINE: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";
/// A pointer is shorter than this.
const LONGEST: usize = 1024;

/// The name of the content that a pointer stands for: 64 hexadecimal digits. `None` if this is no pointer.
pub(crate) fn pointer(bytes: &[u8]) -> Option<&str> {
    if bytes.len() >= LONGEST || !bytes.starts_with(FIRST_LINE) {
        return None;
    }
    let oid = bytes.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(b"oid sha256:"))?;
    let oid = std::str::from_utf8(oid).ok()?;
    (oid.len() == 64 && oid.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(oid)
}

/// Where the content named `oid` lies if it is in this clone (`lfs.storage`, by default `lfs` in the git folder).
pub(crate) fn place(repository: &Repository, oid: &str) -> Result<PathBuf, GitError> {
    let common = &repository.layout().common_dir;
    let set = repository.config()?.get("lfs.storage").and_then(|setting| setting.value.as_deref());
    let storage = set.and_then(|value| std::str::from_utf8(value).ok()).unwrap_or("lfs");
    let part = |range| oid.get(range).unwrap_or_default();
    Ok(common.join(storage).join("objects").join(part(0..2)).join(part(2..4)).join(oid))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_short_pointer_is_one() {
        let oid = "ab".repeat(32);
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 3\n");
        assert_eq!(pointer(text.as_bytes()), Some(oid.as_str()));
        assert_eq!(pointer(&text.as_bytes()[..90]), None);
        assert_eq!(pointer([text.as_bytes(), &[b' '; 1024]].concat().as_slice()), None);
        assert_eq!(pointer(text.replace("ab", "/.").as_bytes()), None);
    }
}
