//! What the reports say, that machines can read them, and that no secret is in them.

mod human;
mod sample;
