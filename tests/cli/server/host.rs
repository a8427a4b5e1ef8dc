//! A server of a test: a bare repository with a hook, and a clone to push from.
#![allow(dead_code)]

use crate::sandbox::{Output, Sandbox};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A bare repository with keyward as its pre-receive hook, and a clone to push from.
pub struct Server {
    pub sandbox: Sandbox,
    pub bare: PathBuf,
    /// The address of the server on the way to the bare repository, where that is not its path.
    pub address: Option<String>,
}

impl Server {
    /// Both empty, in git's usual format.
    pub fn new() -> Self {
        Self::of("sha1", "files")
    }

    /// Both empty.
    pub fn of(hash: &str, refs: &str) -> Self {
        let sandbox = Sandbox::without_repository();
        let bare = sandbox.root().join("server.git");
        let (hash, refs) = (format!("--object-format={hash}"), format!("--ref-format={refs}"));
        let format = ["init", "--quiet", "--initial-branch=main", "--template=", hash.as_str(), refs.as_str()];
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        for (folder, bare) in [(&sandbox.repo, None), (&bare, Some("--bare".to_owned()))] {
            let words = format.iter().map(|word| (*word).to_owned()).chain(bare).chain([path(folder)]);
            sandbox.git_in(&sandbox.root(), &words.collect::<Vec<_>>()).exits(0);
        }
        sandbox.git(&["remote", "add", "origin", &path(&bare)]).exits(0);
        let server = Self { sandbox, bare, address: None };
        server.hook("pre-receive", "");
        server
    }

    /// With a first commit on main.
    pub fn founded() -> Self {
        let server = Self::new();
        server.found();
        server
    }

    pub fn found(&self) {
        self.sandbox.committed("README", "A project\n");
        self.push(&["main"]).exits(0).says("pass:");
    }

    /// Makes keyward a hook, with more arguments.
    pub fn hook(&self, name: &str, more: &str) {
        let program = env!("CARGO_BIN_EXE_keyward");
        let arguments = if name == "update" { "\"$@\"" } else { "" };
        self.script(name, &format!("exec '{program}' hook {name} {more} {arguments}\n"));
    }

    /// Makes a script a hook.
    pub fn script(&self, name: &str, text: &str) {
        self.sandbox.script(self.bare.join("hooks").join(name), &format!("#!/bin/sh\n{text}"));
    }

    /// Runs `work` without any hook.
    pub fn unguarded(&self, work: impl FnOnce(&Self)) {
        let hooks = self.bare.join("hooks");
        std::fs::rename(&hooks, self.bare.join("away")).unwrap();
        work(self);
        std::fs::rename(self.bare.join("away"), &hooks).unwrap();
    }

    /// Writes an administrator's file and makes it the one of the hook.
    pub fn administered(&self, text: &str) -> PathBuf {
        let file = self.sandbox.root().join("administrator.toml");
        std::fs::write(&file, text).unwrap();
        self.hook("pre-receive", &format!("--config '{}'", file.display()));
        file
    }

    pub fn git(&self, args: &[&str]) -> Output {
        self.sandbox.git(args).exits(0)
    }

    /// Pushes to the server.
    pub fn push(&self, refs: &[&str]) -> Output {
        self.sandbox.git(&[&["push", "--quiet", "origin"], refs].concat())
    }

    /// Pushes what has to be refused for what it holds; nothing of it stays.
    #[track_caller]
    pub fn blocked(&self, refs: &[&str]) -> Output {
        self.refused(refs).says("block:")
    }

    /// Pushes what has to be refused; nothing of it stays.
    #[track_caller]
    pub fn refused(&self, refs: &[&str]) -> Output {
        let before = (self.refs(), self.objects());
        let output = self.push(refs);
        assert_ne!(output.code, 0, "{output:#?}");
        assert!(before == (self.refs(), self.objects()), "something of a refused push stays: {output:#?}");
        output
    }

    /// Pushes what has to pass.
    #[track_caller]
    pub fn passes(&self, refs: &[&str]) -> Output {
        self.push(refs).exits(0).says("pass:")
    }

    /// Starts a branch at main and commits one file there.
    pub fn branch(&self, name: &str, path: &str, text: impl AsRef<[u8]>) {
        self.git(&["checkout", "--quiet", "-B", name, "main"]);
        self.sandbox.committed(path, text);
    }

    pub fn refs(&self) -> String {
        self.sandbox.git_in(&self.bare, &["for-each-ref"]).exits(0).stdout
    }

    /// The files of the server's object store.
    pub fn objects(&self) -> BTreeSet<PathBuf> {
        let folder = self.bare.join("objects");
        self.sandbox.snapshot(&folder).into_iter().map(|(path, ..)| path).collect()
    }

    /// Runs a hook as git would, without any push.
    pub fn call(&self, name: &str, args: &[&str], stdin: &str) -> Output {
        let words = [&["hook", name], args].concat();
        self.sandbox.run_in(&self.bare, env!("CARGO_BIN_EXE_keyward").as_ref(), &words, stdin.as_bytes())
    }
}

pub fn line(secret: &str) -> String {
    format!("token = {secret}\n")
}
