//! Rules: what they are, how they are read, and the catalogue that is built into the binary.

mod catalogue;
mod keywords;
mod load;
mod model;
mod packed;
mod sample;

pub use catalogue::{Catalogue, CatalogueError};
pub use keywords::{GENERIC, calls};
pub use load::{ASSIGNED_GAP, CHECKSUMS, GENERIC_REACH, RuleError, RuleErrorKind, load};
pub use model::*;
pub use sample::{Sample, Sampler};
