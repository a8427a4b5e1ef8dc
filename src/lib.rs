//! keyward
pub mod blob;
pub mod candidate;
pub mod coverage;
pub mod finding;
pub mod fingerprint;
pub mod policy;
pub mod report;
pub mod rule;
pub mod scan;
pub mod secret;
pub mod source;
pub mod text;
