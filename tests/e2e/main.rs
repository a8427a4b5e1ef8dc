//! The binary together with the real programs around it, as `tests/run` installs them below `target/test-tools`.
//! `cargo test` leaves these out (Cargo.toml: `test = false`); `cargo test --test e2e` runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice)]

mod dashboard;
mod evidence;
mod framework;
mod large;
mod page;
mod progress;
#[path = "../cli/sandbox.rs"]
#[allow(dead_code, reason = "shared with the command-line tests, which use all of it")]
mod sandbox;
#[path = "../cli/secrets.rs"]
#[allow(dead_code, reason = "shared with the command-line tests, which use all of it")]
mod secrets;
mod server;
mod ssh;
