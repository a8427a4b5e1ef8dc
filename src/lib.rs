//! keyward stops secrets from entering git.
//!
//! ```text
//!  rules/*.toml --build.rs--> rule::Catalogue
//!                                   |
//!  source::* --> blob::Blob --> detect::Detector --> finding::Finding --> policy::Policy --> policy::Verdict --> report::*
//!  (git, files)  bytes, origin  prefilter, match,    rule, place, masked  pragma, allow,     Block, Warn,        record::*
//!                               decode, score        value, fingerprint   baseline           Suppressed
//! ```
//!
//! [`scan`] is the only place where a source, the detector and a policy meet. Imports between modules run one way;
//! `tests/architecture.rs` holds the list.

pub mod blob;
pub mod candidate;
pub mod cli;
pub mod config;
pub mod coverage;
pub mod detect;
pub mod finding;
pub mod fingerprint;
pub mod git;
pub mod policy;
pub mod record;
pub mod report;
pub mod rule;
pub mod scan;
pub mod secret;
pub mod source;
pub mod text;
pub mod trust;
