//! Signs with the key of a file, or with ssh-agent.

use super::env::Environment;
use super::error::{CommandError, ErrorKind};
use super::{agent, problems};
use crate::policy::signature::Signature;
use ssh_key::{PrivateKey, PublicKey};
use std::path::Path;
use zeroize::Zeroizing;

/// What a key file holds.
enum Key {
    /// A private key that can be used as it is.
    Private(Box<PrivateKey>),
    /// The public half of a key that only an agent can use: why.
    Public(PublicKey, &'static str),
}

/// The signature over `message` in `namespace` with the key in `file`: OpenSSH's private key, or, for an agent, its
/// public half.
pub fn sign(file: &Path, namespace: &str, message: &[u8], env: &Environment) -> Result<Signature, CommandError> {
    let signature = match read(file)? {
        Key::Private(key) => {
            Signature::sign(&key, namespace, message).map_err(|error| told(file, error.to_string()))?
        }
        Key::Public(key, why) => by_agent(file, &key, why, namespace, message, env)?,
    };
    signature.fits(namespace, message).map_err(|error| told(file, format!("the signature is not used: {error}")))?;
    Ok(signature)
}

fn read(file: &Path) -> Result<Key, CommandError> {
    let text = Zeroizing::new(std::fs::read(file).map_err(|error| problems::io(file, "read", &error))?);
    if let Some(key) = std::str::from_utf8(&text).ok().and_then(|text| PublicKey::from_openssh(text.trim()).ok()) {
        return Ok(Key::Public(key, "this is a public key"));
    }
    let key = PrivateKey::from_openssh(&*text).map_err(|_| {
        told(file, "this is no key in OpenSSH's format".to_owned())
            .hint("name the private key, such as ~/.ssh/id_ed25519, or the public one and let ssh-agent sign")
            .hint("`ssh-keygen -p -f FILE` writes an older private key anew")
    })?;
    if key.is_encrypted() {
        return Ok(Key::Public(key.public_key().clone(), "the key is encrypted"));
    }
    if key.algorithm().is_rsa() {
        return Ok(Key::Public(key.public_key().clone(), "with an RSA key only an agent signs"));
    }
    let security = matches!(key.algorithm(), ssh_key::Algorithm::SkEd25519 | ssh_key::Algorithm::SkEcdsaSha2NistP256);
    if security {
        return Ok(Key::Public(key.public_key().clone(), "with a security key only an agent signs"));
    }
    Ok(Key::Private(Box::new(key)))
}

fn told(file: &Path, what: String) -> CommandError {
    CommandError::new(ErrorKind::Usage, format!("{}: {what}", problems::shown(file)))
}

fn by_agent(
    file: &Path,
    key: &PublicKey,
    why: &str,
    namespace: &str,
    message: &[u8],
    env: &Environment,
) -> Result<Signature, CommandError> {
    let wrong = |what: &str| {
        told(file, format!("{why}, and {what}"))
            .hint("`ssh-add FILE` gives a private key to ssh-agent")
            .hint("or sign with ssh-keygen: --print-payload gives the bytes (see docs/waivers.md)")
    };
    let Some(socket) = &env.agent else { return Err(wrong("no ssh-agent is running (SSH_AUTH_SOCK is not set)")) };
    let data = Signature::to_be_signed(namespace, message).map_err(|error| told(file, error.to_string()))?;
    let blob = key.to_bytes().map_err(|_| told(file, "its public half cannot be written".to_owned()))?;
    let answer = connect(socket)
        .and_then(|mut agent| agent::sign(&mut agent, &blob, &data))
        .map_err(|error| wrong(&format!("ssh-agent does not answer: {error}")))?;
    let answer = answer.ok_or_else(|| wrong("ssh-agent does not sign with it (`ssh-add -l` lists what it holds)"))?;
    Signature::of_agent(key, namespace, &answer).map_err(|error| told(file, error.to_string()))
}

#[cfg(unix)]
fn connect(socket: &Path) -> std::io::Result<std::os::unix::net::UnixStream> {
    /// A person may have to touch a key or to agree.
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);
    let agent = std::os::unix::net::UnixStream::connect(socket)?;
    agent.set_read_timeout(Some(PATIENCE))?;
    agent.set_write_timeout(Some(PATIENCE))?;
    Ok(agent)
}

#[cfg(not(unix))]
fn connect(_: &Path) -> std::io::Result<std::io::Cursor<Vec<u8>>> {
    Err(std::io::ErrorKind::Unsupported.into())
}
