//! The command line: parses, runs, prints.

pub mod args;
pub mod env;
pub mod error;
pub mod hooks;
pub mod install;
pub mod uninstall;
