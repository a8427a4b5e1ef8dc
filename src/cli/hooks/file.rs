//! One hook file: what is there, putting keyward's in, taking it out.

use super::Session;
use super::script::{Author, author, former_name};
use crate::cli::error::{CommandError, ErrorKind};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What has to be done to a hook file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// It is as it should be.
    Nothing,
    /// There is none yet.
    Write,
    /// An older one of keyward's is there.
    Replace,
    /// Somebody's hook is there: it is kept beside.
    Keep,
}

/// What was done when keyward's hook was to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removal {
    /// Nothing of keyward's is there.
    Absent,
    /// It is gone.
    Removed,
    /// It is gone and the former hook is back.
    Restored,
    /// Somebody changed it: it is left.
    Edited,
    /// Somebody's hook is in its place, and the former one is still kept beside: both are left.
    Overwritten,
}

/// A hook of one name in one folder.
#[derive(Clone, Debug)]
pub struct HookFile {
    /// The file that git runs.
    pub path: PathBuf,
    former: PathBuf,
}

impl HookFile {
    /// The hook `name` in `folder`.
    pub fn new(folder: &Path, name: &str) -> Self {
        Self { path: folder.join(name), former: folder.join(former_name(name)) }
    }

    /// What is there.
    pub fn author(&self) -> io::Result<Option<Author>> {
        match fs::symlink_metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
            // keyward writes no links; where one leads is not read, it may lead nowhere.
            Ok(found) if !found.is_file() => Ok(Some(Author::Other)),
            Ok(_) => Ok(Some(author(&fs::read(&self.path)?))),
        }
    }

    /// What it takes that `text` stands there; changes nothing.
    pub fn plan(&self, text: &[u8], session: &Session<'_>) -> Result<Step, CommandError> {
        let path = &self.path;
        match self.author().map_err(|error| session.io("cannot read", path, &error))? {
            None => Ok(Step::Write),
            Some(Author::Keyward) => {
                let same = fs::read(path).is_ok_and(|found| found == text) && is_executable(path);
                Ok(if same { Step::Nothing } else { Step::Replace })
            }
            Some(Author::Edited) => Err(CommandError::new(
                ErrorKind::Repository,
                format!("{} was written by keyward and changed since", session.shown(path)),
            )
            .hint(format!("move what was added into {}, which it calls first, and make that executable", session.shown(&self.former)))
            .hint("then delete the changed file and run `keyward install` again")),
            Some(Author::Other) if path.is_dir() => {
                Err(CommandError::new(ErrorKind::Repository, format!("{} is a folder", session.shown(path))))
            }
            Some(Author::Other) if self.keeps_a_former() && !self.former_is_the_same() => Err(CommandError::new(
                ErrorKind::Repository,
                format!("{} is a foreign hook, but {} is kept already", session.shown(path), session.shown(&self.former)),
            )
            .hint("another tool has overwritten keyward's hook: delete the one of the two that is no longer wanted, and install again")),
            Some(Author::Other) => Ok(Step::Keep),
        }
    }

    /// Does it.
    pub fn apply(&self, step: &Step, text: &[u8], session: &Session<'_>) -> Result<(), CommandError> {
        let put = || -> io::Result<()> {
            if *step == Step::Nothing {
                return Ok(());
            }
            let folder = self.path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            let ready = staged(folder, text)?;
            if *step == Step::Keep {
                fs::rename(&self.path, &self.former)?;
            }
            if let Err(error) = ready.persist(&self.path) {
                if *step == Step::Keep {
                    fs::rename(&self.former, &self.path)?;
                }
                return Err(error.error);
            }
            Ok(())
        };
        put().map_err(|error| session.io("cannot write", &self.path, &error))
    }

    /// Takes keyward's hook out and gives the former one back, with its mode, or as the link that it was.
    pub fn remove(&self, session: &Session<'_>) -> Result<Removal, CommandError> {
        let take = || -> io::Result<Removal> {
            let kept = self.keeps_a_former();
            match self.author()? {
                Some(Author::Edited) => Ok(Removal::Edited),
                Some(Author::Other) if kept => Ok(Removal::Overwritten),
                Some(Author::Other) => Ok(Removal::Absent),
                None if !kept => Ok(Removal::Absent),
                Some(Author::Keyward) if !kept => fs::remove_file(&self.path).map(|()| Removal::Removed),
                Some(Author::Keyward) | None => fs::rename(&self.former, &self.path).map(|()| Removal::Restored),
            }
        };
        take().map_err(|error| session.io("cannot take away", &self.path, &error))
    }

    /// The hook that was there before, if one is kept.
    pub fn former(&self) -> Option<&Path> {
        self.keeps_a_former().then_some(self.former.as_path())
    }

    fn keeps_a_former(&self) -> bool {
        fs::symlink_metadata(&self.former).is_ok()
    }

    fn former_is_the_same(&self) -> bool {
        let (Ok(here), Ok(former)) = (fs::read(&self.path), fs::read(&self.former)) else { return false };
        here == former
    }
}

/// Lets everybody run a file, where files can be run at all.
pub fn make_executable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))
    }
    #[cfg(not(unix))]
    {
        fs::metadata(path).map(|_| ())
    }
}

/// Whether git would run this file. Where files have no such bit, it runs all.
pub fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

/// A file with this text and the run bits, ready to be put in place at one stroke.
pub fn staged(folder: &Path, text: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".keyward-").tempfile_in(folder)?;
    file.write_all(text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o755))?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}
