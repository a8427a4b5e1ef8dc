//! The one way in which rules' expressions are compiled and run: bytes, ASCII classes, spans with context.

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::meta::{BuildError, Regex};
use regex_automata::nfa::thompson::Config;
use regex_automata::util::pool::Pool;
use regex_automata::util::prefilter::Prefilter;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
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
    /// Its matches may begin anywhere in what is searched.
    sought: bool,
    compiled: OnceLock<Result<Regex, String>>,
    gate: OnceLock<Option<Box<Gate>>>,
}

/// Tells whether an expression matches, and nothing more: it is made in less than half the time.
struct Gate {
    dfa: DFA,
    caches: Pool<Cache, Box<dyn Fn() -> Cache + Send + Sync>>,
}

/// Why an expression does not compile. The loader checks each, so this is a fault of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Broken(pub(super) String);

impl Expression {
    pub(super) fn new(pattern: impl Into<String>) -> Self {
        Self { pattern: pattern.into(), sought: false, compiled: OnceLock::new(), gate: OnceLock::new() }
    }

    /// One whose matches may begin anywhere in what is searched.
    pub(super) fn sought(pattern: &str) -> Self {
        Self { sought: true, ..Self::new(pattern) }
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

    /// Where the first match of a search ends. Nearly every search ends here without one, so that most expressions never
    /// get further.
    pub(super) fn end(&self, window: &Input<'_>) -> Result<Option<usize>, Broken> {
        let gate = self.gate.get_or_init(|| Gate::new(&self.pattern, self.sought).map(Box::new));
        match gate.as_ref().and_then(|gate| gate.end(window)) {
            Some(end) => Ok(end),
            None => Ok(self.ready()?.search_half(window).map(|half| half.offset())),
        }
    }

    /// Whether a search has a match.
    pub(super) fn is_in(&self, window: Input<'_>) -> Result<bool, Broken> {
        Ok(self.end(&window.earliest(true))?.is_some())
    }
}

impl Gate {
    fn new(pattern: &str, sought: bool) -> Option<Self> {
        // Where matches may begin, as far as they have words to begin with.
        let hir = parse(pattern).filter(|_| sought);
        let begins = hir.and_then(|hir| Prefilter::from_hir_prefix(MatchKind::LeftmostFirst, &hir));
        let mut builder = DFA::builder();
        builder.configure(DFA::config().prefilter(begins));
        let dfa = builder.syntax(syntax_of_rules()).thompson(Config::new().utf8(false)).build(pattern).ok()?;
        let maker = dfa.clone();
        Some(Self { dfa, caches: Pool::new(Box::new(move || maker.create_cache())) })
    }

    /// `None` where it cannot tell.
    fn end(&self, window: &Input<'_>) -> Option<Option<usize>> {
        let half = self.dfa.try_search_fwd(&mut self.caches.get(), window).ok()?;
        Some(half.map(|half| half.offset()))
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").finish_non_exhaustive()
    }
}

fn syntax_of_rules() -> syntax::Config {
    syntax::Config::new().utf8(false).unicode(false)
}

/// Compiles a rule's expression.
pub(super) fn compile(pattern: &str) -> Result<Regex, Box<BuildError>> {
    Regex::builder()
        .syntax(syntax_of_rules())
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATTERNS: [&str; 7] = [
        r"\b(?:ab|abc|bc)=(?P<secret>[0-9]{1,2})",
        r"\b(?P<secret>ab{1,3}[0-9]{2})\b",
        r"[a-c]{0,4}(?:=|:{1,2})(?:\r?\n)?(?P<secret>[ab]{2}|[a-c]{4})\b{end-half}",
        r"(?i:ab?|a)(?P<secret>b{0,2})",
        r"(?:a|ab)(?:c|bcd)??",
        r"(?m)^a[^b]*$",
        r"",
    ];

    proptest! {
        #[test]
        fn a_match_ends_where_the_whole_expression_says(
            which in 0..PATTERNS.len(),
            anchored: bool,
            sought: bool,
            text in proptest::collection::vec(proptest::sample::select(&b"abcdABC012=:\r\n _\xff"[..]), 0..14),
        ) {
            let expression = if sought { Expression::sought(PATTERNS[which]) } else { Expression::new(PATTERNS[which]) };
            let whole = compile(PATTERNS[which]).unwrap();
            for start in 0..=text.len() {
                let window = input(&text, start..text.len(), anchored);
                let expected = whole.search_half(&window).map(|half| half.offset());
                prop_assert_eq!(expression.end(&window).unwrap(), expected);
                prop_assert_eq!(expression.gate.get().unwrap().as_ref().unwrap().end(&window), Some(expected));
            }
        }
    }
}
