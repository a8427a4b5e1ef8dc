//! What is written down: the audit log, refused attempts, files that are whole or not there.

mod atomic;
mod attempts;
mod audit_log;

pub use atomic::write_atomic;
pub use attempts::{AttemptsError, load_attempts, remember_attempt};
pub use audit_log::{
    Appended, AuditEvent, Broken, GENESIS, LastEvent, LogError, Verification, append, last_event, verify, verify_file,
};
