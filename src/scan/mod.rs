//! Where a source, the detector and a policy meet, and what comes of it.

mod collect;
mod context;
mod join;
mod merge;
mod outcome;
mod past;
mod resume;
mod run;
mod scanner;
mod versions;

pub use crate::source::{Age, Part, Shard};
pub use join::join;
pub use outcome::{Below, Engine, Gap, Judged, Outcome, Seam};
pub use past::{Outdated, Past};
pub use run::ScanError;
pub use scanner::{Progress, Scanner};
