//! Made-up secrets, built at run time so that no file of ours holds one. Equal seeds give equal values.
#![allow(dead_code)]

use sha2::{Digest, Sha256};

const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `count` characters of an alphabet, the same for the same seed.
pub fn random(alphabet: &[u8], count: usize, seed: &str) -> String {
    let blocks = (0..).flat_map(|block: u32| Sha256::digest(format!("{seed} {block}")).to_vec());
    blocks.take(count).map(|byte| char::from(alphabet[usize::from(byte) % alphabet.len()])).collect()
}

/// A GitHub personal access token with a valid checksum: CRC-32 of the 30 random characters, six base-62 digits.
pub fn github_token() -> String {
    github_token_of("a")
}

/// As [`github_token`], another one for each seed.
pub fn github_token_of(seed: &str) -> String {
    let body = random(DIGITS, 30, seed);
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut check = [b'0'; 6];
    for place in check.iter_mut().rev() {
        *place = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    format!("{}{body}{}", ["gh", "p_"].concat(), String::from_utf8_lossy(&check))
}

/// An AWS access key id and its secret key.
pub fn aws_pair() -> (String, String) {
    (format!("{}{}", ["AK", "IA"].concat(), random(BASE32, 16, "aws id")), random(BASE64, 40, "aws secret"))
}

/// The pair as lines of a credentials file.
pub fn aws_lines() -> String {
    let (id, secret) = aws_pair();
    format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

/// A signed JSON Web Token.
pub fn jwt() -> String {
    let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    let head = encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let body = encode(r#"{"sub":"4711","name":"A Tester","iat":1767322845,"exp":1767409245}"#);
    let signature = data_encoding::BASE64URL_NOPAD.encode(&Sha256::digest("a signature"));
    format!("{head}.{body}.{signature}")
}

/// A line that gives a password a random value.
pub fn password_line() -> String {
    format!("{} = \"{}\"\n", ["db_pass", "word"].concat(), random(DIGITS, 22, "password"))
}

/// Secrets of every reach, each with what stands around it: a single token, a pair, a block of many lines, wrapped ones,
/// assigned ones, some in an address, and what looks like one.
pub fn of_every_reach() -> Vec<Vec<u8>> {
    let base64 = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let wide = |text: &str| text.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<u8>>();
    let body: String = (0..20).map(|line| random(b"ABCDEFabcdef0123456789+/", 64, &line.to_string()) + "\n").collect();
    let pem = |kind: &str| format!("-----BEGIN {kind}PRIVATE KEY-----\n{body}-----END {kind}PRIVATE KEY-----\n");
    let value = random(b"ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 24, "value");
    let token = github_token();
    let packed = {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut writer, format!("password = \"{value}\"").as_bytes()).unwrap();
        writer.finish().unwrap()
    };
    let escaped = |text: &str| text.chars().map(|c| format!("\\u{:04x}", c as u32)).collect::<String>();
    let mut plants: Vec<Vec<u8>> = [
        format!("token: {token}\n"),
        aws_lines(),
        jwt(),
        password_line(),
        pem(["RS", "A "].concat().as_str()),
        pem(""),
        format!("data: {}\n", base64(&aws_lines())),
        format!("data: {}\n", base64(&base64(&format!("password = \"{value}\"")))),
        format!("x={}%3D{token}%26\n", "a".repeat(300)),
        format!("data: 0x{}\n", data_encoding::HEXLOWER.encode(format!("password = \"{value}\"").as_bytes())),
        format!("data: {}\n", data_encoding::BASE64.encode(&packed)),
        format!("{{\"a\": \"{}\", \"b\": 'x\\x41'}}\n", escaped(&token)),
        format!("a = \"\\\"{}\\\"\\u0041\"; b = 'x'\n", escaped(&format!("password = {value}"))),
        format!("postgres://admin:{value}@db.acme.io:5432/app\n"),
        format!("postgres://admin:{value}@db.example.com/app\n"),
        format!("https://api.telegram.org/bot{value}\n"),
        format!("okta:\n  env: prod\n  token: 00{value}{value}\n"),
        format!("secret_key = [\"{value}\", \"{value}x\", \"{value}y\"]\n"),
        format!("secret_keys = [\"{}\", \"{}\", \"{value}\"]\n", "a b ".repeat(60), "c d ".repeat(90)),
        format!("variable \"db_password\" {{\n  type = string\n  default = \"{value}\"\n}}\n"),
        format!("password {value}\n"),
        format!("Authorization: Bearer {value}{value}\n"),
        format!("<password>{value}</password>"),
        "password = \"changeme\"\n".to_owned(),
        format!("{}{}{value}\n", "client_secret", "=".repeat(3)),
    ]
    .into_iter()
    .map(String::into_bytes)
    .collect();
    plants.push(wide(&format!("password = \"{value}\"\n")));
    plants
}
