//! From TOML to [`Rule`]s: every error names the file, the place and the reason.

use super::model::*;
use regex_syntax::hir::Hir;
use serde::Deserialize;
use std::collections::HashSet;
use std::ops::Range;
use toml::Spanned;

/// Bytes that a pattern of its own reach may cover at most before the author must set `reach`.
const LONGEST_REACH: usize = 8192;
/// The value shape of an `assigned` rule stands at most this far behind its context word.
pub const ASSIGNED_GAP: u32 = 96;
/// What `detect::generic` looks at around a keyword.
pub const GENERIC_REACH: Reach = Reach { before: 512, after: 3072 };
/// A compiled rule may take this much memory; a bound for rules that a repository brings.
const REGEX_SIZE: usize = 4 << 20;
/// Names of the algorithms that `checksum.kind` may take; `detect::checksum` implements each.
pub const CHECKSUMS: &[&str] = &[
    "crc32-base62",
    "crc32-base36-gitlab",
    "crc32-hex",
    "crc32-hex-le",
    "crc32-hex-upper",
    "crc32-base64-le",
    "sha256-base32",
    "azure-identifiable",
    "azure-entra",
    "azure-cask",
    "azure-devops-pat",
    "bech32",
    "crc16-nkey",
    "base58check",
    "base58-length-54",
    "aws-access-key-id",
    "jwt",
    "macaroon-pypi",
    "base64-json",
    "base64-reftkn",
    "base64-basic",
    "base64-numeric-pat",
    "discord-bot",
    "protobuf-08",
    "private-key",
    "wireguard",
    "luhn",
    "payment-card",
    "iban",
];

/// What is wrong with a rule file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleError {
    /// The file, as it was named.
    pub file: String,
    /// The bytes of it that are wrong, where they can be told.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub kind: RuleErrorKind,
}

/// The ways in which a rule can be wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RuleErrorKind {
    /// Not TOML, an unknown key, or a value of the wrong type.
    #[error("{0}")]
    Syntax(String),
    /// An id that is not kebab-case.
    #[error("rule id {0:?} is not kebab-case (a-z, 0-9, single hyphens)")]
    Id(String),
    /// Two rules of one id.
    #[error("rule id {0:?} is taken already")]
    Duplicate(String),
    /// No keyword, or one that is too short or not lower case.
    #[error("rule {0:?}: keywords must be at least one, each of 3 bytes or more, in lower case")]
    Keyword(String),
    /// None or several of `pattern`, `assigned` and `generic`.
    #[error("rule {0:?}: give exactly one of `pattern`, `assigned` and `generic`")]
    Shape(String),
    /// A regular expression that does not compile or is too large.
    #[error("rule {id:?}: {what}: {why}")]
    Regex {
        /// The rule.
        id: String,
        /// Which expression.
        what: &'static str,
        /// The engine's word.
        why: String,
    },
    /// `pattern` without a group `secret`, or `assigned` with a group.
    #[error("rule {0:?}: `pattern` needs a group (?P<secret>...), `assigned` may have no group")]
    Group(String),
    /// A pattern without an upper bound and without `reach`.
    #[error("rule {0:?}: the pattern has no bound; bound its repetitions or set `reach = {{ before = N, after = N }}`")]
    Unbounded(String),
    /// A checksum that is unknown or names a group that is not there.
    #[error("rule {id:?}: checksum: {why}")]
    Checksum {
        /// The rule.
        id: String,
        /// What is wrong.
        why: String,
    },
    /// `near` with neither or both of `rule` and `regex`.
    #[error("rule {0:?}: each `near` takes exactly one of `rule` and `regex`")]
    Near(String),
    /// A rule that names another one which does not exist.
    #[error("rule {id:?} names the unknown rule {other:?}")]
    UnknownRule {
        /// The rule.
        id: String,
        /// What it names.
        other: String,
    },
    /// No example that must match, or none that must not.
    #[error("rule {0:?}: examples: give at least one text under `match` and one under `no-match`")]
    Examples(String),
    /// `data-class` on a rule of another kind.
    #[error("rule {0:?}: `data-class` is for kind \"regulated\" only")]
    DataClass(String),
    /// `since` that is not MAJOR.MINOR.PATCH.
    #[error("rule {0:?}: `since` is not MAJOR.MINOR.PATCH")]
    Since(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawFile {
    provider: Option<String>,
    rotate: Option<String>,
    #[serde(default)]
    rule: Vec<Spanned<RawRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawRule {
    id: Spanned<String>,
    provider: Option<String>,
    kind: Kind,
    description: String,
    severity: Severity,
    confidence: Confidence,
    keywords: Spanned<Vec<String>>,
    pattern: Option<Spanned<String>>,
    assigned: Option<Spanned<String>>,
    #[serde(default)]
    applies_to: AppliesTo,
    generic: Option<GenericKind>,
    reach: Option<Reach>,
    entropy: Option<f64>,
    min_digits: Option<u32>,
    min_distinct: Option<u32>,
    #[serde(default)]
    not_words: Vec<String>,
    checksum: Option<Spanned<Checksum>>,
    data_class: Option<DataClass>,
    #[serde(default)]
    path: PathFilter,
    #[serde(default)]
    near: Vec<Near>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    components: Vec<String>,
    rotate: Option<String>,
    since: Option<String>,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    examples: Examples,
}

/// Reads one rule file. `file` is only for the errors. Stops at the file's first error of syntax, else
/// gives all errors of its rules.
pub fn load(file: &str, text: &str) -> Result<Vec<Rule>, Vec<RuleError>> {
    let raw: RawFile = toml::from_str(text).map_err(|error| {
        let kind = RuleErrorKind::Syntax(error.message().to_owned());
        vec![RuleError { file: file.to_owned(), span: error.span(), kind }]
    })?;
    let mut rules = Vec::new();
    let mut errors = Vec::new();
    for rule in raw.rule {
        let provider = raw.provider.clone();
        let rotate = raw.rotate.clone();
        match build(rule, provider, rotate) {
            Ok(rule) => rules.push(rule),
            Err((span, kind)) => errors.push(RuleError { file: file.to_owned(), span: Some(span), kind }),
        }
    }
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

/// Checks what only shows across files: ids are unique, named rules exist.
pub fn cross_check<'r>(rules: impl Iterator<Item = &'r Rule> + Clone) -> Result<(), RuleErrorKind> {
    let mut known = HashSet::new();
    for rule in rules.clone() {
        if !known.insert(rule.id.as_str()) {
            return Err(RuleErrorKind::Duplicate(rule.id.clone()));
        }
    }
    for rule in rules {
        let named = rule.near.iter().filter_map(|near| near.rule.as_ref()).chain(&rule.components);
        for other in named {
            if !known.contains(other.as_str()) {
                return Err(RuleErrorKind::UnknownRule { id: rule.id.clone(), other: other.clone() });
            }
        }
    }
    Ok(())
}

type Fault = (Range<usize>, RuleErrorKind);

fn build(raw: Spanned<RawRule>, provider: Option<String>, rotate: Option<String>) -> Result<Rule, Fault> {
    let whole = raw.span();
    let raw = raw.into_inner();
    let id_span = raw.id.span();
    let id = raw.id.into_inner();
    if !kebab(&id) {
        return Err((id_span, RuleErrorKind::Id(id)));
    }
    let keywords_span = raw.keywords.span();
    let keywords = raw.keywords.into_inner();
    let fits = |word: &String| word.len() >= 3 && !word.bytes().any(|b| b.is_ascii_uppercase());
    if keywords.is_empty() || !keywords.iter().all(fits) {
        return Err((keywords_span, RuleErrorKind::Keyword(id)));
    }
    let (shape, reach) = match (raw.pattern, raw.assigned, raw.generic) {
        (Some(pattern), None, None) => check_pattern(&id, &pattern, raw.reach)?,
        (None, Some(value), None) => check_assigned(&id, &value, raw.reach)?,
        (None, None, Some(kind)) => (Shape::Generic(kind), GENERIC_REACH),
        _ => return Err((whole, RuleErrorKind::Shape(id))),
    };
    if let Some(checksum) = &raw.checksum {
        check_checksum(&id, checksum, &shape)?;
    }
    for near in &raw.near {
        if near.rule.is_some() == near.regex.is_some() {
            return Err((whole, RuleErrorKind::Near(id)));
        }
        if let Some(regex) = &near.regex {
            compile(&id, "near", regex).map_err(|kind| (whole.clone(), kind))?;
        }
    }
    for allow in &raw.allow {
        compile(&id, "allow", allow).map_err(|kind| (whole.clone(), kind))?;
    }
    if raw.examples.matches.is_empty() || raw.examples.misses.is_empty() {
        return Err((whole, RuleErrorKind::Examples(id)));
    }
    if raw.data_class.is_some() && raw.kind != Kind::Regulated {
        return Err((whole, RuleErrorKind::DataClass(id)));
    }
    let since = match raw.since.as_deref().map(version) {
        None => (0, 1, 0),
        Some(Some(version)) => version,
        Some(None) => return Err((whole, RuleErrorKind::Since(id))),
    };
    Ok(Rule {
        provider: raw.provider.or(provider).unwrap_or_else(|| id.split('-').next().unwrap_or(&id).to_owned()),
        id,
        kind: raw.kind,
        description: raw.description,
        severity: raw.severity,
        confidence: raw.confidence,
        keywords,
        shape,
        applies_to: raw.applies_to,
        reach,
        entropy: raw.entropy.map(|bits| (bits * 100.0).round() as u32),
        min_digits: raw.min_digits,
        min_distinct: raw.min_distinct,
        not_words: raw.not_words,
        checksum: raw.checksum.map(Spanned::into_inner),
        data_class: raw.data_class,
        path: raw.path,
        near: raw.near,
        allow: raw.allow,
        components: raw.components,
        rotate: raw.rotate.or(rotate),
        since,
        references: raw.references,
        examples: raw.examples,
    })
}

fn check_pattern(id: &str, pattern: &Spanned<String>, reach: Option<Reach>) -> Result<(Shape, Reach), Fault> {
    let text = pattern.get_ref();
    let fault = |kind| (pattern.span(), kind);
    compile(id, "pattern", text).map_err(fault)?;
    if !groups(text).iter().any(|group| group == "secret") {
        return Err(fault(RuleErrorKind::Group(id.to_owned())));
    }
    let longest = parse(text).ok().and_then(|hir| hir.properties().maximum_len());
    let reach = match (reach, longest) {
        (Some(reach), _) => reach,
        (None, Some(n)) if n <= LONGEST_REACH => Reach { before: n as u32, after: n as u32 },
        _ => return Err(fault(RuleErrorKind::Unbounded(id.to_owned()))),
    };
    Ok((Shape::Pattern(text.clone()), reach))
}

fn check_assigned(id: &str, value: &Spanned<String>, reach: Option<Reach>) -> Result<(Shape, Reach), Fault> {
    let text = value.get_ref();
    let fault = |kind| (value.span(), kind);
    compile(id, "assigned", text).map_err(fault)?;
    let hir = parse(text).ok();
    if hir.as_ref().is_some_and(|hir| hir.properties().explicit_captures_len() > 0) {
        return Err(fault(RuleErrorKind::Group(id.to_owned())));
    }
    let longest = hir.and_then(|hir| hir.properties().maximum_len());
    let reach = match (reach, longest) {
        (Some(reach), _) => reach,
        (None, Some(n)) if n <= LONGEST_REACH => Reach { before: 64, after: ASSIGNED_GAP + n as u32 },
        _ => return Err(fault(RuleErrorKind::Unbounded(id.to_owned()))),
    };
    Ok((Shape::Assigned(text.clone()), reach))
}

fn check_checksum(id: &str, checksum: &Spanned<Checksum>, shape: &Shape) -> Result<(), Fault> {
    let sum = checksum.get_ref();
    let fault = |why: String| (checksum.span(), RuleErrorKind::Checksum { id: id.to_owned(), why });
    if !CHECKSUMS.contains(&sum.kind.as_str()) {
        return Err(fault(format!("unknown kind {:?}; known are {}", sum.kind, CHECKSUMS.join(", "))));
    }
    let known = match shape {
        Shape::Pattern(pattern) => groups(pattern),
        Shape::Assigned(_) | Shape::Generic(_) => vec!["secret".to_owned()],
    };
    for group in [&sum.over, &sum.equals].into_iter().flatten() {
        if !known.contains(group) {
            return Err(fault(format!("the pattern has no group {group:?}")));
        }
    }
    Ok(())
}

/// The flags under which every rule is read: bytes, ASCII classes.
pub(super) fn parse(pattern: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .utf8(false)
        .unicode(false)
        .build()
        .parse(pattern)
        .map_err(|error| error.to_string())
}

fn compile(id: &str, what: &'static str, pattern: &str) -> Result<(), RuleErrorKind> {
    let fail = |why| RuleErrorKind::Regex { id: id.to_owned(), what, why };
    parse(pattern).map_err(fail)?;
    regex_automata::meta::Regex::builder()
        .syntax(regex_automata::util::syntax::Config::new().utf8(false).unicode(false))
        .configure(regex_automata::meta::Regex::config().nfa_size_limit(Some(REGEX_SIZE)))
        .build(pattern)
        .map(|_| ())
        .map_err(|error| fail(error.to_string()))
}

/// The names of a pattern's groups.
fn groups(pattern: &str) -> Vec<String> {
    fn walk(hir: &Hir, names: &mut Vec<String>) {
        use regex_syntax::hir::HirKind;
        match hir.kind() {
            HirKind::Capture(capture) => {
                names.extend(capture.name.as_deref().map(str::to_owned));
                walk(&capture.sub, names);
            }
            HirKind::Repetition(repetition) => walk(&repetition.sub, names),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|p| walk(p, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    if let Ok(hir) = parse(pattern) {
        walk(&hir, &mut names);
    }
    names
}

fn kebab(id: &str) -> bool {
    id.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

fn version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let version = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(version)
}
