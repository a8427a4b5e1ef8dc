//! Evidence as the binary writes it, for the tests here and in tests/e2e: repositories, keys, and folders of evidence of
//! every kind in which one byte is changed.
#![allow(dead_code)]

use crate::sandbox::{Output, Sandbox};
use crate::secrets;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use keyward::record::evidence::{PublicKey, verify};
use p256::pkcs8::{EncodePublicKey as _, LineEnding};
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// A repository with three commits, the second of which leaks.
pub fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.committed("a.txt", "one\n");
    sandbox.committed("b.txt", format!("token = {}\n", secrets::github_token()));
    sandbox.committed("c.txt", "three\n");
    sandbox
}

/// The same, with what leaks known.
pub fn excused() -> Sandbox {
    let sandbox = repository();
    sandbox.keyward(&["baseline", "create"]).exits(0);
    sandbox.git(&["add", "--all"]).exits(0);
    sandbox.git(&["commit", "--quiet", "--no-verify", "--message", "known"]).exits(0);
    sandbox
}

/// Key files of both kinds: private, public.
pub fn keys(sandbox: &Sandbox, kind: &str, seed: u8) -> (PathBuf, PathBuf) {
    let (private, public) = if kind == "ed25519" {
        let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        (key.to_pkcs8_pem(LineEnding::LF).unwrap(), key.verifying_key().to_public_key_pem(LineEnding::LF).unwrap())
    } else {
        let key = p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap();
        (key.to_pkcs8_pem(LineEnding::LF).unwrap(), key.verifying_key().to_public_key_pem(LineEnding::LF).unwrap())
    };
    let files = [format!("{kind}{seed}.pem"), format!("{kind}{seed}.pub.pem")].map(|name| sandbox.root().join(name));
    fs::write(&files[0], private.as_bytes()).unwrap();
    fs::write(&files[1], public).unwrap();
    let [private, public] = files;
    (private, public)
}

/// Where [`create`] writes.
pub fn out(sandbox: &Sandbox) -> PathBuf {
    sandbox.root().join("evidence")
}

/// `keyward evidence create`.
pub fn create(sandbox: &Sandbox, more: &[&str]) -> Output {
    let out = out(sandbox);
    let words = ["evidence", "create", "--service", "shop", "--output", out.to_str().unwrap()];
    sandbox.keyward(&[&words, more].concat())
}

/// Every file below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// A folder that is verified, and its files with their bytes.
pub struct Verified {
    root: PathBuf,
    files: Vec<(PathBuf, Vec<u8>)>,
    key: Option<PublicKey>,
}

/// Evidence of every kind: a commit, a range, a release, a drill.
pub struct Made {
    _sandbox: Sandbox,
    /// The top folder, and each of its bundles copied out of it.
    pub folders: Vec<Verified>,
}

impl Made {
    /// Makes it, signed with a key of this kind; not signed where it is `none`.
    pub fn new(kind: &str) -> Self {
        let sandbox = excused();
        sandbox.git(&["tag", "v1"]).exits(0);
        let (private, public) = keys(&sandbox, if kind == "none" { "p256" } else { kind }, 7);
        let signed = if kind == "none" { vec![] } else { vec!["--key", private.to_str().unwrap()] };
        create(&sandbox, &[&["--range", "HEAD~1..HEAD"], signed.as_slice()].concat()).exits(0);
        create(&sandbox, &[&["--tag", "v1", "--since", "HEAD~1"], signed.as_slice()].concat()).exits(0);
        let top = out(&sandbox);
        sandbox.keyward(&[&["drill", "--record", top.to_str().unwrap()], signed.as_slice()].concat()).exits(0);
        let key = (kind != "none").then(|| PublicKey::from_pem(&fs::read(public).unwrap()).unwrap());
        let mut folders = vec![Verified::new(&top, key.clone())];
        let manifests = files(&top).into_iter().filter(|path| path.ends_with("manifest.json"));
        for bundle in manifests.map(|path| path.parent().unwrap().to_owned()) {
            let alone = sandbox.root().join("alone").join(bundle.file_name().unwrap());
            fs::create_dir_all(&alone).unwrap();
            files(&bundle).iter().for_each(|file| _ = fs::copy(file, alone.join(file.file_name().unwrap())).unwrap());
            folders.push(Verified::new(&alone, key.clone()));
        }
        assert_eq!(folders.len(), 5);
        Self { _sandbox: sandbox, folders }
    }
}

impl Verified {
    fn new(root: &Path, key: Option<PublicKey>) -> Self {
        let root = fs::canonicalize(root).unwrap();
        let relative = |path: PathBuf| path.strip_prefix(&root).unwrap().to_owned();
        let files = files(&root).into_iter().map(|path| (relative(path.clone()), fs::read(path).unwrap())).collect();
        let made = Self { root, files, key };
        made.is_intact();
        made
    }

    /// The files, relative to the folder, and their lengths.
    pub fn files(&self) -> impl ExactSizeIterator<Item = (&Path, usize)> {
        self.files.iter().map(|(name, bytes)| (name.as_path(), bytes.len()))
    }

    /// Fails the test unless the folder is as it was made: authentic with its key, and without one no more than intact.
    pub fn is_intact(&self) {
        let found = verify(&self.root, self.key.as_ref()).unwrap();
        assert_eq!((found.problems.as_slice(), found.authentic), (&[][..], self.key.is_some()));
        let found = verify(&self.root, None).unwrap();
        assert_eq!((found.problems.as_slice(), found.authentic), (&[][..], false));
    }

    /// Changes bits of one byte of the file of this number, and says what is wrong with that: nothing, if verifying
    /// names the file and finds nothing authentic. What is verified is all of it, or only the folder that the file is in.
    pub fn flip(&self, file: usize, at: usize, bits: u8, [with_key, all]: [bool; 2]) -> Result<(), String> {
        let (name, bytes) = &self.files[file];
        let put = |byte: u8| {
            let mut open = fs::OpenOptions::new().write(true).open(self.root.join(name)).unwrap();
            open.seek(SeekFrom::Start(at as u64)).unwrap();
            open.write_all(&[byte]).unwrap();
        };
        put(bytes[at] ^ bits);
        let path = self.root.join(name);
        let folder = if all { &self.root } else { path.parent().unwrap() };
        let found = verify(folder, self.key.as_ref().filter(|_| with_key));
        put(bytes[at]);
        let seen = found
            .as_ref()
            .is_ok_and(|found| !found.authentic && found.problems.iter().any(|problem| problem.file == *name));
        let told = || format!("byte {at} of {} ^ {bits:#04x}, key: {with_key}, all: {all}: {found:?}", name.display());
        if seen { Ok(()) } else { Err(told()) }
    }
}
