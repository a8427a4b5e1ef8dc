//! Evidence for a release: the tree of its tag, and which of its commits have evidence.

use super::create::{Lacks, Made, Maker, lines, written};
use super::desk;
use crate::blob::ObjectId;
use crate::cli::error::{CommandError, ErrorKind};
use crate::cli::problems;
use crate::git::{Kind, Repository, Walk};
use crate::record::evidence::{Archive, Found, Place};
use crate::source::Snapshot;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A tag over this is not followed, nor more tags of tags than this.
const LARGEST_TAG: u64 = 64 << 20;
const DEEPEST: usize = 64;

/// The commits of a release.
struct Release {
    /// What they are counted from: name and commit.
    since: Vec<(Vec<u8>, ObjectId)>,
    walk: Walk,
    /// Whether the history is cut inside it.
    cut: bool,
}

pub(super) fn make(maker: &Maker<'_>, tag: &str, archive: &mut Archive) -> Result<Made, CommandError> {
    let repository = maker.repository;
    let name = format!("refs/tags/{tag}");
    let id = repository.resolve(&name, false).map_err(|error| problems::git(&error).hint("git tag lists all tags"))?;
    let commit = repository.resolve(&name, true).map_err(|error| problems::git(&error))?;
    let release = commits(repository, commit, maker.args.since.as_deref())?;
    let outcome = maker.judge(&mut Snapshot::of(repository, id))?;
    let (file, missing) = completeness(maker, tag, commit, &release, archive)?;
    let mut subject = maker.commit(commit);
    if id != commit {
        subject.digests.push(("gitTag", id.to_string()));
    }
    let complete = missing.is_empty() && !release.cut;
    let more = Map::from_iter([
        ("tag".to_owned(), json!(desk::safe(tag.as_bytes()))),
        ("complete".to_owned(), json!(complete)),
    ]);
    let place = Place::Release { service: maker.args.service.clone(), tag: desk::safe(tag.as_bytes()).to_string() };
    let mut draft = maker.draft(place, subject, &outcome, maker.predicate("release", &outcome, more))?;
    draft.files.push(("completeness.json", lines(&file)));
    let put = archive.put(&draft).map_err(|error| desk::wrong(&error))?;
    let of = release.walk.commits.len() + release.walk.lost.len();
    let lacks = Lacks { missing, of, cut: release.cut };
    let what = format!("release {}", desk::safe(tag.as_bytes()));
    Ok(Made { written: vec![written(what, &outcome, put)], release: Some(lacks) })
}

/// The commits that a tag reaches and earlier tags, or `since`, do not.
fn commits(repository: &Repository, tip: ObjectId, since: Option<&str>) -> Result<Release, CommandError> {
    let since = match since {
        Some(text) => {
            let id = repository.resolve(text, true).map_err(|error| problems::git(&error))?;
            vec![(text.as_bytes().to_vec(), id)]
        }
        None => earlier(repository, tip)?,
    };
    let exclude: Vec<ObjectId> = since.iter().map(|(_, id)| *id).collect();
    let walk = repository.walk(&[tip], &exclude);
    if walk.commits.is_empty() && walk.lost.is_empty() {
        return Err(CommandError::new(ErrorKind::Usage, "the release has no commits of its own")
            .hint("name an earlier revision with --since"));
    }
    let boundaries = repository.boundaries().map_err(|error| problems::git(&error))?;
    let ends = |id: &ObjectId| boundaries.shallow.contains(id) || boundaries.grafts.contains(id);
    let cut = !walk.lost.is_empty() || walk.commits.iter().any(|commit| ends(&commit.info.id));
    Ok(Release { since, walk, cut })
}

/// Every tag on a proper ancestor.
fn earlier(repository: &Repository, tip: ObjectId) -> Result<Vec<(Vec<u8>, ObjectId)>, CommandError> {
    let before: BTreeSet<ObjectId> =
        repository.walk(&[tip], &[]).commits.iter().map(|commit| commit.info.id).filter(|id| *id != tip).collect();
    let refs = repository.refs().map_err(|error| problems::git(&error))?;
    if refs.unreadable {
        return Err(CommandError::new(ErrorKind::Repository, "the references cannot be read"));
    }
    let tags = refs.refs.iter().filter(|one| one.name.starts_with(b"refs/tags/"));
    let behind = tags.filter_map(|one| Some((one.name.clone(), behind(repository, one.id)?)));
    Ok(behind.filter(|(_, id)| before.contains(id)).collect())
}

/// The commit behind a tag, or that the id names itself; `None` if there is none, or it cannot be read.
pub(super) fn behind(repository: &Repository, mut id: ObjectId) -> Option<ObjectId> {
    for _ in 0..DEEPEST {
        match repository.header(&id).ok()?.kind {
            Kind::Commit => return Some(id),
            Kind::Tag => id = repository.tag_target(&id, LARGEST_TAG).ok()?,
            Kind::Tree | Kind::Blob => return None,
        }
    }
    None
}

/// The file, and the commits without intact evidence.
fn completeness(
    maker: &Maker<'_>,
    tag: &str,
    tip: ObjectId,
    release: &Release,
    archive: &Archive,
) -> Result<(Value, Vec<String>), CommandError> {
    let mut missing = Vec::new();
    let mut commits = Vec::new();
    let lost = release.walk.lost.iter().map(|(id, _)| *id);
    for id in release.walk.commits.iter().map(|commit| commit.info.id).chain(lost).map(|id| id.to_string()) {
        let found = archive.of_commit(&maker.args.service, &id).map_err(|error| desk::wrong(&error))?;
        if !found.iter().any(|found| found.intact) {
            missing.push(id.clone());
        }
        commits.push(json!({ "commit": id, "evidence": found.iter().map(one).collect::<Vec<_>>() }));
    }
    let since: Vec<Value> =
        release.since.iter().map(|(name, id)| json!({ "ref": desk::safe(name), "commit": id.to_string() })).collect();
    let file = json!({
        "schema": "keyward/completeness/v1",
        "tag": desk::safe(tag.as_bytes()),
        "commit": tip.to_string(),
        "since": since,
        "complete": missing.is_empty() && !release.cut,
        "history_cut": release.cut,
        "missing": missing,
        "commits": commits,
    });
    Ok((file, missing))
}

fn one(found: &Found) -> Value {
    json!({
        "run_id": found.run_id,
        "manifest_sha256": found.manifest,
        "intact": found.intact,
        "scope": found.scope,
        "verdict": found.verdict,
    })
}
