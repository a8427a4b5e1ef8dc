//! Those whose signatures count: what the files that the configuration names say.

use super::error::{CommandError, ErrorKind, Place};
use super::{problems, setup};
use crate::config::{By, Config, Layer};
use crate::policy::signature::AllowedSigners;
use crate::text::Shown;
use crate::trust::Trust;
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

/// The administrator's signers, and those that the configuration of the trusted side names in its own tree; `None` where
/// neither names any. A file that is named and cannot be read is an error.
pub fn of(layers: &[Layer], config: &Config, trust: &Trust<'_>) -> Result<Option<AllowedSigners>, CommandError> {
    let mut all: Option<AllowedSigners> = None;
    for layer in layers {
        if let Some(path) = beside(layer, layer.allowed_signers.as_deref()) {
            let text = std::fs::read(&path).map_err(|error| problems::io(&path, "read", &error))?;
            all = Some(together(all, parse(path.as_os_str().as_encoded_bytes(), &text)?));
        }
    }
    let setting = &config.allowed_signers;
    if let (By::Repository(_), Some(name)) = (&setting.by, &setting.value) {
        let file = trust.named(name).map_err(|error| setup::lost(&error))?;
        all = Some(together(all, parse(&file.name, &file.bytes)?));
    }
    Ok(all)
}

/// Where a file lies that an administrator's file names: relative to the folder of that file.
pub fn beside(layer: &Layer, name: Option<&str>) -> Option<PathBuf> {
    let By::Administrator(own) = &layer.by else { return None };
    Some(Path::new(own).parent().unwrap_or(Path::new("")).join(name?))
}

fn together(before: Option<AllowedSigners>, more: AllowedSigners) -> AllowedSigners {
    match before {
        Some(before) => before.and(more),
        None => more,
    }
}

fn parse(name: &[u8], text: &[u8]) -> Result<AllowedSigners, CommandError> {
    AllowedSigners::parse("", text, &TimeZone::system()).map_err(|error| {
        let file = Shown::new(name, problems::builtin_mask().as_ref());
        CommandError::new(ErrorKind::Config, error.message)
            .at(Place { file, line: Some(error.line), column: None })
            .hint("a line is: PRINCIPALS [OPTIONS] KEY-TYPE KEY (man ssh-keygen, ALLOWED SIGNERS)")
    })
}
