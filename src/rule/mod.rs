//! Rules: what they are, how they are read, and the catalogue that is built into the binary.

mod catalogue;
mod load;
mod model;

pub use catalogue::{Catalogue, CatalogueError};
pub use load::{ASSIGNED_GAP, CHECKSUMS, RuleError, RuleErrorKind, load};
pub use model::*;
