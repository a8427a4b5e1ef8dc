//! The gateway to git.

pub mod porcelain;
