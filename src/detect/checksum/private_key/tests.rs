//! Keys are made here of counted bytes: armour and structure are right, the numbers inside are nobody's.

use super::*;
use data_encoding::BASE64;

fn checked(text: &str) -> Checked {
    check(&Input { secret: text.as_bytes(), over: None, equals: None })
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| (n * 151 % 256) as u8).collect()
}

fn der_key(count: usize) -> Vec<u8> {
    let mut key = vec![0x30, 0x82];
    key.extend((count as u16).to_be_bytes());
    key.extend(bytes(count));
    key
}

fn openssh_key(cipher: &str, second_check: u32) -> Vec<u8> {
    let string = |text: &[u8]| [&(text.len() as u32).to_be_bytes(), text].concat();
    let private = [&7u32.to_be_bytes()[..], &second_check.to_be_bytes(), &bytes(120)].concat();
    let parts = [
        b"openssh-key-v1\0".to_vec(),
        string(cipher.as_bytes()),
        string(b"none"),
        string(b""),
        1u32.to_be_bytes().to_vec(),
        string(&bytes(51)),
        string(&private),
    ];
    parts.concat()
}

fn lines(key: &[u8]) -> Vec<String> {
    BASE64.encode(key).as_bytes().chunks(64).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect()
}

fn armoured(label: &str, headers: &str, key: &[u8]) -> String {
    let begin = ["-----", "BEGIN "].concat();
    format!("{begin}{label}-----\n{headers}{}\n-----END {label}-----\n", lines(key).join("\n"))
}

#[test]
fn a_whole_key_is_plausible_and_one_of_wrong_length_fails() {
    assert_eq!(checked(&armoured("RSA PRIVATE KEY", "", &der_key(600))), Proof::Plausible.into());
    let mut longer = der_key(600);
    longer.push(0);
    assert_eq!(checked(&armoured("RSA PRIVATE KEY", "", &longer)), Proof::Fails.into());
}

#[test]
fn a_key_that_is_cut_off_is_plausible() {
    for length in 120..130 {
        let whole = armoured("PRIVATE KEY", "", &der_key(600));
        assert_eq!(checked(&whole.chars().take(length).collect::<String>()), Proof::Plausible.into(), "{length}");
    }
}

#[test]
fn encrypted_keys_are_of_medium_severity() {
    let proc_type = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011223344556677\n\n";
    let texts = [
        armoured("RSA PRIVATE KEY", proc_type, &bytes(600)),
        armoured("RSA PRIVATE KEY", proc_type, &bytes(600)).replace('\n', "\\n"),
        armoured("RSA PRIVATE KEY", proc_type, &bytes(600)).replace('\n', " "),
        armoured("ENCRYPTED PRIVATE KEY", "", &der_key(600)),
        armoured("ENCRYPTED COSIGN PRIVATE KEY", "", &bytes(300)),
        armoured("OPENSSH PRIVATE KEY", "", &openssh_key("aes256-ctr", 9)),
        putty("aes256-cbc"),
    ];
    for text in texts {
        assert_eq!(checked(&text).severity, Some(Severity::Medium), "{text}");
        assert_eq!(checked(&text).proof, Proof::Plausible, "{text}");
    }
}

#[test]
fn equal_check_numbers_prove_an_openssh_key() {
    assert_eq!(checked(&armoured("OPENSSH PRIVATE KEY", "", &openssh_key("none", 7))), Proof::Passes.into());
    assert_eq!(checked(&armoured("OPENSSH PRIVATE KEY", "", &openssh_key("none", 8))), Proof::Fails.into());
    assert_eq!(checked(&armoured("RSA PRIVATE KEY", "", &openssh_key("none", 7))), Proof::Passes.into());
}

#[test]
fn the_checksum_of_openpgp_proves_or_disproves() {
    let packet = [&[0xC5, 0xC0, 0xFF, 4, 0, 0, 0, 1, 1, 0, 8, 0xFF, 0, 2, 3, 254], &bytes(200)[..]].concat();
    let sum = BASE64.encode(&openpgp::crc24(&packet).to_be_bytes()[1..]);
    let with = |sum: &str| {
        let key = armoured("PGP PRIVATE KEY BLOCK", "Version: GnuPG v2 (GNU/Linux)\n\n", &packet);
        checked(&key.replace("\n-----END", &format!("\n={sum}\n-----END")))
    };
    assert_eq!(with(&sum).proof, Proof::Passes);
    assert_eq!(with(&sum).severity, Some(Severity::Medium));
    assert_eq!(with("AAAA").proof, Proof::Fails);
    let without = checked(&armoured("PGP PRIVATE KEY BLOCK", "", &packet));
    assert_eq!(without.proof, Proof::Plausible);
}

#[test]
fn placeholders_are_of_low_confidence() {
    let body = lines(&der_key(600)).join("\n");
    let key = |body: &str| checked(&format!("-----BEGIN RSA PRIVATE {}-----\n{body}\n-----END", "KEY"));
    let short = body.chars().take(60).collect::<String>();
    for body in [short.as_str(), "...", "", &"A".repeat(400), &format!("{body}..."), "<your key here>"] {
        assert_eq!(key(body).confidence, Some(Confidence::Low), "{body}");
    }
    assert_eq!(key(&body).confidence, None);
    assert_eq!(checked("no armour at all").proof, Proof::Fails);
}

fn putty(cipher: &str) -> String {
    let (public, private) = (lines(&bytes(90)), lines(&bytes(150)));
    format!(
        "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: {cipher}\nComment: k\nPublic-Lines: {}\n{}\nPrivate-Lines: {}\n{}\nPrivate-MAC: 00ff\n",
        public.len(),
        public.join("\n"),
        private.len(),
        private.join("\n"),
    )
}

#[test]
fn puttys_identity_is_its_private_part() {
    assert_eq!(checked(&putty("none")), Proof::Plausible.into());
    assert_eq!(identity_of_private_key(putty("none").as_bytes()), lines(&bytes(150)).concat().into_bytes());
}

#[test]
fn one_key_has_one_identity_in_every_format() {
    let key = der_key(600);
    let pem = armoured("RSA PRIVATE KEY", "", &key);
    let digits = BASE64.encode(&key);
    let escaped = pem.replace('\n', "\\n");
    let joined: Vec<String> = pem.lines().map(|line| format!("\"{line}\\n\"")).collect();
    let forms = [
        pem.clone(),
        pem.replace('\n', "\r\n"),
        escaped.clone(),
        escaped.replace('\\', "\\\\"),
        escaped.replace('/', "\\/").replace('+', "\\u002b"),
        pem.lines().map(|line| format!("      {line}\n")).collect(),
        pem.lines().map(|line| format!("# {line}\n")).collect(),
        pem.lines().map(|line| format!("// {line}\n")).collect(),
        joined.join(" +\n    "),
        joined.join("+"),
        joined.join(" .\n"),
        joined.join("\n"),
        joined.join(", "),
        pem.replace('\n', " "),
        pem.replace('\n', "&#xA;"),
        pem.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D").replace('\n', "%0A"),
        armoured("RSA PRIVATE KEY", "Comment: a key\n\n", &key),
    ];
    for form in forms {
        let identity = identity_of_private_key(form.as_bytes());
        assert_eq!(String::from_utf8(identity).unwrap(), digits, "{form}");
        assert_eq!(checked(&form).proof, Proof::Plausible, "{form}");
    }
}

#[test]
fn a_bare_key_is_its_own_identity() {
    assert_eq!(identity_of_private_key(b" \"abc-_1\" \n"), b"abc-_1");
}
