//! The gateway to git and the sources behind it, on repositories that the real git makes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice)]

#[path = "git_gateway/broken_packs.rs"]
mod broken_packs;
#[path = "git_gateway/files.rs"]
mod files;
#[path = "git_gateway/history.rs"]
mod history;
#[path = "git_gateway/kinds.rs"]
mod kinds;
#[path = "git_gateway/message.rs"]
mod message;
#[path = "git_gateway/pack_builder.rs"]
mod pack_builder;
#[path = "git_gateway/packs.rs"]
mod packs;
#[path = "git_gateway/record.rs"]
mod record;
#[path = "git_gateway/sandbox.rs"]
mod sandbox;
#[path = "git_gateway/staged.rs"]
mod staged;
#[path = "git_gateway/trust.rs"]
mod trust;
