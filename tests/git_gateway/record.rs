//! A sink that remembers.

use keyward::blob::{Blob, ObjectId, ObjectKind};
use keyward::coverage::{Skip, Unread};
use keyward::source::{Before, Sink, Source};
use std::ops::ControlFlow;
use std::sync::Mutex;

/// One content, with everything that it replaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Seen {
    pub(crate) kind: ObjectKind,
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) id: Option<ObjectId>,
    pub(crate) commit: Option<ObjectId>,
    pub(crate) before: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) seen: Vec<Seen>,
    pub(crate) skipped: Vec<(Skip, String)>,
    pub(crate) unread: Vec<(Unread, String)>,
    pub(crate) refs: u64,
    pub(crate) commits: u64,
}

#[derive(Default)]
struct Recorder {
    largest: u64,
    recorded: Mutex<Recorded>,
}

/// Reads a source to its end, sorted.
pub(crate) fn record<S: Source>(source: S) -> Recorded {
    record_up_to(source, 1 << 20)
}

pub(crate) fn record_up_to<S: Source>(mut source: S, largest: u64) -> Recorded {
    let recorder = Recorder { largest, ..Recorder::default() };
    source.read(&recorder).unwrap();
    let mut recorded = recorder.recorded.into_inner().unwrap();
    recorded.seen.sort();
    recorded.skipped.sort();
    recorded.unread.sort();
    recorded
}

impl Recorded {
    /// Path and text of every content of a file.
    pub(crate) fn files(&self) -> Vec<(&str, &str)> {
        let blobs = self.seen.iter().filter(|seen| seen.kind == ObjectKind::Blob);
        blobs.map(|seen| (seen.path.as_str(), seen.text.as_str())).collect()
    }

    /// Every path name that was judged.
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.seen.iter().filter(|seen| seen.kind == ObjectKind::Path).map(|seen| seen.text.as_str()).collect()
    }

    /// What the content of a file replaces.
    pub(crate) fn before(&self, path: &str) -> &[String] {
        let mut of = self.seen.iter().filter(|seen| seen.kind == ObjectKind::Blob && seen.path == path);
        &of.next().unwrap().before
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Sink for Recorder {
    fn blob(&self, blob: Blob<'_>, before: &dyn Before) -> ControlFlow<()> {
        let mut versions = Vec::new();
        before.versions(&mut |old| {
            versions.push(format!("{}: {}", text(old.origin.path.as_deref().unwrap_or_default()), text(&old.bytes)));
        });
        versions.sort();
        self.recorded.lock().unwrap().seen.push(Seen {
            kind: blob.origin.kind,
            path: text(blob.origin.path.as_deref().unwrap_or_default()),
            text: text(&blob.bytes),
            id: blob.origin.id,
            commit: blob.origin.commit.map(|commit| commit.id),
            before: versions,
        });
        ControlFlow::Continue(())
    }

    fn skip(&self, reason: Skip, example: &[u8]) {
        self.recorded.lock().unwrap().skipped.push((reason, text(example)));
    }

    fn unread(&self, reason: Unread, example: &[u8], _: Option<ObjectId>) {
        self.recorded.lock().unwrap().unread.push((reason, text(example)));
    }

    fn refs(&self, count: u64) {
        self.recorded.lock().unwrap().refs += count;
    }

    fn commits(&self, count: u64) {
        self.recorded.lock().unwrap().commits += count;
    }

    fn largest(&self) -> u64 {
        self.largest
    }
}
