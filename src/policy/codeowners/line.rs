//! The parts of a line of CODEOWNERS.

use super::Syntax;

/// A pattern and those behind it.
pub(super) struct Words {
    /// As it is written, an escaped blank as a plain one.
    pub(super) pattern: String,
    pub(super) owners: Vec<String>,
}

/// `[Name]`, `^[Name]`, `[Name][2] @owner`.
pub(super) struct Heading {
    /// In lower case: two of one name in different case are one section.
    pub(super) name: String,
    pub(super) owners: Vec<String>,
}

impl Words {
    pub(super) fn read(line: &str) -> Self {
        let mut pattern = String::new();
        let mut letters = line.char_indices();
        let mut rest = "";
        while let Some((at, letter)) = letters.next() {
            if letter.is_whitespace() {
                rest = line.get(at..).unwrap_or_default();
                break;
            }
            match (letter, letters.clone().next()) {
                ('\\', Some((_, next))) if next == ' ' => {
                    pattern.push(next);
                    letters.next();
                }
                ('\\', Some((_, next))) => {
                    pattern.extend([letter, next]);
                    letters.next();
                }
                _ => pattern.push(letter),
            }
        }
        Self { pattern, owners: owners(rest) }
    }
}

impl Heading {
    /// `None` for a line that is no heading.
    pub(super) fn read(line: &str) -> Option<Result<Self, &'static str>> {
        let inside = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
        let Some((name, rest)) = inside.split_once(']') else { return Some(Err("the section is not closed with ]")) };
        if name.trim().is_empty() {
            return Some(Err("the section has no name"));
        }
        let rest = match rest.strip_prefix('[') {
            None => rest,
            Some(count) => match count.split_once(']') {
                Some((number, rest)) if number.parse::<u32>().is_ok() => rest,
                _ => return Some(Err("the count of approvals is no number")),
            },
        };
        Some(Ok(Self { name: name.trim().to_lowercase(), owners: owners(rest) }))
    }
}

/// Words up to a comment.
fn owners(text: &str) -> Vec<String> {
    text.split_whitespace().take_while(|word| !word.starts_with('#')).map(str::to_owned).collect()
}

/// `@name`, `@org/team`, `name@host`; for GitLab `@@role` as well.
pub(super) fn is_owner(text: &str, syntax: Syntax) -> bool {
    let plain = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
    };
    match (text.strip_prefix("@@"), text.strip_prefix('@')) {
        (Some(role), _) => syntax == Syntax::Gitlab && plain(role),
        (None, Some(name)) => plain(name) && !name.starts_with('/') && !name.ends_with('/'),
        (None, None) => text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@')),
    }
}

/// The globs, from the top level on, that a pattern stands for.
pub(super) fn globs(pattern: &str, syntax: Syntax) -> Vec<String> {
    // Braces mean nothing to either host.
    let pattern = pattern.replace('{', "\\{").replace('}', "\\}");
    let rooted = pattern.strip_prefix('/');
    let bare = rooted.unwrap_or(&pattern);
    let folder = bare.strip_suffix('/');
    let name = folder.unwrap_or(bare);
    let anywhere = match syntax {
        // As in .gitignore a slash in the middle ties a pattern to the top level.
        Syntax::Github => rooted.is_none() && !name.contains('/'),
        Syntax::Gitlab => rooted.is_none(),
    };
    let start = if anywhere && !name.starts_with("**/") { "**/" } else { "" };
    let whole = format!("{start}{name}");
    if name.is_empty() {
        return vec!["**".to_owned()];
    }
    match (syntax, folder) {
        (_, Some(_)) => vec![format!("{whole}/**")],
        (Syntax::Gitlab, None) => vec![whole],
        // `docs/*` speaks of the files in it, and not of those in folders in it; a name of a folder of all in it.
        (Syntax::Github, None) if name.ends_with("/*") => vec![whole],
        (Syntax::Github, None) => vec![format!("{whole}/**"), whole],
    }
}
