//! Real pushes to real bare repositories.
#![cfg(unix)]

mod budget;
mod ci;
mod host;
mod matrix;
mod policy;
mod pre_push;
mod scopes;
mod setup;
mod trees;
mod waivers;
mod ways;
mod wrong;

pub use host::{Server, line};
