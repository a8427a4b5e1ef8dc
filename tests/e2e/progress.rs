//! How far a history is, told on a terminal (python's pty gives one) and to a file.

use crate::sandbox::{Output, Sandbox};
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;

/// A history that takes a debug build a second or two, and a `PATH` whose git is slow to list references.
fn slow(seconds: u32) -> (Sandbox, OsString) {
    let sandbox = Sandbox::new();
    let line = "let token_name = key_of(session, auth_path); // the api key and its password hint\n";
    for number in 0..20 {
        sandbox.write(format!("f{number}"), format!("{number}\n{}", line.repeat(3_000)));
    }
    sandbox.git(&["-c", "core.compression=1", "add", "."]).exits(0);
    sandbox.commit("much").exits(0);
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *for-each-ref*) sleep {seconds};; esac\nPATH=${{PATH#*:}} exec git \"$@\"\n"
    );
    let bin = sandbox.root().join("bin");
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("git"), script).unwrap();
    std::fs::set_permissions(bin.join("git"), PermissionsExt::from_mode(0o755)).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&path))).unwrap();
    (sandbox, path)
}

fn on_terminal(sandbox: &Sandbox, args: &[&str]) -> Output {
    let spawn = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    let all =
        [&["-c", spawn, env!("CARGO_BIN_EXE_keyward"), "scan", "--history", "--jobs", "1", "--color", "never"], args]
            .concat();
    sandbox.run_in(&sandbox.repo, "python3".as_ref(), &all, b"")
}

#[test]
fn a_terminal_shows_a_bar_and_none_is_left_when_it_is_over() {
    let (mut sandbox, path) = slow(1);
    sandbox.set("PATH", path).set("TERM", "xterm");
    let shown = on_terminal(&sandbox, &[]).exits(0).stdout;
    assert!(shown.contains("looking for what there is to scan"), "{shown}");
    assert!(shown.contains(" objects") && shown.contains("read, about"), "{shown}");
    let last = shown.trim_end().rsplit("\u{1b}[2K").next().unwrap();
    assert!(last.contains("pass:") && !last.contains("objects"), "{last}");
    let quiet = on_terminal(&sandbox, &["--quiet"]).exits(0).stdout;
    assert!(!quiet.contains("objects") && !quiet.contains("looking"), "{quiet}");
}

#[test]
fn elsewhere_a_line_comes_every_ten_seconds() {
    let (mut sandbox, path) = slow(11);
    sandbox.set("PATH", path);
    let output = sandbox.keyward(&["scan", "--history"]).exits(0);
    let lines = output.stderr.lines().filter(|line| *line == "keyward: looking for what there is to scan").count();
    assert!(lines >= 1 && !output.stdout.contains("looking"), "{output:?}");
    assert_eq!(sandbox.keyward(&["scan", "--history", "--quiet"]).exits(0).stderr, "");
}
