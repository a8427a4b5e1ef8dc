//! Secrets that are encoded, packed, quoted or nested.

use crate::sandbox::Sandbox;
use crate::secrets::{github_token, github_token_of};
use crate::support::{counted, findings, leak_of};
use data_encoding::{BASE64, HEXLOWER};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::{Cursor, Write};

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(bytes.len() as u64);
    builder.append_data(&mut header, name, bytes).unwrap();
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// The report on these files, staged in a repository.
fn staged(files: &[(&str, Vec<u8>)], code: i32) -> Value {
    let sandbox = Sandbox::new();
    files.iter().for_each(|(path, bytes)| sandbox.stage(path, bytes));
    sandbox.keyward(&["scan", "--staged", "--format", "json"]).exits(code).json()
}

/// The findings at a path: rule and how it was decoded.
fn at<'r>(report: &'r Value, path: &str) -> Vec<(&'r str, Vec<&'r str>)> {
    let here = findings(report).filter(|finding| finding["path"] == path);
    let decoded = |finding: &'r Value| finding["decoded_from"].as_array().into_iter().flatten();
    here.map(|finding| {
        (finding["rule"].as_str().unwrap(), decoded(finding).filter_map(Value::as_str).collect::<Vec<_>>())
    })
    .collect()
}

#[test]
fn escaped_and_encoded_tokens_are_found_and_told_how() {
    let token = github_token();
    let each = |form: &dyn Fn(char) -> String| token.chars().map(form).collect::<String>();
    let packed = BASE64.encode(&gzip(leak_of("packed").as_bytes()));
    let files: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("hex.txt", format!("blob = {}\n", HEXLOWER.encode(leak_of("hex").as_bytes())).into(), &["hex"]),
        ("0x.sql", format!("VALUES (0x{})\n", HEXLOWER.encode(leak_of("0x").as_bytes())).into(), &["hex"]),
        ("u.json", format!("{{\"a\": \"{}\"}}\n", each(&|c| format!("\\u{:04x}", c as u32))).into(), &["escape"]),
        ("x.c", format!("char *a = \"{}\";\n", each(&|c| format!("\\x{:02X}", c as u32))).into(), &["escape"]),
        ("o.sh", format!("a=$'{}'\n", each(&|c| format!("\\{:03o}", c as u32))).into(), &["escape"]),
        ("helm.yaml", format!("release: {packed}\n").into(), &["base64", "gzip"]),
        (
            "twice.yaml",
            format!("release: {}\n", BASE64.encode(packed.as_bytes())).into(),
            &["base64", "base64", "gzip"],
        ),
    ];
    let report = staged(&files.iter().map(|(path, bytes, _)| (*path, bytes.clone())).collect::<Vec<_>>(), 1);
    for (path, _, decoded) in files {
        assert_eq!(at(&report, path), [("github-personal-access-token", decoded.to_vec())], "{path}");
    }
}

#[test]
fn a_webhook_with_the_escaped_slashes_of_json_is_found() {
    let hook = ["https://hooks.sla", "ck.com/services/T0", "1A2B3C4D/B05", "E6F7G8H/a1B2c3D4e5F6g7H8i9J0k1L2"].concat();
    let report = staged(&[("hook.json", json!({ "url": hook }).to_string().replace('/', "\\/").into())], 1);
    assert_eq!(at(&report, "hook.json"), [("slack-webhook", vec!["escape"])]);
}

#[test]
fn many_encoded_texts_in_one_line_are_no_nesting() {
    let escapes = r"`\u0041` `\x42` `\103` `\u0044` `\u{45}` `\x46`";
    let runs: Vec<String> = (0..6).map(|n| BASE64.encode(format!("just some text {n}").as_bytes())).collect();
    let files = [("a.md", format!("{escapes}\n").into()), ("b.md", format!("{}\n", runs.join(" ")).into())];
    assert_eq!(staged(&files, 0)["verdict"], "pass");
}

#[test]
fn two_secrets_in_one_encoded_text_are_two_findings() {
    let text = format!("a = {}\nb = {}\n", github_token_of("first"), github_token_of("second"));
    let report = staged(&[("env.yaml", format!("env: {}\n", BASE64.encode(text.as_bytes())).into())], 1);
    assert_eq!(at(&report, "env.yaml").len(), 2, "{report:#}");
}

#[test]
fn members_of_archives_are_judged_like_files() {
    let jar = zip(&[("conf/a.properties", leak_of("jar").as_bytes()), ("conf/b", leak_of("other").as_bytes())]);
    let files = vec![
        ("lib/app.jar", jar.clone()),
        ("outer.zip", zip(&[("inner.jar", &jar)])),
        ("etc.tar", tar("etc/conf", leak_of("tar").as_bytes())),
        ("etc.tgz", gzip(&tar("etc/conf", leak_of("tgz").as_bytes()))),
        ("dump.sql.gz", gzip(leak_of("sql").as_bytes())),
        ("letter.docx", zip(&[("word/document.xml", format!("<w:t>{}</w:t>", leak_of("docx")).as_bytes())])),
    ];
    let report = staged(&files, 1);
    let token = "github-personal-access-token";
    assert_eq!(at(&report, "lib/app.jar"), [(token, vec!["zip"]), (token, vec!["zip"])]);
    assert_eq!(at(&report, "outer.zip"), [(token, vec!["zip", "zip"]), (token, vec!["zip", "zip"])]);
    assert_eq!(at(&report, "etc.tar"), [(token, vec!["tar"])]);
    assert_eq!(at(&report, "etc.tgz"), [(token, vec!["gzip", "tar"])]);
    assert_eq!(at(&report, "dump.sql.gz"), [(token, vec!["gzip"])]);
    assert_eq!(at(&report, "letter.docx"), [(token, vec!["zip"])]);
    let inner = findings(&report).find(|finding| finding["path"] == "outer.zip").unwrap();
    assert_eq!(inner["because"], "in its member conf/a.properties of inner.jar");
}

#[test]
fn an_archive_that_unpacks_to_more_than_the_limit_is_incomplete() {
    let sandbox = Sandbox::new();
    sandbox.stage("keyward.toml", "[limits]\ndecoded = \"64 KiB\"\n");
    let bomb = vec![b'a'; 2 << 20];
    sandbox.stage("bomb.zip", zip(&[("a", &bomb)]));
    sandbox.stage("bomb.gz", gzip(&bomb));
    let deep = (0..5).fold(leak_of("deep").into_bytes(), |inner, _| zip(&[("in.zip", &inner)]));
    sandbox.stage("deep.zip", deep);
    let report = sandbox.keyward(&["scan", "--staged", "--format", "json"]).exits(2).json();
    assert_eq!(counted(&report, "unread", "decode-limit"), 3, "{report:#}");
}

#[test]
fn an_archive_that_cannot_be_opened_is_counted() {
    let whole = zip(&[("a", b"aaaa")]);
    let report = staged(&[("cut.zip", whole[..whole.len() - 6].to_vec()), ("sound.zip", whole.clone())], 0);
    assert_eq!(counted(&report, "skipped", "closed-archive"), 1, "{report:#}");
}

/// A made-up key: armour round random bytes.
fn key() -> Vec<String> {
    let body = crate::secrets::random(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 1588, "pem");
    let body = format!("MIIEpAIBAAKCAQEA{body}");
    let lines = body.as_bytes().chunks(64).map(|line| String::from_utf8(line.to_vec()).unwrap());
    let armour = |word: &str| format!("-----{word} {} KEY-----", ["RSA", "PRIVATE"].join(" "));
    std::iter::once(armour("BEGIN")).chain(lines).chain([armour("END")]).collect()
}

#[test]
fn a_private_key_is_one_finding_of_one_fingerprint_in_every_quoting() {
    let lines = key();
    let pem = format!("{}\n", lines.join("\n"));
    let each = |before: &str, behind: &str| lines.iter().map(|l| format!("{before}{l}{behind}")).collect::<String>();
    let files: Vec<(&str, String)> = vec![
        ("plain.pem", pem.clone()),
        ("crlf.pem", pem.replace('\n', "\r\n")),
        ("account.json", json!({ "private_key": pem }).to_string()),
        ("nested.json", json!({ "account": json!({ "private_key": pem }).to_string() }).to_string()),
        ("block.yaml", format!("key: |\n{}", each("    ", "\n"))),
        ("folded.yaml", format!("key: >-\n{}", each("  ", "\n\n"))),
        ("joined.py", format!("key = (\n{})\n", each("    \"", "\\n\"\n"))),
        ("joined.js", format!("const key = {}'';\n", each("'", "\\n' +\n  "))),
        ("joined.java", format!("String key = {}\"\";\n", each("\"", "\"\n   + "))),
        ("list.js", format!("const key = [\n{}].join('\\n')\n", each("  \"", "\",\n"))),
        ("joined.php", format!("$key = {}'';\n", each("'", "' . PHP_EOL .\n"))),
        ("here.sh", format!("cat > key <<END\n{pem}END\n")),
        ("here.tf", format!("key = <<-EOT\n{}  EOT\n", each("    ", "\n"))),
        (".env", format!("PRIVATE_KEY=\"{}\"\n", pem.replace('\n', "\\n"))),
        ("line.txt", format!("key: {}\n", lines.join(" "))),
        ("key.xml", format!("<key>{}</key>\n", pem.replace('\n', "&#10;"))),
        ("comment.c", each("// ", "\n")),
        ("change.patch", each("+", "\n")),
        ("secret.yaml", format!("data:\n  tls.key: {}\n", BASE64.encode(pem.as_bytes()))),
        ("hex.txt", format!("key = {}\n", HEXLOWER.encode(pem.as_bytes()))),
    ];
    let report = staged(&files.iter().map(|(path, text)| (*path, text.clone().into())).collect::<Vec<_>>(), 1);
    let prints: std::collections::BTreeSet<&str> = findings(&report)
        .filter(|f| f["rule"] == "private-key-pem")
        .filter_map(|f| f["fingerprint"].as_str())
        .collect();
    for (path, _) in &files {
        let found: Vec<&str> = at(&report, path).into_iter().map(|found| found.0).collect();
        assert_eq!(found, ["private-key-pem"], "{path}");
    }
    assert_eq!(prints.len(), 1, "{prints:?}");
}

#[test]
fn structured_files_show_the_values_they_nest() {
    let value = crate::secrets::random(b"ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789", 24, "value");
    let notebook = json!({"cells": [{"cell_type": "code", "source": [format!("db_password = '{value}'\n")]}]});
    let state = json!({"resources": [{"instances": [{"attributes": {"username": "admin", "password": value}}]}]});
    let har = json!({"headers": [{"name": "Authorization", "value": format!("Bearer {}", github_token())}]});
    let encoded = BASE64.encode(value.as_bytes());
    let files: Vec<(&str, String)> = vec![
        ("a.ipynb", serde_json::to_string_pretty(&notebook).unwrap()),
        ("terraform.tfstate", serde_json::to_string_pretty(&state).unwrap()),
        ("a.har", serde_json::to_string_pretty(&har).unwrap()),
        ("values.yaml", format!("postgresql:\n  auth:\n    password: {value}\n")),
        ("secret.yaml", format!("kind: Secret\ndata:\n  password: {encoded}\n")),
        ("escaped.json", json!({"env": json!({"db_password": value}).to_string()}).to_string()),
    ];
    let report = staged(&files.iter().map(|(path, text)| (*path, text.clone().into())).collect::<Vec<_>>(), 1);
    for (path, text) in &files {
        assert!(!at(&report, path).is_empty(), "{path}: {text}");
    }
}
