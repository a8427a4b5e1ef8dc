//! Errors of the parts below as errors for people.

use super::error::{CommandError, ErrorKind, Place};
use crate::config::ConfigError;
use crate::detect::{DecodeLimits, Detector};
use crate::git::GitError;
use crate::policy::baseline::BaselineError;
use crate::rule::{Catalogue, RuleError};
use crate::scan::ScanError;
use crate::source::SourceError;
use crate::text::{Lines, Location, Mask, Shown};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::ops::Range;
use std::path::Path;

/// Hides what the built-in rules find. Made only when an error has to be told.
pub fn builtin_mask() -> Box<dyn Mask> {
    let detector = Catalogue::builtin().ok().and_then(|rules| Detector::new(&rules, DecodeLimits::default()).ok());
    match detector {
        Some(detector) => Box::new(detector),
        None => Box::new(Everything),
    }
}

/// What cannot be searched is not shown.
struct Everything;

impl Mask for Everything {
    fn secrets_in(&self, text: &[u8]) -> Vec<Range<usize>> {
        std::iter::once(0..text.len()).collect()
    }
}

/// A path that may be printed.
pub fn shown(path: &Path) -> Shown {
    Shown::new(path.as_os_str().as_encoded_bytes(), builtin_mask().as_ref())
}

/// A file that cannot be read or written.
pub fn io(path: &Path, doing: &str, error: &std::io::Error) -> CommandError {
    CommandError::new(ErrorKind::Io, format!("{}: cannot be {doing}: {error}", shown(path)))
}

/// What git or the repository is wrong about.
pub fn git(error: &GitError) -> CommandError {
    let told = CommandError::new(ErrorKind::Repository, error.to_string());
    match error.detail() {
        Some(detail) if !detail.is_empty() => {
            let detail = Shown::new(detail.trim_ascii(), builtin_mask().as_ref());
            told.hint(format!("git says: {detail}"))
        }
        _ => told,
    }
}

/// A source that cannot be read at all.
pub fn source(error: &SourceError) -> CommandError {
    match error {
        SourceError::Git(error) => git(error),
        SourceError::NoSuchPath(_) | SourceError::Io { .. } => {
            let path = error.path().map(|path| format!("{}: ", shown(path))).unwrap_or_default();
            CommandError::new(ErrorKind::Io, format!("{path}{error}"))
        }
    }
}

/// A scan that came to no outcome.
pub fn scan(error: &ScanError<SourceError>) -> CommandError {
    match error {
        ScanError::Source(error) => source(error),
        ScanError::Detect(error) => CommandError::new(ErrorKind::Config, error.to_string()),
    }
}

/// The errors of a configuration whose text is `text`; the first one with its line.
pub fn config(errors: &[ConfigError], text: &str) -> CommandError {
    let parts = errors.iter().map(|error| (&*error.file, error.span.clone(), &*error.message, error.hint.as_deref()));
    pointed(parts, text)
}

/// The errors of a rule file whose text is `text`.
pub fn rules(errors: &[RuleError], text: &str) -> CommandError {
    let told: Vec<_> = errors.iter().map(|error| (error, error.kind.to_string())).collect();
    pointed(told.iter().map(|(error, message)| (&*error.file, error.span.clone(), &**message, None)), text)
}

/// A baseline that cannot be read.
pub fn baseline(error: &BaselineError) -> CommandError {
    let mask = builtin_mask();
    CommandError::foreign(ErrorKind::Config, error, mask.as_ref())
        .hint("an entry is one JSON object on a line; `git log -p keyward.baseline` shows who changed it")
}

type Part<'a> = (&'a str, Option<Range<usize>>, &'a str, Option<&'a str>);

fn pointed<'a>(parts: impl Iterator<Item = Part<'a>>, text: &str) -> CommandError {
    let mask = builtin_mask();
    let safe = |text: &str| Shown::new(text.as_bytes(), mask.as_ref());
    let lines = Lines::new(text.as_bytes());
    let mut told: Option<CommandError> = None;
    for (file, span, message, hint) in parts {
        let place = |at: &Option<Location>| {
            Place { file: safe(file), line: at.map(|at| at.line_start), column: at.map(|at| at.column_start) }
                .to_owned()
        };
        let at = span.as_ref().map(|span| lines.locate(span));
        told = Some(match told {
            None => {
                let mut first = CommandError::new(ErrorKind::Config, safe(message).to_string()).at(place(&at));
                first.hints.extend(hint.map(|hint| safe(hint).to_string()));
                first.snippet = span.and_then(|span| snippet(file, text, span, mask.as_ref()));
                first
            }
            Some(first) => {
                let line = at.map(|at| format!("line {}: ", at.line_start)).unwrap_or_default();
                first.hint(format!("also: {line}{}", safe(message)))
            }
        });
    }
    told.unwrap_or_else(|| CommandError::new(ErrorKind::Config, "the file cannot be read"))
}

/// The line that an error points at, unless it holds something that must not be shown as it is.
fn snippet(file: &str, text: &str, span: Range<usize>, mask: &dyn Mask) -> Option<String> {
    let lines = Lines::new(text.as_bytes());
    let number = lines.line_of(span.start);
    let line = std::str::from_utf8(lines.line(number)).ok()?;
    if line.len() > 200 || Shown::new(line.as_bytes(), mask).as_str() != line {
        return None;
    }
    let start = span.start.checked_sub(line.as_ptr() as usize - text.as_ptr() as usize)?;
    let end = (start + span.len()).min(line.len()).max(start);
    let shown = Snippet::source(line)
        .line_start(number + 1)
        .path(Shown::new(file.as_bytes(), mask).as_str().to_owned())
        .annotation(AnnotationKind::Primary.span(start..end));
    Some(Renderer::plain().render(&[Level::ERROR.no_name().primary_title("").element(shown)]))
}
