//! What is written down: the audit log, what hooks decided and the numbers made of it, refused attempts, waivers that
//! count once, files that are whole or not there.

mod atomic;
mod attempts;
mod audit_log;
mod chain;
pub mod evidence;
mod history_state;
mod metrics;
mod runs;
pub mod single_use;

pub use atomic::write_atomic;
pub use attempts::{AttemptsError, load_attempts, remember_attempt};
pub use audit_log::{
    AuditEvent, LastEvent, LetThrough, LogError, UsedWaiver, append, last_event, let_through, verify_file,
};
pub use chain::{Appended, Broken, GENESIS, Verification, verify};
pub use history_state::{State, StateError, StateFile};
pub use metrics::{Material, Metrics, may_label, metrics};
pub use runs::{Event, Events, EventsError, RUN, Run, Tally, append_run, read_events};
