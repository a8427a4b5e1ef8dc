//! Finding secrets in bytes.

pub mod generic;
