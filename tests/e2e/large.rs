//! Inputs that take a debug build many seconds.

use crate::sandbox::Sandbox;
use crate::secrets;
use std::fs;

#[test]
fn a_line_of_100_mb_is_read_to_its_end() {
    let sandbox = Sandbox::without_repository();
    fs::create_dir(&sandbox.repo).unwrap();
    let mut line = b"lorem ipsum dolor sit amet, ".repeat(100_000_000 / 28);
    line.extend_from_slice(format!("token = {}\n", secrets::github_token()).as_bytes());
    let report = sandbox.keyward_fed(&["scan", "--stdin", "--format", "json"], &line).exits(1);
    assert_eq!(report.json()["findings"].as_array().map(Vec::len), Some(1));
    assert!(report.stdout.len() < 10_000);
    let human = sandbox.keyward_fed(&["scan", "--stdin"], &line).exits(1);
    assert!(human.text().len() < 10_000);
}
