//! keyward
pub mod blob;
pub mod candidate;
pub mod coverage;
pub mod finding;
pub mod fingerprint;
pub mod git;
pub mod policy;
pub mod rule;
pub mod scan;
pub mod secret;
pub mod source;
pub mod text;
