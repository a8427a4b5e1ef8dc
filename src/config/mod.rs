//! `keyward.toml`, its layers, and who set what.
//!
//! A file is read by [`Reader::parse`] into a [`Layer`]; [`Config::resolve`] puts layers on top of each other.
//!
//! An administrator's file may hold, besides everything that a repository's can, `[fingerprint] key-file` and
//!
//! ```toml
//! [administrator]
//! lock = ["gate.mode", "gate.block-on", "allow"]
//! ```
//!
//! which names settings ([`Key`]) that a repository or the command line can make stronger, but not weaker. A weaker
//! value is left out, with a [`Warning`] that names both files. For lists (`allow`, `unscanned`, `rules.disable`)
//! every further entry is weaker; for `fingerprint.salt` and `waivers.*` every other value is.
//!
//! For the hooks of a server it may also hold
//!
//! ```toml
//! [server]
//! trust-ref = "refs/heads/main"
//! protected = ["refs/heads/main", "refs/tags/*"]
//! replace-refs = false
//! accept-loosening = false
//! ```

mod digest;
mod entry;
mod error;
mod glob;
mod layer;
mod parse;
mod read;
mod regulated;
mod resolve;
mod rollout;
mod server;
mod setting;
mod value;
mod written;

#[cfg(test)]
mod tests;

pub use entry::{Allow, Unscanned};
pub use error::ConfigError;
pub use glob::Globs;
pub use layer::{Key, Layer};
pub use parse::Reader;
pub use regulated::{Placement, Regulated, Standing};
pub use resolve::{Config, Warning};
pub use rollout::{Override, Ratchet, Stance};
pub use server::{Server, ref_fits};
pub use setting::{Action, Approvals, By, Dialect, Mode, OnIncomplete, Setting};
pub use value::{Version, parse_date, parse_duration, parse_size};
