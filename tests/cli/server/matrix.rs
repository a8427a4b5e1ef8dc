//! Every way in, for every kind of repository.

use super::{Server, ways};

#[test]
fn sha1_with_files() {
    ways::every_way(Server::of("sha1", "files"));
}

#[test]
fn sha1_with_a_reftable() {
    ways::every_way(Server::of("sha1", "reftable"));
}

#[test]
fn sha256_with_files() {
    ways::every_way(Server::of("sha256", "files"));
}

#[test]
fn sha256_with_a_reftable() {
    ways::every_way(Server::of("sha256", "reftable"));
}
