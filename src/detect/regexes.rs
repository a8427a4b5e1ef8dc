//! The one way in which rules' expressions are compiled and run: bytes, ASCII classes, spans with context.

use regex_automata::meta::{BuildError, Regex};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::ops::Range;

/// Compiles a rule's expression.
pub(super) fn compile(pattern: &str) -> Result<Regex, Box<BuildError>> {
    Regex::builder()
        .syntax(syntax::Config::new().utf8(false).unicode(false))
        .configure(Regex::config().utf8_empty(false))
        .build(pattern)
        .map_err(Box::new)
}

/// Compiles an expression that ignores ASCII case.
pub(super) fn compile_folded(pattern: &str) -> Result<Regex, Box<BuildError>> {
    compile(&format!("(?i:{pattern})"))
}

/// A search of `text` inside `window`; assertions such as `\b` see the bytes around it.
pub(super) fn input(text: &[u8], window: Range<usize>, anchored: bool) -> Input<'_> {
    let end = window.end.min(text.len());
    let start = window.start.min(end);
    Input::new(text).span(start..end).anchored(if anchored { Anchored::Yes } else { Anchored::No })
}
