//! Where an assignment stands.

use super::assign::{Assigned, Operator, Quote};
use super::bytes::{byte, line_before, line_behind, skip_blank, stands};
use super::vocabulary::{DIGESTS, GENERATED, LOCALE, TEST};

/// Bytes of the line that are looked at before the name and behind the value.
pub(super) const BEFORE: usize = 256;
pub(super) const BEHIND: usize = 80;

/// What kind of file it is, by its ending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum File {
    /// Source in a language where a bare word is a name.
    Code,
    /// Configuration, environment, Terraform.
    Config,
    /// JSON and its kin.
    Json,
    /// Prose.
    Prose,
    /// Shell scripts and container files.
    Shell,
    /// XML and its kin.
    Markup,
    /// Nothing known.
    Other,
}

/// The features of a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) file: File,
    pub(super) operator: Operator,
    pub(super) quote: Quote,
    pub(super) wrapped: bool,
    /// A comment begins the line.
    pub(super) comment: bool,
    /// It is code in a comment that documents code.
    pub(super) documents: bool,
    /// Inside a string of the surrounding language.
    pub(super) in_string: bool,
    /// More words behind the value, as in a sentence.
    pub(super) prose: bool,
    /// The value is a part of an expression: `"a" + b`, `"%s" % x`.
    pub(super) joined: bool,
    /// A word for digests stands shortly before the name.
    pub(super) digest: bool,
    /// Tests, examples, fixtures.
    pub(super) test: bool,
    /// Translations.
    pub(super) locale: bool,
    /// A parameter of an URL: `?key=…`, `&token=…`.
    pub(super) query: bool,
    /// Lock files, checksums, minified or vendored code.
    pub(super) generated: bool,
}

#[rustfmt::skip]
const ENDINGS: &[(File, &[&str])] = &[
    (File::Code, &[
        "py", "js", "jsx", "ts", "tsx", "java", "go", "c", "cc", "cpp", "cxx", "h", "hpp", "cs", "rb", "php",
        "swift", "kt", "kts", "scala", "rs", "m", "mm", "groovy", "dart", "lua", "pl", "pm", "ex", "exs", "erl",
        "hs", "clj", "cljs", "coffee", "vue", "svelte", "fs", "vb", "d", "pyx", "mjs", "cjs", "cr", "nim", "zig",
        "jl", "r", "ml", "erb", "feature",
    ]),
    (File::Config, &[
        "yml", "yaml", "ini", "cfg", "conf", "properties", "env", "toml", "config", "cnf", "tf", "tfvars", "hcl",
        "gradle", "npmrc", "netrc", "pgpass", "editorconfig",
    ]),
    (File::Json, &[
        "json", "json5", "jsonc", "har", "tfstate", "ipynb", "webmanifest",
    ]),
    (File::Prose, &[
        "md", "mdx", "markdown", "rst", "txt", "adoc", "asciidoc", "org", "html", "htm", "tex",
    ]),
    (File::Shell, &[
        "sh", "bash", "zsh", "fish", "ps1", "bat", "cmd", "bats", "dockerfile", "makefile", "mk",
    ]),
    (File::Markup, &[
        "xml", "xaml", "csproj", "resx", "plist", "jsp", "wsdl", "pom",
    ]),
];

impl Place {
    /// Looks around `found`.
    pub(super) fn of(text: &[u8], found: &Assigned, around: Surroundings) -> Self {
        let before = line_before(text, found.name.start, BEFORE);
        let near = before.get(before.len().saturating_sub(30)..).unwrap_or_default();
        let behind = line_behind(text, found.value.end, BEHIND);
        let whole = found.quote == Quote::Bare;
        let Surroundings { file, test, locale, generated } = around;
        Self {
            file,
            operator: found.operator,
            quote: found.quote,
            wrapped: found.wrapped,
            comment: comment(before),
            documents: file == File::Code && documents(before),
            in_string: in_string(before),
            prose: whole && prose(behind),
            joined: !whole && joined(text, found.value.end),
            digest: DIGESTS.within(near),
            test,
            locale,
            query: matches!(before.last(), Some(b'?' | b'&')) && found.operator == Operator::Equals,
            generated,
        }
    }
}

/// All that the tier takes from a path: texts of equal bytes and equal surroundings are judged alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Surroundings {
    file: File,
    test: bool,
    locale: bool,
    generated: bool,
}

impl Surroundings {
    /// Reads a path; empty where there is none.
    pub fn of(path: &[u8]) -> Self {
        let (test, locale, generated) = (TEST.within(path), LOCALE.within(path), GENERATED.within(path));
        Self { file: File::of(path), test, locale, generated }
    }
}

impl File {
    /// Reads the ending of a path; a path without one, or none, is [`File::Other`].
    pub(super) fn of(path: &[u8]) -> Self {
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
        let ending = name.rsplit(|b| *b == b'.').next().unwrap_or_default();
        let is = |list: &[&str]| list.iter().any(|e| ending.eq_ignore_ascii_case(e.as_bytes()));
        let known = ENDINGS.iter().find(|(_, list)| is(list)).map(|(file, _)| *file);
        known.unwrap_or(if name.starts_with(b".env") { File::Config } else { File::Other })
    }
}

/// Whether a bare word is an expression, because the language says so and it stands in no string or comment.
pub(super) fn is_expression(text: &[u8], found: &Assigned, around: Surroundings) -> bool {
    if around.file != File::Code || found.quote != Quote::Bare {
        return false;
    }
    let literal = matches!(found.operator, Operator::Element | Operator::Scheme | Operator::Flag);
    let before = line_before(text, found.name.start, BEFORE);
    !literal && !in_string(before) && !comment(before)
}

fn comment(before: &[u8]) -> bool {
    let line = before.trim_ascii_start();
    if stands(line, 0, b"#define") || stands(line, 0, b"#if") {
        return false;
    }
    ["#", "//", "/*", "*", "--", ";", "<!--", "rem ", "%"].iter().any(|mark| stands(line, 0, mark.as_bytes()))
}

/// `///`, `//!`, the lines of a block, the prompt of an interpreter (`>>> `, `iex> `), and an indented example behind any
/// mark: `#   user.password = "…"`.
pub(in crate::detect) fn documents(before: &[u8]) -> bool {
    let line = before.trim_ascii_start();
    let indented = |mark: &[u8]| line.strip_prefix(mark).is_some_and(|rest| stands(rest, 0, b"   "));
    let doc = ["///", "//!", "/**", "* ", ">>> ", "iex>", "iex("].iter().any(|mark| stands(line, 0, mark.as_bytes()));
    doc || [&b"#"[..], b"//", b"--", b";"].into_iter().any(indented)
}

/// Whether a quotation mark is open at the end of `before`.
fn in_string(before: &[u8]) -> bool {
    let mut open = 0;
    let mut escaped = false;
    for &b in before {
        if escaped {
            escaped = false;
        } else if b == b'\\' {
            escaped = true;
        } else if open == 0 && matches!(b, b'"' | b'\'' | b'`') {
            open = b;
        } else if b == open {
            open = 0;
        }
    }
    open != 0
}

fn prose(behind: &[u8]) -> bool {
    let rest = behind.trim_ascii_start();
    let spaced = rest.len() < behind.len();
    spaced && rest.iter().take(3).filter(|b| b.is_ascii_alphabetic() || !b.is_ascii()).count() >= 2
}

fn joined(text: &[u8], end: usize) -> bool {
    let quote = end + usize::from(byte(text, end) == b'\\');
    let at = skip_blank(text, quote + 1, 4);
    let apart = |b: u8| matches!(b, b' ' | b'$' | b'"' | b'\'' | b'.');
    match byte(text, at) {
        b'+' | b'%' => true,
        b'.' | b'&' => apart(byte(text, at + 1)),
        _ => false,
    }
}
