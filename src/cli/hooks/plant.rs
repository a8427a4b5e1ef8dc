//! Made-up secrets for `doctor` and `drill`. They are new each time, so that no baseline or allowance can know them, and
//! built at run time, so that the program itself holds none.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use sha2::{Digest, Sha256};
use std::hash::{BuildHasher, Hasher, RandomState};

const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A secret that is to be stopped, and where it is hidden.
#[derive(Clone, Debug)]
pub struct Plant {
    /// What kind, for people.
    pub family: &'static str,
    /// The file to commit: its path and content.
    pub path: String,
    /// The content.
    pub content: Vec<u8>,
    /// The message to commit it with.
    pub message: String,
}

/// Random text: SHA-256 over a seed and a counter. The seed is that of the standard library's hash maps, which is enough
/// for values that protect nothing.
#[derive(Debug)]
pub struct Random {
    seed: [u8; 16],
    drawn: u64,
}

impl Random {
    /// A new sequence.
    pub fn new() -> Self {
        let word = || RandomState::new().build_hasher().finish().to_le_bytes();
        let mut seed = [0; 16];
        seed.iter_mut().zip(word().into_iter().chain(word())).for_each(|(place, byte)| *place = byte);
        Self { seed, drawn: 0 }
    }

    /// So many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 32);
        while bytes.len() < count {
            self.drawn += 1;
            bytes.extend_from_slice(
                &Sha256::new().chain_update(self.seed).chain_update(self.drawn.to_le_bytes()).finalize(),
            );
        }
        bytes.truncate(count);
        bytes
    }

    /// So many characters of an alphabet.
    pub fn text(&mut self, alphabet: &[u8], count: usize) -> String {
        let letter = |byte: u8| alphabet.get(usize::from(byte) % alphabet.len().max(1)).copied().map(char::from);
        self.bytes(count).into_iter().filter_map(letter).collect()
    }

    /// A password as a generator makes it: with digits, and with no character thrice in a row, which reads as a stand-in.
    /// For 8 characters or more; for fewer it may not be found.
    pub fn password(&mut self, count: usize) -> String {
        loop {
            let text = self.text(BASE62, count);
            let letters: Vec<u8> = text.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
            let dull = letters.windows(3).any(|three| three.iter().all(|byte| Some(byte) == three.first()));
            if !dull && letters.iter().filter(|byte| byte.is_ascii_digit()).count() >= 2 {
                return text;
            }
        }
    }

    /// A GitHub personal access token with a valid checksum: CRC-32 over the 30 random characters, six base-62 digits
    /// (<https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/>).
    pub fn github_token(&mut self) -> String {
        let body = self.text(BASE62, 30);
        let mut rest = crc32fast::hash(body.as_bytes());
        let mut check = [0; 6];
        for place in check.iter_mut().rev() {
            *place = BASE62.get((rest % 62) as usize).copied().unwrap_or(b'0');
            rest /= 62;
        }
        format!("{}{body}{}", ["gh", "p_"].concat(), String::from_utf8_lossy(&check))
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::new()
    }
}

/// One secret of each family.
pub fn plants(random: &mut Random) -> Vec<Plant> {
    let token = random.github_token();
    let utf16: Vec<u8> =
        format!("\u{feff}token = {}\r\n", random.github_token()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wrapped = BASE64.encode(format!("{{\"token\":\"{}\"}}", random.github_token()).as_bytes());
    let message = format!("Deploy with {}", random.github_token());
    let named = format!("notes-{}.txt", random.github_token());
    vec![
        file("AWS access key pair", "aws/credentials", aws(random)),
        file("GitHub token", "ci/settings.yml", format!("token: {token}\n")),
        file("private key", "keys/deploy.pem", private_key(random)),
        file("JSON Web Token", "api/session.js", format!("const session = \"{}\";\n", jwt(random))),
        file("database URL", "config/database.yml", format!("url: {}\n", database_url(random))),
        file("password", "config/mail.properties", password(random)),
        file(".env file", ".env", dotenv(random)),
        file("secret in UTF-16", "windows/settings.ini", utf16),
        file("secret in base64", "k8s/secret.yml", format!("data:\n  config.json: {wrapped}\n")),
        Plant { message, ..file("secret in the message", "deploy.txt", "deployed\n") },
        file("secret in a path", &named, "nothing to see here\n"),
    ]
}

/// What must pass: nothing but text.
pub fn clean(random: &mut Random) -> Plant {
    file("clean commit", "README.md", format!("# A rehearsal\n\nNumber {}.\n", random.text(b"0123456789", 4)))
}

fn file(family: &'static str, path: &str, content: impl Into<Vec<u8>>) -> Plant {
    Plant { family, path: path.to_owned(), content: content.into(), message: format!("docs: add {family}") }
}

fn aws(random: &mut Random) -> String {
    let id = format!("{}{}", ["AK", "IA"].concat(), random.text(BASE32, 16));
    let secret = BASE64.encode(&random.bytes(30));
    format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

/// The outside of an RSA key of 2048 bits (PKCS #1, RFC 8017 A.1.2); the numbers in it are none.
fn private_key(random: &mut Random) -> String {
    let mut der = vec![0x30, 0x82, 0x04, 0xa3, 0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01, 0x00];
    der.extend(random.bytes(1191 - der.len()));
    let body = BASE64.encode(&der);
    let lines: Vec<String> =
        body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    let rule = "-".repeat(5);
    let name = ["RSA PRIV", "ATE KEY"].concat();
    format!("{rule}BEGIN {name}{rule}\n{}\n{rule}END {name}{rule}\n", lines.join("\n"))
}

fn jwt(random: &mut Random) -> String {
    let head = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = format!(r#"{{"sub":"{}","name":"A Rehearsal","iat":1767322845}}"#, random.text(b"0123456789", 10));
    let signature = BASE64URL_NOPAD.encode(&random.bytes(32));
    format!("{head}.{}.{signature}", BASE64URL_NOPAD.encode(claims.as_bytes()))
}

fn database_url(random: &mut Random) -> String {
    format!("{}://orders:{}@db.internal.acme.io:5432/orders", ["postgre", "sql"].concat(), random.password(20))
}

fn password(random: &mut Random) -> String {
    format!("{}={}\n", ["mail.pass", "word"].concat(), random.password(24))
}

fn dotenv(random: &mut Random) -> String {
    let (name, key) = (["APP_SEC", "RET"].concat(), ["API_", "KEY"].concat());
    format!("APP_ENV=production\n{name}={}\n{key}={}\n", random.password(40), random.password(32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sequences_differ() {
        assert_ne!(Random::new().github_token(), Random::new().github_token());
    }

    #[test]
    fn every_plant_has_a_family_and_a_path_of_its_own() {
        let plants = plants(&mut Random::new());
        let distinct =
            |key: fn(&Plant) -> String| plants.iter().map(key).collect::<std::collections::HashSet<_>>().len();
        assert_eq!(distinct(|plant| plant.family.to_owned()), plants.len());
        assert_eq!(distinct(|plant| plant.path.clone()), plants.len());
    }
}
