//! The hooks' scripts by themselves, with a program that writes down how it was called.
#![cfg(unix)]

use crate::sandbox::{Output, Sandbox};
use keyward::cli::hooks::script::{Author, Formers, author, script};
use std::fs;
use std::path::{Path, PathBuf};

/// A program in keyward's place: appends its name, arguments and input to `calls`, and exits as told.
fn recorder(sandbox: &Sandbox, path: &str, exit: i32) -> PathBuf {
    let calls = sandbox.root().join("calls");
    let text = format!(
        "#!/bin/sh\nprintf '%s(%s)' \"${{0##*/}}\" \"$*\" >>'{calls}'\nif [ ! -t 0 ]; then printf '<' >>'{calls}'; cat >>'{calls}'; printf '>' >>'{calls}'; fi\nexit {exit}\n",
        calls = calls.display()
    );
    sandbox.script(path, &text)
}

fn calls(sandbox: &Sandbox) -> String {
    fs::read_to_string(sandbox.root().join("calls")).unwrap_or_default()
}

/// Writes the script for `hook` and runs it.
fn run(sandbox: &Sandbox, hook: &str, program: &Path, args: &[&str], stdin: &[u8]) -> Output {
    let text = script(hook, Some(program), &Formers::Beside).unwrap();
    let path = sandbox.script(format!("hooks/{hook}"), &String::from_utf8(text).unwrap());
    sandbox.run_in(&sandbox.repo, path.as_os_str(), args, stdin)
}

#[test]
fn a_former_hook_that_may_change_the_commit_runs_before_keyward() {
    let sandbox = Sandbox::new();
    let program = recorder(&sandbox, "bin/keyward", 0);
    recorder(&sandbox, "hooks/commit-msg.keyward-former", 0);
    run(&sandbox, "commit-msg", &program, &["a file"], b"").exits(0);
    assert_eq!(calls(&sandbox), "commit-msg.keyward-former(a file)<>keyward(hook commit-msg a file)<>");
}

#[test]
fn a_former_hook_that_refuses_is_enough() {
    let sandbox = Sandbox::new();
    let program = recorder(&sandbox, "bin/keyward", 0);
    recorder(&sandbox, "hooks/pre-commit.keyward-former", 7);
    run(&sandbox, "pre-commit", &program, &[], b"").exits(7);
    assert_eq!(calls(&sandbox), "pre-commit.keyward-former()<>");
}

#[test]
fn keyward_runs_before_a_former_pre_push_and_both_get_the_same_input() {
    let sandbox = Sandbox::new();
    let program = recorder(&sandbox, "bin/keyward", 0);
    recorder(&sandbox, "hooks/pre-push.keyward-former", 0);
    run(&sandbox, "pre-push", &program, &["origin", "u r l"], b"a\\n b\nc d\n\n").exits(0);
    let input = "<a\\n b\nc d\n\n>";
    assert_eq!(
        calls(&sandbox),
        format!("keyward(hook pre-push origin u r l){input}pre-push.keyward-former(origin u r l){input}")
    );
}

#[test]
fn what_keyward_refuses_no_former_pre_push_gets_to_send() {
    let sandbox = Sandbox::new();
    let program = recorder(&sandbox, "bin/keyward", 1);
    recorder(&sandbox, "hooks/pre-push.keyward-former", 0);
    run(&sandbox, "pre-push", &program, &["origin", "url"], b"").exits(1);
    assert_eq!(calls(&sandbox), "keyward(hook pre-push origin url)<>");
}

#[test]
fn keyward_is_asked_about_a_reference_transaction_only_when_it_is_prepared() {
    let sandbox = Sandbox::new();
    let program = recorder(&sandbox, "bin/keyward", 1);
    run(&sandbox, "reference-transaction", &program, &["committed"], b"x\n").exits(0);
    assert_eq!(calls(&sandbox), "");
    let former = recorder(&sandbox, "hooks/reference-transaction.keyward-former", 0);
    run(&sandbox, "reference-transaction", &program, &["committed"], b"x\n").exits(0);
    assert_eq!(calls(&sandbox), "reference-transaction.keyward-former(committed)<x\n>");
    fs::remove_file(former).unwrap();
    run(&sandbox, "reference-transaction", &program, &["prepared"], b"y\n").exits(1);
    assert!(calls(&sandbox).ends_with("keyward(hook reference-transaction prepared)<y\n>"));
}

#[test]
fn a_former_hook_without_its_run_bit_is_not_run() {
    let sandbox = Sandbox::new();
    let program = recorder(&sandbox, "bin/keyward", 0);
    for hook in ["pre-commit", "pre-push"] {
        let former = recorder(&sandbox, &format!("hooks/{hook}.keyward-former"), 7);
        crate::sandbox::set_mode(&former, 0o644);
        run(&sandbox, hook, &program, &[], b"").exits(0);
    }
    assert_eq!(calls(&sandbox), "keyward(hook pre-commit)<>keyward(hook pre-push)<>");
}

#[test]
fn a_program_with_any_path_is_found() {
    let sandbox = Sandbox::new();
    for folder in ["with space", "qu'ote\"s", "new\nline", "$HOME `id` \\", "-x"] {
        let program = recorder(&sandbox, &format!("{folder}/keyward"), 3);
        run(&sandbox, "pre-commit", &program, &[], b"").exits(3);
    }
}

#[test]
fn a_program_that_moved_is_found_on_path() {
    let mut sandbox = Sandbox::new();
    let program = recorder(&sandbox, "elsewhere/keyward", 5);
    let folder = program.parent().unwrap().to_owned();
    sandbox.set("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    for hook in ["pre-commit", "pre-push"] {
        run(&sandbox, hook, Path::new("/no/such/keyward"), &[], b"").exits(5);
    }
}

#[test]
fn without_its_program_every_hook_refuses_and_says_why() {
    let mut sandbox = Sandbox::new();
    sandbox.set("PATH", "/usr/bin:/bin");
    for hook in ["pre-commit", "commit-msg", "pre-push", "reference-transaction"] {
        run(&sandbox, hook, Path::new("/no/such/keyward"), &["prepared"], b"")
            .exits(2)
            .says(&format!("keyward: {hook} refused: the keyward program is gone"))
            .says("keyward install");
    }
}

#[test]
fn a_script_is_known_again_and_so_is_a_change_of_it() {
    let text = script("pre-commit", Some(Path::new("/bin/keyward")), &Formers::Beside).unwrap();
    assert_eq!(author(&text), Author::Keyward);
    assert_eq!(author(&[text.as_slice(), b"echo more\n"].concat()), Author::Edited);
    assert_eq!(author(b"#!/bin/sh\necho keyward-hook\n"), Author::Other);
    assert_eq!(author(b""), Author::Other);
}

#[test]
fn every_script_is_posix_shell() {
    let sandbox = Sandbox::new();
    for hook in keyward::cli::hooks::script::ALL_OF_GIT {
        for program in [Some(Path::new("/a 'b'/keyward")), None] {
            for formers in [Formers::Beside, Formers::Elsewhere(None), Formers::Elsewhere(Some(Path::new("/x y")))] {
                let text = script(hook, program, &formers).unwrap();
                let path = sandbox.script("script", &String::from_utf8(text).unwrap());
                sandbox.run_in(&sandbox.repo, "sh".as_ref(), &["-n".as_ref(), path.as_os_str()], b"").exits(0);
            }
        }
    }
}
