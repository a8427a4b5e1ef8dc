//! The one way in which rules' expressions are compiled and run: bytes, ASCII classes, spans with context.

use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;
use std::ops::Range;
use std::sync::OnceLock;

/// Reads an expression, to see what it asks for.
pub(super) fn parse(pattern: &str) -> Option<Hir> {
    regex_syntax::ParserBuilder::new().utf8(false).unicode(false).build().parse(pattern).ok()
}

/// An expression that is compiled when it is first run: that takes longer than most texts do.
#[derive(Debug)]
pub(super) struct Expression {
    pattern: String,
    compiled: OnceLock<Result<Regex, String>>,
}

/// Why an expression does not compile. The loader checks each, so this is a fault of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Broken(pub(super) String);

impl Expression {
    pub(super) fn new(pattern: impl Into<String>) -> Self {
        Self { pattern: pattern.into(), compiled: OnceLock::new() }
    }

    /// One that ignores ASCII case.
    pub(super) fn folded(pattern: &str) -> Self {
        Self::new(format!("(?i:{pattern})"))
    }

    /// The expression, ready to run.
    pub(super) fn ready(&self) -> Result<&Regex, Broken> {
        let compiled = self.compiled.get_or_init(|| compile(&self.pattern).map_err(|error| error.to_string()));
        compiled.as_ref().map_err(|why| Broken(why.clone()))
    }
}

/// Compiles a rule's expression.
pub(super) fn compile(pattern: &str) -> Result<Regex, Box<BuildError>> {
    Regex::builder()
        .syntax(syntax::Config::new().utf8(false).unicode(false))
        .configure(Regex::config().utf8_empty(false))
        .build(pattern)
        .map_err(Box::new)
}

/// A search of `text` inside `window`; assertions such as `\b` see the bytes around it.
pub(super) fn input(text: &[u8], window: Range<usize>, anchored: bool) -> Input<'_> {
    let end = window.end.min(text.len());
    let start = window.start.min(end);
    Input::new(text).span(start..end).anchored(if anchored { Anchored::Yes } else { Anchored::No })
}
