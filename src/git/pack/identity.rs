//! The name of an object: the hash of `<kind> <size>\0` and its bytes.

use crate::blob::ObjectId;
use crate::git::object::Kind;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// True if an object of this kind and these bytes has this id.
pub(super) fn is(id: &ObjectId, kind: Kind, bytes: &[u8]) -> bool {
    let head = format!("{} {}\0", kind.name(), bytes.len());
    if id.as_bytes().len() == 32 {
        id.as_bytes() == Sha256::new().chain_update(head).chain_update(bytes).finalize().as_slice()
    } else {
        id.as_bytes() == Sha1::new().chain_update(head).chain_update(bytes).finalize().as_slice()
    }
}
