//! A refused canary is written down for break-glass like any refused commit, and for metrics like any run; here the
//! records are put back as they were.

use crate::record::write_atomic;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The record of refused attempts, as it was.
#[derive(Debug)]
pub struct Records {
    folder: PathBuf,
    there: bool,
    files: Vec<(PathBuf, Option<Vec<u8>>)>,
    runs: PathBuf,
    /// The bytes of the log of runs.
    length: Option<u64>,
}

impl Records {
    /// Reads the record in a repository's common git folder.
    pub fn keep(common: &Path) -> io::Result<Self> {
        let folder = common.join("keyward");
        let read = |name: &str| -> io::Result<(PathBuf, Option<Vec<u8>>)> {
            let path = folder.join(name);
            match fs::read(&path) {
                Ok(bytes) => Ok((path, Some(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((path, None)),
                Err(error) => Err(error),
            }
        };
        let files = vec![read("attempts.json")?, read("attempts.lock")?];
        let runs = folder.join("runs.jsonl");
        let length = fs::metadata(&runs).ok().map(|file| file.len());
        Ok(Self { there: folder.is_dir(), folder, files, runs, length })
    }

    /// Puts it back.
    pub fn put_back(self) -> io::Result<()> {
        for (path, before) in &self.files {
            match before {
                Some(bytes) if fs::read(path)? != *bytes => write_atomic(path, bytes)?,
                None if path.exists() => fs::remove_file(path)?,
                _ => {}
            }
        }
        match self.length {
            Some(length) => fs::OpenOptions::new().write(true).open(&self.runs)?.set_len(length)?,
            None if self.runs.exists() => fs::remove_file(&self.runs)?,
            None => {}
        }
        if !self.there && self.folder.is_dir() {
            // Stays where something else came in meanwhile.
            _ = fs::remove_dir(&self.folder);
        }
        Ok(())
    }
}
