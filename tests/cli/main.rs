//! The program as people and git run it: the real binary, real git, a sandbox for each test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice)]

mod doctor;
mod drill;
mod framework;
mod history;
mod install;
mod sandbox;
mod scripts;
mod secrets;
