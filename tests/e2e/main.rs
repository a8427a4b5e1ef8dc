//! The binary together with the real programs around it, as `tests/run` installs them below `target/test-tools`.
//! `cargo test` leaves these out (Cargo.toml: `test = false`); `cargo test --test e2e` runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice)]

mod dashboard;
mod evidence;
mod framework;
mod large;
#[path = "../cli/evidence/made.rs"]
mod made;
mod page;
mod progress;
#[path = "../cli/sandbox.rs"]
mod sandbox;
#[path = "../cli/secrets.rs"]
mod secrets;
mod server;
mod ssh;
