//! The program as people and git run it: the real binary, real git, a sandbox for each test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice)]

mod action;
mod approvals;
mod baseline;
mod break_glass;
mod commit;
mod contents;
mod delta;
mod doctor;
mod drill;
mod evidence;
mod figures;
mod global;
mod histories;
mod history;
mod incremental;
mod install;
mod interrupt;
mod managers;
mod novelty;
mod policy;
mod regulated;
mod reports;
mod rollout;
mod rules;
mod sandbox;
mod scope;
mod scripts;
mod secrets;
mod server;
mod shards;
mod support;
mod wrapped;
mod wrong_input;
mod wrong_repository;
