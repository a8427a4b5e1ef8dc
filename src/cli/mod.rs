//! The command line: parses, runs, prints.

mod agent;
pub mod args;
mod baseline;
mod ci;
pub mod doctor;
pub mod drill;
pub mod env;
pub mod error;
mod evidence;
mod glass;
mod hook;
pub mod hooks;
mod incremental;
mod input;
mod inputs;
pub mod install;
mod interrupt;
mod merge;
mod metrics;
mod output;
mod problems;
mod progress;
mod pushed;
mod receive;
mod report;
mod reveal;
mod rules;
mod run;
mod scan;
mod setup;
mod sign;
mod signers;
mod since;
mod terminal;
mod trailer;
pub mod uninstall;
mod waive;
mod waivers;

use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use env::Environment;
use error::{CommandError, ErrorKind};
use hooks::Session;
use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::path::PathBuf;
use std::process::ExitCode;
use terminal::Terminal;

/// Exit code for everything that keeps keyward from doing its job.
const FAILED: u8 = 2;

/// Runs the program.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(on_panic));
    let cli = Cli::parse();
    let env = Environment::read();
    let terminal = Terminal::new(&cli, &env);
    match run(&cli, &env, &terminal) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            terminal.error(&error);
            ExitCode::from(FAILED)
        }
    }
}

/// Says where, not what: a panic's message can quote the text that was worked on.
fn on_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    // Standard error may be closed, and a panic inside a panic would end in another exit code.
    _ = writeln!(io::stderr(), "keyward: internal error{place}; nothing was judged. Please report this line.");
    std::process::exit(i32::from(FAILED));
}

fn run(cli: &Cli, env: &Environment, terminal: &Terminal) -> Result<u8, CommandError> {
    match &cli.command {
        Command::Scan(args) => scan::run(args, env, terminal),
        Command::Merge(args) => merge::run(args, terminal),
        Command::Baseline(args) => baseline::run(args, env, terminal),
        Command::Waive(args) => waive::run(args, env, terminal),
        Command::Hook(args) => hook::run(args, env, terminal),
        Command::Evidence(args) => evidence::run(args, env, terminal),
        Command::Install(args) => session(env, |session, out| install::run(args, session, out)),
        Command::Uninstall(args) => session(env, |session, out| uninstall::run(args, session, out)),
        Command::Doctor(args) => session(env, |session, out| doctor::run(args, session, out)),
        Command::Drill(args) => session(env, |session, out| drill::run(args, session, out)),
        Command::Report(args) => report::run(args, env, terminal),
        Command::Metrics(args) => metrics::run(args, terminal),
        Command::Rules(args) => {
            let (text, code) = rules::run(&args.command)?;
            print(terminal, text.as_bytes()).map(|()| code)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "keyward", &mut script);
            print(terminal, &script).map(|()| 0)
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(lost)?;
            print(terminal, &page).map(|()| 0)
        }
    }
}

/// Runs a command about hooks; what it tells is printed as it comes.
fn session(
    env: &Environment,
    run: impl FnOnce(&Session<'_>, &mut dyn Write) -> Result<u8, CommandError>,
) -> Result<u8, CommandError> {
    let found = |what: &str, path: io::Result<PathBuf>| {
        path.map_err(|error| CommandError::new(ErrorKind::Io, format!("{what}: {error}")))
    };
    let cwd = found("the current folder", std::env::current_dir())?;
    let program = found("this program's own path", std::env::current_exe())?;
    let mask = problems::builtin_mask();
    let session = Session { env, cwd: &cwd, program: &program, mask: mask.as_ref() };
    let mut out = io::stdout().lock();
    let code = run(&session, &mut out)?;
    out.flush().map_err(lost)?;
    Ok(code)
}

/// Prints to standard output.
fn print(terminal: &Terminal, bytes: &[u8]) -> Result<(), CommandError> {
    terminal.out(bytes).map_err(lost)
}

fn lost(error: io::Error) -> CommandError {
    CommandError::new(ErrorKind::Io, format!("standard output: {error}; the output is lost"))
}
