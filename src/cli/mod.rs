//! The command line: parses, runs, prints.

pub mod args;
pub mod env;
pub mod error;
