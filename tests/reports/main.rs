//! What the reports say, that machines can read them, and that no secret is in them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice)]

mod annotations;
mod human;
mod json;
mod machines;
mod properties;
mod sample;
mod schemas;
