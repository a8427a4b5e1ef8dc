//! Finding secrets in bytes.

pub mod checksum;
