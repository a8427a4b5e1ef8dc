//! The one place that prints. Errors of writing are counted, not swallowed: lost output is exit code 2.

use super::args::{Cli, Color};
use super::env::Environment;
use super::error::CommandError;
use std::io::{self, IsTerminal, Write};

/// Standard output and standard error of this run.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Colours on standard output.
    pub color: bool,
    /// Colours on standard error.
    pub color_err: bool,
    /// The verdict line only.
    pub quiet: bool,
    /// Everything.
    pub verbose: bool,
}

impl Terminal {
    /// What the command line and the environment ask for.
    pub fn new(cli: &Cli, env: &Environment) -> Self {
        let wanted = |tty: bool| match cli.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => tty && !env.plain,
        };
        Self {
            color: wanted(io::stdout().is_terminal()),
            color_err: wanted(io::stderr().is_terminal()),
            quiet: cli.quiet,
            verbose: cli.verbose,
        }
    }

    /// Writes to standard output, whole.
    pub fn out(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// Writes to standard error; where that fails there is nobody left to tell.
    pub fn err(&self, text: &str) {
        _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Tells an error with its place and hints.
    pub fn error(&self, error: &CommandError) {
        let (red, bold, reset) = if self.color_err { ("\x1b[31;1m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
        let mut text = format!("{red}error{reset}: ");
        if let Some(place) = &error.place {
            text.push_str(place.file.as_str());
            for number in [place.line, place.column].into_iter().flatten() {
                text.push_str(&format!(":{number}"));
            }
            text.push_str(": ");
        }
        text.push_str(&error.message);
        text.push('\n');
        if let Some(snippet) = &error.snippet {
            text.push_str(snippet);
            text.push('\n');
        }
        for hint in &error.hints {
            text.push_str(&format!("  {bold}hint{reset}: {hint}\n"));
        }
        self.err(&text);
    }

    /// Tells something that does not stop the run.
    pub fn warn(&self, message: &str) {
        let (yellow, reset) = if self.color_err { ("\x1b[33;1m", "\x1b[0m") } else { ("", "") };
        self.err(&format!("{yellow}warning{reset}: {message}\n"));
    }
}
