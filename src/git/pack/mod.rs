//! The store of objects, read without libgit2 and without git: packs mapped into memory and walked in the order of
//! their deltas, and loose objects. Format: git's documentation, "gitformat-pack" and "gitrepository-layout".
//!
//! Nothing in a pack is trusted: every size is checked before memory is taken for it, every checksum that the index
//! holds is compared, and chains of deltas are followed without recursion. What cannot be read is told with its file
//! and offset. Packs are those that lie in the folder; a multi-pack-index holds nothing that their own do not.

mod bytes;
mod delta;
mod entry;
mod families;
mod fault;
mod file;
mod folders;
mod forest;
mod identity;
mod index;
mod inflate;
mod loose;
mod map;
mod order;
mod reader;
mod store;
mod visit;

pub use families::Division;
pub use fault::{Damage, Failed, Fault};
pub use store::{Spot, Store};
pub use visit::{Found, Visit};
