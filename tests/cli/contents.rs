//! Every kind of content that a commit can hold.
#![cfg(unix)]

use crate::sandbox::Sandbox;
use crate::secrets::{self, github_token, github_token_of};
use crate::support::{counted, findings, guarded, judged, leak, leak_of, staged, verdicts};
use data_encoding::BASE64;
use std::os::unix::fs::symlink;

fn utf16(text: &str, big: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

/// A text armour with a made-up body, long enough to be a key.
fn private_key() -> String {
    let body =
        BASE64.encode(secrets::random(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 1200, "key").as_bytes());
    let lines: Vec<&str> = body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let (begin, end) =
        (["-----BEGIN ", "OPENSSH PRIVATE KEY-----"].concat(), ["-----END ", "OPENSSH PRIVATE KEY-----"].concat());
    format!("{begin}\n{}\n{end}\n", lines.join("\n"))
}

#[test]
fn a_token_is_found_in_whatever_it_is_wrapped() {
    let sandbox = Sandbox::new();
    let percent: String = github_token_of("percent").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let base64 = BASE64.encode(format!("the token is {}", github_token_of("base64")).as_bytes());
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("utf16le.txt", utf16(&leak_of("le"), false, true)),
        ("utf16be.txt", utf16(&leak_of("be"), true, true)),
        ("utf16-no-mark.txt", utf16(&leak_of("no mark"), false, false)),
        ("latin1.txt", [b"gr\xfc\xdfe ".as_slice(), leak_of("latin").as_bytes()].concat()),
        ("nul.txt", [b"text \0 text\n".as_slice(), leak_of("nul").as_bytes()].concat()),
        ("binary.bin", [&[0, 1, 2, 0xff, 0xfe, 0, 3][..], github_token_of("binary").as_bytes(), &[0, 0x80]].concat()),
        ("base64.txt", format!("data: {base64}\n").into_bytes()),
        ("percent.txt", format!("https://example.com/?q={percent}\n").into_bytes()),
        ("no-end.txt", github_token_of("no end").into_bytes()),
        ("crlf.txt", format!("a\r\ntoken = {}\r\n", github_token_of("crlf")).into_bytes()),
        ("cr.txt", format!("a\rtoken = {}\rb", github_token_of("cr")).into_bytes()),
    ];
    for (path, bytes) in &files {
        sandbox.write(path, bytes);
    }
    sandbox.git(&["add", "--all"]).exits(0);
    let report = judged(&sandbox, "block", 1);
    for (path, _) in &files {
        assert!(verdicts(&report, path).contains(&"block".to_owned()), "{path}: {report:#}");
    }
}

#[test]
fn attributes_do_not_hide_a_file() {
    let sandbox = Sandbox::new();
    let attributes = "a.txt -diff\nb.txt binary\nc.txt -text diff=none\nd.txt export-ignore linguist-generated\n";
    sandbox.write(".gitattributes", attributes);
    let paths = ["a.txt", "b.txt", "c.txt", "d.txt"];
    paths.iter().for_each(|path| _ = sandbox.write(path, leak_of(path)));
    sandbox.git(&["add", "--all"]).exits(0);
    let report = judged(&sandbox, "block", 1);
    for path in paths {
        assert_eq!(verdicts(&report, path), ["block"], "{report:#}");
    }
}

#[test]
fn a_secret_in_a_path_name_is_refused_and_not_repeated() {
    let sandbox = guarded();
    let token = github_token();
    sandbox.stage(&format!("dump/{token}.txt"), "nothing\n");
    sandbox.commit("dump").exits(1).says("block").hides(&token);
    staged(&sandbox).says("\"object\": \"path\"").hides(&token);
}

#[test]
fn a_private_key_and_an_env_file_with_real_values_are_refused_and_an_example_is_not() {
    let sandbox = guarded();
    sandbox.stage("keys/id_rsa", private_key());
    sandbox.stage(".env", secrets::password_line());
    sandbox.stage(".env.example", "DB_PASSWORD=changeme\n");
    let report = staged(&sandbox).json();
    assert!(verdicts(&report, "keys/id_rsa").contains(&"block".to_owned()), "{report:#}");
    assert!(!verdicts(&report, ".env").is_empty(), "{report:#}");
    assert_eq!(verdicts(&report, ".env.example"), [] as [&str; 0], "{report:#}");
    sandbox.commit("keys").exits(1).says("id_rsa");
}

#[test]
fn the_target_of_a_symbolic_link_is_judged_not_what_it_points_at() {
    let sandbox = guarded();
    sandbox.write("../outside.txt", leak_of("outside"));
    symlink("../outside.txt", sandbox.repo.join("harmless")).unwrap();
    sandbox.git(&["add", "harmless"]).exits(0);
    sandbox.commit("a link").exits(0);
    symlink(format!("https://example.com/{}", github_token()), sandbox.repo.join("link")).unwrap();
    sandbox.git(&["add", "link"]).exits(0);
    sandbox.commit("a link").exits(1).says("link").hides(&github_token());
}

#[test]
fn a_submodule_and_an_lfs_pointer_are_counted() {
    let sandbox = guarded();
    let commit = sandbox.id("HEAD");
    sandbox.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]).exits(0);
    let oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
    sandbox.stage("big.bin", format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n"));
    let report = judged(&sandbox, "pass", 0);
    assert_eq!(counted(&report, "skipped", "submodule"), 1, "{report:#}");
    assert_eq!(counted(&report, "skipped", "lfs-pointer"), 1, "{report:#}");
}

#[test]
fn an_lfs_object_that_is_here_is_judged() {
    let sandbox = guarded();
    let content = leak();
    let oid = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(content.as_bytes()));
    sandbox.write(format!(".git/lfs/objects/{}/{}/{oid}", &oid[..2], &oid[2..4]), &content);
    let size = content.len();
    sandbox.stage("big.bin", format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n"));
    let report = judged(&sandbox, "block", 1);
    assert_eq!(verdicts(&report, "big.bin"), ["block"], "{report:#}");
}

#[test]
fn what_is_only_meant_to_be_added_is_no_content() {
    let sandbox = guarded();
    sandbox.write("later.txt", leak());
    sandbox.git(&["add", "--intent-to-add", "later.txt"]).exits(0);
    let report = judged(&sandbox, "pass", 0);
    assert_eq!(findings(&report).count(), 0);
}

#[test]
fn a_deleted_file_and_a_changed_mode_are_no_content() {
    let sandbox = guarded();
    sandbox.committed("old.txt", leak());
    sandbox.committed("run.sh", leak_of("run"));
    sandbox.git(&["rm", "--quiet", "old.txt"]).exits(0);
    sandbox.git(&["update-index", "--chmod=+x", "run.sh"]).exits(0);
    judged(&sandbox, "pass", 0);
}

#[test]
fn a_file_is_counted_once_and_its_name_is_no_file() {
    let sandbox = guarded();
    sandbox.stage("a.txt", "12345\n");
    let report = judged(&sandbox, "pass", 0);
    assert_eq!((&report["coverage"]["blobs"], &report["coverage"]["bytes"]), (&1.into(), &6.into()), "{report:#}");
}

#[test]
fn a_file_that_is_a_secret_by_its_name_is_told_and_its_public_half_is_not() {
    let sandbox = guarded();
    for path in ["keys/id_rsa", "store.p12", "vault.kdbx", "prod.tfstate"] {
        sandbox.stage(path, "\0\u{1}");
    }
    sandbox.stage("keys/id_rsa.pub", "ssh-rsa AAAA\n");
    let report = judged(&sandbox, "pass", 0);
    for path in ["keys/id_rsa", "store.p12", "vault.kdbx", "prod.tfstate"] {
        assert_eq!(verdicts(&report, path), ["warn"], "{path}: {report:#}");
    }
    assert_eq!(verdicts(&report, "keys/id_rsa.pub"), [] as [&str; 0]);
}
