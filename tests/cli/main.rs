//! The program as people and git run it: the real binary, real git, a sandbox for each test.

mod doctor;
mod drill;
mod framework;
mod install;
mod sandbox;
mod scripts;
mod secrets;
