//! What lies in one object folder itself, without its alternates: loose objects and the indexes of packs, read by
//! their documented forms (gitformat-pack(5)), because libgit2 gives wrong names for packed SHA-256 objects and git
//! lists an object folder only together with all of its alternates.

use super::error::{Detail, GitError};
use crate::blob::ObjectId;
use std::fs;
use std::path::Path;

/// The first bytes of an index of version 2; version 1 has none.
const MAGIC: &[u8] = b"\xfftOc\x00\x00\x00\x02";
/// 256 counts of four bytes; the last one is the number of objects.
const FANOUT: usize = 1024;

/// The names of all objects in `folder`, sorted. A pack without its index is an error, and so is an index that is not
/// whole.
pub(crate) fn list(folder: &Path, sha256: bool) -> Result<Vec<ObjectId>, GitError> {
    let mut ids = Vec::new();
    for (name, path) in entries(folder)? {
        if name == "pack" {
            packed(&path, sha256, &mut ids)?;
        } else if name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let files = entries(&path)?;
            ids.extend(files.iter().filter_map(|(file, _)| loose(&name, file, sha256)));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// A file of another name is a temporary one.
fn loose(folder: &str, file: &str, sha256: bool) -> Option<ObjectId> {
    ObjectId::from_hex(format!("{folder}{file}").as_bytes()).filter(|id| id.as_bytes().len() == width(sha256))
}

fn packed(folder: &Path, sha256: bool, ids: &mut Vec<ObjectId>) -> Result<(), GitError> {
    for (name, path) in entries(folder)? {
        if name.starts_with("pack-") && name.ends_with(".pack") {
            let index = path.with_extension("idx");
            let bytes = fs::read(&index).map_err(|_| damaged(&index))?;
            ids.extend(names(&bytes, width(sha256)).ok_or_else(|| damaged(&index))?);
        }
    }
    Ok(())
}

/// The names in an index: all in a row in version 2, each behind its offset in version 1.
fn names(index: &[u8], width: usize) -> Option<Vec<ObjectId>> {
    let (tables, skip) = match index.strip_prefix(MAGIC) {
        Some(tables) => (tables, 0),
        None => (index, 4),
    };
    let (fanout, rest) = tables.split_at_checked(FANOUT)?;
    let count = u32::from_be_bytes(*fanout.last_chunk::<4>()?);
    let size = usize::try_from(count).ok()?.checked_mul(width + skip)?;
    rest.get(..size)?.chunks_exact(width + skip).map(|entry| ObjectId::from_bytes(entry.get(skip..)?)).collect()
}

fn width(sha256: bool) -> usize {
    if sha256 { 32 } else { 20 }
}

/// The entries of a folder, none if it does not exist. A name that is not UTF-8 is not one of git's.
fn entries(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>, GitError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(_) => return Err(damaged(folder)),
    };
    let mut out = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|_| damaged(folder))?;
        out.extend(entry.file_name().into_string().ok().map(|name| (name, entry.path())));
    }
    Ok(out)
}

fn damaged(path: &Path) -> GitError {
    GitError::GitFile(Detail(path.as_os_str().as_encoded_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(magic: &[u8], skip: usize, ids: &[[u8; 20]]) -> Vec<u8> {
        let mut bytes = magic.to_vec();
        (0..256).for_each(|_| bytes.extend(u32::try_from(ids.len()).unwrap().to_be_bytes()));
        for id in ids {
            bytes.extend(vec![7; skip]);
            bytes.extend(id);
        }
        bytes
    }

    #[test]
    fn both_forms_of_an_index_are_read() {
        let ids = [[1; 20], [2; 20]];
        let expected: Vec<_> = ids.iter().map(|id| ObjectId::from_bytes(id).unwrap()).collect();
        assert_eq!(names(&index(MAGIC, 0, &ids), 20).unwrap(), expected);
        assert_eq!(names(&index(b"", 4, &ids), 20).unwrap(), expected);
    }

    #[test]
    fn an_index_that_is_cut_off_is_none() {
        let whole = index(MAGIC, 0, &[[1; 20], [2; 20]]);
        assert!((0..whole.len()).all(|end| names(&whole[..end], 20).is_none()));
    }

    #[test]
    fn a_pack_without_its_index_is_an_error_and_temporary_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("pack")).unwrap();
        fs::create_dir_all(folder.path().join("ab")).unwrap();
        fs::write(folder.path().join("pack/tmp_pack_x"), "").unwrap();
        fs::write(folder.path().join("ab/tmp_obj_x"), "").unwrap();
        assert_eq!(list(folder.path(), false).unwrap(), []);
        fs::write(folder.path().join("pack/pack-1.pack"), "").unwrap();
        assert!(list(folder.path(), false).is_err());
    }
}
