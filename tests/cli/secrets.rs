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
