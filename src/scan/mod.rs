//! Where a source, the detector and a policy meet, and what comes of it.

mod collect;
mod context;
mod merge;
mod outcome;
mod run;
mod scanner;
mod versions;

pub use outcome::{Below, Engine, Gap, Judged, Outcome};
pub use run::ScanError;
pub use scanner::Scanner;
